"""The équipe mobile's decisions: whom to propose, when a mandate may end, what is due."""

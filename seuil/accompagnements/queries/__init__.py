"""Read the équipe mobile's work: the month's choice, the mandates, what they entail."""

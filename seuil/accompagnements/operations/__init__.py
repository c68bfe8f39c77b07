"""Write the équipe mobile's work: choice, mandate, reports, contract, opinions, closure."""

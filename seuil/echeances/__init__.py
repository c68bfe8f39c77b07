"""Deadlines that the facts of a dossier and the law of the day entail: a projection.

Can be thrown away and rebuilt; every row can explain itself. Never the source of a legal date."""

"""Territories, organisations, agents, roles, and the rules of who may see and do what.

The rules are data (matrice.yaml). Never knows what a dossier contains."""

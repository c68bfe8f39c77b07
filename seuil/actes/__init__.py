"""What arrives: lists of acts, their staged rows, and the acts linked to a dossier.

Guarantees that a list is applied whole or not at all, and that applying it twice changes nothing.
Never computes a deadline."""

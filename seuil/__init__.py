"""Seuil: the information system of eviction prevention in a French département."""

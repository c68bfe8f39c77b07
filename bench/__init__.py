"""Measures printed beside the raw limit; never a test."""

# The address of a page that shows nothing (bench/application.py).
VIDE = "/mesure/vide/"

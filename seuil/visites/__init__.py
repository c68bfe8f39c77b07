"""Visits at the household's home or in a neutral place, and what they gave."""

"""The directory of organisations."""

AIDE = "annuaire"

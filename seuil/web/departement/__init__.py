"""How the département is configured."""

AIDE = "annuaire"

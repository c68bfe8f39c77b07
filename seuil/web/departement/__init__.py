"""How the département is configured."""

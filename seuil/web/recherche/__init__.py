"""The search that stands on every page, and its own page."""

AIDE = "recherche"

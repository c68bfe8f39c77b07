"""The activity of the month: indicators, closures, their export."""

AIDE = "activite-du-mois"

"""The choice of the month, and the households that services propose."""

AIDE = "choix-du-mois"

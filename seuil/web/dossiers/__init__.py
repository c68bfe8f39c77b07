"""The list of dossiers: filters, order, export."""

AIDE = "lire-un-dossier"

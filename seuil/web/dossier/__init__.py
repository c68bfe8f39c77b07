"""The page of one dossier, its tabs and its short forms."""

AIDE = "lire-un-dossier"

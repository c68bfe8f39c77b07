"""Files that partners propose to open; the secretariat answers each."""

AIDE = "ouvrir-un-dossier"

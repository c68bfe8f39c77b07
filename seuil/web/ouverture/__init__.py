"""Open a dossier by hand: the household that calls, a signalement, a saisine, a paper."""

AIDE = "ouvrir-un-dossier"

"""The dossiers entrusted to the équipe mobile, from the answer to the closure."""

AIDE = "sur-le-terrain"

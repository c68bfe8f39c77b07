"""How the département is cut, and where its divisions do not coincide."""

AIDE = "decoupages"

"""Setting up a département: what is still missing, the targets, the formations of the CCAPEX."""

AIDE = "premiere-heure"

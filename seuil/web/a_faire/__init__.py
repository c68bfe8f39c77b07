"""À faire: the day's work, late things first."""

AIDE = "a-faire"

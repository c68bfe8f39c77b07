"""The week's table of a partner: which households it knows; the answer is the task."""

AIDE = "tableau"

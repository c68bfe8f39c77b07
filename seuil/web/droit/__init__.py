"""The law as data: every rule, one rule, and the effect of a changed parameter."""

AIDE = "droit"

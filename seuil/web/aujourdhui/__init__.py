"""Aujourd’hui: the day's work, one row per household, what cannot be undone first."""

AIDE = "a-faire"

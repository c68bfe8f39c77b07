"""Duties: what an organisation owes at a stage, and what it says it did."""

AIDE = "qui-fait-quoi"

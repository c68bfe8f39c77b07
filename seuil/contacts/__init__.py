"""Attempts and exchanges with the household and the landlord, by anyone.

The single source of the activity figures. Never says what was confided: that belongs to the
social worker's own notes."""

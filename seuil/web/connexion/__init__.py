"""Signing in and out."""

AIDE = "se-connecter"

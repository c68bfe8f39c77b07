"""Rows for tests: synthetic, plausible, valid by default."""

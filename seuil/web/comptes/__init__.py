"""Accounts and habilitations, read only."""

"""Accounts and habilitations: invite, renew, suspend, wake, give a new link."""

AIDE = "tenir-les-comptes"

"""The health of the service, for who watches it."""

"""Which rules a fact sets running, and the deadline each gives."""

"""The first address: leads each role to its own first page."""

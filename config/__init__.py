"""The deployment: settings, addresses, database. Nothing else knows where the product runs."""

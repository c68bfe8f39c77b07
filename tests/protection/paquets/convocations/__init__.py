"""A package that does not exist: test_table_nouvelle.py measures on it what a table costs."""

"""The kinds of work: what each asks, why, and where it is done."""

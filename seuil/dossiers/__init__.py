"""The household's file: persons, dwelling, lease, landlord, debt, each a dated fact.

Guarantees one open file per household and address in a département, and that a reader gets only
the files its role and its links allow. Never knows which acts arrived."""

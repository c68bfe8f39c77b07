"""What has no domain noun: identifiers, base model, clock, refusals, bulk writing.

Guarantees that the day and the hour are read here and nowhere else. Never knows a dossier.
"""

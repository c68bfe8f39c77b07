"""Mandates given to the équipe mobile: monthly choice, mandate, contract, follow-up, closure.

Guarantees that a dossier has one open mandate at most and that a mandate closes with a reason and
an outcome. Never writes outside itself: journeys do."""

"""The demonstration: an invented département that enters through the product's own doors.

Guarantees that everything is made up (persons, streets, landlords, phone numbers of the ranges
reserved for fiction), that the same seed gives the same bytes, and that facts enter by the real
import and the real use cases, in the order of the days. Never runs on an instance it did not make.
"""

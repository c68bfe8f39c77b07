"""Append-only record of who did and who saw what.

Strings, no foreign key: the line outlives what it speaks of. The database refuses any change of a
line. Never decides anything."""

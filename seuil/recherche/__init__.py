"""What a file is found by, whatever the way it is typed: a projection of its facts.

Guarantees that nothing is found by what its reader may not read, and that a likeness is told as
one. Knows neither the procedure nor the work."""

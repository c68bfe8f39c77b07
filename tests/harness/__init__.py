"""What the tests stand on: a strict client, HTML checks, strict templates, unordered rows."""

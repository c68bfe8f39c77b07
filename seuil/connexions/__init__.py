"""How an agent proves who it is: factors, open sessions, invitations, tries that failed.

Guarantees that no secret is kept readable, that a code, a link and a challenge serve once, and that
guessing is slow. Never says what an agent may do: acteurs does."""

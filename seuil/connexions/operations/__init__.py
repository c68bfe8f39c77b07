"""Write tries, factors, sessions and invitations."""

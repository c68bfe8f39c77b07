"""Pages by screen, in the users' words. Translate and make one call; never decide."""

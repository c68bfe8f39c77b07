"""Engines: plain Python, each independent of the others, of the web and of the database."""

"""Journeys that write in two packages or more, one file each."""

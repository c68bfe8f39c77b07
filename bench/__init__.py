"""Measures printed beside the raw limit; never a test."""

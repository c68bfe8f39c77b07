"""The files that a browser receives: only what the pages use of the design system."""

"""Commands and background tasks: load, one call. The clock may be read here."""

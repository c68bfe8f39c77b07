"""Count the activity: of a month, of twelve, and where it was."""

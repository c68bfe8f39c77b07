"""The agenda: hearings, deadlines and tasks by day, on the screen and in one's own calendar."""

AIDE = "agenda"

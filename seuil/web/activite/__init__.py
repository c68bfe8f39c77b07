"""The activity of the month: indicators, closures, their export."""

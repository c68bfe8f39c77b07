"""The indicators, and how their figures are put together."""

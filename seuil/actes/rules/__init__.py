"""What the columns of a list mean, and how a row becomes an act or is refused with a remedy."""

"""The guide, read inside the product: one page for each screen."""

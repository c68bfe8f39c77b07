"""What the pages of the équipe mobile share: their addresses and the dress of their forms."""

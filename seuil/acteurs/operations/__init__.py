"""Write the directory: official geography, organisations, agents."""

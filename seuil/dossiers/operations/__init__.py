"""Write the facts of a file, and the links that let people reach it."""

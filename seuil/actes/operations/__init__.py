"""Write lists and acts."""

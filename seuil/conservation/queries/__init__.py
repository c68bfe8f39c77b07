"""Read what is kept, until when, what holds it; and describe it all in words."""

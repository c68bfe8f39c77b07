"""On the road: note a contact, a visit, the diagnostic social et financier."""

AIDE = "sur-le-terrain"

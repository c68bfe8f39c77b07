"""Who may see what: the matrix, the links opened and ended by hand, the exceptional access."""

AIDE = "qui-voit-quoi"

"""The frame of every page: the menu of each role, what may be new, help at hand."""

"""Whole numbers that an address or a form carries: a page, a line."""

# A page of a list, a row of a file: nobody writes more digits but to harm.
_DIGITS = 7


def read_nombre(text: str) -> int | None:
    """Return a whole number as written, None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def read_page(text: str) -> int:
    """Return the number of a page; the first one for anything else."""
    return read_nombre(text) or 1

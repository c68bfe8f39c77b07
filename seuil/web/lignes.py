"""Long lists: the template of a line is read once by each process, then filled in."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

# What no template writes: between two of them, which value goes there.
_MARK = "\x00"


def write_lignes(
    template: str, lignes: Iterable[Mapping[str, object]], **communes: object
) -> SafeString:
    """Return the lines, each written by the template; `communes` are the same for all of them.

    The template shows its values as they are, or asks whether they are empty: what it writes for
    the same answers is kept, and filled in for each line.
    """
    written = []
    for ligne in lignes:
        values = {**communes, **ligne}
        form, order = _read(template, tuple(values), tuple(map(bool, values.values())))
        cells: list[Any] = [*values.values()]
        written.append(form % tuple(conditional_escape(cells[i]) for i in order))
    return SafeString("".join(written))


@lru_cache(maxsize=512)
def _read(
    template: str, names: Sequence[str], present: Sequence[bool]
) -> tuple[str, tuple[int, ...]]:
    """Return what the template writes around the values that are there, and their order."""
    marks = {
        name: SafeString(f"{_MARK}{i}{_MARK}") if there else ""
        for i, (name, there) in enumerate(zip(names, present, strict=True))
    }
    parts = render_to_string(template, marks).split(_MARK)
    return "%s".join(part.replace("%", "%%") for part in parts[::2]), tuple(map(int, parts[1::2]))

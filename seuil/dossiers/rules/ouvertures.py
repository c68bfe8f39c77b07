"""A file opened by hand: what came, who it is about, what was answered of those near."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OuvertureSaisie:
    """What a person types to open a file; `champs` are those of a list, as typed.

    Of the files near that were shown: the one to join (`joindre`), or why it is another one.
    """

    genre: str
    champs: Mapping[str, object] = field(default_factory=dict)
    joindre: UUID | None = None
    autre_que: str = ""

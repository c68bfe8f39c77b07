"""What an organisation says of a duty of its own."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DiligenceSaisie:
    """Done, on a day, with what shows it; or without object, and why."""

    faite_le: date
    preuve: str = ""
    sans_objet: bool = False
    motif: str = ""

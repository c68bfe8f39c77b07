"""What an organisation says of a duty of its own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReponseSaisie:
    """Done, on a day, with what shows it; or without object, and why."""

    faite_le: date
    preuve: str = ""
    sans_objet: bool = False
    motif: str = ""


@dataclass(frozen=True, slots=True)
class DiligenceSaisie:
    """What an organisation says of one duty of a dossier, for an act."""

    dossier_id: UUID
    devoir: str
    source_id: UUID
    reponse: ReponseSaisie

    @property
    def cle(self) -> tuple[UUID, str, UUID]:
        """Return what is answered once: the duty of a dossier, for an act."""
        return self.dossier_id, self.devoir, self.source_id

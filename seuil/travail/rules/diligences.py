"""What an organisation says of a duty of its own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.travail.rules.devoirs import Devoir


@dataclass(frozen=True, slots=True)
class ReponseSaisie:
    """Done, on a day, with what shows it; or without object, and why."""

    faite_le: date
    preuve: str = ""
    sans_objet: bool = False
    motif: str = ""


def why_not_declare(devoir: Devoir | None, reponse: ReponseSaisie) -> str | None:
    """Return the French reason why a duty may not be said done by hand, or None.

    One that a fact closes is done by the fact alone; it may still be without object.
    """
    fait = devoir.closing_fait if devoir else None
    if fait is None or reponse.sans_objet:
        return None
    return f"Ce devoir se termine par le fait lui-même : « {fait.bouton} »."


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

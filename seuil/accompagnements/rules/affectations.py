"""Who is in charge of a household, as a page shows it and sends it back."""

from dataclasses import dataclass
from typing import Any

from seuil.kernel.accord import NBSP


@dataclass(frozen=True, slots=True)
class Affectation:
    """The people in charge, by their identifiers; empty when nobody is."""

    social: str = ""
    juridique: str = ""

    @classmethod
    def of(cls, social: Any, juridique: Any) -> "Affectation":
        """Return the one of two agents, or of nobody."""
        return cls(*(str(a.pk) if a else "" for a in (social, juridique)))

    @classmethod
    def read(cls, texte: str) -> "Affectation":
        """Return what a page sent back of what it showed."""
        social, _, juridique = texte.partition(" ")
        return cls(social, juridique)

    def __str__(self) -> str:
        return f"{self.social} {self.juridique}"


def write_referents(social: object, juridique: object) -> str:
    """Write « référent social : Camille Exemple ; référent juridique : personne »."""
    return (
        f"référent social{NBSP}: {social or 'personne'}{NBSP}; référent juridique{NBSP}:"
        f" {juridique or 'personne'}"
    )

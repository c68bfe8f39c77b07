"""Which landlord is meant: two of the same name stay two, one told twice stays one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from seuil.dossiers.rules import normalise, normalise_adresse


@dataclass(frozen=True, slots=True, kw_only=True)
class BailleurDit:
    """A landlord, as a source or a person describes it; empty: not said."""

    nom: str
    nature: str = "inconnue"
    siret: str = ""
    adresse: str = ""
    telephone: str = ""
    courriel: str = ""
    mandataire: str = ""

    @property
    def nu(self) -> bool:
        """Tell whether nothing but its name is said."""
        return not (self.siret or self.adresse or self.telephone or self.courriel)


@dataclass(frozen=True, slots=True)
class BailleurConnu:
    """A landlord that is known already."""

    pk: UUID
    dit: BailleurDit


def compute_cle_bailleur(dit: BailleurDit) -> str:
    """Return the key of a landlord: its name first, then what tells it from its namesakes."""
    apart = dit.siret or normalise_adresse(dit.adresse) or dit.telephone or dit.courriel
    name = normalise(dit.nom)[:100]
    return f"{name}|{apart}"[:200] if apart else name


def find_same(dit: BailleurDit, connus: Iterable[BailleurConnu]) -> BailleurConnu | None:
    """Return the landlord that is surely the same; None when there is none, or none is sure.

    A SIRET decides. Else the same name, and an address, a phone or an e-mail in common, or nothing
    else said of either. A name alone is enough for a social landlord, never for anybody else: to be
    wrong would give one the phone of its namesake.
    """
    namesakes = [c for c in connus if _may_be(dit, c.dit)]
    for known in namesakes:
        if dit.siret and dit.siret == known.dit.siret:
            return known
    named = [c for c in namesakes if normalise(c.dit.nom) == normalise(dit.nom)]
    for known in named:
        if _share(dit, known.dit) or (dit.nu and known.dit.nu):
            return known
    return named[0] if len(named) == 1 and _is_named_alone(dit, named[0].dit) else None


def list_namesakes(dit: BailleurDit, connus: Iterable[BailleurConnu]) -> Sequence[BailleurConnu]:
    """Return those that may be meant, among which a person chooses."""
    name = normalise(dit.nom)
    return [c for c in connus if normalise(c.dit.nom) == name and _may_be(dit, c.dit)]


def _may_be(dit: BailleurDit, known: BailleurDit) -> bool:
    return not (dit.siret and known.siret and dit.siret != known.siret)


def _share(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether something besides the name is said of both, alike."""
    return any(
        a and a == b
        for a, b in (
            (dit.telephone, known.telephone),
            (dit.courriel, known.courriel),
            (normalise_adresse(dit.adresse), normalise_adresse(known.adresse)),
        )
    )


def _is_named_alone(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether a name says enough: of a social landlord, which no other is called like."""
    return dit.nature == known.nature == "social" or (
        dit.nu and known.nature == "social" and dit.nature == "inconnue"
    )


def is_contradicted(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether a list says of a landlord another phone than what is known under its name."""
    same = normalise(dit.nom) == normalise(known.nom)
    others = dit.telephone and known.telephone and dit.telephone != known.telephone
    return bool(same and others and not _share(dit, known) and known.nature != "social")

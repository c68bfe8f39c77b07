"""What a second reading of an act changes in what is recorded of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from decimal import Decimal
from typing import Any

from seuil.actes.rules.saisie import ActeSaisi
from seuil.engines.droit import write_montant
from seuil.kernel.accord import write_heure

_NBSP = "\N{NO-BREAK SPACE}"
# What two readings of one act have in common, without which they are two acts.
CLE = ("type", "survenu_le", "sens")


@dataclass(frozen=True, slots=True)
class Difference:
    """A column of an act that two readings do not fill alike."""

    champ: str
    avant: Any
    apres: Any


def list_differences(avant: ActeSaisi, apres: ActeSaisi) -> list[Difference]:
    """Return what `apres` says otherwise."""
    return [d for d in _compare(avant, apres) if d.avant != d.apres]


def list_contradictions(avant: ActeSaisi, apres: ActeSaisi) -> list[Difference]:
    """Return what `apres` says otherwise, or adds: what it leaves empty contradicts nothing."""
    return [d for d in list_differences(avant, apres) if d.apres not in {None, ""}]


def merge_saisies(avant: ActeSaisi, apres: ActeSaisi) -> ActeSaisi:
    """Return the act as `apres` says it, completed by what only `avant` says."""
    return ActeSaisi(**{d.champ: d.avant if d.apres in {None, ""} else d.apres
                        for d in _compare(avant, apres)})  # fmt: skip


def write_differences(differences: Sequence[Difference], noms: dict[str, str]) -> str:
    """Write « heure d’audience : 9 h enregistrée, 14 h saisie »."""
    return f"{_NBSP}; ".join(
        f"{noms[d.champ]}{_NBSP}: enregistré «{_NBSP}{_write(d.avant)}{_NBSP}»,"
        f" saisi «{_NBSP}{_write(d.apres)}{_NBSP}»"
        for d in differences
    )


def _compare(avant: ActeSaisi, apres: ActeSaisi) -> Iterator[Difference]:
    for field in fields(ActeSaisi):
        yield Difference(field.name, getattr(avant, field.name), getattr(apres, field.name))


def _write(value: Any) -> str:
    if value in {None, ""}:
        return "rien"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return write_heure(value)
    return write_montant(value) if isinstance(value, Decimal) else str(value)

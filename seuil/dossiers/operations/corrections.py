"""Correct a value of a file: the new one counts everywhere, the former one is kept beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Model

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Correction, Dette, Dossier, LigneDecompte, Personne
from seuil.dossiers.models.groupes import (
    GROUPES,
    Groupe,
    find_ligne,
    get_empreinte,
    read_valeurs,
    write_valeur,
)
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import lock_dossier
from seuil.dossiers.rules import FaitAjuste
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_column

# Days that may be to come: a measure, a guarantee that ends.
_A_VENIR = frozenset({"fin_le", "valide_au"})


class LigneDisparue(Refusal):
    message = (
        "Ce que vous corrigez n’est plus dans ce dossier\N{NO-BREAK SPACE}: rouvrez-le pour voir"
        " ce qui est connu."
    )


class FaitModifie(Refusal):
    message = (
        "Ces valeurs ont été changées depuis que ce formulaire est ouvert\N{NO-BREAK SPACE}:"
        " rouvrez-le pour voir ce qui est connu, puis recommencez."
    )


class ValeursRefusees(Refusal):
    """The values contradict each other, or another row of the file."""


@transaction.atomic
def adjust_fait(
    *, dossier: Dossier, saisie: FaitAjuste, by: Agent, on: date
) -> Sequence[Correction]:
    """Correct or complete one row of a file; return what changed, value by value.

    The same values again change nothing. Raises LigneDisparue, FaitModifie, ValeursRefusees,
    DateAVenir.
    """
    groupe = GROUPES[saisie.groupe]
    lock_dossier(dossier)
    row = find_ligne(groupe=groupe, dossier=dossier, ligne=saisie.ligne)
    if row is None:
        raise LigneDisparue
    before = read_valeurs(groupe=groupe, row=row)
    changed = {c: v for c, v in saisie.valeurs.items() if v != before[c]}
    if not changed:
        return []
    if get_empreinte(groupe=groupe, row=row) != saisie.vu:
        raise FaitModifie
    _write(groupe, row, changed, on)
    kept = record_corrections(
        dossier=dossier,
        changees=ValeursChangees(groupe.code, saisie.ligne, before, changed),
        pourquoi=Pourquoi(saisie.motif, saisie.precision),
        by=by,
        on=on,
    )
    record_line("fait.corrige", dossier, by, on, {"groupe": groupe.code, "champs": sorted(changed)})
    return kept


@dataclass(frozen=True, slots=True)
class ValeursChangees:
    """What a row of a file said, and what it says, column by column."""

    groupe: str
    ligne: UUID
    avant: Mapping[str, Any]
    apres: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pourquoi:
    """Why values were changed."""

    motif: str
    precision: str = ""


def record_corrections(
    *, dossier: Dossier, changees: ValeursChangees, pourquoi: Pourquoi, by: Agent, on: date
) -> Sequence[Correction]:
    """Keep what values were before they changed; those that are the same are no correction."""
    said = [
        (champ, write_valeur(changees.avant[champ]), write_valeur(value))
        for champ, value in changees.apres.items()
    ]
    kept = [
        Correction(
            dossier=dossier,
            groupe=changees.groupe,
            ligne=changees.ligne,
            champ=champ,
            avant=avant,
            apres=apres,
            motif=pourquoi.motif,
            precision=pourquoi.precision,
            corrigee_le=on,
            par=by,
        )
        for champ, avant, apres in said
        if avant != apres
    ]
    return Correction.objects.bulk_create(kept)


def _write(groupe: Groupe, row: Model, values: Mapping[str, Any], on: date) -> None:
    written = set(values)
    for champ, value in values.items():
        if isinstance(value, date) and champ not in _A_VENIR:
            refuse_future(value, on)
        setattr(row, get_column(groupe.modele, champ).attname, value)
    if isinstance(row, Personne) and "qualite" in values:
        row.rang = _next_rang(row.dossier_id, row.qualite)
        written.add("rang")
    _check(row)
    if row._state.adding:  # noqa: SLF001 - documented by Django
        row.save(force_insert=True)
    else:
        row.save(update_fields=written)


def _check(row: Model) -> None:
    """Raise ValeursRefusees when the database would not take the row."""
    try:
        row.validate_constraints()
    except ValidationError as error:
        broken = {e.code for errors in error.error_dict.values() for e in errors}
        raise ValeursRefusees(_DOUBLE if broken & _UNIQUES else _CONTRAIRES) from error


_UNIQUES = frozenset({"unique", "unique_together"})
_DOUBLE = (
    "Le dossier dit déjà cela\N{NO-BREAK SPACE}: la même valeur y est notée. Corrigez celle qui"
    " y est, ou annulez."
)
_CONTRAIRES = (
    "Ces valeurs ne vont pas ensemble\N{NO-BREAK SPACE}: une fin précède son début, ou un"
    " montant est négatif. Corrigez l’une d’elles."
)


def _next_rang(dossier_id: UUID, qualite: str) -> int:
    known = Personne.objects.filter(dossier=dossier_id, qualite=qualite)
    return int(known.aggregate(m=Max("rang"))["m"] or 0) + 1


@transaction.atomic
def add_fait(
    *, dossier: Dossier, groupe: str, valeurs: Mapping[str, Any], by: Agent, on: date
) -> Model:
    """Add a row to a file: a person, a guarantor, a measure. Raises ValeursRefusees, DateAVenir."""
    spec = GROUPES[groupe]
    lock_dossier(dossier)
    modele: Any = spec.modele
    if modele is Personne and Personne.objects.filter(dossier=dossier, **valeurs).exists():
        # Its rank alone would make two of one person.
        raise ValeursRefusees(_DOUBLE)
    row: Model = modele(dossier=dossier)
    _write(spec, row, valeurs, on)
    record_line("fait.ajoute", dossier, by, on, {"groupe": groupe})
    return row


@transaction.atomic
def add_ligne_decompte(
    *, dossier: Dossier, dette: Dette, valeurs: Mapping[str, Any], by: Agent, on: date
) -> LigneDecompte:
    """Add a line to the account of a debt. Raises ValeursRefusees, DateAVenir."""
    row = LigneDecompte(dossier=dossier, dette=dette)
    lock_dossier(dossier)
    _write(GROUPES["decompte"], row, valeurs, on)
    record_line("fait.ajoute", dossier, by, on, {"groupe": "decompte"})
    return row


def delete_corrections(*, ligne: UUID, champ: str) -> None:
    """Forget what a value was before: rectified at the person's demand, it is kept nowhere."""
    Correction.objects.filter(ligne=ligne, champ=champ).delete()

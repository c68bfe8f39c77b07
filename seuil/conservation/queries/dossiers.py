"""What is kept of a file, until when, and what holds it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from seuil.conservation.models import Gel
from seuil.conservation.queries._faits import render_condition, render_faits
from seuil.conservation.rules import (
    Conservation,
    FaitLu,
    Sort,
    add_mois,
    compute_sort,
    load_conservation,
)
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier
from seuil.kernel.bulk import as_array
from seuil.kernel.cartes import read_carte

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class DossierLu:
    """What the purge asks of a file, and what will remain of it."""

    id: UUID
    numero: str
    sort: Sort
    faits: Sequence[FaitLu]
    ouvert_le: date
    parc: str
    commune: str
    epci: str
    population: int
    dette: Decimal | None
    departement: str


def list_dossiers_lus(
    *, departement: str, on: date, dossier_id: UUID | None = None
) -> Iterator[DossierLu]:
    """Yield the files that may be due on that day, with what becomes of each; oldest first.

    Those with an exchange or an act too recent are left out by the database already.
    """
    conservation = load_conservation(departement)
    mois = conservation.regles["dossier"].mois or 0
    before = add_mois(on, -mois)
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"departement": departement, "avant": before, "id": dossier_id}
        cursor.execute(_write_candidats(), asked)
        ids = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(ids), _BATCH):
        yield from _read_batch(ids[start : start + _BATCH], conservation)


def get_sort(*, dossier: Dossier) -> Sort:
    """Return what becomes of one file, whatever the day."""
    (lu,) = _read_batch([dossier.pk], load_conservation(dossier.departement_id))
    return lu.sort


def _read_batch(ids: Sequence[UUID], conservation: Conservation) -> list[DossierLu]:
    faits: dict[UUID, list[FaitLu]] = {}
    with connection.cursor() as cursor:
        cursor.execute(render_faits(), {"ids": as_array(ids)})
        for pk, nature, le, kind, sens, contact in cursor.fetchall():
            faits.setdefault(pk, []).append(FaitLu(nature, le, kind, sens, contact=contact))
        cursor.execute(_FICHES, {"ids": as_array(ids)})
        fiches = cursor.fetchall()
    gels: dict[UUID, list[str]] = {}
    for gel in Gel.objects.filter(dossier__in=ids, leve_le=None).order_by("pose_le"):
        gels.setdefault(gel.dossier_id, []).append(gel.motif)
    return [
        DossierLu(
            id=pk,
            numero=numero,
            sort=compute_sort(
                faits=faits.get(pk, ()),
                ouvert_le=ouvert_le,
                conservation=conservation,
                gels=gels.get(pk, ()),
                limite_le=limite_le,
            ),
            faits=faits.get(pk, ()),
            ouvert_le=ouvert_le,
            parc=parc,
            commune=commune or "",
            epci=epci or "",
            population=population or 0,
            dette=dette,
            departement=departement,
        )
        for (
            pk, numero, departement, ouvert_le, limite_le, parc, commune, epci, population, dette,
        ) in fiches
    ]  # fmt: skip


# Only what no recent exchange or act keeps: the rest is decided by the rules.
_CANDIDATS = """
SELECT d.id FROM dossiers_dossier d
WHERE d.departement_id = %(departement)s AND (%(id)s::uuid IS NULL OR d.id = %(id)s::uuid)
  AND d.ouvert_le < %(avant)s
  AND NOT EXISTS (SELECT 1 FROM contacts_contact x WHERE x.dossier_id = d.id
    AND x.survenu_le >= %(avant)s AND {joint})
ORDER BY d.ouvert_le, d.id
"""
_FICHES = """
SELECT d.id, d.numero, d.departement_id, d.ouvert_le, d.limite_le, d.parc, l.commune_id, c.epci,
  c.population,
  (SELECT t.montant FROM dossiers_dette t WHERE t.dossier_id = d.id
   ORDER BY t.constatee_le DESC, t.created_at DESC LIMIT 1)
FROM dossiers_dossier d
LEFT JOIN dossiers_logement l ON l.dossier_id = d.id
LEFT JOIN acteurs_commune c ON c.code = l.commune_id
WHERE d.id = ANY(%(ids)s::uuid[])
ORDER BY d.ouvert_le, d.id
"""


def _write_candidats() -> str:
    (joint,) = (f for f in read_carte(Contact).privacy.faits or () if f.contact)
    return _CANDIDATS.format(joint=render_condition(fait=joint))


def get_gel(*, dossier: Dossier) -> Gel | None:
    """Return the hold that runs on a file, if any."""
    return Gel.objects.filter(dossier=dossier, leve_le=None).first()


def list_limites(*, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the files whose processing is limited."""
    rows = Dossier.objects.filter(pk__parmi=dossier_ids, limite_le__isnull=False)
    return set(rows.order_by("pk").values_list("pk", flat=True))

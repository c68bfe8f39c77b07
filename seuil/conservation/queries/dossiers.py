"""What is kept of a file, until when, and what holds it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from seuil.conservation.models import Gel
from seuil.conservation.rules import (
    Conservation,
    FaitLu,
    Sort,
    add_mois,
    compute_sort,
    load_conservation,
)
from seuil.dossiers.models import Dossier
from seuil.kernel.bulk import as_array

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
        cursor.execute(_CANDIDATS, {"departement": departement, "avant": before, "id": dossier_id})
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
        cursor.execute(_FAITS, {"ids": as_array(ids)})
        for pk, nature, le, kind, sens in cursor.fetchall():
            faits.setdefault(pk, []).append(FaitLu(nature, le, kind, sens))
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
  AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.dossier_id = d.id
    AND c.avec = 'menage' AND c.resultat IN ('echange', 'rendez_vous', 'refus')
    AND c.survenu_le >= %(avant)s)
ORDER BY d.ouvert_le, d.id
"""
_FAITS = """
SELECT dossier_id, 'contact', survenu_le, '', resultat FROM contacts_contact
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND avec = 'menage'
  AND resultat IN ('echange', 'rendez_vous', 'refus')
UNION ALL
SELECT dossier_id, 'tentative', survenu_le, '', resultat FROM contacts_contact
  WHERE dossier_id = ANY(%(ids)s::uuid[])
  AND NOT (avec = 'menage' AND resultat IN ('echange', 'rendez_vous', 'refus'))
UNION ALL
SELECT dossier_id, 'acte', survenu_le, type, sens FROM actes_acte
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, 'audience', audience_le, type, '' FROM actes_acte
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND audience_le IS NOT NULL
UNION ALL
SELECT m.dossier_id, 'rapport', r.rendu_le, r.genre, '' FROM accompagnements_rapport r
  JOIN accompagnements_mandat m ON m.id = r.mandat_id WHERE m.dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT m.dossier_id, 'contrat', k.signe_le, '', '' FROM accompagnements_contrat k
  JOIN accompagnements_mandat m ON m.id = k.mandat_id WHERE m.dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT m.dossier_id, 'demarche', e.terminee_le, e.genre, '' FROM accompagnements_demarche e
  JOIN accompagnements_contrat k ON k.id = e.contrat_id
  JOIN accompagnements_mandat m ON m.id = k.mandat_id
  WHERE m.dossier_id = ANY(%(ids)s::uuid[]) AND e.terminee_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'cloture', clos_le, motif_cloture, denouement FROM accompagnements_mandat
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND clos_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'mandat', transmis_le, '', '' FROM accompagnements_mandat
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, CASE WHEN fin = 'avec_menage' THEN 'dsf' ELSE 'dsf_sans_rencontre' END,
  termine_le, fin, '' FROM diagnostics_dsf
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND termine_le IS NOT NULL
UNION ALL
SELECT dossier_id, 'annonce', dite_le, '', '' FROM dossiers_dateannoncee
  WHERE dossier_id = ANY(%(ids)s::uuid[]) AND a_qui = 'menage'
  AND moyen IN ('telephone', 'entretien')
UNION ALL
SELECT dossier_id, 'demande', recue_le, droit, '' FROM conservation_demandedroit
  WHERE dossier_id = ANY(%(ids)s::uuid[])
UNION ALL
SELECT dossier_id, 'dette', constatee_le, '', '' FROM dossiers_dette
  WHERE dossier_id = ANY(%(ids)s::uuid[])
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


def get_gel(*, dossier: Dossier) -> Gel | None:
    """Return the hold that runs on a file, if any."""
    return Gel.objects.filter(dossier=dossier, leve_le=None).first()


def list_limites(*, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the files whose processing is limited."""
    rows = Dossier.objects.filter(pk__in=dossier_ids, limite_le__isnull=False)
    return set(rows.order_by("pk").values_list("pk", flat=True))

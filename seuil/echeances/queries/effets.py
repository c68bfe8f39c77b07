"""What other parameters of the law would do to a whole département."""

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from seuil.echeances.queries.faits import list_actes, list_contextes
from seuil.echeances.rules.effets import (
    ACTES_EN_AMONT,
    REGLES_EN_AMONT,
    REGLES_EN_AVAL,
    DossierRelu,
    EcheanceConnue,
    EffetDuDroit,
    compute_effet,
)
from seuil.engines import droit
from seuil.kernel.bulk import as_array


def list_effets(*, departement: str, essai: Mapping[str, droit.Regle]) -> list[EffetDuDroit]:
    """Return what other parameters would do to the dates of a département's open dossiers.

    Figures only: no dossier is named. Open: no eviction, departure nor recovery is recorded.
    """
    relus = []
    if REGLES_EN_AMONT.intersection(droit.list_essayees(essai)):
        relus = _read_relus(departement)
    apart = [as_array(r.id for r in relus), as_array(sorted(REGLES_EN_AVAL))]
    with connection.cursor() as cursor:
        cursor.execute(_READ_CONNUES, [departement, *apart])
        connues = [
            EcheanceConnue(
                regle, debut_le, le, certitude, tuple(json.loads(arguments).items()), nombre
            )
            for regle, debut_le, le, certitude, arguments, nombre in cursor.fetchall()
        ]
    return compute_effet((c for c in connues if c.regle in essai), essai, relus)


_READ_CONNUES = """
SELECT e.regle, e.debut_le, e.le, e.certitude, e.arguments::text, count(*)
FROM echeances_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE d.departement_id = %s AND e.debut_le IS NOT NULL AND e.le IS NOT NULL
  AND NOT (d.id = ANY(%s::uuid[]) AND e.regle = ANY(%s::text[]))
  AND NOT EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.retire_le IS NULL AND a.type IN ('expulsion', 'depart', 'reprise'))
GROUP BY e.regle, e.debut_le, e.le, e.certitude, e.arguments::text
"""


_READ_RELUS = """
SELECT d.id, e.regle, e.source_id, e.le, e.certitude
FROM echeances_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE d.departement_id = %s AND e.debut_le IS NOT NULL AND e.le IS NOT NULL
  AND e.regle = ANY(%s::text[])
  AND EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.retire_le IS NULL AND a.type = ANY(%s::text[]))
  AND NOT EXISTS (SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.retire_le IS NULL AND a.type IN ('expulsion', 'depart', 'reprise'))
"""


def _read_relus(departement: str) -> list[DossierRelu]:
    """Return the open dossiers some deadlines of which depend on the dates of other rules."""
    connues: dict[UUID, dict[tuple[str, UUID], tuple[date, str]]] = {}
    lists = [as_array(sorted(REGLES_EN_AVAL)), as_array(sorted(ACTES_EN_AMONT))]
    with connection.cursor() as cursor:
        cursor.execute(_READ_RELUS, [departement, *lists])
        for pk, regle, source_id, le, certitude in cursor.fetchall():
            connues.setdefault(pk, {})[regle, source_id] = (le, certitude)
    actes = list_actes(dossier_ids=connues)
    contextes = list_contextes(dossier_ids=connues)
    return [
        DossierRelu(pk, actes.get(pk, []), contextes[pk], connues[pk]) for pk in sorted(contextes)
    ]

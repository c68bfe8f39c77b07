"""The deadlines that files had, of the acts withdrawn since."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection

from seuil.echeances.queries.faits import list_actes, list_contextes
from seuil.echeances.rules.actes import list_faits
from seuil.echeances.rules.calculs import EcheanceCalculee, compute_echeances
from seuil.echeances.rules.pauses import Acte
from seuil.kernel.bulk import as_array


def list_echeances_retirees(
    *, dossier_ids: Collection[UUID], depuis: date
) -> list[EcheanceCalculee]:
    """Return, for those who count, the deadlines that acts withdrawn since a day entailed.

    Computed again as if they were in force: nothing is kept of them.
    """
    withdrawn = _list_retires(dossier_ids, depuis)
    actes = list_actes(dossier_ids=withdrawn)
    faits = [
        fait
        for pk, retires in withdrawn.items()
        for fait in list_faits(pk, [*actes.get(pk, ()), *retires])
    ]
    sources = {acte.id for retires in withdrawn.values() for acte in retires}
    contextes = list_contextes(dossier_ids=withdrawn)
    return [
        e
        for e in compute_echeances((f for f in faits if f.dossier_id in contextes), contextes)
        if e.source_id in sources
    ]


def _list_retires(ids: Collection[UUID], depuis: date) -> dict[UUID, list[Acte]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ_RETIRES, [as_array(ids), depuis])
        found: dict[UUID, list[Acte]] = {}
        for dossier_id, *values in cursor.fetchall():
            found.setdefault(dossier_id, []).append(Acte(*values))
    return found


# What an act said before it was corrected had the dates of the act that is in force.
_READ_RETIRES = """
SELECT a.dossier_id, a.id, a.type, a.survenu_le, a.recu_le, a.audience_le, a.sens,
  a.delai_jusqu_au, a.delai_annonce, a.annonce_le, a.lot_id IS NULL
FROM actes_acte a
WHERE a.dossier_id = ANY(%s::uuid[]) AND a.retire_le >= %s
  AND NOT EXISTS (SELECT 1 FROM actes_acte n WHERE n.remplace_id = a.id)
"""

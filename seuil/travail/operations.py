"""Rebuild the work queue of dossiers."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from seuil.kernel.bulk import as_array, replace_projection
from seuil.travail.models import Tache
from seuil.travail.rules import Besoin


def refresh_taches(*, dossier_ids: Collection[UUID], besoins: Iterable[Besoin]) -> None:
    """Replace the tasks of dossiers by those the needs entail; idempotent."""
    ids = list(dossier_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, departement_id FROM dossiers_dossier WHERE id = ANY(%s::uuid[])",
            [as_array(ids)],
        )
        departements = dict(cursor.fetchall())
    # One row per natural key, whatever the order and repetition of the needs.
    unique = {
        (b.dossier_id, b.genre, b.source_id): b for b in besoins if b.dossier_id in departements
    }
    replace_projection(
        Tache,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id", "genre", "source_id"),
        columns=(
            "dossier_id", "departement", "genre", "source_id", "role", "organisation_id",
            "agent_id", "visible_le", "due_le", "caduque_le", "legale", "regle",
        ),
        rows=(
            (
                b.dossier_id, departements[b.dossier_id], b.genre, b.source_id, b.role,
                b.organisation_id, b.agent_id, b.visible_le, b.due_le, b.caduque_le, b.legale,
                b.regle,
            )
            for b in unique.values()
        ),
    )  # fmt: skip

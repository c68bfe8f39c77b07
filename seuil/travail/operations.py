"""Rebuild the work queue of dossiers; record what an organisation did of its duties."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.dossiers.models import Dossier
from seuil.kernel.bulk import as_array, replace_projection
from seuil.kernel.refusal import Refusal
from seuil.travail.models import Diligence, Tache
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.genres import GENRES


class DiligenceRefusee(Refusal):
    """The day, the proof or the reason is not what it must be."""


class GenreMalDeclare(AssertionError):  # noqa: N818 - a fault of the code, never of a person
    """A package raises work for a role that its genres.yaml does not name."""


def refresh_taches(*, dossier_ids: Collection[UUID], besoins: Iterable[Besoin]) -> None:
    """Replace the tasks of dossiers by those the needs entail; idempotent.

    Raises GenreMalDeclare on a need for a role whose queue was not declared to receive it.
    """
    ids = list(dossier_ids)
    if not ids:
        return
    besoins = list(besoins)
    for besoin in besoins:
        if besoin.role not in GENRES[besoin.genre].pour:
            raise GenreMalDeclare(besoin.genre, besoin.role)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, departement_id FROM dossiers_dossier WHERE id = ANY(%s::uuid[])",
            [as_array({b.dossier_id for b in besoins})],
        )
        departements = dict(cursor.fetchall())
    # One row per natural key, whatever the order and repetition of the needs.
    unique = {
        (b.dossier_id, b.genre, b.source_id, b.devoir): b
        for b in besoins
        if b.dossier_id in departements
    }
    replace_projection(
        Tache,
        scope="dossier_id",
        scope_ids=ids,
        key=("dossier_id", "genre", "source_id", "devoir"),
        content=(
            "departement", "role",
            "organisation_id", "agent_id", "visible_le", "due_le", "caduque_le", "legale", "regle",
        ),
        rows=(
            (
                (b.dossier_id, b.genre, b.source_id, b.devoir),
                (
                    departements[b.dossier_id], b.role, b.organisation_id, b.agent_id,
                    b.visible_le, b.due_le, b.caduque_le, b.legale, b.regle,
                ),
            )
            for b in unique.values()
        ),
    )  # fmt: skip


@transaction.atomic
def record_diligence(
    *,
    dossier: Dossier,
    devoir: str,
    source_id: UUID,
    faite_le: date,
    preuve: str = "",
    sans_objet: bool = False,
    motif: str = "",
    by: Agent,
    on: date,
) -> Diligence:
    """Record that a duty is done, with its proof, or has no object, and why; once per act.

    The same answer sent twice records one. Raises DiligenceRefusee.
    """
    preuve, motif = preuve.strip(), motif.strip()
    if faite_le > on:
        raise DiligenceRefusee("Cette date est à venir : indiquez le jour où la chose a été faite.")
    if sans_objet and not motif:
        raise DiligenceRefusee("Dites pourquoi ce devoir est sans objet.")
    if not sans_objet and not preuve:
        raise DiligenceRefusee("Dites ce qui montre que c’est fait.")
    diligence, is_new = Diligence.objects.get_or_create(
        dossier=dossier,
        devoir=devoir,
        source_id=source_id,
        defaults={
            "faite_le": faite_le,
            "preuve": "" if sans_objet else preuve,
            "sans_objet": sans_objet,
            "motif": motif if sans_objet else "",
            "organisation": by.organisation,
            "par": by,
        },
    )
    if is_new:
        record_event(
            kind="diligence.enregistree",
            by=by,
            on=on,
            target_type="dossier",
            target_id=dossier.pk,
            details={"devoir": devoir, "sans_objet": sans_objet},
        )
    return diligence

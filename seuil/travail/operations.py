"""Rebuild the work queue of dossiers; record what an organisation did of its duties."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event, record_events
from seuil.kernel.bulk import as_array, replace_projection
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.travail.models import Diligence, Empreinte, Tache
from seuil.travail.queries import list_classees
from seuil.travail.rules.aujourdhui import is_caduque
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.devoirs import load_devoirs
from seuil.travail.rules.diligences import DiligenceSaisie, why_not_declare
from seuil.travail.rules.genres import GENRES

# Why a task filed has no object: see rules/aujourdhui.py.
CLASSEE = "Sans objet à ce jour : classé"


class DiligenceRefusee(Refusal):
    """The day, the proof or the reason is not what it must be."""


class GenreMalDeclare(AssertionError):
    """A package raises work for a role, or without the end, that its genres.yaml names."""


def refresh_taches(*, dossier_ids: Collection[UUID], besoins: Iterable[Besoin]) -> None:
    """Replace the tasks of dossiers by those the needs entail; idempotent.

    Raises GenreMalDeclare on a need for a role whose queue was not declared to receive it, or that
    nothing would ever end.
    """
    ids = list(dossier_ids)
    if not ids:
        return
    besoins = list(besoins)
    for besoin in besoins:
        genre = GENRES[besoin.genre]
        if besoin.role not in genre.pour:
            raise GenreMalDeclare(besoin.genre, besoin.role)
        if genre.terme == "jour" and besoin.caduque_le is None:
            raise GenreMalDeclare(besoin.genre, "caduque_le")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, departement_id FROM dossiers_dossier WHERE id = ANY(%s::uuid[])",
            [as_array({b.dossier_id for b in besoins})],
        )
        departements = dict(cursor.fetchall())
    classees = list_classees(dossier_ids=ids)
    # One row per natural key, whatever the order and repetition of the needs.
    unique = {
        (b.dossier_id, b.genre, b.source_id, b.devoir): b
        for b in besoins
        if b.dossier_id in departements and not _is_classee(b, classees)
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


def _is_classee(besoin: Besoin, classees: Mapping[tuple[UUID, str, UUID], date]) -> bool:
    """Tell whether it was filed once it had no object: put back later, the same need is new."""
    le = classees.get((besoin.dossier_id, besoin.genre, besoin.source_id))
    return le is not None and is_caduque(besoin, on=le)


def record_empreintes(*, empreintes: Mapping[UUID, tuple[int, int]], cadre: str, on: date) -> None:
    """Keep what dossiers were, facts and projections, when recomputing them changed nothing."""
    replace_projection(
        Empreinte,
        scope="dossier_id",
        scope_ids=list(empreintes),
        key=("dossier_id",),
        content=("cadre", "faits", "projections", "le"),
        rows=(((pk,), (cadre, *found, on)) for pk, found in empreintes.items()),
    )


@transaction.atomic
def record_diligence(*, saisie: DiligenceSaisie, by: Agent, on: date) -> Diligence:
    """Record that a duty is done, with its proof, or has no object, and why; once per act.

    The same answer sent twice records one. Raises DiligenceRefusee.
    """
    dossier_id, devoir, source_id = saisie.cle
    diligence, is_new = Diligence.objects.get_or_create(
        dossier_id=dossier_id,
        devoir=devoir,
        source_id=source_id,
        defaults=_read(saisie, by, on),
    )
    if is_new:
        record_event(
            kind="diligence.enregistree",
            by=by,
            on=on,
            target_type="dossier",
            target_id=dossier_id,
            details={"devoir": devoir, "sans_objet": diligence.sans_objet},
        )
    return diligence


@transaction.atomic
def record_diligences(
    *, saisies: Sequence[DiligenceSaisie], by: Agent, on: date
) -> list[Diligence]:
    """Record many answers as `record_diligence` does one; return those that were not known.

    Raises DiligenceRefusee, and then records none.
    """
    read = {saisie.cle: _read(saisie, by, on) for saisie in saisies}
    known = set(
        Diligence.objects.filter(dossier__in={pk for pk, *_ in read}).values_list(
            "dossier_id", "devoir", "source_id"
        )
    )
    new = [
        Diligence(dossier_id=pk, devoir=devoir, source_id=source_id, **values)
        for (pk, devoir, source_id), values in read.items()
        if (pk, devoir, source_id) not in known
    ]
    Diligence.objects.bulk_create(new, batch_size=1000)
    record_events(
        kind="diligence.enregistree",
        by=by,
        on=on,
        dossiers=[(d.dossier_id, {"devoir": d.devoir, "sans_objet": d.sans_objet}) for d in new],
    )
    return new


@transaction.atomic
def close_taches(*, tache_ids: Collection[UUID], by: Agent, on: date) -> list[Diligence]:
    """File tasks that have no object any more, each once; return what was written.

    What is filed is a fact, with its day and its author: see `withdraw_classements`.
    """
    taches = Tache.objects.filter(pk__in=tache_ids).exclude(genre="devoir").order_by("pk")
    known = set(
        Diligence.objects.filter(dossier__in=[t.dossier_id for t in taches]).values_list(
            "dossier_id", "devoir", "source_id"
        )
    )
    new = Diligence.objects.bulk_create(
        Diligence(
            dossier_id=t.dossier_id,
            devoir=t.genre,
            source_id=t.source_id,
            faite_le=on,
            sans_objet=True,
            motif=CLASSEE,
            organisation=by.organisation,
            par=by,
        )
        for t in taches
        if (t.dossier_id, t.genre, t.source_id) not in known
    )
    record_events(
        kind="tache.classee",
        by=by,
        on=on,
        dossiers=[(d.dossier_id, {"genre": d.devoir}) for d in new],
    )
    return new


@transaction.atomic
def withdraw_classements(
    *, diligence_ids: Collection[UUID], depuis: datetime, by: Agent, on: date
) -> list[UUID]:
    """Put back tasks that the agent has filed since `depuis`; return their dossiers."""
    found = Diligence.objects.filter(
        pk__in=diligence_ids, par=by, motif=CLASSEE, created_at__gte=depuis
    )
    withdrawn = [*found.values_list("pk", "dossier_id", "devoir")]
    # Nobody erases a fact by hand: the machine does, for the one who wrote it and said so.
    with acting_as_machine("correction", on=on):
        Diligence.objects.filter(pk__in=[pk for pk, *_ in withdrawn]).delete()
    record_events(
        kind="tache.reouverte",
        by=by,
        on=on,
        dossiers=[(dossier, {"genre": genre}) for _, dossier, genre in withdrawn],
    )
    return [dossier for _, dossier, _ in withdrawn]


def _read(saisie: DiligenceSaisie, by: Agent, on: date) -> dict[str, Any]:
    """Return the columns that an answer fills. Raises DiligenceRefusee."""
    reponse = saisie.reponse
    devoir = load_devoirs(by.departement_id).par_id.get(saisie.devoir)
    reason = why_not_declare(devoir, reponse)
    if reason:
        raise DiligenceRefusee(reason)
    preuve, motif = reponse.preuve.strip(), reponse.motif.strip()
    if reponse.faite_le > on:
        raise DiligenceRefusee("Cette date est à venir : indiquez le jour où la chose a été faite.")
    if reponse.sans_objet and not motif:
        raise DiligenceRefusee("Dites pourquoi ce devoir est sans objet.")
    if not reponse.sans_objet and not preuve:
        raise DiligenceRefusee("Dites ce qui montre que c’est fait.")
    return {
        "faite_le": reponse.faite_le,
        "preuve": "" if reponse.sans_objet else preuve,
        "sans_objet": reponse.sans_objet,
        "motif": motif if reponse.sans_objet else "",
        "organisation": by.organisation,
        "par": by,
    }

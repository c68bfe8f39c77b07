"""Sessions, opened and ended."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.connexions.models import Connexion, FinConnexion, MoyenConnexion
from seuil.connexions.rules import VUE_TOUTES_LES, Navigateur
from seuil.kernel.contexte import acting_for


@transaction.atomic
def open_connexion(
    *,
    agent: Agent,
    moyen: MoyenConnexion | str,
    navigateur: Navigateur,
    by: Author,
    on: date,
    at: datetime,
) -> Connexion:
    """Open a session, once every factor is proved."""
    with acting_for(agent.pk, on=on):
        connexion = Connexion.objects.create(
            agent=agent,
            moyen=moyen,
            ouverte_at=at,
            vue_at=at,
            preuve_at=at,
            navigateur=navigateur.nom,
            appareil=navigateur.appareil,
            poste=navigateur.poste,
        )
    record_event(
        kind="connexion.ouverte",
        by=by,
        on=on,
        target_type="connexion",
        target_id=connexion.pk,
        details={"moyen": str(moyen)},
    )
    return connexion


@transaction.atomic
def record_vue(*, connexion: Connexion, at: datetime) -> None:
    """Note that a page was seen, at most once a minute; nobody acts: no journal line."""
    with acting_for(connexion.agent_id, on=at.date()):
        Connexion.objects.filter(pk=connexion.pk, vue_at__lt=at - VUE_TOUTES_LES).update(vue_at=at)


@transaction.atomic
def record_preuve(*, connexion: Connexion, at: datetime) -> None:
    """Note that the agent has just proved again who it is."""
    with acting_for(connexion.agent_id, on=at.date()):
        Connexion.objects.filter(pk=connexion.pk).update(preuve_at=at)


@transaction.atomic
def end_connexion(
    *, connexion: Connexion, motif: FinConnexion | str, by: Author, on: date, at: datetime
) -> None:
    """End one session; ending it twice changes nothing."""
    with acting_for(connexion.agent_id, on=on):
        ended = _end(Connexion.objects.filter(pk=connexion.pk), str(motif), at)
    _record_fins(ended, str(motif), by, on)


@transaction.atomic
def end_connexions(
    *,
    agent: Agent,
    motif: FinConnexion | str,
    by: Author,
    on: date,
    at: datetime,
    sauf: UUID | None = None,
) -> int:
    """End the open sessions of an agent; `sauf` spares one."""
    rows = Connexion.objects.filter(agent=agent.pk)
    if sauf is not None:
        rows = rows.exclude(pk=sauf)
    with acting_for(agent.pk, on=on):
        ended = _end(rows, str(motif), at)
    _record_fins(ended, str(motif), by, on)
    return len(ended)


def _end(rows: QuerySet[Connexion], motif: str, at: datetime) -> list[Connexion]:
    ended = list(rows.filter(fin_at=None).select_for_update().order_by("pk"))
    for connexion in ended:
        connexion.fin_at, connexion.fin_motif = max(at, connexion.ouverte_at), motif
        connexion.save(update_fields=["fin_at", "fin_motif"])
    return ended


def _record_fins(ended: list[Connexion], motif: str, by: Author, on: date) -> None:
    for connexion in ended:
        record_event(
            kind="connexion.fermee",
            by=by,
            on=on,
            target_type="connexion",
            target_id=connexion.pk,
            details={"motif": motif},
        )

"""The secret address of a calendar feed."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import AbonnementAgenda, Agent
from seuil.acteurs.rules import compute_empreinte, why_not
from seuil.audit.operations import record_event
from seuil.kernel.refusal import Refusal


class AgendaRefuse(Refusal):
    message = "Votre rôle n’ouvre aucun dossier : il n’a pas d’agenda à lire ailleurs."


class AucunAbonnement(Refusal):
    message = "Aucune adresse n’est en service : il n’y a rien à arrêter."


class AdresseDejaChangee(Refusal):
    message = (
        "Une adresse vient d’être créée : elle n’est montrée qu’une fois. Si vous ne l’avez pas"
        " sous les yeux, changez-la."
    )


@transaction.atomic
def create_abonnement(
    *, by: Agent, on: date, remplace: str | None = None
) -> tuple[AbonnementAgenda, str]:
    """Give the agent a new secret address for its agenda; the one before stops at once.

    `remplace`: the subscription that the page showed, empty when none ran: of two clicks, one.

    Return the subscription and its token, which is kept nowhere: show it now or never.
    Raises AgendaRefuse when the role reads no dossier, AdresseDejaChangee.
    """
    if why_not(by.profil, "dossier.lire"):
        raise AgendaRefuse
    ended = _end_abonnement(by=by, on=on)
    if remplace is not None and remplace != (str(ended.pk) if ended else ""):
        raise AdresseDejaChangee
    jeton = secrets.token_urlsafe(32)
    abonnement = AbonnementAgenda.objects.create(
        agent=by, empreinte=compute_empreinte(jeton), cree_le=on
    )
    _record_abonnement("agenda.abonnement_cree", abonnement, by, on)
    return abonnement, jeton


@transaction.atomic
def end_abonnement(*, by: Agent, on: date) -> AbonnementAgenda:
    """Stop the agent's secret address. Raises AucunAbonnement when none runs."""
    abonnement = _end_abonnement(by=by, on=on)
    if abonnement is None:
        raise AucunAbonnement
    return abonnement


@transaction.atomic
def record_lecture_agenda(*, abonnement: AbonnementAgenda, at: datetime) -> None:
    """Note that a calendar read the address, at most once an hour; nobody acts: no journal line."""
    AbonnementAgenda.objects.filter(
        Q(dernier_acces_at=None) | Q(dernier_acces_at__lt=at - timedelta(hours=1)),
        pk=abonnement.pk,
    ).update(dernier_acces_at=at)


def _end_abonnement(*, by: Agent, on: date) -> AbonnementAgenda | None:
    # Two windows of the same agent wait for one another.
    Agent.objects.select_for_update().get(pk=by.pk)
    running = AbonnementAgenda.objects.filter(agent=by.pk, revoque_le=None).first()
    if running is None:
        return None
    running.revoque_le = max(on, running.cree_le)
    running.save(update_fields=["revoque_le"])
    _record_abonnement("agenda.abonnement_arrete", running, by, on)
    return running


def _record_abonnement(kind: str, abonnement: AbonnementAgenda, by: Agent, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="abonnement_agenda", target_id=abonnement.pk)

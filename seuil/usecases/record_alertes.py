"""Watch the journal: who reads, takes away or is refused more than one person's work explains."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.queries import list_dpo
from seuil.audit.operations import record_event
from seuil.audit.queries import list_alertes, list_volumes
from seuil.audit.rules import ALERTES_LUES, SURVEILLANCES, Surveillance, Volume, list_exces
from seuil.connexions.models import GenreCourriel
from seuil.connexions.operations.courriels import add_courriels
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.open_acces import Avis

# What an alert says of its agent.
DITS = {
    "alerte.fiches": "a ouvert un nombre inhabituel de dossiers",
    "alerte.listes": "a fait défiler un nombre inhabituel de dossiers",
    "alerte.exports": "a téléchargé un nombre inhabituel de listes",
    "alerte.refus": "a reçu un nombre inhabituel de refus",
    "alerte.acces_repetes": "a pris plusieurs accès exceptionnels",
}


class AlerteIntrouvable(Refusal):
    message = "Cette alerte n’existe pas, ou n’est plus au journal."


class AlerteDejaTraitee(Refusal):
    message = "Cette alerte est déjà traitée : rouvrez la page pour lire ce qui en a été noté."


class NoteManquante(Refusal):
    message = "Écrivez ce que vous avez vérifié, et ce qui en est ressorti."


@transaction.atomic
def record_alertes(
    *,
    at: datetime,
    on: date,
    avis: Avis | None = None,
    surveillances: Sequence[Surveillance] = SURVEILLANCES,
) -> int:
    """Write a line for each excess that none told yet, and tell the officers; return how many.

    Without `avis` (no mail server), the page of the alerts tells.
    """
    done = 0
    with acting_as_machine("surveillance", on=on):
        for surveillance in surveillances:
            for volume in list_volumes(depuis=at - surveillance.duree):
                for kind in list_exces(volume=volume, surveillance=surveillance):
                    _record(kind, volume, on)
                    if avis:
                        _write_dpo(kind, volume.departement, avis, at)
                    done += 1
    return done


@transaction.atomic
def record_traitement(*, alerte: UUID, note: str, by: Agent, on: date, at: datetime) -> None:
    """Note what the officer verified of an alert, once: a line of the journal, sealed like it.

    Raises HabilitationRefusee, NoteManquante, AlerteIntrouvable, AlerteDejaTraitee.
    """
    require_verbe(by=by, verbe="acces.controler")
    note = note.strip()
    if not note:
        raise NoteManquante
    # Two windows of the officer wait for one another.
    with connection.cursor() as cursor:
        key = f"alerte:{alerte}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    known = {a.id: a for a in list_alertes(depuis=at - ALERTES_LUES)}
    if alerte not in known:
        raise AlerteIntrouvable
    if known[alerte].note is not None:
        raise AlerteDejaTraitee
    record_event(
        kind="alerte_traitee",
        by=by,
        on=on,
        target_type="alerte",
        target_id=alerte,
        details={"note": note},
    )


def _record(kind: str, volume: Volume, on: date) -> None:
    record_event(
        kind=kind,
        by=Machine("surveillance", volume.departement),
        on=on,
        target_type="agent",
        target_id=volume.by_id,
        details={
            "fiches": volume.fiches,
            "listes": volume.listes,
            "exports": volume.exports,
            "refus": volume.refus,
        },
    )


def _write_dpo(kind: str, departement: str, avis: Avis, at: datetime) -> None:
    """Name nobody: whose lines they are is read in the journal, not in a mailbox."""
    add_courriels(
        genre=GenreCourriel.ALERTE,
        destinataires=list_dpo(departement=departement),
        sujet="Seuil : une activité inhabituelle est à vérifier",
        texte=f"Un agent {DITS[kind]} en peu de temps. La page Alertes de Seuil dit qui, et quoi ;"
        f" notez-y ce que vous avez vérifié :\n{avis.page}\n",
        cle=avis.cle,
        at=at,
    )

"""Watch the journal: who reads, takes away or is refused more than one person's work explains."""

from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.queries import list_dpo
from seuil.audit.operations import record_event
from seuil.audit.queries import list_volumes
from seuil.audit.rules import SURVEILLANCES, Volume, list_exces
from seuil.connexions.models import GenreCourriel
from seuil.connexions.operations.courriels import add_courriels
from seuil.kernel.contexte import acting_as_machine

_DITS = {
    "alerte.fiches": "a ouvert un nombre inhabituel de dossiers",
    "alerte.listes": "a fait défiler un nombre inhabituel de dossiers",
    "alerte.exports": "a téléchargé un nombre inhabituel de listes",
    "alerte.refus": "a reçu un nombre inhabituel de refus",
}


@transaction.atomic
def record_alertes(*, at: datetime, on: date, cle: str = "") -> int:
    """Write a line for each excess that none told yet, and tell the officers; return how many.

    `cle` hides the mails that wait; without it (no mail server), the line alone tells.
    """
    done = 0
    with acting_as_machine("surveillance", on=on):
        for surveillance in SURVEILLANCES:
            for volume in list_volumes(depuis=at - surveillance.duree):
                for kind in list_exces(volume=volume, surveillance=surveillance):
                    _record(kind, volume, on)
                    if cle:
                        _write_dpo(kind, volume.departement, cle, at)
                    done += 1
    return done


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


def _write_dpo(kind: str, departement: str, cle: str, at: datetime) -> None:
    """Name nobody: whose lines they are is read in the journal, not in a mailbox."""
    add_courriels(
        genre=GenreCourriel.ALERTE,
        destinataires=list_dpo(departement=departement),
        sujet="Seuil : une activité inhabituelle est à vérifier",
        texte=f"Un agent {_DITS[kind]} en peu de temps. Le journal dit qui, et quoi : cherchez"
        f" la ligne « {kind} » de cette heure, avec qui tient l’installation"
        " (seuil journal exporter).",
        cle=cle,
        at=at,
    )

"""Watch the journal: who reads, takes away or is refused more than one person's work explains."""

from datetime import date, datetime
from functools import partial

from django.db import transaction

from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.queries import list_courriels_dpo
from seuil.audit.operations import record_event
from seuil.audit.queries import list_volumes
from seuil.audit.rules import SURVEILLANCES, Volume, list_exces
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.courriel import send_courriel

_DITS = {
    "alerte.fiches": "a ouvert un nombre inhabituel de dossiers",
    "alerte.listes": "a fait défiler un nombre inhabituel de dossiers",
    "alerte.exports": "a téléchargé un nombre inhabituel de listes",
    "alerte.refus": "a reçu un nombre inhabituel de refus",
}


@transaction.atomic
def record_alertes(*, at: datetime, on: date) -> int:
    """Write a line for each excess that none told yet, and tell the officers; return how many."""
    done = 0
    with acting_as_machine("surveillance", on=on):
        for surveillance in SURVEILLANCES:
            for volume in list_volumes(depuis=at - surveillance.duree):
                for kind in list_exces(volume=volume, surveillance=surveillance):
                    _record(kind, volume, on)
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
    addresses = list_courriels_dpo(departement=volume.departement)
    if addresses:
        transaction.on_commit(partial(_tell, addresses, kind))


def _tell(addresses: list[str], kind: str) -> None:
    """Name nobody: whose lines they are is read in the journal, not in a mailbox."""
    send_courriel(
        sujet="Seuil : une activité inhabituelle est à vérifier",
        texte=f"Un agent {_DITS[kind]} en peu de temps. Le journal dit qui, et quoi : cherchez"
        f" la ligne « {kind} » de cette heure, avec qui tient l’installation"
        " (seuil journal exporter).",
        adresses=addresses,
    )

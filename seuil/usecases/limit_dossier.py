"""Limit the processing of a file (RGPD, art. 18), and lift it."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.conservation.models import DemandeDroit
from seuil.conservation.operations import MotifManquant, record_decision, record_demande
from seuil.conservation.rules import DemandeSaisie
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.dossiers import set_limite
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


class DejaLimite(Refusal):
    message = "Le traitement de ce dossier est déjà limité. Pour le rendre, levez la limitation."


class PasLimite(Refusal):
    message = (
        "Le traitement de ce dossier n’est pas limité\N{NO-BREAK SPACE}: il n’y a rien à lever."
    )


@transaction.atomic
def limit_dossier(
    *, dossier: Dossier, motif: str, by: Author, on: date, inscrire: bool = True
) -> None:
    """Hide a file from everybody but the officer, and empty what is computed from it.

    `inscrire` adds the request to the register, when no request of it is being answered.
    Raises HabilitationRefusee, MotifManquant, DejaLimite.
    """
    _require(by)
    if not motif.strip():
        raise MotifManquant
    if dossier.limite_le or not set_limite(dossier=dossier, limite_le=on, on=on):
        raise DejaLimite
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    record_event(kind="dossier.limite", by=by, on=on, target_type="dossier", target_id=dossier.pk)
    if inscrire:
        record_exercice(
            dossier=dossier, droit=DemandeDroit.Droit.LIMITATION, motif=motif, by=by, on=on
        )


@transaction.atomic
def lift_limite(*, dossier: Dossier, by: Author, on: date) -> None:
    """Give a limited file back to those who work on it. Raises HabilitationRefusee, PasLimite."""
    _require(by)
    if not (dossier.limite_le and set_limite(dossier=dossier, limite_le=None, on=on)):
        raise PasLimite
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    record_event(kind="dossier.rendu", by=by, on=on, target_type="dossier", target_id=dossier.pk)


def record_exercice(
    *, dossier: Dossier, droit: str, motif: str, by: Author, on: date, demandeur: str = ""
) -> None:
    """Add to the register a right that was exercised and answered the same day."""
    with acting_as_machine("rgpd", on=on, departement=dossier.departement_id):
        demande = record_demande(
            demande=DemandeSaisie(
                droit=droit,
                demandeur=demandeur or "La personne concernée",
                objet=motif[:500],
                recue_le=on,
            ),
            dossier=dossier,
            by=by,
            on=on,
        )
        record_decision(
            demande=demande,
            decision=DemandeDroit.Decision.ACCORDEE,
            motif=motif[:500],
            repondue_le=on,
            by=by,
            on=on,
        )


def _require(by: Author) -> None:
    if isinstance(by, Agent):
        require_verbe(by=by, verbe="rgpd.exercer")

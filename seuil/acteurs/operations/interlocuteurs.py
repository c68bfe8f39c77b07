"""Who answers for what in an organisation."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent, Commune, Interlocuteur, Organisation
from seuil.acteurs.operations.organisations import CommuneAilleurs, FicheReservee
from seuil.acteurs.rules import InterlocuteurSaisi, why_not_fiche
from seuil.audit.operations import Author, record_event
from seuil.kernel.accord import NBSP
from seuil.kernel.refusal import Refusal


class InterlocuteurDejaConnu(Refusal):
    message = f"Cette personne répond déjà de ce sujet{NBSP}: corrigez sa ligne."


class InterlocuteurRetire(Refusal):
    message = "Cet interlocuteur a déjà été retiré ou corrigé. Rouvrez la fiche de l’organisme."


@transaction.atomic
def add_interlocuteur(
    *, organisation: Organisation, saisie: InterlocuteurSaisi, by: Author, on: date
) -> Interlocuteur:
    """Say who answers for what. Raises FicheReservee, CommuneAilleurs, InterlocuteurDejaConnu."""
    _check_may(organisation, by)
    if Interlocuteur.objects.filter(
        organisation=organisation, nom=saisie.nom, sujet=saisie.sujet, fin_le=None
    ).exists():
        raise InterlocuteurDejaConnu
    return _write(organisation, saisie, by, on)


@transaction.atomic
def replace_interlocuteur(
    *, interlocuteur: Interlocuteur, saisie: InterlocuteurSaisi, by: Author, on: date
) -> Interlocuteur:
    """Correct a line: the former one ends, and stays. Raises as add_interlocuteur."""
    _end(interlocuteur, by, on)
    return add_interlocuteur(organisation=interlocuteur.organisation, saisie=saisie, by=by, on=on)


@transaction.atomic
def end_interlocuteur(*, interlocuteur: Interlocuteur, by: Author, on: date) -> None:
    """Say that somebody answers for it no longer. Raises FicheReservee, InterlocuteurRetire."""
    _end(interlocuteur, by, on)


def _end(interlocuteur: Interlocuteur, by: Author, on: date) -> None:
    locked = Interlocuteur.objects.select_for_update(of=("self",)).get(pk=interlocuteur.pk)
    _check_may(locked.organisation, by)
    if locked.fin_le is not None:
        raise InterlocuteurRetire
    locked.fin_le = max(on, locked.debut_le)
    locked.save(update_fields=["fin_le"])
    _record("interlocuteur.retire", locked, by, on)


def _write(
    organisation: Organisation, saisie: InterlocuteurSaisi, by: Author, on: date
) -> Interlocuteur:
    departement = organisation.departement_id
    communes = [*Commune.objects.filter(departement=departement, pk__in=saisie.communes)]
    if len(communes) != len(set(saisie.communes)):
        raise CommuneAilleurs
    written = Interlocuteur.objects.create(
        organisation=organisation,
        nom=saisie.nom,
        fonction=saisie.fonction,
        sujet=saisie.sujet,
        telephone=saisie.telephone,
        courriel=saisie.courriel,
        debut_le=on,
    )
    written.communes.set(communes)
    _record("interlocuteur.ajoute", written, by, on)
    return written


def _check_may(organisation: Organisation, by: Author) -> None:
    if not isinstance(by, Agent):
        return
    sien = by.organisation_id == organisation.pk
    reason = why_not_fiche(profil=by.profil, sien=sien, champs=())
    if reason or by.departement_id != organisation.departement_id:
        raise FicheReservee(reason or "Cet organisme est d’un autre département.")


def _record(kind: str, interlocuteur: Interlocuteur, by: Author, on: date) -> None:
    record_event(
        kind=kind,
        by=by,
        on=on,
        target_type="organisation",
        target_id=interlocuteur.organisation_id,
        details={"interlocuteur": str(interlocuteur.pk)},
    )

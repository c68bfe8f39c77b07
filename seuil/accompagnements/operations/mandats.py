"""The mandate: answered, given to people, closed."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Demarche, Mandat, Rapport
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.rules.affectations import Affectation, write_referents
from seuil.accompagnements.rules.mandats import (
    ClotureSaisie,
    ReponseSaisie,
    Suivi,
    list_rapports_dus,
    why_not_close,
    why_not_close_veille,
    why_not_watch,
)
from seuil.acteurs.models import Agent, Role
from seuil.kernel.accord import NBSP
from seuil.kernel.refusal import Refusal


class DejaRepondu(Refusal):
    message = "L’opérateur a déjà répondu pour ce dossier."


class MotifObligatoire(Refusal):
    message = "Un refus se motive : indiquez pourquoi le dossier ne peut pas être pris en charge."


class MandatNonAccepte(Refusal):
    message = "Le dossier confié n’est pas accepté : répondez d’abord."


class MandatClos(Refusal):
    message = "L’accompagnement est clos : il ne se modifie plus."


class AffectationRefusee(Refusal):
    message = "Cette affectation n’est pas possible."


class AffectationSuivie(Refusal):
    message = (
        f"Le suivi a commencé, ou d’autres personnes en sont chargées{NBSP}: changez"
        " l’affectation sur la page du dossier confié."
    )


class AffectationChangee(Refusal):
    """Somebody else put other people in charge since the page was read; the text names them."""


class ClotureRefusee(Refusal):
    message = "L’accompagnement ne peut pas être clos ainsi."


class RapportsManquants(ClotureRefusee):
    """Reports are due and no reason is given for their absence; the text names them."""

    @classmethod
    def of(cls, manquants: Sequence[str]) -> "RapportsManquants":
        told = ", ".join(f"«{NBSP}{libelle}{NBSP}»" for libelle in manquants)
        return cls(
            f"Des rapports dus à la DDETS manquent{NBSP}: {told}. Rendez-les avant de clore, ou"
            " dites pourquoi ils ne seront pas rendus."
        )


class ComplexiteRefusee(Refusal):
    message = f"Dites si la situation est simple ou complexe{NBSP}: l’évaluation en dépend."


class VeilleRefusee(Refusal):
    message = "Ce dossier ne peut pas être mis en veille."


@transaction.atomic
def answer_mandat(*, mandat: Mandat, saisie: ReponseSaisie, by: Agent, on: date) -> Mandat:
    """Accept the dossier, or refuse it with a reason. Raises DejaRepondu, MotifObligatoire."""
    locked = _lock(mandat)
    if locked.reponse != Mandat.Reponse.ATTENDUE:
        raise DejaRepondu
    motif = saisie.motif.strip()
    if saisie.accepte:
        locked.reponse = Mandat.Reponse.ACCEPTE
        locked.complexite = Mandat.Complexite(saisie.complexite)
    elif not motif:
        raise MotifObligatoire
    else:
        locked.reponse, locked.motif_refus = Mandat.Reponse.REFUSE, motif
        locked.nature_refus = Mandat.NatureRefus(saisie.nature)
    locked.repondu_le = on
    locked.save(
        update_fields=["reponse", "repondu_le", "complexite", "nature_refus", "motif_refus"]
    )
    kind = "mandat.accepte" if saisie.accepte else "mandat.refuse"
    record(kind, by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


@transaction.atomic
def set_complexite(*, mandat: Mandat, complexite: str, by: Agent, on: date) -> Mandat:
    """Say that the case is simple or complex: its evaluation is due at four or eight weeks.

    The former word stays in the journal. Raises MandatNonAccepte, MandatClos, ComplexiteRefusee.
    """
    locked = lock_running(mandat)
    if complexite not in Mandat.Complexite.values or not complexite:
        raise ComplexiteRefusee
    if locked.rapports.filter(genre=Rapport.Genre.EVALUATION).exists():
        raise ComplexiteRefusee(f"L’évaluation est rendue{NBSP}: son délai ne change plus.")
    avant, locked.complexite = locked.complexite, complexite
    if avant != complexite:
        locked.save(update_fields=["complexite"])
        details = {"mandat": str(locked.pk), "avant": avant, "apres": complexite}
        record("mandat.complexite", by, on, "dossier", locked.dossier_id, **details)
    return locked


@transaction.atomic
def open_veille(*, mandat: Mandat, veille_le: date, by: Agent, on: date) -> Mandat:
    """Say that the démarches are over: the household is watched over before the file is closed.

    Raises MandatNonAccepte, MandatClos, VeilleRefusee.
    """
    locked = lock_running(mandat)
    if locked.veille_le is not None:
        raise VeilleRefusee("Ce dossier est déjà en veille.")
    if locked.repondu_le is None:
        raise MandatNonAccepte
    reason = why_not_watch(
        veille_le=veille_le,
        debut_le=locked.repondu_le,
        on=on,
        demarches_a_faire=Demarche.objects.filter(
            contrat__mandat=locked, etat=Demarche.Etat.A_FAIRE
        ).count(),
    )
    if reason:
        raise VeilleRefusee(reason)
    locked.veille_le = veille_le
    locked.save(update_fields=["veille_le"])
    record("mandat.veille", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


def end_veille(*, mandat: Mandat, by: Agent, on: date) -> None:
    """End the watch of a locked mandate, when the work begins again; the journal keeps its day."""
    if mandat.veille_le is None:
        return
    veille_le, mandat.veille_le = mandat.veille_le, None
    mandat.save(update_fields=["veille_le"])
    details = {"mandat": str(mandat.pk), "veille_le": veille_le.isoformat()}
    record("mandat.veille_reprise", by, on, "dossier", mandat.dossier_id, **details)


@transaction.atomic
def assign_mandat(
    *,
    mandat: Mandat,
    referent_social: Agent | None,
    referent_juridique: Agent | None,
    vus: Affectation | None = None,
    by: Agent,
    on: date,
) -> Mandat:
    """Put people of the operator in charge. `vus`: those that the page showed.

    Raises MandatNonAccepte, MandatClos, AffectationChangee, AffectationRefusee.
    """
    locked = lock_running(mandat)
    asked = Affectation.of(referent_social, referent_juridique)
    current = Affectation.of(locked.referent_social, locked.referent_juridique)
    if vus is not None and current not in {vus, asked}:
        raise AffectationChangee(_write_change(locked, (referent_social, referent_juridique)))
    if referent_social is None and referent_juridique is None:
        raise AffectationRefusee("Choisissez au moins une personne.")
    expected = (
        (referent_social, Role.TRAVAILLEUR_SOCIAL, "un travailleur social"),
        (referent_juridique, Role.JURISTE, "un juriste"),
    )
    for agent, role, mot in expected:
        if agent is None:
            continue
        if agent.organisation_id != locked.operateur_id or not agent.is_active:
            raise AffectationRefusee(f"{agent} ne fait pas partie de l’équipe de l’opérateur.")
        if agent.role != role:
            raise AffectationRefusee(f"{agent} n’est pas {mot} : choisissez une autre personne.")
    locked.referent_social = referent_social
    locked.referent_juridique = referent_juridique
    locked.affecte_le = on
    locked.save(update_fields=["referent_social", "referent_juridique", "affecte_le"])
    record("mandat.affecte", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


def _write_change(mandat: Mandat, asked: tuple[Agent | None, Agent | None]) -> str:
    """Write who is in charge and who was asked: neither is lost, and somebody chooses."""
    held = write_referents(mandat.referent_social, mandat.referent_juridique)
    return (
        f"L’affectation a changé depuis que vous avez ouvert cette page{NBSP}: {held}. Vous"
        f" demandiez{NBSP}: {write_referents(*asked)}. Rien n’a été remplacé{NBSP}: gardez"
        " l’affectation en place, ou enregistrez de nouveau la vôtre."
    )


@transaction.atomic
def withdraw_affectation(
    *, mandat: Mandat, faite: Affectation, accepte: bool, by: Agent, on: date
) -> Mandat:
    """Take back `faite`, assigned today, and the acceptance too when `accepte`.

    Raises MandatNonAccepte, MandatClos, AffectationSuivie.
    """
    locked = lock_running(mandat)
    followed = locked.rapports.exists() or hasattr(locked, "contrat")
    changed = Affectation.of(locked.referent_social, locked.referent_juridique) != faite
    late = locked.affecte_le != on or (accepte and locked.repondu_le != on)
    if followed or changed or late:
        raise AffectationSuivie
    locked.referent_social = locked.referent_juridique = locked.affecte_le = None
    if accepte:
        locked.reponse, locked.repondu_le = Mandat.Reponse.ATTENDUE, None
        locked.complexite = Mandat.Complexite.NON_DITE
    locked.save(
        update_fields=[
            "referent_social", "referent_juridique", "affecte_le", "reponse", "repondu_le",
            "complexite",
        ]
    )  # fmt: skip
    record("mandat.desaffecte", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


@transaction.atomic
def close_mandat(
    *,
    mandat: Mandat,
    saisie: ClotureSaisie,
    suivi: Suivi,
    by: Agent,
    on: date,
) -> Mandat:
    """End the follow-up with a reason and an outcome.

    Raises MandatNonAccepte, MandatClos, ClotureRefusee.
    """
    locked = lock_running(mandat)
    if not saisie.motif or not saisie.denouement:
        raise ClotureRefusee("Indiquez le motif de la clôture et le dénouement.")
    if locked.repondu_le is None:
        raise MandatNonAccepte
    reason = why_not_close(
        motif=saisie.motif,
        clos_le=saisie.clos_le,
        on=on,
        debut_le=locked.repondu_le,
        suivi=suivi,
        notifie_le=saisie.notifie_le,
    ) or why_not_close_veille(motif=saisie.motif, veille_le=locked.veille_le, suivi=suivi)
    if reason:
        raise ClotureRefusee(reason)
    manquants = _list_manquants(locked, saisie)
    if manquants and not saisie.rapports_manquants.strip():
        raise RapportsManquants.of(manquants)
    locked.rapports_manquants = saisie.rapports_manquants.strip() if manquants else ""
    locked.motif_cloture = Mandat.MotifCloture(saisie.motif)
    locked.denouement = Mandat.Denouement(saisie.denouement)
    locked.clos_le = saisie.clos_le
    locked.notifie_le = saisie.notifie_le
    locked.save(
        update_fields=[
            "motif_cloture", "denouement", "clos_le", "notifie_le", "rapports_manquants"
        ]
    )  # fmt: skip
    record("mandat.clos", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


def _list_manquants(mandat: Mandat, saisie: ClotureSaisie) -> list[str]:
    """Return the labels of the reports due that day that were not handed in."""
    if mandat.repondu_le is None:
        raise MandatNonAccepte
    dus = list_rapports_dus(
        motif=saisie.motif,
        clos_le=saisie.clos_le,
        transmis_le=mandat.transmis_le,
        debut_le=mandat.repondu_le,
        complexite=mandat.complexite,
    )
    rendus = set(mandat.rapports.values_list("genre", flat=True))
    return [str(Rapport.Genre(genre).label) for genre in dus if genre not in rendus]


def lock_running(mandat: Mandat) -> Mandat:
    """Return an accepted mandate that is not closed, locked; refuse any other."""
    locked = _lock(mandat)
    if locked.reponse != Mandat.Reponse.ACCEPTE:
        raise MandatNonAccepte
    if locked.clos_le is not None:
        raise MandatClos
    return locked


def _lock(mandat: Mandat) -> Mandat:
    """Return the mandate, locked until the end of the transaction."""
    return Mandat.objects.select_for_update().get(pk=mandat.pk)

"""The mandate: answered, given to people, closed."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.rules.affectations import Affectation, write_referents
from seuil.accompagnements.rules.mandats import ClotureSaisie, Suivi, why_not_close
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


@transaction.atomic
def answer_mandat(*, mandat: Mandat, accepte: bool, motif: str = "", by: Agent, on: date) -> Mandat:
    """Accept the dossier, or refuse it with a reason. Raises DejaRepondu, MotifObligatoire."""
    locked = _lock(mandat)
    if locked.reponse != Mandat.Reponse.ATTENDUE:
        raise DejaRepondu
    if not accepte and not motif.strip():
        raise MotifObligatoire
    locked.reponse = Mandat.Reponse.ACCEPTE if accepte else Mandat.Reponse.REFUSE
    locked.repondu_le = on
    locked.motif_refus = "" if accepte else motif.strip()
    locked.save(update_fields=["reponse", "repondu_le", "motif_refus"])
    kind = "mandat.accepte" if accepte else "mandat.refuse"
    record(kind, by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


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
    locked.save(
        update_fields=[
            "referent_social", "referent_juridique", "affecte_le", "reponse", "repondu_le"
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
    )
    if reason:
        raise ClotureRefusee(reason)
    locked.motif_cloture = Mandat.MotifCloture(saisie.motif)
    locked.denouement = Mandat.Denouement(saisie.denouement)
    locked.clos_le = saisie.clos_le
    locked.notifie_le = saisie.notifie_le
    locked.save(update_fields=["motif_cloture", "denouement", "clos_le", "notifie_le"])
    record("mandat.clos", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


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

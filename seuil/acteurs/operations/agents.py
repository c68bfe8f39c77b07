"""The agents: account, habilitation, suspension."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import Agent, MotifSuspension, Organisation, Role
from seuil.acteurs.rules import AgentSaisi, compute_fin_habilitation, fold_courriel, is_above
from seuil.audit.operations import Author, record_event
from seuil.kernel.contexte import acting_as_machine, acting_for
from seuil.kernel.refusal import Refusal


class CourrielDejaUtilise(Refusal):
    message = "Un compte existe déjà avec cette adresse électronique."


class HabilitationRefusee(Refusal):
    message = "Personne ne renouvelle sa propre habilitation ni ne suspend son propre compte."


class ReveilRefuse(Refusal):
    message = (
        "Ce compte a été suspendu par quelqu’un de plus habilité que vous : demandez"
        " à l’administrateur du département de le réveiller."
    )


class CompteFerme(Refusal):
    message = "Ce compte est fermé : il ne se renouvelle pas."


@transaction.atomic
def create_agent(
    *,
    saisie: AgentSaisi,
    organisation: Organisation,
    password: str | None,
    by: Author,
    on: date,
) -> Agent:
    """Create the account of a person, habilitated from `on` in the organisation's département.

    Without password, the person chooses it by an invitation. Raises CourrielDejaUtilise, or
    Django's ValidationError when the password is too weak.
    """
    courriel = fold_courriel(saisie.courriel)
    if Agent.objects.filter(courriel=courriel).exists():
        raise CourrielDejaUtilise
    agent = Agent(
        courriel=courriel,
        nom=saisie.nom,
        prenom=saisie.prenom,
        role=saisie.role,
        organisation=organisation,
        departement_id=organisation.departement_id,
        habilite_le=on,
        habilite_jusqu_au=compute_fin_habilitation(on=on),
    )
    if password is not None:
        validate_password(password, agent)
    agent.set_password(password)
    # The database lets an administrator alone write who has access; who invites was checked.
    with acting_as_machine("comptes", on=on):
        agent.save()
    record_event(kind="agent.cree", by=by, on=on, target_type="agent", target_id=agent.pk)
    return agent


@transaction.atomic
def record_mot_de_passe(*, agent: Agent, mot_de_passe: str, by: Author, on: date) -> None:
    """Write a new password. Raises Django's ValidationError when it is too weak."""
    validate_password(mot_de_passe, agent)
    agent.set_password(mot_de_passe)
    _save(agent, ["password"], on)
    record_event(
        kind="agent.mot_de_passe_change", by=by, on=on, target_type="agent", target_id=agent.pk
    )


@transaction.atomic
def record_mot_de_passe_commun(
    *, agents: Sequence[Agent], mot_de_passe: str, by: Author, on: date
) -> None:
    """Write one published password for several accounts, hashed once: hashing is slow by design.

    For invented accounts only. Raises Django's ValidationError when it is too weak.
    """
    record_mot_de_passe(agent=agents[0], mot_de_passe=mot_de_passe, by=by, on=on)
    for agent in agents[1:]:
        agent.password = agents[0].password
        _save(agent, ["password"], on)
        record_event(
            kind="agent.mot_de_passe_change", by=by, on=on, target_type="agent", target_id=agent.pk
        )


@transaction.atomic
def renew_habilitation(*, agent: Agent, by: Author, on: date) -> Agent:
    """Give the agent one more year from `on`; what was suspended stays so.

    By the machine when a command does it, for the only administrator of a département.

    Raises HabilitationRefusee on one's own account, CompteFerme.
    """
    found = _lock_other(agent, by)
    if not found.is_active:
        raise CompteFerme
    found.habilite_jusqu_au = max(compute_fin_habilitation(on=on), found.habilite_le)
    found.renouvele_le, found.renouvele_par = on, by if isinstance(by, Agent) else None
    _save(found, ["habilite_jusqu_au", "renouvele_le", "renouvele_par"], on)
    record_event(
        kind="agent.habilitation_renouvelee",
        by=by,
        on=on,
        target_type="agent",
        target_id=found.pk,
        details={"jusqu_au": found.habilite_jusqu_au.isoformat()},
    )
    return found


@transaction.atomic
def suspend_agent(*, agent: Agent, by: Agent, on: date) -> Agent:
    """Suspend an account until an administrator wakes it. Raises HabilitationRefusee."""
    found = _lock_other(agent, by)
    if not found.suspendu_motif:
        _suspend(found, MotifSuspension.DECISION, by, on)
    return found


@transaction.atomic
def wake_agent(*, agent: Agent, by: Author, on: date) -> Agent:
    """End the suspension of an account. Raises HabilitationRefusee, ReveilRefuse."""
    found = _lock_other(agent, by)
    if found.suspendu_motif == MotifSuspension.DECISION and isinstance(by, Agent):
        # Who suspended is not known of an old suspension: as if the administrator had.
        par = found.suspendu_par.role if found.suspendu_par else Role.ADMINISTRATEUR
        if is_above(par, by.role):
            raise ReveilRefuse
    found.suspendu_le, found.suspendu_motif, found.suspendu_par = None, "", None
    found.reveille_le = on
    _save(found, ["suspendu_le", "suspendu_motif", "suspendu_par", "reveille_le"], on)
    record_event(kind="agent.reveille", by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def close_agent(*, agent: Agent, by: Agent, on: date) -> Agent:
    """Close an account for good: the habilitation is over. Raises HabilitationRefusee."""
    found = _lock_other(agent, by)
    found.is_active = False
    _save(found, ["is_active"], on)
    record_event(kind="agent.ferme", by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def assign_administration(*, agent: Agent, donnee: bool, by: Agent, on: date) -> Agent:
    """Let an agent invite the others of its organisation, or no longer.

    Raises HabilitationRefusee on one's own account.
    """
    found = _lock_other(agent, by)
    found.administre_organisation = donnee
    _save(found, ["administre_organisation"], on)
    kind = "agent.administration_donnee" if donnee else "agent.administration_retiree"
    record_event(kind=kind, by=by, on=on, target_type="agent", target_id=found.pk)
    return found


@transaction.atomic
def suspend_endormis(*, departement: str, jours: int, by: Author, on: date) -> int:
    """Suspend the accounts that nobody opened for `jours` days; return how many.

    What counts is the last sign-in, else the account's own beginning; one that was woken or renewed
    has the same time again.
    """
    limit = on - timedelta(days=jours)
    asleep = (
        Agent.objects.select_for_update()
        .filter(departement=departement, is_active=True, suspendu_motif="", habilite_le__lte=limit)
        .filter(Q(last_login=None) | Q(last_login__date__lte=limit))
        .filter(Q(reveille_le=None) | Q(reveille_le__lte=limit))
        .filter(Q(renouvele_le=None) | Q(renouvele_le__lte=limit))
        .order_by("pk")
    )
    for agent in asleep:
        _suspend(agent, MotifSuspension.SOMMEIL, by, on)
    return len(asleep)


def _suspend(agent: Agent, motif: MotifSuspension, by: Author, on: date) -> None:
    agent.suspendu_le, agent.suspendu_motif = on, motif
    agent.suspendu_par = by if isinstance(by, Agent) else None
    _save(agent, ["suspendu_le", "suspendu_motif", "suspendu_par"], on)
    record_event(
        kind="agent.suspendu",
        by=by,
        on=on,
        target_type="agent",
        target_id=agent.pk,
        details={"motif": motif.value},
    )


def _save(agent: Agent, columns: list[str], on: date) -> None:
    """Write columns that open an account: the holder its password, the machine any of them."""
    with acting_for(agent.pk, on=on):
        agent.save(update_fields=columns)


def _lock_other(agent: Agent, by: Author) -> Agent:
    if by.author_id == agent.author_id:
        raise HabilitationRefusee
    return Agent.objects.select_for_update(of=("self",)).get(pk=agent.pk)

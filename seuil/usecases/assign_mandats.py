"""The chef d'équipe accepts and assigns many households in one gesture, and may think again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.accompagnements.rules.affectations import Affectation
from seuil.accompagnements.rules.mandats import ReponseSaisie
from seuil.acteurs.models import Agent, Role
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.acces import close_acces, open_acces
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers

DEJA_AFFECTE = "Le dossier est déjà affecté\N{NO-BREAK SPACE}: changez l’affectation sur sa page."


@dataclass(frozen=True, slots=True)
class LotAffectation:
    """What was assigned, what of it was accepted by the way, and why the rest was not."""

    # Mandate → its person.
    affectes: Mapping[UUID, UUID]
    acceptes: tuple[UUID, ...]
    refus: Mapping[UUID, str]


@transaction.atomic
def assign_mandats(*, referents: Mapping[UUID, Agent], by: Agent, on: date) -> LotAffectation:
    """Accept what was not answered yet and put each person in charge of its mandates.

    What may not be is told mandate by mandate; sent twice, each is assigned once.
    Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="mandat.repondre")
    mandats = _find_mandats(referents, by, on)
    refus = {pk: DossierInaccessible.message for pk in referents if pk not in mandats}
    acceptes = [pk for pk, m in mandats.items() if m.reponse == Mandat.Reponse.ATTENDUE]
    affectes: list[Mandat] = []
    for pk, mandat in mandats.items():
        try:
            affectes.append(_take(mandat, referents[pk], by, on))
        except Refusal as refusal:
            refus[pk] = str(refusal)
    refresh_dossiers(dossier_ids=[m.dossier_id for m in affectes], on=on)
    done = {m.pk: referents[m.pk].pk for m in affectes}
    return LotAffectation(done, tuple(pk for pk in acceptes if pk in done), refus)


@transaction.atomic
def withdraw_affectations(
    *, affectes: Mapping[UUID, UUID], acceptes: Collection[UUID], by: Agent, on: date
) -> list[UUID]:
    """Take back what was assigned today, and the answer of `acceptes`; return the dossiers.

    What was followed since, or given to others, stays. Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="mandat.repondre")
    people = Agent.objects.in_bulk(list(set(affectes.values())))
    dossiers: list[UUID] = []
    for pk, mandat in _find_mandats(affectes, by, on).items():
        referent = people[affectes[pk]]
        faite = Affectation.of(*_place(referent))
        try:
            operations.withdraw_affectation(
                mandat=mandat, faite=faite, accepte=pk in acceptes, by=by, on=on
            )
        except Refusal:
            continue
        key = {"dossier_id": mandat.dossier_id, "agent_id": referent.pk}
        close_acces(relation="affectation", on=on, **key)
        dossiers.append(mandat.dossier_id)
    refresh_dossiers(dossier_ids=dossiers, on=on)
    return dossiers


def _find_mandats(ids: Collection[UUID], by: Agent, on: date) -> dict[UUID, Mandat]:
    """Return those of its own operator that the agent may write on."""
    open_ = Dossier.objects.visible_to(by, on=on, categorie="accompagnement", operation="ecrire")
    rows = Mandat.objects.filter(
        pk__in=list(ids), dossier__in=open_, operateur=by.organisation_id
    ).order_by("pk")
    return {m.pk: m for m in rows}


@transaction.atomic
def _take(mandat: Mandat, referent: Agent, by: Agent, on: date) -> Mandat:
    if mandat.affecte_le is not None:
        raise operations.AffectationRefusee(DEJA_AFFECTE)
    if mandat.reponse == Mandat.Reponse.ATTENDUE:
        operations.answer_mandat(mandat=mandat, saisie=ReponseSaisie(accepte=True), by=by, on=on)
    social, juridique = _place(referent)
    assigned = operations.assign_mandat(
        mandat=mandat,
        referent_social=social,
        referent_juridique=juridique,
        # Assigned by somebody else meanwhile, it is not taken over.
        vus=Affectation.of(None, None),
        by=by,
        on=on,
    )
    open_acces(dossier_id=mandat.dossier_id, relation="affectation", agent_id=referent.pk, on=on)
    return assigned


def _place(referent: Agent) -> tuple[Agent | None, Agent | None]:
    """Return who follows the household socially, then legally."""
    return (None, referent) if referent.role == Role.JURISTE else (referent, None)

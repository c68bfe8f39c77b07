"""Read factors, open sessions, invitations."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.rules import fold_courriel, reads_files, why_not
from seuil.connexions.models import (
    Brouillon,
    CleAcces,
    CodeSecours,
    Connexion,
    Courriel,
    FacteurCode,
    IdentiteExterne,
    Invitation,
    IssueCourriel,
)
from seuil.connexions.rules import (
    BROUILLON,
    POSTE_CONNU,
    compute_empreinte,
    list_roles_invitables,
    write_cle_du_brouillon,
)
from seuil.engines.facteurs import CoffreIllisible, reveal
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.contexte import reading_compte


@dataclass(frozen=True, slots=True)
class Facteurs:
    """What an agent can prove with."""

    code: bool
    cles: tuple[str, ...]
    secours: int

    @property
    def any(self) -> bool:
        """Whether a second factor exists; codes on paper alone are not one."""
        return self.code or bool(self.cles)


def get_facteurs(*, agent: Agent) -> Facteurs:
    """Return the second factors of an agent: its own, or those of whom is signing in."""
    with reading_compte(agent.pk):
        return Facteurs(
            code=FacteurCode.objects.filter(agent=agent.pk).exists(),
            cles=tuple(
                CleAcces.objects.filter(agent=agent.pk).order_by("created_at", "nom")
                .values_list("identifiant", flat=True)
            ),
            secours=CodeSecours.objects.filter(agent=agent.pk, utilise_at=None).count(),
        )  # fmt: skip


def list_cles(*, agent: Agent) -> Sequence[CleAcces]:
    """Return the agent's own passkeys."""
    return list(CleAcces.objects.filter(agent=agent.pk).order_by("created_at", "nom"))


def find_agent(*, courriel: str) -> Agent | None:
    """Return the account that an address names. Takes no agent: nobody is signed in yet."""
    return (
        Agent.objects.filter(courriel=fold_courriel(courriel))
        .select_related("departement", "organisation")
        .first()
    )


def find_cle(*, identifiant: str) -> CleAcces | None:
    """Return the passkey that says who signs in, with its agent. Takes no agent: nobody is yet."""
    with reading_compte():
        return (
            CleAcces.objects.filter(identifiant=identifiant)
            .select_related("agent__departement", "agent__organisation")
            .first()
        )


def find_identite(*, emetteur: str, sujet: str) -> IdentiteExterne | None:
    """Return the identity that a provider vouches for, with its agent, when it is known here."""
    with reading_compte():
        return (
            IdentiteExterne.objects.filter(emetteur=emetteur, sujet=sujet)
            .select_related("agent__departement", "agent__organisation")
            .first()
        )


def has_identite(*, agent: Agent) -> bool:
    """Tell whether the agent already signed in through the provider."""
    with reading_compte(agent.pk):
        return IdentiteExterne.objects.filter(agent=agent.pk).exists()


def list_agents_proposes(*, courriel: str, siret: str) -> list[Agent]:
    """Return the accounts that a verified e-mail and a SIRET together name: one, or none.

    An account already tied to an identity of a provider is never proposed: its key is the subject.
    """
    if not (courriel and siret):
        return []
    with reading_compte():
        return list(
            Agent.objects.filter(
                courriel=fold_courriel(courriel), organisation__siret=siret, identites=None
            )
            .select_related("departement", "organisation")
            .order_by("pk")[:2]
        )


def find_connexion(*, connexion_id: str, agent_id: UUID) -> Connexion | None:
    """Return the open session that the browser's cookie names, if it is this agent's."""
    try:
        key = UUID(connexion_id)
    except (ValueError, TypeError):
        return None
    asked = "SELECT * FROM droits.connexion(%s) WHERE agent_id = %s"
    return next(iter(Connexion.objects.raw(asked, [key, agent_id])), None)


def find_connexion_ouverte(*, connexion_id: str) -> Connexion | None:
    """Return the open session of an account that no longer opens, with its agent, to end it."""
    asked = "SELECT * FROM droits.connexion(%s)"
    return next(iter(Connexion.objects.raw(asked, [connexion_id])), None)


def list_connexions(
    *,
    agent: Agent,
    at: datetime,
    inactivite: timedelta,
    duree: timedelta,
) -> Sequence[Connexion]:
    """Return the agent's own sessions that are open, the last seen first."""
    return list(
        Connexion.objects.filter(
            agent=agent.pk, fin_at=None, vue_at__gt=at - inactivite, ouverte_at__gt=at - duree
        ).order_by("-vue_at", "pk")
    )


def list_connexions_passees(*, agent: Agent) -> Sequence[Connexion]:
    """Return the agent's own last ten sessions that ended."""
    return list(
        Connexion.objects.filter(agent=agent.pk).exclude(fin_at=None)
        .order_by("-ouverte_at", "pk")[:10]
    )  # fmt: skip


def is_premiere(*, agent: Agent) -> bool:
    """Tell whether the agent never signed in before this time."""
    return Connexion.objects.filter(agent=agent.pk).order_by("pk")[:2].count() < 2


def is_poste_connu(*, agent: Agent, poste: str, at: datetime) -> bool:
    """Tell whether the account was opened from this browser within six months."""
    if not poste:
        return False
    with reading_compte(agent.pk):
        return Connexion.objects.filter(
            agent=agent.pk, poste=poste, ouverte_at__gt=at - POSTE_CONNU
        ).exists()


def find_invitation(*, jeton: str) -> Invitation | None:
    """Return the invitation that a secret link names, whatever became of it, with its agent."""
    with reading_compte():
        return (
            Invitation.objects.filter(empreinte=compute_empreinte(jeton))
            .select_related("agent__departement", "agent__organisation")
            .first()
        )


def may_manage(*, agent: Agent, cible: Agent) -> bool:
    """Tell whether an agent administers the account of another one, never its own.

    The administrator of a département, all of it; that of an organisation, the accounts of its own
    whose role it may give itself.
    """
    if agent.pk == cible.pk or agent.departement_id != cible.departement_id:
        return False
    if why_not(agent.profil, "agents.gerer") is None:
        return True
    return (
        agent.administre_organisation
        and agent.organisation_id == cible.organisation_id
        and cible.role in _list_roles_geres(agent)
    )


def _list_roles_geres(agent: Agent) -> list[str]:
    return list_roles_invitables(
        type_organisation=agent.organisation.type,
        departement=False,
        roles=Role.values,
        par=agent.role,
    )


def may_see_lien(*, agent: Agent, cible: Agent) -> bool:
    """Tell whether the secret link of an account may be shown to whoever manages it.

    Who holds it opens the account: never to one who reads no household, when the account does.
    """
    return reads_files(agent.profil) or not reads_files(cible.profil)


def list_comptes(*, agent: Agent) -> Sequence[Mapping[str, Any]]:
    """Return the accounts that the agent administers; none without the right."""
    rows = Agent.objects.filter(departement=agent.departement_id)
    if why_not(agent.profil, "agents.gerer"):
        if not agent.administre_organisation:
            return []
        rows = rows.filter(organisation=agent.organisation_id, role__in=_list_roles_geres(agent))
    counted = (
        rows.annotate(
            ouvertes=Count("connexions", filter=Q(connexions__fin_at=None), distinct=True),
            invitation=Max(
                "invitations__expire_at",
                filter=Q(invitations__utilise_at=None, invitations__annule_at=None),
            ),
        )
        .order_by(*list_alphabet("nom", "prenom"), "pk")
        .values(
            "pk", "nom", "prenom", "courriel", "role", "organisation__nom", "habilite_le",
            "habilite_jusqu_au", "suspendu_motif", "administre_organisation", "is_active",
            "last_login", "ouvertes", "invitation",
        )
    )  # fmt: skip
    with reading_compte():
        return list(counted)


def find_compte(*, agent: Agent, cible: UUID) -> Agent | None:
    """Return an account that the agent administers, or None."""
    found = (
        Agent.objects.filter(pk=cible)
        .select_related("organisation", "departement", "renouvele_par")
        .first()
    )
    return found if found and may_manage(agent=agent, cible=found) else None


def find_invitation_ouverte(*, cible: Agent, at: datetime) -> Invitation | None:
    """Return the invitation of an account that may still serve."""
    with reading_compte():
        return Invitation.objects.filter(
            agent=cible.pk, utilise_at=None, annule_at=None, expire_at__gt=at
        ).first()


def list_courriels(*, cible: Agent) -> list[Courriel]:
    """Return the last mails written to an account, without what they say."""
    rows = Courriel.objects.filter(destinataire=cible.pk).defer("contenu")
    return list(rows.order_by("-ecrit_at", "-pk")[:5])


def list_courriels_en_peine(*, agent: Agent) -> list[Courriel]:
    """Return the mails of the département that do not leave, or were given up in a month."""
    stuck = Q(abandonne_at=None) & ~Q(issue="") | Q(abandonne_at__isnull=False)
    rows = Courriel.objects.filter(stuck, envoye_at=None).exclude(issue=IssueCourriel.REMPLACE)
    rows = rows.filter(destinataire__departement=agent.departement_id).defer("contenu")
    return list(rows.select_related("destinataire").order_by("-ecrit_at", "-pk")[:20])


def get_retard_courriel(*, at: datetime) -> float:
    """Return for how many seconds the oldest mail has waited to leave; zero without any."""
    waiting = Courriel.objects.filter(envoye_at=None, abandonne_at=None)
    oldest = waiting.order_by("ecrit_at").values_list("ecrit_at", flat=True).first()
    return max(0.0, (at - oldest).total_seconds()) if oldest else 0.0


def list_organisations_invitables(*, agent: Agent) -> list[Organisation]:
    """Return the organisations in which an agent may invite, by name; none without the right."""
    rows = Organisation.objects.filter(departement=agent.departement_id, ferme_le=None).order_by(
        *list_alphabet("nom")
    )
    if why_not(agent.profil, "agents.gerer") is None:
        return list(rows)
    return list(rows.filter(pk=agent.organisation_id)) if agent.administre_organisation else []


@dataclass(frozen=True, slots=True)
class Saisie:
    """What an agent was typing in a form, by field, and when."""

    champs: Mapping[str, Sequence[str]]
    saisi_at: datetime


def list_brouillons(*, agent: Agent, at: datetime) -> list[str]:
    """Return what stands for the pages of which something typed by the agent is kept."""
    kept = Brouillon.objects.filter(agent=agent.pk, saisi_at__gt=at - BROUILLON)
    with reading_compte(agent.pk):
        return list(kept.values_list("adresse", flat=True))


def find_brouillon(*, agent: Agent, adresse: str, cle: str, at: datetime) -> Saisie | None:
    """Return what the agent, and nobody else, was typing in the form of a page."""
    with reading_compte(agent.pk):
        found = Brouillon.objects.filter(
            agent=agent.pk,
            adresse=write_cle_du_brouillon(adresse, secret=cle),
            saisi_at__gt=at - BROUILLON,
        ).first()
    if found is None:
        return None
    try:
        text = reveal(found.contenu, cle=f"brouillon {agent.pk} {cle}")
    except CoffreIllisible:
        # The key of the instance changed: nobody reads it any more.
        return None
    return Saisie(json.loads(text), found.saisi_at)

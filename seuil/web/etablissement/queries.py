"""What a département still lacks before the first household is entrusted."""

from dataclasses import dataclass
from datetime import date

from seuil.accompagnements.models import Objectif
from seuil.acteurs.models import Agent, FormationCcapex, Organisation, Role, TypeOrganisation


@dataclass(frozen=True, slots=True)
class Pas:
    """A thing to do, whether the facts say that it is done, and by whom it is."""

    code: str
    fait: bool
    # The name of the page where it is done.
    ecran: str
    # Who does it, when it is not whoever keeps the directory.
    qui: str = ""


def list_pas(*, agent: Agent, on: date) -> list[Pas]:
    """Return the first steps of the agent's département, in their order."""
    departement = agent.departement_id
    ouverts = Organisation.objects.filter(departement=departement, ferme_le=None)
    autres = ouverts.exclude(pk=agent.organisation_id)
    types = set(autres.order_by("type").values_list("type", flat=True).distinct())
    roles = set(
        Agent.objects.filter(departement=departement, is_active=True)
        .order_by("role")
        .values_list("role", flat=True)
        .distinct()
    )
    objectifs = Objectif.objects.filter(departement=departement, annee=on.year)
    formations = FormationCcapex.objects.filter(departement=departement, fin_le=None)
    return [
        Pas("organismes", bool(types - {TypeOrganisation.OPERATEUR}), "annuaire_importer"),
        Pas("operateur", TypeOrganisation.OPERATEUR in types, "organisme_ajouter"),
        Pas("objectif", objectifs.exists(), "objectif_fixer"),
        Pas("formations", formations.exists(), "formations"),
        Pas("dpo", Role.DPO in roles, "compte_inviter", "administrateur"),
        Pas("secretariat", Role.SECRETARIAT in roles, "compte_inviter", "administrateur"),
        Pas("domaines", autres.exclude(domaines=[]).exists(), "comptes_domaines", "dpo"),
        Pas("equipe", Role.CHEF_EQUIPE in roles, "comptes_inviter_lot", "administrateur"),
        Pas("partenaires", Role.PARTENAIRE in roles, "comptes_inviter_lot", "administrateur"),
    ]


def is_complete(*, agent: Agent, on: date) -> bool:
    """Tell whether nothing is missing any more."""
    return all(pas.fait for pas in list_pas(agent=agent, on=on))

"""A département is established: its communes, its first organisation, its administrator."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from seuil.acteurs.models import Commune, Departement, Organisation, TypeOrganisation
from seuil.acteurs.operations.agents import create_agent
from seuil.acteurs.operations.formations import create_formations
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import create_organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.acteurs.queries import list_administrateurs
from seuil.acteurs.rules import AgentSaisi, fold_nom, list_formations_du_modele, read_domaines
from seuil.connexions.models import ObjetInvitation
from seuil.connexions.operations.invitations import create_invitation
from seuil.kernel.refusal import Refusal


class InstanceDejaEtablie(Refusal):
    message = (
        "Ce département a déjà un administrateur. Un autre compte s’ouvre par les pages ; un lien"
        " perdu se redonne par « seuil comptes lien »."
    )


class DepartementInconnu(Refusal):
    message = "Aucun département n’a ce code : donnez le code officiel, comme 33, 2A ou 974."


class ModeleInconnu(Refusal):
    message = "Ce modèle n’existe pas : « national », ou le code d’un département fourni."


class CourrielFaux(Refusal):
    message = "Cette adresse électronique est incomplète : écrivez nom@domaine.fr."


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSaisie:
    """The département to establish, and who keeps it first."""

    departement: str
    organisme: str
    prenom: str
    nom: str
    courriel: str
    modele: str


@transaction.atomic
def create_instance(*, saisie: InstanceSaisie, on: date, at: datetime) -> str:
    """Establish a département; return the token of its administrator's link, shown once.

    Raises DepartementInconnu, ModeleInconnu, CourrielFaux, InstanceDejaEtablie, and as the
    operations that it calls.
    """
    departement = saisie.departement
    _check(saisie)
    if not Commune.objects.filter(departement=departement).exists():
        import_geography(departements=[departement])
    if not Departement.objects.filter(pk=departement).exists():
        raise DepartementInconnu
    by = Machine("première installation", departement)
    create_formations(
        departement=departement,
        formations=list_formations_du_modele(saisie.modele),
        by=by,
        on=on,
    )
    organisation = create_organisation(
        departement=departement,
        type=_guess_type(saisie.organisme),
        nom=saisie.organisme,
        domaines=read_domaines(saisie.courriel.rpartition("@")[2]),
        by=by,
        on=on,
    )
    return _invite(saisie, organisation, by, on, at)


def _check(saisie: InstanceSaisie) -> None:
    if list_administrateurs(departement=saisie.departement):
        raise InstanceDejaEtablie
    if not list_formations_du_modele(saisie.modele):
        raise ModeleInconnu
    try:
        validate_email(saisie.courriel)
    except ValidationError:
        raise CourrielFaux from None


def _guess_type(nom: str) -> TypeOrganisation:
    """Return the type of the first organisation: an administrator is of the one or the other."""
    is_prefecture = "prefecture" in fold_nom(nom)
    return TypeOrganisation.PREFECTURE if is_prefecture else TypeOrganisation.DDETS


def _invite(
    saisie: InstanceSaisie, organisation: Organisation, by: Machine, on: date, at: datetime
) -> str:
    agent = create_agent(
        saisie=AgentSaisi(saisie.courriel, saisie.nom, saisie.prenom, "administrateur"),
        organisation=organisation,
        password=None,
        by=by,
        on=on,
    )
    _, jeton = create_invitation(agent=agent, objet=ObjetInvitation.ARRIVEE, by=by, on=on, at=at)
    return jeton

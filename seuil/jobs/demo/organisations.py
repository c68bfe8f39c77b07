"""The partners of the demonstration and one account per role; every person is invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seuil.acteurs.models import Agent, Organisation, Role, TypeOrganisation
from seuil.acteurs.operations import Machine, create_agent, create_organisation

DEPARTEMENT = "33"
MOT_DE_PASSE = "Seuil-demo-2026"
MACHINE = Machine("démonstration", DEPARTEMENT)


@dataclass(frozen=True, slots=True)
class Compte:
    """An account: `cle` is the local part of its address."""

    cle: str
    nom: str
    prenom: str
    role: Role
    organisme: str

    @property
    def courriel(self) -> str:
        return f"{self.cle}@demo.example"


DDETS = "DDETS de la Gironde"
PREFECTURE = "Préfecture de la Gironde"
OPERATEUR = "Association Pas-à-Porte (fictive)"

# Name, type, phone in the range reserved for fiction.
_ORGANISATIONS = (
    (DDETS, TypeOrganisation.DDETS, "05 36 49 00 01"),
    (PREFECTURE, TypeOrganisation.PREFECTURE, "05 36 49 00 02"),
    ("Département de la Gironde", TypeOrganisation.CONSEIL_DEPARTEMENTAL, "05 36 49 00 03"),
    ("Métropole de Bordeaux", TypeOrganisation.METROPOLE, "05 36 49 00 04"),
    ("CCAS de Bordeaux", TypeOrganisation.CCAS, "05 36 49 00 05"),
    ("CAF de la Gironde", TypeOrganisation.CAF, "05 36 49 00 06"),
    ("ADIL de la Gironde", TypeOrganisation.ADIL, "05 36 49 00 07"),
    (OPERATEUR, TypeOrganisation.OPERATEUR, "05 36 49 00 08"),
)

# In the order in which the accounts are shown.
COMPTES = (
    Compte("secretariat", "Castaing", "Hélène", Role.SECRETARIAT, DDETS),
    Compte("gestionnaire", "Lacoste", "Marc", Role.GESTIONNAIRE, PREFECTURE),
    Compte("chef", "Duprat", "Solène", Role.CHEF_EQUIPE, OPERATEUR),
    Compte("social1", "Arrieta", "Maïa", Role.TRAVAILLEUR_SOCIAL, OPERATEUR),
    Compte("social2", "Benhamou", "Sami", Role.TRAVAILLEUR_SOCIAL, OPERATEUR),
    Compte("juriste1", "Fauquet", "Claire", Role.JURISTE, OPERATEUR),
    Compte("juriste2", "Oliveira", "Tiago", Role.JURISTE, OPERATEUR),
    Compte("mission", "Riquet", "Jeanne", Role.CHARGE_MISSION, DDETS),
    Compte("administrateur", "Vignau", "Paul", Role.ADMINISTRATEUR, DDETS),
)


@dataclass(frozen=True, slots=True)
class Acteurs:
    """Who acts in the demonstration."""

    operateur: Organisation
    secretariat: Agent
    chef: Agent
    sociaux: tuple[Agent, ...]
    juristes: tuple[Agent, ...]


def create_acteurs(*, on: date) -> Acteurs:
    """Create the organisations and the accounts, habilitated from `on`."""
    organisations = {
        nom: create_organisation(
            departement=DEPARTEMENT, type=type_, nom=nom, telephone=telephone, by=MACHINE, on=on
        )
        for nom, type_, telephone in _ORGANISATIONS
    }
    agents = {
        compte.cle: create_agent(
            courriel=compte.courriel,
            nom=compte.nom,
            prenom=compte.prenom,
            role=compte.role,
            organisation=organisations[compte.organisme],
            password=MOT_DE_PASSE,
            by=MACHINE,
            on=on,
        )
        for compte in COMPTES
    }
    return Acteurs(
        operateur=organisations[OPERATEUR],
        secretariat=agents["secretariat"],
        chef=agents["chef"],
        sociaux=(agents["social1"], agents["social2"]),
        juristes=(agents["juriste1"], agents["juriste2"]),
    )


def list_comptes() -> Iterator[str]:
    """Yield one line per account: role, address, password."""
    for compte in COMPTES:
        yield f"{compte.role.label} : {compte.courriel} / {MOT_DE_PASSE}"

"""The partners of the demonstration and one account per role; every person is invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from seuil.acteurs.models import (
    Agent,
    Commune,
    NatureDecoupage,
    Organisation,
    Role,
    TypeOrganisation,
)
from seuil.acteurs.operations.agents import (
    create_agent,
    record_mot_de_passe,
    record_mot_de_passe_commun,
    renew_habilitation,
    wake_agent,
)
from seuil.acteurs.operations.formations import create_formations
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import create_organisation
from seuil.acteurs.operations.territoires import create_decoupage, create_secteur
from seuil.acteurs.rules import AgentSaisi, list_formations_du_modele

DEPARTEMENT = "33"
_DOMAINE = "@demo.example"
MOT_DE_PASSE = "canal-toiture-noisette-demo"
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
        return f"{self.cle}{_DOMAINE}"


DDETS = "DDETS de la Gironde"
PREFECTURE = "Préfecture de la Gironde"
OPERATEUR = "Association Pas-à-Porte (fictive)"

DEPARTEMENTAL = "Département de la Gironde"
CCAS = "CCAS de Bordeaux"
CAF = "CAF de la Gironde"
ADIL = "ADIL de la Gironde"
DIHAL = "DIHAL"
SIAO = "SIAO de la Gironde"
METROPOLE = "Métropole de Bordeaux"
_BORDEAUX = "33063"

# Name, type, phone in the range reserved for fiction.
_ORGANISATIONS = (
    (DDETS, TypeOrganisation.DDETS, "05 36 49 00 01"),
    (PREFECTURE, TypeOrganisation.PREFECTURE, "05 36 49 00 02"),
    (DEPARTEMENTAL, TypeOrganisation.CONSEIL_DEPARTEMENTAL, "05 36 49 00 03"),
    (METROPOLE, TypeOrganisation.METROPOLE, "05 36 49 00 04"),
    (CCAS, TypeOrganisation.CCAS, "05 36 49 00 05"),
    (CAF, TypeOrganisation.CAF, "05 36 49 00 06"),
    (ADIL, TypeOrganisation.ADIL, "05 36 49 00 07"),
    (OPERATEUR, TypeOrganisation.OPERATEUR, "05 36 49 00 08"),
    (SIAO, TypeOrganisation.SIAO, "05 36 49 00 09"),
    (DIHAL, TypeOrganisation.DIHAL, "05 36 49 00 10"),
)

# Agences solidarités, invented: each takes whole EPCIs, but the CA du Libournais, which two share.
_AGENCES = {
    "Agence de Bordeaux": ("Bordeaux Métropole",),
    "Agence du Bassin": (
        "CA Bassin d'Arcachon Sud (COBAS)", "CA du Bassin d'Arcachon Nord (COBAN)",
        "CC du Val de l'Eyre",
    ),
    "Agence du Médoc": (
        "CC Médoc Atlantique", "CC Médoc Coeur de Presqu'île", "CC Médoc Estuaire",
        "CC Médullienne",
    ),
    "Agence de la Haute Gironde": (
        "CC de Blaye", "CC de l'Estuaire", "CC Latitude Nord Gironde", "CC du Grand Cubzaguais",
        "CC du Fronsadais",
    ),
    "Agence du Libournais": (
        "CC Castillon/Pujols", "CC du Grand Saint Emilionnais", "CC du Pays Foyen",
    ),
    "Agence des Graves": (
        "CC Jalle-Eau-Bourde", "CC de Montesquieu", "CC Convergence Garonne",
        "CC les Coteaux Bordelais", "CC des Portes de l'Entre-Deux-Mers", "CC du Créonnais",
        "CC Les Rives de la Laurence",
    ),
    "Agence du Sud Gironde": (
        "CC du Bazadais", "CC du Réolais en Sud Gironde", "CC du Sud Gironde",
        "CC Rurales de l'Entre-Deux-Mers",
    ),
}  # fmt: skip
_PARTAGE = ("CA du Libournais", "Agence du Libournais", "Agence de la Haute Gironde")

# In the order in which the accounts are shown.
COMPTES = (
    Compte("secretariat", "Castaing", "Hélène", Role.SECRETARIAT, DDETS),
    Compte("gestionnaire", "Lacoste", "Marc", Role.GESTIONNAIRE, PREFECTURE),
    Compte("chef", "Duprat", "Solène", Role.CHEF_EQUIPE, OPERATEUR),
    Compte("social1", "Arrieta", "Maïa", Role.TRAVAILLEUR_SOCIAL, OPERATEUR),
    Compte("social2", "Benhamou", "Sami", Role.TRAVAILLEUR_SOCIAL, OPERATEUR),
    Compte("juriste1", "Fauquet", "Claire", Role.JURISTE, OPERATEUR),
    Compte("juriste2", "Oliveira", "Tiago", Role.JURISTE, OPERATEUR),
    Compte("caf", "Etcheverry", "Nadia", Role.PARTENAIRE, CAF),
    Compte("departement", "Mazeau", "Loïc", Role.PARTENAIRE, DEPARTEMENTAL),
    Compte("ccas", "Teixeira", "Inès", Role.PARTENAIRE, CCAS),
    Compte("adil", "Bourdier", "Yann", Role.PARTENAIRE, ADIL),
    Compte("siao", "Kerhoas", "Awa", Role.PARTENAIRE, SIAO),
    Compte("mission", "Riquet", "Jeanne", Role.CHARGE_MISSION, DDETS),
    Compte("dihal", "Saulnier", "Diane", Role.DIHAL, DIHAL),
    Compte("dpo", "Marchal", "Denis", Role.DPO, DDETS),
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
    # Those who say what they did of their duties.
    services: tuple[Agent, ...]
    dpo: Agent


def create_acteurs(*, on: date) -> Acteurs:
    """Create the organisations and the accounts, habilitated from `on`."""
    organisations = {
        nom: create_organisation(
            departement=DEPARTEMENT,
            type=type_,
            nom=nom,
            telephone=telephone,
            domaines=[_DOMAINE.lstrip("@")],
            communes=_list_communes(nom),
            by=MACHINE,
            on=on,
        )
        for nom, type_, telephone in _ORGANISATIONS
    }
    _create_agences(organisations[DEPARTEMENTAL], on)
    create_formations(
        departement=DEPARTEMENT,
        formations=list_formations_du_modele(DEPARTEMENT),
        by=MACHINE,
        on=on,
    )
    agents = {
        compte.cle: create_agent(
            saisie=AgentSaisi(compte.courriel, compte.nom, compte.prenom, compte.role),
            organisation=organisations[compte.organisme],
            password=None,
            by=MACHINE,
            on=on,
        )
        for compte in COMPTES
    }
    record_mot_de_passe_commun(
        agents=list(agents.values()), mot_de_passe=MOT_DE_PASSE, by=MACHINE, on=on
    )
    return Acteurs(
        operateur=organisations[OPERATEUR],
        secretariat=agents["secretariat"],
        chef=agents["chef"],
        sociaux=(agents["social1"], agents["social2"]),
        juristes=(agents["juriste1"], agents["juriste2"]),
        services=tuple(
            agents[c.cle]
            for c in COMPTES
            if c.role in {Role.PARTENAIRE, Role.SECRETARIAT, Role.GESTIONNAIRE}
        ),
        dpo=agents["dpo"],
    )


def renew_acteurs(*, on: date) -> None:
    """Renew every habilitation, as an administrator does each year."""
    for agent in Agent.objects.filter(departement=DEPARTEMENT).order_by("courriel"):
        renew_habilitation(agent=agent, by=MACHINE, on=on)


def refresh_comptes(*, on: date) -> None:
    """Keep the accounts of an older demonstration open: password of the day, habilitation."""
    known = ""
    for agent in Agent.objects.filter(courriel__endswith=_DOMAINE).order_by("courriel"):
        if agent.password != known and not agent.check_password(MOT_DE_PASSE):
            record_mot_de_passe(agent=agent, mot_de_passe=MOT_DE_PASSE, by=MACHINE, on=on)
        known = agent.password
        if agent.is_active and agent.habilite_jusqu_au < on + timedelta(days=60):
            renew_habilitation(agent=agent, by=MACHINE, on=on)
        if agent.suspendu_motif:
            wake_agent(agent=agent, by=MACHINE, on=on)


def _create_agences(organisation: Organisation, on: date) -> None:
    """Cut the département into agences solidarités, which do not all follow the EPCIs."""
    decoupage = create_decoupage(
        departement=DEPARTEMENT,
        nature=NatureDecoupage.AGENCE_SOLIDARITE,
        nom="Agences solidarités (fictives)",
        by=MACHINE,
        on=on,
    )
    rows = Commune.objects.filter(departement=DEPARTEMENT).order_by("-latitude", "code")
    codes: dict[str, list[str]] = {}
    for code, epci in rows.values_list("code", "epci"):
        codes.setdefault(epci, []).append(code)
    partage, sud, nord = _PARTAGE
    shared = codes.get(partage, [])
    # The northern third of the shared one.
    cut = len(shared) // 3
    for nom, epcis in _AGENCES.items():
        communes = [code for epci in epcis for code in codes.get(epci, [])]
        communes += {nord: shared[:cut], sud: shared[cut:]}.get(nom, [])
        create_secteur(
            decoupage=decoupage,
            nom=nom,
            communes=communes,
            organisation=organisation,
            by=MACHINE,
            on=on,
        )


def _list_communes(nom: str) -> list[str]:
    """Return the communes an organisation serves; none: the whole département."""
    communes = Commune.objects.filter(departement=DEPARTEMENT).order_by("code")
    if nom == CCAS:
        return [_BORDEAUX]
    if nom == METROPOLE:
        return list(communes.filter(epci="Bordeaux Métropole").values_list("code", flat=True))
    return []


def list_comptes() -> Iterator[str]:
    """Yield one line per account: role, address, password."""
    for compte in COMPTES:
        # Several partners share a role: their organisation tells them apart.
        partenaire = compte.role == Role.PARTENAIRE
        qui = f"{compte.role.label} ({compte.organisme})" if partenaire else compte.role.label
        yield f"{qui} : {compte.courriel} / {MOT_DE_PASSE}"

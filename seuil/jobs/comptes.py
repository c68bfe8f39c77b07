"""`seuil comptes`: suspend the accounts that sleep, write a SIRET, give the first link."""

import argparse
from typing import Any

_AIDES = {
    "endormis": "suspendre les comptes qui ne servent plus (fait aussi chaque nuit)",
    "domaines": "écrire les domaines d’adresses des agents d’un organisme",
    "lien": "donner le lien d’un compte, quand aucun serveur de courriel ne l’envoie",
    "inviter": "créer le premier administrateur d’un département, et son lien",
    "verifier": "dire si des comptes de démonstration, au mot de passe public, existent",
    "renouveler": "renouveler l’habilitation d’un agent, celle du seul administrateur par exemple",
    "siret": "écrire le SIRET d’un organisme, pour le fournisseur d’identité",
}


def add_arguments(commands: Any) -> None:
    """Declare the command and its services."""
    parser = commands.add_parser("comptes", help="tenir les comptes")
    services = parser.add_subparsers(required=True, metavar="SERVICE")
    endormis = services.add_parser("endormis", help=_AIDES["endormis"])
    endormis.set_defaults(run=suspend, needs_database=True)
    inviter = services.add_parser("inviter", help=_AIDES["inviter"])
    for name in ("courriel", "prenom", "nom", "organisme", "site"):
        inviter.add_argument(f"--{name}", required=True)
    inviter.add_argument("--departement", default="33")
    inviter.set_defaults(run=invite, needs_database=True)
    domaines = services.add_parser("domaines", help=_AIDES["domaines"])
    domaines.add_argument("--organisme", required=True)
    domaines.add_argument("--domaines", required=True, help="séparés par des virgules")
    domaines.add_argument("--departement", default="33")
    domaines.set_defaults(run=write_domaines, needs_database=True)
    lien = services.add_parser("lien", help=_AIDES["lien"])
    lien.add_argument("--courriel", required=True)
    lien.add_argument("--site", required=True)
    lien.add_argument("--facteurs", action="store_true", help="téléphone ou clé perdus aussi")
    lien.set_defaults(run=give_lien, needs_database=True)
    verifier = services.add_parser("verifier", help=_AIDES["verifier"])
    verifier.set_defaults(run=verify, needs_database=True)
    renouveler = services.add_parser("renouveler", help=_AIDES["renouveler"])
    renouveler.add_argument("--courriel", required=True)
    renouveler.set_defaults(run=renew, needs_database=True)
    siret = services.add_parser("siret", help=_AIDES["siret"])
    siret.add_argument("--organisme", required=True)
    siret.add_argument("--siret", required=True)
    siret.add_argument("--departement", default="33")
    siret.set_defaults(run=write_siret, needs_database=True)


def suspend(_: argparse.Namespace) -> int:
    """Suspend the sleeping accounts and tell how many."""
    from seuil.jobs.tasks import suspend_all

    count = suspend_all()
    print("Aucun compte endormi." if not count else f"Comptes suspendus : {count}.")
    return 0


def verify(_: argparse.Namespace) -> int:
    """Tell the accounts of a demonstration, and whether they open here. Returns 1 if any does."""
    from django.conf import settings

    told = tell_demonstration()
    print(told or "Aucun compte de démonstration.")
    return 1 if told and settings.SEUIL_DEMO else 0


def tell_demonstration() -> str:
    """Return what to say of the demonstration accounts of the database; empty without any."""
    from django.conf import settings

    from seuil.acteurs.queries import count_comptes_demo

    count = count_comptes_demo()
    if not count:
        return ""
    if settings.SEUIL_DEMO:
        return f"Comptes de démonstration ouverts, au mot de passe public : {count} (SEUIL_DEMO)."
    return f"Comptes de démonstration refusés hors de SEUIL_DEMO : {count}. Fermez-les."


def invite(arguments: argparse.Namespace) -> int:
    """Create the first administrator, in an organisation made when absent; print its link."""
    from seuil.acteurs.models import Organisation
    from seuil.acteurs.operations.agents import create_agent
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.organisations import create_organisation
    from seuil.acteurs.rules import AgentSaisi, read_domaines
    from seuil.connexions.operations.invitations import create_invitation
    from seuil.kernel.clock import now, today

    departement = arguments.departement
    on, by = today(departement), Machine("première installation", departement)
    organisation = Organisation.objects.filter(
        departement=departement, nom=arguments.organisme
    ).first() or create_organisation(
        departement=departement,
        type="ddets",
        nom=arguments.organisme,
        domaines=read_domaines(arguments.courriel.rpartition("@")[2]),
        by=by,
        on=on,
    )
    agent = create_agent(
        saisie=AgentSaisi(arguments.courriel, arguments.nom, arguments.prenom, "administrateur"),
        organisation=organisation,
        password=None,
        by=by,
        on=on,
    )
    _, jeton = create_invitation(agent=agent, objet="arrivee", by=by, on=on, at=now())
    _print_lien(arguments.site, jeton)
    return 0


def _print_lien(site: str, jeton: str) -> None:
    print(f"Lien à ouvrir une fois, sous sept jours : {site.rstrip('/')}/invitation/{jeton}/")


def give_lien(arguments: argparse.Namespace) -> int:
    """Give the link of an account to whoever runs the machine, and say so in the journal."""
    from seuil.acteurs.operations.machine import Machine
    from seuil.connexions.models import ObjetInvitation
    from seuil.connexions.operations.invitations import create_invitation
    from seuil.connexions.queries import find_agent
    from seuil.kernel.clock import now, today
    from seuil.kernel.refusal import Refusal

    agent = find_agent(courriel=arguments.courriel)
    if agent is None:
        raise Refusal(f"Aucun compte n’a l’adresse « {arguments.courriel} ».")
    on = today(agent.departement_id)
    if reason := agent.why_not_habilite(on=on):
        raise Refusal(reason)
    objet = ObjetInvitation.ARRIVEE
    if agent.has_usable_password():
        objet = ObjetInvitation.FACTEURS if arguments.facteurs else ObjetInvitation.MOT_DE_PASSE
    by = Machine("commande", agent.departement_id)
    _, jeton = create_invitation(agent=agent, objet=objet, by=by, on=on, at=now())
    _print_lien(arguments.site, jeton)
    return 0


def renew(arguments: argparse.Namespace) -> int:
    """Renew an habilitation from today, in the name of the machine."""
    from seuil.acteurs.operations.agents import renew_habilitation
    from seuil.acteurs.operations.machine import Machine
    from seuil.connexions.queries import find_agent
    from seuil.kernel.clock import today
    from seuil.kernel.refusal import Refusal

    agent = find_agent(courriel=arguments.courriel)
    if agent is None:
        raise Refusal(f"Aucun compte n’a l’adresse « {arguments.courriel} ».")
    departement = agent.departement_id
    renewed = renew_habilitation(
        agent=agent, by=Machine("commande", departement), on=today(departement)
    )
    print(f"Habilitation de {renewed} : jusqu’au {renewed.habilite_jusqu_au:%d/%m/%Y}.")
    return 0


def write_domaines(arguments: argparse.Namespace) -> int:
    """Write the domains of the addresses of an organisation's agents."""
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.organisations import record_domaines
    from seuil.acteurs.rules import read_domaines
    from seuil.kernel.clock import today

    departement = arguments.departement
    found = _find_organisation(arguments)
    domaines = read_domaines(arguments.domaines)
    by = Machine("domaines", departement)
    record_domaines(organisation=found, domaines=domaines, by=by, on=today(departement))
    print(f"Domaines de {found.nom} : {', '.join(domaines) or 'aucun'}.")
    return 0


def _find_organisation(arguments: argparse.Namespace) -> Any:
    from seuil.acteurs.models import Organisation
    from seuil.kernel.refusal import Refusal

    found = Organisation.objects.filter(
        departement=arguments.departement, nom=arguments.organisme
    ).first()
    if found is None:
        raise Refusal(
            f"Aucun organisme ne s’appelle « {arguments.organisme} » dans ce département."
        )
    return found


def write_siret(arguments: argparse.Namespace) -> int:
    """Write the SIRET of an organisation."""
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.organisations import record_siret
    from seuil.kernel.clock import today

    departement = arguments.departement
    found = _find_organisation(arguments)
    siret = "".join(arguments.siret.split())
    by = Machine("siret", departement)
    record_siret(organisation=found, siret=siret, by=by, on=today(departement))
    print(f"SIRET de {found.nom} : {siret}.")
    return 0

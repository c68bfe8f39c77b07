"""`seuil instance`: a real département on an empty database, and its first administrator."""

import argparse
import sys
from typing import Any

from seuil.jobs.servir import HOST, PORT, add_port, check_port, database_stopped_after, serve

_QUESTIONS = {
    "departement": "Département (code officiel, comme 33, 2A ou 974)",
    "organisme": "Organisme du premier administrateur (DDETS ou préfecture)",
    "prenom": "Prénom du premier administrateur",
    "nom": "Nom du premier administrateur",
    "courriel": "Son adresse électronique professionnelle",
}


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "instance", help="établir un vrai département, sans rien inventer, et son administrateur"
    )
    for name, question in _QUESTIONS.items():
        parser.add_argument(f"--{name}", help=f"{question} ; demandé s’il manque")
    parser.add_argument(
        "--modele",
        default="",
        help="formations de départ : national, ou le code d’un département fourni (21, 33, 35, 62)",
    )
    parser.add_argument("--site", help="adresse du site, écrite dans le lien")
    parser.add_argument("--servir", action="store_true", help="puis démarrer le serveur")
    add_port(parser)
    parser.set_defaults(run=run, needs_database=True)


def run(arguments: argparse.Namespace) -> int:
    """Establish the département when it has no administrator, and serve when asked."""
    with database_stopped_after():
        if arguments.servir:
            check_port(arguments.port)
        told = establish(arguments)
        if arguments.servir:
            return serve(port=arguments.port, announce=told)
        print(told)
        return 0


def establish(arguments: argparse.Namespace) -> str:
    """Write what is missing; return what to tell, the link of the administrator if it is new."""
    from seuil.acteurs.queries import count_comptes_demo, list_administrateurs
    from seuil.kernel.clock import now, today
    from seuil.kernel.refusal import Refusal
    from seuil.usecases.create_instance import InstanceSaisie, create_instance

    if count_comptes_demo():
        raise Refusal(
            "Cette base contient une démonstration : une vraie instance commence sur une base vide."
            " Donnez un autre dossier de données, par exemple :"
            " SEUIL_DATA=/var/lib/seuil make instance."
        )
    # Asked for no département: the one that is there already goes on.
    if not arguments.departement and list_administrateurs():
        return "Cette instance est déjà établie : connectez-vous avec votre compte."
    said = {name: _ask(arguments, name) for name in _QUESTIONS}
    site = arguments.site or f"http://{HOST}:{arguments.port or PORT}"
    saisie = InstanceSaisie(**said, modele=arguments.modele or "national")
    on = today(saisie.departement)
    jeton = create_instance(saisie=saisie, on=on, at=now())
    return (
        f"Premier administrateur : {saisie.prenom} {saisie.nom}, {saisie.courriel}.\n"
        "Lien à ouvrir une fois, sous sept jours (il ne sera plus montré) :\n"
        f"{site.rstrip('/')}/invitation/{jeton}/"
    )


def _ask(arguments: argparse.Namespace, name: str) -> str:
    from seuil.kernel.refusal import Refusal

    said = getattr(arguments, name) or ""
    if not said and sys.stdin.isatty():
        said = input(f"{_QUESTIONS[name]} : ")
    if not said.strip():
        raise Refusal(f"Il manque --{name} : {_QUESTIONS[name].lower()}.")
    return str(said.strip())

"""`seuil demo`: make the demonstration instance when it is absent, and serve it when asked."""

import argparse
from datetime import date
from typing import Any

from seuil.jobs.servir import add_port, check_port, database_stopped_after, serve
from seuil.kernel.clock import today

TAILLES = ("petite", "gironde")
TAILLE_PAR_DEFAUT = "petite"


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo", help="installer un département inventé, pour la démonstration"
    )
    parser.add_argument(
        "--taille",
        choices=TAILLES,
        help=(
            "petite : un millier de ménages, une minute ; gironde : un grand département,"
            f" 29 000 dossiers, plusieurs minutes (par défaut {TAILLE_PAR_DEFAUT})"
        ),
    )
    parser.add_argument(
        "--neuf", action="store_true", help="effacer la démonstration et recommencer"
    )
    parser.add_argument(
        "--jusqu-au",
        type=_date,
        metavar="AAAA-MM-JJ",
        help="dernier jour des données (par défaut aujourd’hui)",
    )
    parser.add_argument("--servir", action="store_true", help="puis démarrer le serveur")
    add_port(parser)
    parser.set_defaults(run=run, needs_database=True, embarquee=True)


def run(arguments: argparse.Namespace) -> int:
    """Install when needed, tell the accounts, and serve when asked. Returns the exit code."""
    # The parser is built before Django is set up.
    from seuil.jobs.demo.installation import ensure_demo
    from seuil.jobs.demo.organisations import list_comptes

    with database_stopped_after():
        if arguments.servir:
            check_port(arguments.port)
        ensure_demo(
            taille=arguments.taille or TAILLE_PAR_DEFAUT,
            until=arguments.jusqu_au or today("33"),
            neuf=arguments.neuf,
        )
        comptes = "\n".join(list_comptes())
        if arguments.servir:
            return serve(port=arguments.port, environment={"SEUIL_DEMO": "1"}, announce=comptes)
        print(comptes)
        return 0


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"date illisible : « {text} ». Écrivez-la AAAA-MM-JJ."
        ) from error

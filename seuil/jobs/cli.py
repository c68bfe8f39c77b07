"""The `seuil` command: one line per service, French messages, no traceback to the user."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from config.database import ROLES, is_embedded_running, is_outside, start_embedded
from seuil.jobs.lieu import write_lieu
from seuil.jobs.sortie import CompteRenduPerdu, reporting, write_refusal


class Parser(argparse.ArgumentParser):
    """A parser that refuses in French; its sub-parsers are of the same class."""

    def error(self, message: str) -> NoReturn:
        for english, french in _MESSAGES:
            message = re.sub(english, french, message)
        self.exit(2, f"{self.prog} : {message}. « {self.prog} --help » donne l’usage.\n")


_MESSAGES = (
    (r"the following arguments are required: (.*)", r"il manque \1"),
    (r"one of the arguments (.*) is required", r"il manque une option parmi \1"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 ne va pas avec \2"),
    (r"unrecognized arguments: (.*)", r"option inconnue, \1"),
    (r"argument COMMANDE: invalid choice: (\S+) \(choose from (.*)\)",
     r"commande inconnue, \1 ; commandes possibles, \2"),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)",
     r"\1 : valeur inconnue, \2 ; valeurs possibles, \3"),
    (r"argument (\S+): expected one argument", r"\1 : une valeur est attendue"),
    (r"argument (\S+): expected at least one argument", r"\1 : une valeur au moins est attendue"),
    (r"argument (\S+): invalid int value: (.*)", r"\1 : un nombre entier est attendu, pas \2"),
    (r"argument (\S+): invalid \w+ value: (.*)", r"\1 : valeur illisible, \2"),
    (r"ambiguous option: (\S+) could match (.*)", r"option ambiguë, \1 : choisir entre \2"),
    (r"^argument (\S+): ", r"\1 : "),
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 refused, 2 badly called."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    parser = _build_parser()
    arguments = parser.parse_args(argv)
    role = getattr(arguments, "role", "")
    if role and os.environ.get(ROLES[role]):
        # The service never signs in as the account that owns the tables.
        os.environ.setdefault("SEUIL_BASE_ROLE", role)
    # A command whose words alone say whether it reads the dossiers gives a function.
    needs = arguments.needs_database
    if not (needs(arguments) if callable(needs) else needs):
        return _run(arguments)
    if getattr(arguments, "embarquee", False):
        os.environ.setdefault("SEUIL_EMBARQUEE", "1")
    was_running = is_embedded_running()
    start_embedded()
    try:
        _setup_django()
        with reporting():
            print(write_lieu(), file=sys.stderr, flush=True)
        if not is_outside():
            # The embedded database is nobody's to administer: it follows the program.
            from seuil.jobs.migrer import migrate

            migrate()
        return _run(arguments)
    finally:
        if not was_running:
            # A command leaves no server behind, unless another program came to use it.
            from seuil.jobs.servir import stop_database

            stop_database()


def _setup_django() -> None:
    # Imported here: the settings read the socket of the server that was just started.
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def _run(arguments: argparse.Namespace) -> int:
    from seuil.engines.tabular import FileRefused
    from seuil.kernel.refusal import Refusal

    code = 0
    try:
        with reporting():
            code = int(arguments.run(arguments) or 0)
    except (Refusal, FileRefused) as refusal:
        code = 1
        write_refusal(refusal, as_json=getattr(arguments, "as_json", False))
    except Exception as error:
        code = 1
        if os.environ.get("SEUIL_DEBUG"):
            raise
        print(_explain(error), file=sys.stderr)
    except KeyboardInterrupt:
        code = 130
        print("Interrompu : rien d’inachevé n’a été gardé.", file=sys.stderr)
    return code


def _explain(error: Exception) -> str:
    """Return what to tell of a failure: its type only, a message may carry personal data."""
    from django.db import OperationalError

    if isinstance(error, CompteRenduPerdu):
        return (
            "Ce que la commande devait faire est fait, mais son compte rendu n’a pas pu s’écrire"
            f" ({error}). Libérez de la place ou écrivez-le ailleurs, puis relancez-la : ce qui"
            " est déjà connu n’est pas fait deux fois."
        )
    if isinstance(error, OperationalError):
        return (
            "La base de données ne répond pas. Vérifiez DATABASE_URL, ou que PostgreSQL est"
            " démarré, puis recommencez : rien d’inachevé n’a été gardé."
        )
    return (
        f"Erreur inattendue ({type(error).__name__}) : rien d’inachevé n’a été gardé. Relancez"
        " avec SEUIL_DEBUG=1 pour en voir le détail, et signalez-la."
    )


def _build_parser() -> argparse.ArgumentParser:
    from seuil.jobs import (
        annuaire,
        comptes,
        decoupages,
        droit,
        impaye,
        importer,
        instance,
        journal,
        migrer,
        restauration,
        rgpd,
        sauvegarde,
        servir,
    )
    from seuil.jobs.demo import commande

    parser = Parser(
        prog="seuil", description="Prévention des expulsions locatives d’un département."
    )
    commands = parser.add_subparsers(title="commandes", required=True, metavar="COMMANDE")
    for module in (
        importer, droit, impaye, comptes, decoupages, migrer, rgpd, servir, journal, sauvegarde,
        restauration, instance, annuaire, commande,
    ):  # fmt: skip
        module.add_arguments(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""`seuil migrer`: bring the database to the current version, with the official geography."""

import argparse
import sys
from typing import Any

from seuil.kernel.accord import write_pluriel


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("migrer", help="préparer ou mettre à jour la base de données")
    parser.add_argument(
        "--departement", help="ne charger que les communes de ce département (défaut : toutes)"
    )
    parser.set_defaults(run=run, needs_database=True)


def run(arguments: argparse.Namespace) -> int:
    """Apply the migrations and load the geography. Idempotent."""
    from django.db import connection

    from seuil.acteurs.operations.territoires import import_geography
    from seuil.protection.roles import list_unset

    migrate()
    codes = [arguments.departement] if arguments.departement else None
    import_geography(departements=codes)
    print("La base de données est prête.")
    with connection.cursor() as cursor:
        unset = list_unset(cursor=cursor)
    if unset:
        print(
            "Le journal de PostgreSQL peut garder des noms quand un ordre échoue : un"
            " superutilisateur doit lancer docs/exploitation/roles.sql, ou ceci :\n"
            + "".join(f"  {line};\n" for line in unset),
            file=sys.stderr,
        )
    return 0


def migrate() -> None:
    """Apply the migrations that are missing, saying so only when there are some.

    The functions and triggers of the journal are put back each time, whatever was changed.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from seuil.kernel.bulk import paused_collector
    from seuil.protection.installation import install
    from seuil.protection.journal import install_journal, triggers_removed
    from seuil.protection.roles import prepare_roles

    with connection.cursor() as cursor:
        # Before any table: nothing is written where the rest would fail.
        prepare_roles(cursor=cursor)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(
            f"Préparation de la base de données ({write_pluriel(len(plan), 'étape')})…",
            file=sys.stderr,
        )
        # Each step draws its models anew: looking for cycles among them takes a third of the time.
        with (
            paused_collector(),
            connection.cursor() as cursor,
            triggers_removed(cursor=cursor),
        ):
            call_command("migrate", verbosity=0, interactive=False)
    install()
    with connection.cursor() as cursor:
        install_journal(cursor=cursor)


def is_current() -> bool:
    """Tell whether the database is of this code's version; asked as any account."""
    from django.db import ProgrammingError, connection
    from django.db.migrations.executor import MigrationExecutor

    from seuil.protection.installation import is_installed

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return not plan and is_installed()
    except ProgrammingError:
        return False

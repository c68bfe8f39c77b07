"""Put in the database, again whenever the matrix or a table changes, what protects its rows."""

import hashlib
import re
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from seuil.acteurs.matrice import Matrice, list_lignes, load_matrice
from seuil.kernel.contexte import derive_key
from seuil.protection import roles
from seuil.protection.cartes import list_tables
from seuil.protection.chemins import list_tables_traversees, write_functions
from seuil.protection.politiques import write_policies
from seuil.protection.roles import list_grants, list_owned, list_secrets, prepare_roles


def install(*, matrice: Matrice | None = None) -> bool:
    """Write roles, functions, the matrix and the policies; tell whether anything had changed.

    Runs as the owner of the tables. Idempotent; one transaction.
    """
    matrice = matrice or load_matrice()
    functions, statements, installation = _describe(matrice)
    lues = {*_LUE.findall(functions[0]), *list_tables_traversees()}
    with transaction.atomic(), connection.cursor() as cursor:
        # Two processes that start together install once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seuil.rls', 0))")
        if _is_current(cursor, matrice.empreinte, installation):
            _install_key(cursor)
            return False
        prepare_roles(cursor=cursor)
        for statement in functions:
            cursor.execute(statement)
        _install_key(cursor)
        load_regles(cursor, matrice)
        for statement in (*list_grants(lues=lues), *statements, *list_owned()):
            cursor.execute(statement)
        cursor.execute(
            "INSERT INTO droits.version (matrice, installation) VALUES (%s, %s)"
            " ON CONFLICT (seule) DO UPDATE SET matrice = excluded.matrice,"
            " installation = excluded.installation, installee_at = now()",
            [matrice.empreinte, installation],
        )
    return True


def is_installed() -> bool:
    """Tell whether the database has the functions, the matrix and the policies of this code."""
    matrice = load_matrice()
    *_, installation = _describe(matrice)
    with connection.cursor() as cursor:
        return _is_current(cursor, matrice.empreinte, installation)


def _describe(matrice: Matrice) -> tuple[list[str], list[str], str]:
    """Return the functions, the policies, and the digest of all that is to be installed."""
    functions = [_read_sql(matrice), _COMPTES.read_text(encoding="utf-8"), *write_functions()]
    statements = list(write_policies())
    # The tables too: one that is new may have no policy, and needs its grants.
    tables = sorted(t.table for t in list_tables())
    told = "\n".join([*functions, *_read_grants(), *list_secrets(), *tables, *statements])
    return functions, statements, hashlib.sha256(told.encode()).hexdigest()


def load_regles(cursor: Any, matrice: Matrice) -> None:
    """Replace PostgreSQL's copy of the matrix."""
    cursor.execute("DELETE FROM droits.regle")
    # At once: what is drawn from the rules is drawn again at each statement.
    columns = [list(column) for column in zip(*list_lignes(matrice), strict=True)]
    cursor.execute(
        "INSERT INTO droits.regle (profil, categorie, operation, relation, de, a)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[],"
        " %s::smallint[])",
        columns,
    )
    cursor.execute("DELETE FROM droits.profil")
    cursor.executemany(
        "INSERT INTO droits.profil (code, role, organisme, limites) VALUES (%s, %s, %s, %s)",
        [
            (p.code, p.role, organisme, p.limites)
            for p in matrice.profils.values()
            if not p.code_remis
            for organisme in p.organismes or ("",)
        ],
    )
    cursor.execute("DELETE FROM droits.sans_commune")
    cursor.executemany(
        "INSERT INTO droits.sans_commune (type) VALUES (%s)",
        [(t,) for r in matrice.relations.values() for t in r.sans_commune],
    )


def _is_current(cursor: Any, matrice: str, installation: str) -> bool:
    cursor.execute("SELECT to_regclass('droits.version') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return False
    cursor.execute("SELECT matrice, installation FROM droits.version")
    return bool(cursor.fetchone() == (matrice, installation))


def _install_key(cursor: Any) -> None:
    """Share with the database the secret of the instance, which may have been renewed."""
    cursor.execute(
        "INSERT INTO droits.cle (secret) VALUES (%s) ON CONFLICT (seule)"
        " DO UPDATE SET secret = excluded.secret WHERE cle.secret <> excluded.secret",
        [derive_key()],
    )


# The tables of the domain that the functions name.
_LUE = re.compile(r"\bpublic\.\w+")
_SQL = Path(__file__).parent / "fonctions.sql"
_COMPTES = _SQL.with_name("comptes.sql")


def _read_grants() -> list[str]:
    """Return the text that decides of the grants: what it yields depends on the database."""
    return [Path(roles.__file__).read_text(encoding="utf-8")]


def _read_sql(matrice: Matrice) -> str:
    """Return the functions, with the two numbers of the matrix that they compare."""
    text = _SQL.read_text(encoding="utf-8")
    text = text.replace("{jours_apres}", str(matrice.relations["saisine"].jours_apres))
    return text.replace("{dernier}", str(len(matrice.stades) - 1))

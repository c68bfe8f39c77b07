"""Row-level security: the matrix of accesses, enforced a second time by PostgreSQL.

Every table of the domain says in `class Rls` what it holds; the policies are written from that and
from the matrix, by other code than the queries' (dossiers/models). Installed by whoever owns the
tables, again whenever the matrix or a table changes.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from seuil.acteurs.matrice import Matrice, list_lignes, load_matrice
from seuil.kernel.contexte import ROLE, TRAVAUX, derive_key

# Reads everything to copy it, writes nothing.
SAUVEGARDE = "seuil_sauvegarde"
# Owns the functions that answer who asks; nobody signs in as it.
DROITS = "seuil_droits"
# Written by migrations and installations only.
_READ_ONLY = frozenset({
    "django_migrations", "acteurs_departement", "acteurs_arrondissement", "acteurs_commune",
})  # fmt: skip
PORTEES = frozenset({
    "reference", "compte", "departement", "dossier", "acces", "bailleur", "ligne", "tache",
    "journal", "categorie",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Protegee:
    """What a table holds, for the policies: see `class Rls` of its model."""

    table: str
    portee: str
    categorie: str
    # Foreign keys from the table to `dossier`, in order.
    chemin: tuple[str, ...]
    # Column and, by its value, another category.
    par_valeur: tuple[str, dict[str, str]] | None
    departement: str
    # Kept to the organisation that wrote it.
    organisation_seule: bool
    # Read by the thousand by who sees a whole département.
    vaste: bool
    # Says where the dwelling is.
    commune: bool


class TableNonClassee(ValueError):
    """A table does not say what it holds, or says what the matrix does not know."""


def list_tables() -> list[Protegee]:
    """Return every table of the domain. Raises TableNonClassee."""
    return [read_table_class(m) for m in apps.get_models() if m.__module__.startswith("seuil.")]


def read_table_class(model: type[models.Model]) -> Protegee:
    """Return what a model says of its table. Raises TableNonClassee."""
    label = model._meta.label
    rls = model.__dict__.get("Rls")
    if rls is None:
        raise TableNonClassee(f"{label} : pas de class Rls, qui dit ce que la table contient")
    given = {k: v for k, v in vars(rls).items() if not k.startswith("_")}
    unknown = set(given) - {
        "portee", "categorie", "chemin", "par_valeur", "departement_direct", "organisation_seule",
        "vaste",
    }  # fmt: skip
    portee = given.get("portee", "categorie")
    categorie = given.get("categorie", "")
    par_valeur = given.get("par_valeur")
    categories = {categorie, *(par_valeur[1].values() if par_valeur else ())} - {""}
    if unknown or portee not in PORTEES:
        raise TableNonClassee(f"{label} : {', '.join(sorted(unknown)) or portee} inconnu")
    if portee not in {"reference", "compte", "dossier", "acces", "journal"} and not categories:
        raise TableNonClassee(f"{label} : aucune catégorie")
    if categories - set(load_matrice().categories):
        raise TableNonClassee(f"{label} : catégorie absente de la matrice")
    names = {f.name: str(f.column) for f in model._meta.concrete_fields}
    return Protegee(
        table=model._meta.db_table,
        portee=portee,
        categorie=categorie,
        chemin=tuple(given.get("chemin", ())),
        par_valeur=par_valeur,
        departement=names.get("departement", "")
        if (
            portee in {"departement", "bailleur", "tache", "dossier", "acces"}
            or given.get("departement_direct")
        )
        else "",
        organisation_seule=bool(given.get("organisation_seule")),
        vaste=bool(given.get("vaste")),
        commune="commune_code" in names,
    )


def install(*, matrice: Matrice | None = None) -> bool:
    """Write roles, functions, the matrix and the policies; tell whether anything had changed.

    Runs as the owner of the tables. Idempotent; one transaction.
    """
    matrice = matrice or load_matrice()
    statements = list(write_policies())
    # The tables too: one that is new may have no policy, and needs its grants.
    tables = sorted(t.table for t in list_tables())
    installation = hashlib.sha256(
        "\n".join([_read_sql(matrice), *_ROLES, *tables, *statements]).encode()
    ).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        # Two processes that start together install once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('seuil.rls', 0))")
        if _is_current(cursor, matrice.empreinte, installation):
            _install_key(cursor)
            return False
        for statement in _ROLES:
            cursor.execute(statement)
        cursor.execute(_read_sql(matrice))
        _install_key(cursor)
        load_regles(cursor, matrice)
        for statement in (*_list_grants(), *statements, *_list_owned()):
            cursor.execute(statement)
        cursor.execute(
            "INSERT INTO droits.version (matrice, installation) VALUES (%s, %s)"
            " ON CONFLICT (seule) DO UPDATE SET matrice = excluded.matrice,"
            " installation = excluded.installation, installee_at = now()",
            [matrice.empreinte, installation],
        )
    return True


def load_regles(cursor: Any, matrice: Matrice) -> None:
    """Replace PostgreSQL's copy of the matrix."""
    cursor.execute("DELETE FROM droits.regle")
    cursor.executemany(
        "INSERT INTO droits.regle (profil, categorie, operation, relation, de, a)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        list(list_lignes(matrice)),
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


_SQL = Path(__file__).parent / "rls.sql"


# More links than this are asked about one by one: a long list is slower to compare than a question.
_BEAUCOUP = 2000


def _read_sql(matrice: Matrice) -> str:
    """Return the functions, with the two numbers of the matrix that they compare."""
    text = _SQL.read_text(encoding="utf-8")
    text = text.replace("{jours_apres}", str(matrice.relations["saisine"].jours_apres))
    text = text.replace("{beaucoup}", str(_BEAUCOUP))
    return text.replace("{dernier}", str(len(matrice.stades) - 1))


_ROLES = (
    *(
        f"DO $$ BEGIN CREATE ROLE {name} {options}; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        for name, options in (
            (ROLE, "LOGIN"),
            (TRAVAUX, "LOGIN"),
            (SAUVEGARDE, "LOGIN BYPASSRLS"),
            (DROITS, "NOLOGIN BYPASSRLS"),
        )
    ),
    f"GRANT {ROLE} TO {TRAVAUX}",
)


def _list_grants() -> Iterator[str]:
    """Yield what each role may do: rows, never tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public, droits TO {ROLE}, {SAUVEGARDE}, {DROITS}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public, droits TO {SAUVEGARDE}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {SAUVEGARDE}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA droits FROM PUBLIC, {ROLE}"
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA droits FROM PUBLIC"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA droits TO {ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA droits TO {DROITS}"
    yield f"GRANT INSERT, UPDATE ON droits.seance TO {DROITS}"
    for name in ("agent", "organisation", "organisation_communes", "commune", "departement"):
        yield f"GRANT SELECT ON acteurs_{name} TO {DROITS}"
    yield (
        "GRANT SELECT ON dossiers_dossier, dossiers_acces, dossiers_bail, travail_tache,"
        f" travail_diligence, accompagnements_mandat, accompagnements_contrat TO {DROITS}"
    )
    journals = {t.table for t in list_tables() if t.portee == "journal"}
    for name in tables:
        # The journal's lines are added by its own functions, which say who acts (journal.inscrire).
        read_only = name in _READ_ONLY or name in journals
        rights = "SELECT" if read_only else "SELECT, INSERT, UPDATE, DELETE"
        yield f'REVOKE ALL ON "{name}" FROM {ROLE}'
        yield f'GRANT {rights} ON "{name}" TO {ROLE}'


def _list_owned() -> Iterator[str]:
    """Yield the change of owner of the functions: they answer with their own rights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n"
            " ON n.oid = p.pronamespace WHERE n.nspname = 'droits' AND p.prosecdef ORDER BY 1"
        )
        functions = [name for (name,) in cursor.fetchall()]
    yield f"GRANT CREATE ON SCHEMA droits TO {DROITS}"
    for name in functions:
        yield f"ALTER FUNCTION {name} OWNER TO {DROITS}"
    yield f"REVOKE CREATE ON SCHEMA droits FROM {DROITS}"


def write_policies() -> Iterator[str]:
    """Yield the statements that make the policies of every table what they must be."""
    for table in sorted(list_tables(), key=lambda t: t.table):
        if table.portee in {"reference", "compte"}:
            continue
        name = f'"{table.table}"'
        yield _drop_policies(table.table)
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        for policy in _list_policies(table):
            yield policy.write(table.table)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; `using` filters what is read, `check` what is written."""

    name: str
    command: str
    using: str = ""
    check: str = ""
    restrictive: bool = False

    def write(self, table: str) -> str:
        kind = "AS RESTRICTIVE " if self.restrictive else ""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f'CREATE POLICY {self.name} ON "{table}" {kind}FOR {self.command} TO {ROLE}'
            f"{using}{check}"
        )


def _drop_policies(table: str) -> str:
    return (
        "DO $$ DECLARE p text; BEGIN FOR p IN SELECT policyname FROM pg_policies"
        f" WHERE schemaname = 'public' AND tablename = '{table}'"
        f" LOOP EXECUTE format('DROP POLICY %I ON %I', p, '{table}'); END LOOP; END $$"
    )


def _list_policies(t: Protegee) -> Iterator[Policy]:
    if t.portee == "journal":
        # Pages ask journal.consultations, and write by journal.inscrire.
        yield Policy("lire", "SELECT", _machine())
        return
    floor = _floor(t)
    yield Policy("plancher", "ALL", floor, floor, restrictive=True)
    read, write = _reach(t, "lire"), _reach(t, "ecrire")
    yield Policy("lire", "SELECT", read)
    yield Policy("creer", "INSERT", check=write)
    yield Policy("modifier", "UPDATE", write, write)
    # Nobody erases a fact; the machine rebuilds projections and purges.
    yield Policy("supprimer", "DELETE", _machine())


def _floor(t: Protegee) -> str:
    """Return what every row of the table must satisfy, whatever else opens it."""
    if t.portee == "dossier":
        return (
            f"{_territory(f'{t.table}.{t.departement}')}"
            f" AND ({t.table}.limite_le IS NULL OR (SELECT droits.limites()))"
        )
    if not t.departement:
        return "(SELECT droits.present())"
    floor = _territory(f"{t.table}.{t.departement}")
    if t.portee in {"departement", "bailleur"}:
        return floor
    # Reached without asking for the dossier: its limit is told here.
    return f"{floor} AND {t.table}.dossier_id <> ALL ((SELECT droits.dossiers_limites())::uuid[])"


def _territory(column: str) -> str:
    return f"{column} = ANY ((SELECT droits.territoires())::text[])"


def _machine() -> str:
    return "(SELECT droits.machine())"


def _reach(t: Protegee, operation: str) -> str:
    """Return what opens the rows of a table for an operation."""
    return _REACH[t.portee](t, operation)


# No policy reads a protected table: each would bring its own policies along, and planning would
# cost more than reading. The functions answer with their own rights, for one file; who sees a
# whole département is told apart before, by a comparison that an index serves.


def _wide(column: str, categorie: str, operation: str, *, par_secteur: bool = True) -> str:
    asked = f"'{categorie}', '{operation}', {str(par_secteur).lower()}"
    return f"{column} = ANY ((SELECT droits.entiers({asked}))::text[])"


def _sector(table: str, categorie: str, operation: str) -> str:
    asked = f"'{categorie}', '{operation}'"
    return f"{table}.commune_code = ANY ((SELECT droits.communes({asked}))::text[])"


def _portee(categorie: str, operation: str) -> str:
    return f"(SELECT droits.portee('{categorie}', '{operation}'))"


def _opened(dossier: str, categorie: str, operation: str) -> str:
    asked = f"'{categorie}', '{operation}'"
    return (
        f"droits.ouvre({dossier}, {_portee(categorie, operation)})"
        f" OR {dossier} = ANY ((SELECT droits.lies({asked}))::uuid[])"
    )


def _reach_dossier(t: Protegee, operation: str) -> str:
    column = f"{t.table}.{t.departement}"
    if operation == "ecrire":
        return _wide(column, "identite", "ecrire")
    return (
        f"{_wide(column, 'dossier', 'lire')} OR {_sector(t.table, 'dossier', 'lire')}"
        f" OR {_opened(f'{t.table}.id', 'dossier', 'lire')}"
    )


def _reach_ligne(t: Protegee, operation: str) -> str:
    wide = _wide("p.departement_id", t.categorie, operation)
    return f"EXISTS (SELECT 1 FROM actes_lot p WHERE p.id = {t.table}.lot_id AND {wide})"


def _reach_departement(t: Protegee, operation: str) -> str:
    # No person in these: whoever works in the département reads them, the matrix says who writes.
    # Lists received and requests of the people are the exception: they name people.
    if operation == "lire" and t.categorie not in {"listes", "droits"}:
        return _territory(f"{t.table}.{t.departement}")
    return _wide(f"{t.table}.{t.departement}", t.categorie, operation)


def _reach_bailleur(t: Protegee, operation: str) -> str:
    # The landlord of a limited file is not told to a sector.
    wide = _wide(f"{t.table}.{t.departement}", t.categorie, operation, par_secteur=False)
    asked = f"'{t.categorie}', '{operation}'"
    lies = f"(SELECT droits.lies({asked}))::uuid[]"
    portee = _portee(t.categorie, operation)
    return f"{wide} OR droits.bailleur_ouvert({t.table}.id, {portee}, {lies})"


def _reach_categorie(t: Protegee, operation: str) -> str:
    rows = _by_value(t, operation)
    if t.departement and operation == "lire":
        # Whoever writes a row chooses its département: to write, the dossier is asked.
        wide = _wide(f"{t.table}.{t.departement}", t.categorie, operation)
        if t.commune:
            wide = f"{wide} OR {_sector(t.table, t.categorie, operation)}"
        return f"{wide} OR {rows}"
    if t.organisation_seule:
        # Not for a count either.
        return rows
    return f"(SELECT droits.partout('{operation}')) OR {rows}"


def _by_value(t: Protegee, operation: str) -> str:
    if t.par_valeur is None:
        return _through(t, t.categorie, operation)
    column, categories = t.par_valeur
    named = ", ".join(f"'{value}'" for value in sorted(categories))
    parts = [f"({t.table}.{column} NOT IN ({named}) AND {_through(t, t.categorie, operation)})"]
    for categorie in sorted(set(categories.values())):
        values = ", ".join(f"'{v}'" for v, c in sorted(categories.items()) if c == categorie)
        parts.append(f"({t.table}.{column} IN ({values}) AND {_through(t, categorie, operation)})")
    return " OR ".join(parts)


def _through(t: Protegee, categorie: str, operation: str) -> str:
    """Return that the row's dossier is reached, by following its foreign keys."""
    if t.chemin:
        dossier = f"{t.table}.{t.chemin[0]}_id"
        # rls.sql has a function by step: mandat_de_contrat, dossier_de_mandat.
        for key, parent in pairwise((*t.chemin, "dossier")):
            dossier = f"droits.{parent}_de_{key}({dossier})"
    else:
        dossier = f"{t.table}.dossier_id"
    reached = f"({_opened(dossier, categorie, operation)})"
    if t.vaste:
        wide = (
            f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {t.table}.dossier_id"
            f" AND {_wide('d.departement_id', categorie, operation)})"
        )
        reached = f"({wide} OR {reached})"
    if t.organisation_seule:
        own = f"{t.table}.organisation_id = (SELECT droits.organisation())"
        reached = f"({reached} AND ({own} OR {_machine()}))"
    return reached


def _own_acces(t: Protegee, operation: str) -> str:
    # Opened and ended by the machine alone, for an operation that checked who asks.
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', 'dossier', 'lire', par_secteur=False)}"
        f" OR {t.table}.agent_id = (SELECT droits.agent())"
        f" OR {t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.role = (SELECT droits.role())"
        # The colleagues who follow the same file.
        f" OR {t.table}.dossier_id = ANY ((SELECT droits.lies('accompagnement', 'lire'))::uuid[])"
    )


def _own_taches(t: Protegee, operation: str) -> str:
    if operation == "ecrire":
        return _machine()
    return (
        f"{_wide(f'{t.table}.{t.departement}', t.categorie, 'lire', par_secteur=False)}"
        f" OR ((SELECT droits.connait('{t.categorie}', 'lire'))"
        f" AND ({t.table}.organisation_id = (SELECT droits.organisation())"
        f" OR {t.table}.agent_id = (SELECT droits.agent())))"
        f" OR {t.table}.dossier_id = ANY ((SELECT droits.lies('{t.categorie}', 'lire'))::uuid[])"
        f" OR droits.lie({t.table}.dossier_id, {_portee(t.categorie, 'lire')})"
    )


_REACH: Mapping[str, Callable[[Protegee, str], str]] = {
    "dossier": _reach_dossier,
    "acces": _own_acces,
    "tache": _own_taches,
    "ligne": _reach_ligne,
    "departement": _reach_departement,
    "bailleur": _reach_bailleur,
    "categorie": _reach_categorie,
}

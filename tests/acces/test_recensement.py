"""T05: a table, a role, a function or a policy that nobody classified fails the build."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from seuil.dossiers.models import Personne
from seuil.jobs.migrer import migrate
from seuil.kernel.cartes import Carte, list_cartes, read_carte
from tests.acces import sql
from tests.acces.oracle import CLASSEMENT, Oracle

pytestmark = pytest.mark.django_db

# Django's and the queue's: without row-level security.
ETRANGERES = {
    "django_migrations", "django_content_type", "django_session", "auth_group", "auth_permission",
    "auth_group_permissions", "procrastinate_jobs", "procrastinate_events",
    "procrastinate_periodic_defers", "procrastinate_workers", "dsfr_dsfrconfig", "dsfr_dsfrsocialmedia",
}  # fmt: skip
# Protected, without rows in the lattice: their own tests read and write them.
HORS_TREILLIS = ("audit_", "journal_", "conservation_")
ROLES = ("seuil_appli", "seuil_travaux")


def list_sans_politique() -> set[str]:
    """Return the tables of the domain that say that they hold no person of a household.

    The directory and the accounts, written by the administrator alone (triggers `garder_…`).
    """
    said = [c for c in list_cartes() if c.rls.portee in {"reference", "compte"}]
    links = {m._meta.db_table for c in said for m in
             [f.remote_field.through for f in c.meta.local_many_to_many]}  # fmt: skip
    return {c.table for c in said} | links


def why_should_be_protected(carte: Carte) -> list[str]:
    """Return what of a table without policies is about a household."""
    apart = list_sans_politique()
    keys = [
        f for f in (*carte.meta.concrete_fields, *carte.meta.local_many_to_many) if f.remote_field
    ]
    return sorted(set(carte.classes) - {"technique", "agent"}) + [
        f.name for f in keys if f.related_model._meta.db_table not in apart
    ]


def test_a_table_without_policies_says_nothing_of_a_household() -> None:
    apart = [c for c in list_cartes() if c.table in list_sans_politique()]

    assert {c.table: why for c in apart if (why := why_should_be_protected(c))} == {}
    assert len(apart) > 7
    assert why_should_be_protected(read_carte(Personne)) == ["identite", "dossier"]


def test_every_table_is_protected_or_listed() -> None:
    rows = sql.query(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND NOT relispartition"
    )
    opens = {c.table for c in list_cartes() if c.rls.portee in {"titulaire", "machine"}}
    for table, enabled, forced in rows:
        if table in opens:
            # The owner, who gives links by a command, is no agent.
            assert (enabled, forced) == (True, False), table
            continue
        if table in ETRANGERES or table in list_sans_politique():
            assert not enabled, f"{table} est protégée : la retirer de la liste"
            continue
        assert enabled, f"{table} : sans politique, et dans aucune liste"
        assert forced, f"{table} : son propriétaire échappe aux politiques"
        known = table in CLASSEMENT or table.startswith(HORS_TREILLIS)
        assert known, f"{table} : inconnue de l’oracle"


def test_every_protected_table_has_its_floor_and_four_openings() -> None:
    for table in CLASSEMENT:
        rows = sql.query(
            "SELECT policyname, permissive, cmd, roles, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public' AND tablename = %s", [table]
        )  # fmt: skip
        assert {(n, p, c) for n, p, c, *_ in rows} == {
            ("plancher", "RESTRICTIVE", "ALL"), ("lire", "PERMISSIVE", "SELECT"),
            ("creer", "PERMISSIVE", "INSERT"), ("modifier", "PERMISSIVE", "UPDATE"),
            ("supprimer", "PERMISSIVE", "DELETE"),
        }, table  # fmt: skip
        assert all(list(roles) == ["seuil_appli"] for *_, roles, _, _ in rows), table
        assert sql.check_invariants(table) == []


def test_every_model_says_what_it_holds_and_the_oracle_agrees() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("seuil."):
            continue
        rls = model.__dict__.get("Rls")
        assert rls is not None, model
        table = model._meta.db_table
        if table in CLASSEMENT:
            _, categorie, par_valeur = CLASSEMENT[table]
            assert getattr(rls, "categorie", "") == categorie, table
            assert getattr(rls, "par_valeur", None) == par_valeur, table


def test_every_category_and_relation_of_the_file_is_known_here(oracle: Oracle) -> None:
    held = {c for _, c, _ in CLASSEMENT.values()} | {
        c for _, _, values in CLASSEMENT.values() if values for c in values[1].values()
    }

    # In the matrix before any table holds them.
    assert set(oracle.categories) - held == {"avis"}
    assert held - {""} <= set(oracle.categories)


def test_the_database_holds_the_lines_of_the_matrix_and_no_other(oracle: Oracle) -> None:
    assert sql.check_regles(oracle) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_roles_of_the_application_have_rows_and_nothing_else(role: str) -> None:
    ((*flags,),) = sql.query(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
        " WHERE rolname = %s", [role]
    )  # fmt: skip
    assert not any(flags)
    owned = sql.query(
        "SELECT relname FROM pg_class WHERE relowner = %s::regrole"
        " UNION ALL SELECT proname FROM pg_proc WHERE proowner = %s::regrole"
        " UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole", [role] * 3
    )  # fmt: skip
    assert owned == []
    wide = sql.query(
        "SELECT c.relname, p FROM pg_class c, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER'])"
        " p WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace IN ('public'::regnamespace,"
        " 'droits'::regnamespace) AND has_table_privilege(%s, c.oid, p)", [role]
    )  # fmt: skip
    assert wide == []
    creates = sql.query(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')"
        " AND nspname !~ '^pg_temp'", [role]
    )  # fmt: skip
    assert creates == []
    reads = sql.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'droits'::regnamespace AND relkind = 'r'"
        " AND has_table_privilege(%s, oid, 'SELECT')", [role]
    )  # fmt: skip
    # The version that a server checks before it serves: no row of anybody.
    assert reads == [("version",)]
    members = {m for (m,) in sql.query(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", [role]
    )}  # fmt: skip
    assert members <= {"seuil_appli"}


def test_definer_functions_are_few_owned_apart_and_pinned() -> None:
    rows = sql.query(
        "SELECT p.proname, p.proowner::regrole::text, p.proconfig,"
        " has_function_privilege('public', p.oid, 'EXECUTE'), n.nspname, p.proleakproof"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname !~ '^pg_'"
    )
    assert rows
    for name, owner, config, public, schema, leakproof in rows:
        assert schema in {"droits", "journal"}, name
        assert owner.startswith("seuil_"), name
        assert owner not in ROLES, name
        assert config, name
        path = [c for c in config if c.startswith("search_path=")]
        assert path, name
        assert path[0].endswith("pg_temp"), name
        assert not public, name
        assert not leakproof, name
    told = sql.query(
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'droits'::regnamespace"
        " AND has_function_privilege('public', oid, 'EXECUTE')"
    )
    assert told == []
    ((login, bypass),) = sql.query(
        "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'seuil_droits'"
    )
    assert (login, bypass) == (False, False)


def test_no_view_speaks_with_the_rights_of_its_owner() -> None:
    rows = sql.query(
        "SELECT relname, relkind, reloptions FROM pg_class"
        " WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    )
    for name, kind, options in rows:
        assert kind == "v", f"{name} : une vue matérialisée garde tout"
        assert "security_invoker=true" in (options or []), name


def test_the_columns_that_policies_compare_have_leakproof_operators() -> None:
    """A policy that compares otherwise could not use an index ahead of a filter, or would leak."""
    rows = sql.query(
        "SELECT DISTINCT c.relname, a.attname, t.typname FROM pg_policy p"
        " JOIN pg_class c ON c.oid = p.polrelid"
        " JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid"
        " AND d.refobjsubid > 0"
        " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        " JOIN pg_type t ON t.oid = a.atttypid"
    )
    assert rows
    assert {t for _, _, t in rows} <= {
        "text", "varchar", "uuid", "date", "int2", "int4", "int8", "timestamptz", "bool",
    }  # fmt: skip


# Rule of the linter → why one of its findings is not a fault here.
DISPENSES = {
    "SEC001": "une table sans politique ne dit rien d’un ménage, ou du schéma droits, que"
    " l’application ne peut pas lire : les essais ci-dessus le vérifient une par une",
    "SEC002": "le propriétaire des tables des comptes donne des liens par une commande, sans être un"
    " agent : l’application, elle, n’en possède aucune",
    "SEC005": "le plancher d’une table fille et l’effacement ne regardent que le contexte signé :"
    " les autres politiques regardent la ligne, T03 les compare à l’oracle",
    "SEC013": "les déclencheurs sont les nôtres (journal, garde des comptes, noms cherchés) :"
    " leurs fonctions sont recensées ci-dessus, T03 et T13 en éprouvent l’effet",
    "SEC014": "les fonctions qui parlent au nom d’un autre sont recensées ci-dessus, une par une",
    "SEC016": "trois rôles lisent tout : la sauvegarde, et deux qui n’ouvrent pas de session",
    "PERF003": "l’index utile est composé, ou la colonne ne trie qu’après lui : `make bench`",
    "PERF004": "la fonction prend la clé du dossier, que le plan lit d’abord : `make bench`",
}  # fmt: skip
# What the rules that name one object may find, and nothing more.
NOMMES = {
    "SEC002": {
        "acteurs_abonnementagenda", "connexions_brouillon", "connexions_cleacces",
        "connexions_codesecours", "connexions_connexion", "connexions_essai",
        "connexions_facteurcode", "connexions_identiteexterne", "connexions_invitation",
    },
    "SEC016": {"seuil_droits", "seuil_journal", "seuil_sauvegarde"},
    "PERF003": {
        "dossiers_acces", "dossiers_correction", "dossiers_dossier", "echeances_echeance",
        "echeances_situation", "echeances_situationsuivi", "recherche_mention",
    },
}  # fmt: skip


def run_pgrls(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the linter of policies on the schema as migrations and the installation made it."""
    place = connection.settings_dict
    url = f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}"
    pgrls = Path(sys.executable).with_name("pgrls")
    return subprocess.run(
        [pgrls, *arguments, "--database-url", url, "--schemas", "public,droits"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def list_findings(told: str) -> set[tuple[str, str]]:
    """Return the rules of a report and the object of each: a table, a function or a role."""
    lines = re.findall(r"^  (?:ERROR|WARN) +([A-Z]+\d+) +(\S+)", told, re.MULTILINE)
    return {(rule, name.removeprefix("public.").split(".")[0]) for rule, name in lines}


def why_bad_findings(found: set[tuple[str, str]]) -> list[str]:
    """Return the findings of the linter that no written reason covers."""
    return sorted(
        f"{rule} {name}"
        for rule, name in found
        if rule not in DISPENSES or name not in NOMMES.get(rule, {name})
    )


def test_pgrls_finds_nothing_without_a_written_reason() -> None:
    assert all(DISPENSES.values())

    done = run_pgrls("lint", "--min-severity", "warning", "--fail-on", "warning")

    found = list_findings(done.stdout)
    assert why_bad_findings(found) == [], done.stderr[-2000:]
    # A reason that serves no more goes.
    assert {rule for rule, _ in found} == set(DISPENSES)
    planted = {("SEC002", "dossiers_dossier"), ("SEC016", "seuil_appli"), ("PERF003", "x")}
    assert len(why_bad_findings(planted)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_second_installation_changes_no_policy_and_a_weaker_one_is_dangerous(
    tmp_path: Path,
) -> None:
    before = tmp_path / "avant.json"
    assert run_pgrls("snapshot", "--output", str(before)).returncode == 0
    migrate()
    same = run_pgrls("diff", str(before), "--fail-on", "safe")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dossiers_personne NO FORCE ROW LEVEL SECURITY")
        cursor.execute("DROP POLICY plancher ON dossiers_personne")
    try:
        weaker = run_pgrls("diff", str(before), "--fail-on", "dangerous")
    finally:
        reinstall()
    mended = run_pgrls("diff", str(before), "--fail-on", "safe")

    assert same.returncode == 0, same.stdout[-3000:]
    assert weaker.returncode == 1, weaker.stdout[-3000:]
    assert mended.returncode == 0, mended.stdout[-3000:]


def reinstall() -> None:
    """Write the policies again: what stands now is not what the last installation wrote."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM droits.version")
    migrate()

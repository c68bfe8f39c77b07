"""T32: whoever makes the application run their own SQL gets nothing beyond the caller's scope."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, connection
from psycopg import errors

from seuil.kernel.clock import now
from seuil.kernel.contexte import Contexte, acting_as_machine, sign, under_policies
from seuil.kernel.models import new_id
from seuil.protection.cartes import list_tables
from tests.acces import sql
from tests.acces.oracle import LIRE, Oracle
from tests.acces.treillis import ICI, ON, Treillis

pytestmark = pytest.mark.django_db


def connect() -> psycopg.Connection:
    """Sign in as the application's role for real: not a superuser that took its name."""
    place = connection.settings_dict
    return psycopg.connect(
        host=place["HOST"],
        dbname=place["NAME"],
        user="seuil_appli",
        autocommit=True,
        options="-c lock_timeout=2000",
    )


@pytest.fixture
def appli(treillis: Treillis) -> Iterator[psycopg.Connection]:
    with connect() as raw:
        yield raw


@contextmanager
def injected(t: Treillis, nom: str) -> Iterator[Callable[[str], list | str]]:
    """Give a function that runs a statement inside a request of the persona; refusals as text."""
    with sql.as_persona(t.personas[nom]):

        def run(statement: str) -> list | str:
            raw = connection.connection
            try:
                with raw.transaction(), raw.cursor() as cursor:
                    cursor.execute(statement)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.Error as error:
                return f"refusé : {type(error).__name__}"

        yield run


def test_another_agent_cannot_be_named(treillis: Treillis, oracle: Oracle) -> None:
    victim = treillis.personas["secretariat"]
    pid = connection.connection.info.backend_pid
    later = int(now().timestamp()) + 600
    elsewhere = sign(sql.contexte_of(victim), pid=pid + 1, until=later)
    body = f"agent|{victim.agent}|33|{ON}|{later}|{pid}"
    tries = [
        elsewhere, body, f"{body}|", f"{body}|{'0' * 64}", f"machine|x|33|{ON}|{later}|{pid}|" + "f" * 64,
        "", victim.agent, "' OR 1=1 --",
    ]  # fmt: skip
    for token in tries:
        with injected(treillis, "travailleur_social") as run:
            run(f"SELECT droits.entrer($q${token}$q$)")
            seen = run("SELECT id FROM dossiers_dossier")
            assert seen == [], token


REFUSED = [
    # Settings and roles.
    "SET row_security = off; SELECT * FROM dossiers_dossier",
    "SET session_replication_role = replica",
    "ALTER SYSTEM SET log_statement = 'all'",
    # Rows of the rights.
    "SELECT * FROM droits.cle", "SELECT * FROM droits.regle", "SELECT * FROM droits.profil",
    "INSERT INTO droits.regle VALUES ('caf', 'identite', 'lire', 'departement', 0, 6)",
    "DELETE FROM droits.cle", "UPDATE droits.profil SET limites = true",
    "INSERT INTO droits.sans_commune VALUES ('ccas')",
    # Objects.
    "TRUNCATE dossiers_acces", "ALTER TABLE dossiers_dossier DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE dossiers_dossier NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY plancher ON dossiers_dossier", "DROP TABLE dossiers_personne",
    "CREATE POLICY tout ON dossiers_dossier FOR ALL TO PUBLIC USING (true)",
    "CREATE TABLE public.vol AS SELECT 1", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql"
    " AS 'SELECT 1'", "CREATE SCHEMA vol", "CREATE EXTENSION dblink", "CREATE EXTENSION file_fdw",
    "CREATE OR REPLACE FUNCTION droits.machine() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION droits.moi() SECURITY INVOKER", "DROP FUNCTION droits.moi()",
    "CREATE TRIGGER vol BEFORE INSERT ON dossiers_acces FOR EACH ROW EXECUTE FUNCTION droits.moi()",
    "CREATE LANGUAGE plpython3u", "CREATE ROLE vol LOGIN", "ALTER ROLE seuil_appli BYPASSRLS",
    "GRANT seuil_droits TO seuil_appli", "GRANT seuil_sauvegarde TO seuil_appli",
    "ALTER TABLE dossiers_dossier OWNER TO seuil_appli", "CREATE DATABASE vol",
    "CREATE PUBLICATION vol FOR ALL TABLES", "SELECT pg_create_physical_replication_slot('vol')",
    # Files and the machine.
    "COPY dossiers_personne TO '/tmp/vol.csv'", "COPY dossiers_personne FROM '/etc/passwd'",
    "COPY (SELECT 1) TO PROGRAM 'id'", "COPY dossiers_personne FROM PROGRAM 'id'",
    "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/vol')",
    "SELECT pg_read_file('/etc/passwd')", "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')", "SELECT * FROM pg_hba_file_rules", "LOAD 'plpgsql'",
    "SELECT pg_reload_conf()", "SELECT * FROM pg_authid", "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_statistic",
    # A link of one's own.
    "INSERT INTO dossiers_acces (id, dossier_id, departement, relation, role, agent_id, debut_le,"
    " motif) SELECT gen_random_uuid(), d.id, '33', 'affectation', '', droits.agent(),"
    " '2026-01-01', '' FROM dossiers_dossier d LIMIT 1",
    # The accounts decide of everything.
    "UPDATE acteurs_agent SET role = 'secretariat' WHERE id = droits.agent()",
    "UPDATE acteurs_agent SET departement_id = '62' WHERE id = droits.agent()",
    "UPDATE acteurs_agent SET organisation_id = (SELECT id FROM acteurs_organisation LIMIT 1)",
    "UPDATE acteurs_organisation SET type = 'conseil_departemental'",
    "INSERT INTO acteurs_organisation_communes (organisation_id, commune_id) SELECT"
    " droits.organisation(), '33243'",
    "DELETE FROM acteurs_organisation_communes WHERE organisation_id = droits.organisation()",
    "UPDATE acteurs_commune SET departement_id = '33'", "DELETE FROM audit_event",
    # What opens an account: of another, or more of one's own.
    *(f"UPDATE acteurs_agent SET {change} WHERE id {who} droits.agent()"
      for change in ("courriel = 'x@x.fr'", "is_active = NOT is_active",
                     "administre_organisation = NOT administre_organisation",
                     "habilite_jusqu_au = '2099-01-01'",
                     "suspendu_le = '2026-01-01', suspendu_motif = 'decision'",
                     "reveille_le = '2026-11-21'", "renouvele_le = '2026-11-21'")
      for who in ("=", "<>")),
    "UPDATE acteurs_agent SET password = 'x' WHERE id <> droits.agent()",
    "UPDATE acteurs_agent SET last_login = now() WHERE id <> droits.agent()",
    "UPDATE acteurs_organisation SET domaines = '{gmail.com}'",
    "UPDATE acteurs_organisation SET siret = '13002526500013'",
    "INSERT INTO acteurs_abonnementagenda (id, agent_id, empreinte, cree_le) SELECT"
    " gen_random_uuid(), id, repeat('a', 64), '2026-01-01' FROM acteurs_agent"
    " WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_facteurcode (id, agent_id, secret, dernier_pas) SELECT"
    " gen_random_uuid(), id, 'gAAAAx', 1 FROM acteurs_agent WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_cleacces (id, agent_id, nom, identifiant, cle_publique, compteur)"
    " SELECT gen_random_uuid(), id, 'x', repeat('a', 20), '', 0 FROM acteurs_agent"
    " WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_codesecours (id, agent_id, empreinte) SELECT gen_random_uuid(), id,"
    " repeat('a', 64) FROM acteurs_agent WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_identiteexterne (id, agent_id, emetteur, sujet) SELECT"
    " gen_random_uuid(), id, 'x', 'x' FROM acteurs_agent WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_connexion (id, agent_id, moyen, ouverte_at, vue_at, preuve_at,"
    " fin_motif, navigateur, appareil, poste) SELECT gen_random_uuid(), id, 'code', now(), now(),"
    " now(), '', '', '', '' FROM acteurs_agent WHERE id <> droits.agent() LIMIT 1",
    "INSERT INTO connexions_invitation (id, agent_id, objet, empreinte, expire_at) SELECT"
    " gen_random_uuid(), id, 'facteurs', repeat('a', 64), now() FROM acteurs_agent LIMIT 1",
    "INSERT INTO connexions_essai (id, genre, compte, lieu, adresse, connu, essaye_at, reussi)"
    " SELECT gen_random_uuid(), 'code', repeat('a', 64), repeat('a', 64), repeat('a', 64), true,"
    " now(), true",
    "UPDATE audit_event SET by_id = 'x'",
]  # fmt: skip


@pytest.mark.parametrize("statement", REFUSED, ids=[s[:60] for s in REFUSED])
def test_what_the_application_may_not_run(treillis: Treillis, statement: str) -> None:
    """As the role itself, signed in for real where no context is needed."""
    for nom in ("travailleur_social", "metropole"):
        with injected(treillis, nom) as run:
            told = run(statement)
        harmless = statement.startswith("DELETE FROM acteurs_organisation_communes")
        if harmless and nom == "travailleur_social":
            # It serves no commune: nothing to take away.
            continue
        assert isinstance(told, str), f"{statement} a répondu {told!r}"


@pytest.mark.parametrize(
    "statement",
    [s for s in REFUSED if not s.startswith(("INSERT INTO dossiers", "INSERT INTO acteurs",
                                             "INSERT INTO connexions", "UPDATE acteurs", "DELETE FROM acteurs", "UPDATE audit",
                                             # Would wait for the lattice's transaction.
                                             "CREATE TRIGGER"))],
    ids=lambda s: s[:60],
)  # fmt: skip
def test_what_the_role_signed_in_for_real_may_not_run(
    appli: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(
        (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile,
         errors.UndefinedFunction, errors.ObjectNotInPrerequisiteState,
         errors.InvalidObjectDefinition)
    ) as refused:  # fmt: skip
        appli.execute(statement)
    assert refused.value.sqlstate in {"42501", "0A000", "58P01", "42883", "55000", "42P17"}


_INSCRIRE = (
    "SELECT journal.inscrire(gen_random_uuid(), 'lecture', 'dossier.lire', {qui}, 'Une autre', '',"
    " {role}, {dep}, 'page', 'dossier', '{{}}', '{{}}', '{{identite}}', '{{}}', '', 'web', '',"
    " {jour}, '{{}}')"
)
_MOI = {"qui": "droits.agent()::text", "role": "droits.role()", "dep": "droits.departement()",
        "jour": f"date '{ON}'"}  # fmt: skip
FORGED = {
    "une autre": {"qui": "(SELECT id::text FROM acteurs_agent WHERE id <> droits.agent() LIMIT 1)"},
    "la machine": {"qui": "'machine:purge'"},
    "personne": {"qui": "''"},
    "un autre rôle": {"role": "'dpo'"},
    "un autre département": {"dep": "'62'"},
    "antidatée": {"jour": "date '2026-01-01'"},
}


@pytest.mark.parametrize("faux", FORGED.values(), ids=FORGED)
def test_no_line_of_the_journal_is_written_in_the_name_of_another(
    treillis: Treillis, faux: dict[str, str]
) -> None:
    for nom in ("travailleur_social", "metropole"):
        with injected(treillis, nom) as run:
            assert isinstance(run(_INSCRIRE.format(**_MOI)), list)
            assert isinstance(run(_INSCRIRE.format(**_MOI | faux)), str)


AUDIT = [
    "INSERT INTO audit_event (id, nature, kind, by_id, departement, target_type, target_id,"
    " dossiers, objets, categories, colonnes, details) VALUES (gen_random_uuid(), 'lecture', 'x',"
    " 'x', '33', 'page', 'x', '{}', '{}', '{}', '{}', '{}')",
    "INSERT INTO audit_sceau (departement, rang, ligne, txid, empreinte) VALUES ('33',"
    " 9000000000000000000, gen_random_uuid(), 9000000000000000000, '\\x00')",
    "INSERT INTO audit_ancre (id, genre, departement, rang_debut, rang, nombre, premiere, tete,"
    " txid) VALUES (gen_random_uuid(), 'ancre', '33', 1, 9000000000000000000, 1, '\\x00', '\\x00',"
    " 1)",
    "SELECT journal.ecrire('x', 'insert', '{}', '{}', '{}', '33')",
    "SELECT journal.ecarter('33', 0)", "SELECT journal.sceller_un('33', 9000000000000000000)",
    "SELECT " + _INSCRIRE.format(**_MOI).removeprefix("SELECT ").replace("inscrire", "poser"),
]  # fmt: skip


@pytest.mark.parametrize("statement", AUDIT, ids=[s[:40] for s in AUDIT])
def test_the_journal_is_written_by_its_own_functions_alone(
    appli: psycopg.Connection, treillis: Treillis, statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        appli.execute(statement)
    with injected(treillis, "metropole") as run:
        assert run(statement) == "refusé : InsufficientPrivilege"


def test_whoever_signed_nothing_writes_nothing(appli: psycopg.Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="non signés"):
        appli.execute(_INSCRIRE.format(qui="'x'", role="''", dep="'33'", jour="NULL"))


def test_an_agent_still_writes_what_is_its_own(treillis: Treillis) -> None:
    with injected(treillis, "travailleur_social") as run:
        assert run("UPDATE acteurs_agent SET password = 'x' WHERE id = droits.agent()") == []
        told = run(
            "INSERT INTO acteurs_abonnementagenda (id, agent_id, empreinte, cree_le) VALUES"
            " (gen_random_uuid(), droits.agent(), repeat('b', 64), '2026-01-01')"
        )
        assert told == []


_COMPTES = {"compte", "titulaire", "machine"}


def test_every_table_that_opens_an_account_is_guarded() -> None:
    """A table of the accounts is guarded by a trigger, or said here to open nothing."""
    opens_nothing = {
        "acteurs_decoupage", "acteurs_secteur", "acteurs_rattachement", "acteurs_interlocuteur",
        "acteurs_formationccapex",
    }  # fmt: skip
    tables = {t.table for t in list_tables() if t.portee in _COMPTES} - opens_nothing
    guarded = {
        name for (name,) in sql.query(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid IN"
            " ('droits.garder_comptes'::regproc, 'droits.garder_titulaire'::regproc)"
        )
    }  # fmt: skip
    assert tables <= guarded
    for event in (4, 8, 16):
        rows = sql.query(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgtype::int & %s <> 0 AND tgfoid"
            " IN ('droits.garder_comptes'::regproc, 'droits.garder_titulaire'::regproc)", [event]
        )  # fmt: skip
        assert tables <= {name for (name,) in rows}


_CHAMPS = ("partout", "departement", "limites", "jour", "agent", "organisation", "role", "des",
           "jusqu_a", "communes", "secteur_des", "secteur_jusqu_a", "liens", "saisine_des",
           "saisine_jusqu_a", "dossier", "demander", "complet")  # fmt: skip
FORGES = {
    "un stade": {"des": "{rang}", "jusqu_a": "{rang}"},
    "une commune": {"secteur_des": "0", "secteur_jusqu_a": "6", "communes": "ARRAY['{commune}']"},
    "une personne": {"complet": "true", "agent": "'{agent}'", "liens": "ARRAY['affectation']"},
    "le secrétariat": {"des": "0", "jusqu_a": "6", "limites": "true"},
    "le dossier lui-même": {"complet": "true", "dossier": "'{id}'"},
}


@pytest.mark.parametrize("forge", FORGES.values(), ids=FORGES)
def test_asking_with_rights_that_were_not_told_says_nothing_of_a_hidden_file(
    treillis: Treillis, oracle: Oracle, forge: dict[str, str]
) -> None:
    """The function of the policies is the caller's to run: it believes nothing that it is given."""
    agents = [p.agent for p in treillis.personas.values() if p.agent]
    facts = sql.query("SELECT id, rang, commune_code FROM dossiers_dossier WHERE departement_id = %s",
                      [ICI])  # fmt: skip
    for nom in ("charge_mission", "caf", "metropole"):
        p = treillis.personas[nom]
        seen = treillis.expected(oracle, p, "dossiers_dossier", LIRE)
        with injected(treillis, nom) as run:
            for key, rang, commune in [f for f in facts if str(f[0]) not in seen][:8]:
                known = {"rang": rang, "commune": commune, "id": key}
                for agent in agents[:3]:
                    base = dict.fromkeys(_CHAMPS, "NULL") | {
                        "partout": "false", "departement": f"'{ICI}'", "limites": "false",
                        "jour": f"'{ON}'", "liens": "'{}'", "communes": "'{}'",
                        "demander": "true", "complet": "false",
                    }  # fmt: skip
                    values = base | {k: v.format(**known, agent=agent) for k, v in forge.items()}
                    row = ", ".join(values[c] for c in _CHAMPS)
                    told = run(f"SELECT droits.ouvre('{key}', ROW({row})::droits.portee)")
                    assert told == [(False,)], (nom, values)


def test_no_function_is_told_the_files_that_it_should_find() -> None:
    """What a function of the policies reads of files, it reads by who asks: never from a list."""
    rows = sql.query(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'droits'::regnamespace AND prosecdef"
        " AND 'uuid[]'::regtype = ANY (proargtypes::oid[])"
    )
    assert rows == []


def test_roles_cannot_be_taken_nor_given_back(appli: psycopg.Connection) -> None:
    for role in ("postgres", "seuil_droits", "seuil_sauvegarde", "seuil_travaux"):
        with pytest.raises(errors.InsufficientPrivilege):
            appli.execute(f"SET ROLE {role}")
        with pytest.raises(errors.InsufficientPrivilege):
            appli.execute(f"SET SESSION AUTHORIZATION {role}")
    appli.execute("RESET ROLE")
    appli.execute("RESET SESSION AUTHORIZATION")
    assert appli.execute("SELECT current_user, session_user").fetchone() == (
        "seuil_appli", "seuil_appli",
    )  # fmt: skip
    assert appli.execute("SELECT count(*) FROM dossiers_dossier").fetchone() == (0,)


def test_definer_functions_answer_for_the_caller_alone(treillis: Treillis, oracle: Oracle) -> None:
    functions = [
        (name, count) for name, count in sql.query(
            "SELECT proname, pronargs FROM pg_proc WHERE prosecdef"
            " AND pronamespace = 'droits'::regnamespace"
        )
    ]  # fmt: skip
    p = treillis.personas["metropole"]
    with injected(treillis, "metropole") as run:
        for name, count in functions:
            arguments = ", ".join(["'identite'", "'lire'", "'departement'"][:count])
            told = str(run(f"SELECT droits.{name}({arguments})"))
            for other in treillis.personas.values():
                if other.agent not in {"", p.agent}:
                    assert other.agent not in told, name
        # The ids of limited files, of its own département: nothing of what they hold.
        ((limited,),) = run("SELECT droits.dossiers_limites()")
        here = {d.id for d in treillis.dossiers.values() if d.limite_le and d.departement == ICI}
        assert {str(x) for x in limited} <= here


def test_no_token_is_seen_in_the_activity_of_others(treillis: Treillis) -> None:
    with connect() as other:
        later = int(now().timestamp()) + 600
        token = sign(
            sql.contexte_of(treillis.personas["secretariat"]),
            pid=other.info.backend_pid, until=later,
        )  # fmt: skip
        with other.transaction():
            other.execute("SELECT droits.entrer(%s)", [token])
            with connect() as spy:
                told = str(spy.execute("SELECT * FROM pg_stat_activity").fetchall())
                told += str(spy.execute("SELECT * FROM pg_prepared_statements").fetchall())
                told += str(spy.execute("SELECT * FROM pg_settings").fetchall())
        assert token not in told
        assert token.rsplit("|", 1)[1] not in told
        # Replayed on the spy's own connection, it is worth nothing.
        with connect() as spy, spy.transaction():
            spy.execute("SELECT droits.entrer(%s)", [token])
            assert spy.execute("SELECT droits.present()").fetchone() == (False,)


def test_a_view_or_a_cursor_of_the_attacker_shows_its_own_rows_only(
    treillis: Treillis, oracle: Oracle
) -> None:
    p = treillis.personas["caf"]
    mine = treillis.expected(oracle, p, "dossiers_personne", LIRE)
    with injected(treillis, "caf") as run:
        told = run("CREATE TEMP VIEW vue AS SELECT id FROM dossiers_personne")
        if not isinstance(told, str):
            assert {str(k) for (k,) in run("SELECT id FROM vue")} <= mine
        run("CREATE TEMP TABLE sac AS SELECT id FROM dossiers_personne")
        stolen = run("SELECT id FROM sac")
        assert isinstance(stolen, str) or {str(k) for (k,) in stolen} <= mine
        # Shadowing the functions of the policies by the path.
        run("SET LOCAL search_path = pg_temp, public, droits")
        assert {str(k) for (k,) in run("SELECT id FROM public.dossiers_personne")} <= mine
        # Rows told by an error: a division by zero, a cast, a unique constraint.
        told = run("SELECT nom::int FROM dossiers_personne WHERE dossier_id <> ALL (ARRAY(SELECT"
                   " id FROM dossiers_dossier))")  # fmt: skip
        assert told == [] or isinstance(told, str)


def test_the_caller_keeps_its_scope_after_the_attack(treillis: Treillis, oracle: Oracle) -> None:
    p = treillis.personas["caf"]
    with injected(treillis, "caf") as run:
        for statement in REFUSED:
            run(statement)
        seen = {str(k) for (k,) in run("SELECT id FROM dossiers_dossier")}
    assert seen == treillis.expected(oracle, p, "dossiers_dossier", LIRE)


def test_a_count_and_a_code_write_nothing(treillis: Treillis) -> None:
    from seuil.kernel.contexte import acting_as

    for contexte in (
        Contexte("chiffres", "essai", ICI, ON),
        sql.contexte_of(treillis.personas["menage_a"]),
        sql.contexte_of(treillis.personas["bailleur_du_code_b"]),
    ):
        with under_policies(), acting_as(contexte):
            for table in sql.TABLES:
                with sql.undone():
                    done = sql.query(f'DELETE FROM "{table}" RETURNING 1')
                assert done == [], (contexte.genre, table)


@pytest.mark.parametrize("nom", ["secretariat", "dpo", "administrateur"])
def test_no_statement_reads_a_password_nor_the_text_of_a_mail(treillis: Treillis, nom: str) -> None:
    me = treillis.personas[nom].agent
    with injected(treillis, nom) as run:
        for column, table in (
            ("password", "acteurs_agent"), ("*", "acteurs_agent"), ("a", "acteurs_agent a"),
            ("contenu", "connexions_courriel"), ("*", "connexions_courriel"),
        ):  # fmt: skip
            assert run(f"SELECT {column} FROM {table}") == "refusé : InsufficientPrivilege"
        assert "refusé" in run("SELECT 1 FROM acteurs_agent WHERE password LIKE 'argon2%'")
        assert "refusé" in run("UPDATE acteurs_agent SET nom = password WHERE id = droits.agent()")
        others = run(
            "SELECT droits.mot_de_passe(id) FROM acteurs_agent"
            " WHERE id IS DISTINCT FROM droits.agent()"
        )
        assert others
        assert all(seen == "!" or seen.startswith("empreinte$") for (seen,) in others)
        ((mine,),) = run(f"SELECT droits.mot_de_passe('{me}')")
        assert not mine.startswith("empreinte$")


def test_who_has_signed_nothing_reads_no_password(appli: psycopg.Connection) -> None:
    with appli.cursor() as cursor:
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("SELECT password FROM acteurs_agent")
        cursor.execute("SELECT droits.mot_de_passe(id) FROM acteurs_agent")
        seen = {word for (word,) in cursor.fetchall()}
    assert all(word == "!" or word.startswith("empreinte$") for word in seen)


# What opens an account → how its row is written for somebody.
OUVRENT = {
    "acteurs_abonnementagenda": "(id, agent_id, empreinte, cree_le) VALUES (gen_random_uuid(),"
    " '{agent}', '{empreinte}', '2026-01-01')",
    "connexions_brouillon": "(id, agent_id, adresse, contenu, saisi_at) VALUES (gen_random_uuid(),"
    " '{agent}', '{empreinte}', 'gAAAAx', now())",
    "connexions_cleacces": "(id, agent_id, nom, identifiant, cle_publique, compteur) VALUES"
    " (gen_random_uuid(), '{agent}', 'x', left('{empreinte}', 20), '', 0)",
    "connexions_codesecours": "(id, agent_id, empreinte) VALUES (gen_random_uuid(), '{agent}',"
    " '{empreinte}')",
    "connexions_connexion": "(id, agent_id, moyen, ouverte_at, vue_at, preuve_at, fin_motif,"
    " navigateur, appareil, poste) VALUES (gen_random_uuid(), '{agent}', 'code', now(), now(),"
    " now(), '', 'Firefox', 'Linux', '{empreinte}')",
    "connexions_facteurcode": "(id, agent_id, secret, dernier_pas) VALUES (gen_random_uuid(),"
    " '{agent}', 'gAAAA{empreinte}', 1)",
    "connexions_identiteexterne": "(id, agent_id, emetteur, sujet) VALUES (gen_random_uuid(),"
    " '{agent}', 'x', '{empreinte}')",
    "connexions_invitation": "(id, agent_id, objet, empreinte, expire_at) VALUES"
    " (gen_random_uuid(), '{agent}', 'arrivee', '{empreinte}', now())",
    "connexions_essai": "(id, genre, compte, lieu, adresse, connu, essaye_at, reussi) VALUES"
    " (gen_random_uuid(), 'code', '{empreinte}', '{empreinte}', '{empreinte}', false, now(),"
    " false)",
}  # fmt: skip
PERSONNE = {"connexions_invitation", "connexions_essai"}


@contextmanager
def comptes_ouverts(t: Treillis, *noms: str) -> Iterator[None]:
    """Write, of each persona, a row of each table that opens an account, and a session."""
    with sql.undone():
        for rank, nom in enumerate(noms):
            known = {"agent": t.personas[nom].agent, "empreinte": str(rank + 1) * 64}
            for table, values in OUVRENT.items():
                sql.query(f"INSERT INTO {table} {values.format(**known)}")
            sql.query(f"SELECT droits.garder_session('cle-{nom}', 'x', now() + '1 day', true)")
        yield


@pytest.mark.parametrize("table", OUVRENT)
def test_what_opens_an_account_is_read_by_its_holder_alone(treillis: Treillis, table: str) -> None:
    me, other = "travailleur_social", "dpo"
    with comptes_ouverts(treillis, me, other):
        held = [] if table in PERSONNE else [(1,)]
        kept = held[0][0] if held else 0
        # Whoever signed nothing; its holder; another one; one above all; the machine.
        with under_policies():
            assert sql.query(f"SELECT count(*) FROM {table}") == [(0,)]
            assert sql.query(f"UPDATE {table} SET id = id RETURNING 1") == []
        for nom in (me, other):
            with injected(treillis, nom) as run:
                assert run(f"SELECT count(*) FROM {table}") == [(kept,)]
                if table not in PERSONNE:
                    agent = treillis.personas[nom].agent
                    ((seen,),) = run(f"SELECT agent_id FROM {table}")
                    assert str(seen) == agent
        with injected(treillis, "administrateur") as run:
            assert run(f"SELECT count(*) FROM {table}") == [(0,)]
            assert run(f"DELETE FROM {table} RETURNING 1") == []
        with under_policies(), acting_as_machine("essai", on=ON):
            assert sql.query(f"SELECT count(*) FROM {table}") == [(2,)]


def test_the_tables_that_open_an_account_are_all_tried_here() -> None:
    assert {t.table for t in list_tables() if t.portee in {"titulaire", "machine"}} == set(OUVRENT)


@pytest.mark.parametrize("nom", ["", "travailleur_social", "administrateur"])
def test_a_session_is_reached_by_its_key_and_by_nothing_else(treillis: Treillis, nom: str) -> None:
    with comptes_ouverts(treillis, "travailleur_social", "dpo"):
        asking = injected(treillis, nom) if nom else _sans_contexte()
        with asking as run:
            for statement in (
                "SELECT * FROM django_session", "SELECT count(*) FROM django_session",
                "UPDATE django_session SET session_data = 'x'", "DELETE FROM django_session",
                "INSERT INTO django_session VALUES ('x', 'x', now())",
            ):  # fmt: skip
                assert run(statement) == "refusé : InsufficientPrivilege"
            for guess in ("'cle-%'", "NULL", "''", "'autre'"):
                assert run(f"SELECT * FROM droits.session({guess})") == []
            ((key, *_),) = run("SELECT * FROM droits.session('cle-dpo')")
            assert key == "cle-dpo"
            assert run("SELECT droits.garder_session('autre', 'x', now(), false)") == [(False,)]
            run("SELECT droits.oter_session('autre')")
            run("SELECT droits.oter_sessions_finies()")
        assert sql.query("SELECT count(*) FROM django_session") == [(2,)]


@contextmanager
def _sans_contexte() -> Iterator[Callable[[str], list | str]]:
    with under_policies():

        def run(statement: str) -> list | str:
            try:
                with connection.connection.transaction():
                    return sql.query(statement)
            except (DatabaseError, psycopg.Error) as error:
                return f"refusé : {type(error.__cause__ or error).__name__}"

        yield run


def test_an_open_session_is_told_to_who_has_its_identifier(treillis: Treillis) -> None:
    with comptes_ouverts(treillis, "dpo"):
        ((key,),) = sql.query("SELECT id FROM connexions_connexion")
        with injected(treillis, "travailleur_social") as run:
            assert run("SELECT * FROM connexions_connexion") == []
            assert run(f"SELECT * FROM droits.connexion('{new_id()}')") == []
            assert len(run(f"SELECT * FROM droits.connexion('{key}')")) == 1

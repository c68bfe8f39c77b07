"""T03: what PostgreSQL opens to each persona is what the oracle says, both ways."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from seuil.kernel.clock import now
from seuil.kernel.contexte import Contexte, acting_as, sign, under_policies
from tests.acces import sql
from tests.acces.oracle import LIRE, Oracle
from tests.acces.treillis import AILLEURS, ICI, ON, Treillis

pytestmark = pytest.mark.django_db


def told(differences: list[str]) -> str:
    return f"{len(differences)} différences\n" + "\n".join(differences[:40])


def test_the_lattice_fills_every_table_and_names_every_profile(
    treillis: Treillis, oracle: Oracle
) -> None:
    assert set(treillis.lignes) == set(sql.TABLES)
    assert {p.profil for p in treillis.personas.values()} == set(oracle.profils)
    for profil, regles in oracle.profils.items():
        personas = [p for p in treillis.personas.values() if p.profil == profil]
        reads = any(
            treillis.expected(oracle, p, table, LIRE)
            for p in personas
            for table in ("dossiers_personne", "dossiers_bail")
        )
        assert reads == bool(regles["regles"]), profil


def test_each_persona_reads_what_the_oracle_says(treillis: Treillis, oracle: Oracle) -> None:
    found = [
        d for p in treillis.sample()
        for d in sql.check_reads(treillis, oracle, p, sql.TABLES)
    ]  # fmt: skip

    assert not found, told(found)


def test_each_persona_writes_and_erases_what_the_oracle_says(
    treillis: Treillis, oracle: Oracle
) -> None:
    found = [
        d for p in treillis.sample()
        for d in sql.check_writes(treillis, oracle, p, sql.TABLES)
    ]  # fmt: skip

    assert not found, told(found)


def test_no_persona_writes_without_looking(treillis: Treillis, oracle: Oracle) -> None:
    found = [
        d for p in treillis.sample()
        for d in sql.check_blind_writes(treillis, oracle, p, sql.TABLES)
    ]  # fmt: skip

    assert not found, told(found)


def test_the_writers_write_for_good(treillis: Treillis, oracle: Oracle) -> None:
    names = ("secretariat", "travailleur_social", "departement", "siao", "menage_a")
    found = [
        d for n in names
        for d in sql.check_writes(
            treillis, oracle, treillis.personas[n], sql.TABLES, pour_de_bon=True
        )
    ]  # fmt: skip

    assert not found, told(found)


def test_each_persona_adds_what_the_oracle_says(treillis: Treillis, oracle: Oracle) -> None:
    hasard = random.Random(11)
    sql.write_copies()

    found = [
        d for p in treillis.sample()
        for d in sql.check_adds(treillis, oracle, p, sql.TABLES, hasard=hasard, par_sens=2)
    ]  # fmt: skip

    assert not found, told(found)


def test_no_persona_moves_a_row_out_of_its_reach(treillis: Treillis, oracle: Oracle) -> None:
    found = [
        d for p in treillis.sample()
        for d in sql.check_moves(treillis, oracle, p, sql.TABLES)
    ]  # fmt: skip

    assert not found, told(found)


def test_the_machine_reads_and_erases_its_departement_and_a_count_writes_nothing(
    treillis: Treillis,
) -> None:
    for genre, home in (("machine", ICI), ("machine", "*"), ("chiffres", ICI), ("chiffres", "*")):
        with sql.undone():
            sql.query("SET LOCAL session_replication_role = replica")
            with under_policies(), acting_as(Contexte(genre, "essai", home, ON)):
                for table in sql.TABLES:
                    here = {
                        r.pk for r in treillis.lignes[table]
                        if home == "*" or r.departement == home
                        if genre == "machine" or home == "*" or table == "dossiers_bailleur"
                        or not any(d.limite_le for d in r.dossiers)
                    }  # fmt: skip
                    if home == "*" and genre == "chiffres":
                        # Everywhere, a count reads limited files too, where it asks for no file.
                        here &= sql.read_keys(table)
                    if genre == "chiffres" and table == "visites_notesociale":
                        # Kept to the service that wrote them: counted by nobody.
                        here = set()
                    seen = sql.read_keys(table)
                    assert seen == here, (genre, home, table, len(seen), len(here))
                    key = sql.key_of(table)
                    with sql.undone():
                        done = {
                            str(k) for (k,) in sql.query(f'DELETE FROM "{table}" RETURNING {key}')
                        }
                    assert done == (here if genre == "machine" else set()), (genre, table)
                    with sql.undone():
                        done = {
                            str(k) for (k,) in
                            sql.query(f'UPDATE "{table}" SET {key} = {key} RETURNING {key}')
                        }  # fmt: skip
                    assert done == (here if genre == "machine" else set()), (genre, table)


@pytest.fixture
def protegees() -> list[str]:
    return [
        name for (name,) in sql.query(
            "SELECT relname FROM pg_class WHERE relrowsecurity"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
    ]  # fmt: skip


def _rows_without_right(tables: list[str], token: str | None) -> dict[str, int]:
    """Return the tables that show rows to the application's role holding `token`."""
    shown = {}
    with sql.undone():
        sql.query("SET LOCAL ROLE seuil_appli")
        if token is not None:
            sql.query("SELECT droits.entrer(%s)", [token])
        for table in tables:
            ((n,),) = sql.query(f'SELECT count(*) FROM "{table}"')
            if n:
                shown[table] = n
    return shown


def test_without_context_no_table_shows_a_row(treillis: Treillis, protegees: list[str]) -> None:
    assert set(sql.TABLES) <= set(protegees)
    assert _rows_without_right(protegees, None) == {}
    assert _rows_without_right(protegees, "") == {}


def _tokens(treillis: Treillis) -> Iterator[tuple[str, str]]:
    secretaire = treillis.personas["secretariat"]
    pid = connection.connection.info.backend_pid
    later = int(now().timestamp()) + 600
    good = sign(sql.contexte_of(secretaire), pid=pid, until=later)
    body, signature = good.rsplit("|", 1)
    yield "expiré", sign(sql.contexte_of(secretaire), pid=pid, until=later - 601 - 600)
    yield "d’une autre connexion", sign(sql.contexte_of(secretaire), pid=pid + 1, until=later)
    yield "sans signature", body
    yield "signature vide", f"{body}|"
    yield "signature coupée", f"{body}|{signature[:-1]}"
    yield "signature d’un autre", f"{body}|{'0' * 64}"
    machine = body.replace("agent|", "machine|", 1)
    yield "autre genre, même signature", f"{machine}|{signature}"
    yield "autre jour", f"{body.replace(ON.isoformat(), '2020-01-01')}|{signature}"
    yield "autre département", f"{body.replace('|33|', '|62|')}|{signature}"
    yield "prolongé", f"{body.replace(str(later), str(later + 9999))}|{signature}"
    yield "deux fois", f"{good}|{good}"
    yield "nul", "\N{SYMBOL FOR NULL}"
    yield "genre inconnu", sign(Contexte("dieu", "x", ICI, ON), pid=pid, until=later)
    inactive = Contexte("agent", "00000000-0000-7000-8000-000000000000", ICI, ON)
    yield "agent inconnu", sign(inactive, pid=pid, until=later)


def test_a_forged_old_or_borrowed_token_shows_nothing(
    treillis: Treillis, protegees: list[str]
) -> None:
    for what, token in _tokens(treillis):
        assert _rows_without_right(protegees, token) == {}, what


def test_every_cut_of_a_good_token_shows_nothing(treillis: Treillis) -> None:
    pid = connection.connection.info.backend_pid
    good = sign(
        sql.contexte_of(treillis.personas["secretariat"]), pid=pid,
        until=int(now().timestamp()) + 600,
    )  # fmt: skip
    assert _rows_without_right(["dossiers_personne"], good)

    for length in range(len(good)):
        assert _rows_without_right(["dossiers_personne"], good[:length]) == {}, length


def test_the_right_of_a_deactivated_agent_ends_at_once(treillis: Treillis) -> None:
    p = treillis.personas["secretariat"]
    with sql.undone():
        with sql.as_persona(p):
            assert sql.read_keys("dossiers_personne")
        sql.query("UPDATE acteurs_agent SET is_active = false WHERE id = %s", [p.agent])
        with sql.as_persona(p):
            assert not sql.read_keys("dossiers_personne")


def test_a_right_follows_the_day_of_the_request(treillis: Treillis, oracle: Oracle) -> None:
    chef = treillis.personas["chef_equipe"]
    for days in (-30, -1, 0, 1, 30):
        day = ON + timedelta(days=days)
        contexte = Contexte("agent", chef.agent, chef.departement, day)
        with under_policies(), acting_as(contexte):
            seen = sql.read_keys("dossiers_personne")
        rows = treillis.lignes["dossiers_personne"]
        assert seen == {r.pk for r in rows if oracle.row(chef, r, LIRE, day, treillis.at)}, day


@pytest.mark.parametrize(
    "nom", ["siao", "caf", "travailleur_social", "secretariat_62", "menage_a", "charge_mission"]
)
def test_a_function_of_an_attacker_is_not_called_on_a_hidden_row(
    treillis: Treillis, oracle: Oracle, nom: str
) -> None:
    p = treillis.personas[nom]
    heard: list[str] = []
    sql.query(
        "CREATE FUNCTION public.f_leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001"
        " AS $$ BEGIN RAISE NOTICE 'fuite:%', $1; RETURN true; END $$"
    )
    sql.query("GRANT EXECUTE ON FUNCTION public.f_leak(text) TO PUBLIC")
    raw = connection.connection
    listen = lambda n: heard.append(n.message_primary)
    raw.add_notice_handler(listen)
    try:
        for table in sql.TABLES:
            heard.clear()
            key = sql.key_of(table)
            with sql.as_persona(p):
                sql.query(f'SELECT {key} FROM "{table}" WHERE public.f_leak({key}::text)')
                sql.query(f'SELECT count(*) FROM "{table}" WHERE public.f_leak({key}::text)')
            leaked = {h.removeprefix("fuite:") for h in heard}
            extra = leaked - treillis.expected(oracle, p, table, LIRE)
            assert not extra, f"{table} : {len(extra)} lignes cachées passées à la fonction"
    finally:
        raw.remove_notice_handler(listen)


def test_a_rolled_back_savepoint_takes_the_context_with_it(treillis: Treillis) -> None:
    p = treillis.personas["secretariat"]
    with under_policies():
        with pytest.raises(ZeroDivisionError), acting_as(sql.contexte_of(p)):
            assert sql.read_keys("dossiers_personne")
            raise ZeroDivisionError
        assert not sql.read_keys("dossiers_personne")
        with acting_as(sql.contexte_of(p)):
            with sql.undone():
                sql.query("SELECT 1")
            assert sql.read_keys("dossiers_personne")
            with transaction.atomic():
                pass
            assert sql.read_keys("dossiers_personne")
        assert not sql.read_keys("dossiers_personne")
    assert AILLEURS

"""A journal of any size, sealed and anchored, and the edits of someone who owns the database."""

import random
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from django.db import connection

from seuil.engines.chaine import Verdict
from seuil.jobs.journal import connection_string, verify_database

DEBUT = datetime(2026, 3, 1, 8, tzinfo=UTC)
# A long line of values costs what a real one does.
REMPLIR = """
INSERT INTO audit_event (id, created_at, nature, kind, by_id, by_label, organisation, role,
  departement, target_type, target_id, dossiers, objets, categories, colonnes, motif, canal,
  requete, txid, effect_le, details)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
  %(debut)s + n * interval '1 min',
  'lecture', 'dossier.lire', 'agent-' || n %% 50, 'Zoé Ñ ' || n %% 50, 'DDETS de la Gironde',
  'secretariat', %(dep)s, 'page', 'dossier', ARRAY[gen_random_uuid()], '{}',
  '{identite,procedure}', '{}', CASE WHEN n %% 3 = 0 THEN 'motif « élan »' ELSE '' END, 'web',
  'requete-' || n, n * 10, CASE WHEN n %% 4 = 0 THEN date '2026-03-01' END,
  jsonb_build_object('n', n)
FROM generate_series(%(de)s::bigint, %(a)s::bigint) n
"""


def fill(*, de: int, a: int, dep: str = "33") -> None:
    """Write the lines `de` to `a`, then seal them."""
    with connection.cursor() as cursor:
        # Transactions of a real base are far beyond those written here.
        cursor.execute("UPDATE journal.epoque SET decalage = 100000000 WHERE decalage < 100000000")
        cursor.execute(REMPLIR, {"debut": DEBUT, "de": de, "a": a, "dep": dep})
        cursor.execute("SELECT journal.sceller()")


def seal_when_possible(seal: Callable[[], int]) -> int:
    """Seal, once the transactions of the other programs of this server are over."""
    for _ in range(600):
        sealed = seal()
        if sealed:
            return sealed
        time.sleep(0.2)
    return 0


def line_id(n: int) -> UUID:
    """Return the id of the line number `n`, of transaction 10 n."""
    return UUID(f"00000000-0000-7000-8000-{n:012x}")


def verify(ancres: Path | None) -> dict[str, Verdict]:
    """Run the verifier over a connection of its own kind."""
    with closing(psycopg.connect(connection_string(), autocommit=True)) as raw:
        return verify_database(connection=raw, ancres=ancres)


def _columns(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    column, value = rng.choice([
        ("by_label", "Autre Personne"), ("by_id", "agent-x"), ("organisation", ""),
        ("kind", "dossier.completer"), ("departement", "62"), ("requete", "autre"),
        ("motif", "autre motif"), ("created_at", DEBUT - timedelta(days=1)), ("dossiers", []),
        ("categories", []), ("effect_le", date(2025, 1, 1)), ("details", '{"n": -1}'),
        ("canal", ""),
        ("nature", "acte"), ("txid", size * 10 + 7), ("objets", ["x"]), ("role", "juriste"),
    ])  # fmt: skip
    cast = {"dossiers": "::uuid[]", "categories": "::text[]", "objets": "::text[]",
            "details": "::jsonb"}.get(column, "")  # fmt: skip
    return [(f"UPDATE audit_event SET {column} = %s{cast} WHERE id = %s", [value, line_id(n)])], n


def _delete_line(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    return [("DELETE FROM audit_event WHERE id = %s", [line_id(n)])], n


def _delete_both(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    return [
        ("DELETE FROM audit_event WHERE id = %s", [line_id(n)]),
        ("DELETE FROM audit_sceau WHERE ligne = %s", [line_id(n)]),
    ], n


def _delete_and_close(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Remove a line and renumber what follows, as if it had never been."""
    return [
        *_delete_both(rng, n, size)[0],
        ("UPDATE audit_sceau SET rang = -rang WHERE departement = '33' AND rang > %s", [n]),
        ("UPDATE audit_sceau SET rang = -rang - 1 WHERE departement = '33' AND rang < 0", []),
    ], n


def _rewrite_all(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Remove a line, then make every seal that follows again, with the database's own function."""
    return [
        ("UPDATE audit_event SET by_label = 'Personne' WHERE id = %s", [line_id(n)]),
        ("DELETE FROM audit_sceau WHERE departement = '33' AND rang >= %s", [n]),
        ("SELECT journal.sceller()", []),
    ], n


def _insert(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Slip a line between two others, without a seal."""
    statement = (
        "INSERT INTO audit_event (id, created_at, nature, kind, by_id, departement, target_type,"
        " target_id, dossiers, objets, categories, colonnes, details, txid)"
        " SELECT gen_random_uuid(), created_at, nature, kind, by_id, departement, target_type,"
        " target_id, dossiers, objets, categories, colonnes, details, txid - 5"
        " FROM audit_event WHERE id = %s"
    )
    return [(statement, [line_id(n)])], n


def _insert_and_seal(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Slip a line in and make every seal again."""
    return [
        *_insert(rng, n, size)[0],
        ("DELETE FROM audit_sceau WHERE departement = '33' AND rang >= %s", [n]),
        ("SELECT journal.sceller()", []),
    ], n


def _swap(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Exchange two lines."""
    other = rng.choice([k for k in range(1, size + 1) if k != n])
    low, high = sorted((n, other))
    move = "UPDATE audit_sceau SET ligne = %s WHERE rang = %s AND departement = '33'"
    return [
        (move, [uuid4(), high]),
        (move, [line_id(high), low]),
        (move, [line_id(low), high]),
    ], low


def _cut_tail(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    return [
        ("DELETE FROM audit_event WHERE departement = '33' AND txid >= %s", [n * 10]),
        ("DELETE FROM audit_sceau WHERE departement = '33' AND rang >= %s", [n]),
    ], n


def _replace_end(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Replace the whole end by other lines, properly sealed."""
    return [
        *_cut_tail(rng, n, size)[0],
        (REMPLIR, {"debut": DEBUT, "de": n, "a": size, "dep": "33"}),
        ("SELECT journal.sceller()", []),
    ], n


def _forge_removal(rng: random.Random, n: int, size: int) -> tuple[list[tuple[str, list]], int]:
    """Remove the beginning and say that its term had come."""
    statement = (
        "INSERT INTO audit_ancre (id, genre, departement, rang_debut, rang, nombre, premiere,"
        " tete, txid) SELECT gen_random_uuid(), 'retrait', '33', 1, rang, rang, empreinte,"
        " empreinte, txid FROM audit_sceau WHERE departement = '33' AND rang = %s"
    )
    return [
        (statement, [n]),
        ("DELETE FROM audit_event WHERE departement = '33' AND txid <= %s", [n * 10]),
        ("DELETE FROM audit_sceau WHERE departement = '33' AND rang <= %s", [n]),
    ], 1  # fmt: skip


EDITS: dict[str, Callable] = {
    "valeur changée": _columns,
    "ligne retirée": _delete_line,
    "ligne et sceau retirés": _delete_both,
    "ligne retirée, suite renumérotée": _delete_and_close,
    "valeur changée, suite rescellée": _rewrite_all,
    "ligne ajoutée": _insert,
    "ligne ajoutée, suite rescellée": _insert_and_seal,
    "lignes échangées": _swap,
    "fin coupée": _cut_tail,
    "fin remplacée": _replace_end,
    "retrait inventé": _forge_removal,
}


def tamper(*, seed: int, size: int, ancres: Path) -> tuple[str, int, Verdict]:
    """Edit an anchored chain as its owner could, verify, undo. Return edit, rank, verdict.

    One connection does both: the verifier reads what the edit left, before it is undone.
    """
    rng = random.Random(seed)
    name = rng.choice(sorted(EDITS))
    statements, expected = EDITS[name](rng, rng.randint(2, size), size)
    with closing(psycopg.connect(connection_string())) as raw:
        raw.execute("SET session_replication_role = replica")
        for statement, values in statements:
            raw.execute(statement, values)
        found = verify_database(connection=raw, ancres=ancres)["33"]
        raw.rollback()
    return name, expected, found

"""What PostgreSQL lets a persona do, table by table, compared with the oracle.

Every check returns its differences as sentences: the tests want none, the mutants want one.
"""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction
from psycopg import errors

from seuil.kernel.contexte import Contexte, acting_as, under_policies
from tests.acces.oracle import CLASSEMENT, ECRIRE, EFFACER, LIRE, Oracle, Persona
from tests.acces.treillis import ON, Treillis, find_parent

TABLES = tuple(sorted(CLASSEMENT))
# How the difference begins that only PostgreSQL's copy of the matrix shows.
MATRICE = "recensement de la matrice"
# Whatever the policies say, the tests write over rows: triggers and foreign keys would speak first.
_SANS_DECLENCHEUR = "SET LOCAL session_replication_role = replica"


def key_of(table: str) -> str:
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    return model._meta.pk.column


def contexte_of(p: Persona) -> Contexte:
    if p.agent:
        return Contexte("agent", p.agent, p.departement, ON)
    return Contexte("code", f"{p.profil}:{p.dossier}", p.departement, ON)


@contextmanager
def as_persona(p: Persona) -> Iterator[None]:
    """Run the block as the application's role, in the persona's context."""
    with under_policies(), acting_as(contexte_of(p)):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a savepoint that is always rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def query(sql: str, params: Iterable[object] = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return cursor.fetchall() if cursor.description else []


def read_keys(table: str) -> set[str]:
    return {str(k) for (k,) in query(f'SELECT {key_of(table)} FROM "{table}"')}


def _told(t: Treillis, p: Persona, table: str, operation: str, seen: set, want: set) -> list[str]:
    found = []
    for word, keys in (("ouvert à tort", seen - want), ("fermé à tort", want - seen)):
        if keys:
            rows = {r.pk: r for r in t.lignes[table]}
            some = sorted(
                {t.sortes[rows[k].dossiers[0].id] if k in rows and rows[k].dossiers else k
                 for k in keys}
            )[:4]  # fmt: skip
            found.append(f"{p.nom} {operation} {table} : {word}, {len(keys)} lignes ({some})")
    return found


def check_reads(t: Treillis, oracle: Oracle, p: Persona, tables: Iterable[str]) -> list[str]:
    """Compare what a persona reads."""
    found = []
    with as_persona(p):
        seen = {table: read_keys(table) for table in tables}
    for table, keys in seen.items():
        found += _told(t, p, table, LIRE, keys, t.expected(oracle, p, table, LIRE))
    return found


def check_writes(
    t: Treillis, oracle: Oracle, p: Persona, tables: Iterable[str], *, pour_de_bon: bool = False
) -> list[str]:
    """Compare what a persona may change, and what it erases.

    Rows locked as for a change; `pour_de_bon`, written over themselves, which is slower.
    """
    found = []
    with undone():
        query(_SANS_DECLENCHEUR)
        with as_persona(p):
            for table in tables:
                key = key_of(table)
                change = (
                    f'UPDATE "{table}" SET {key} = {key} RETURNING {key}'
                    if pour_de_bon
                    else f'SELECT {key} FROM "{table}" FOR UPDATE'
                )
                for operation, statement in (
                    (ECRIRE, change), (EFFACER, f'DELETE FROM "{table}" RETURNING {key}'),
                ):  # fmt: skip
                    with undone():
                        done = {str(k) for (k,) in query(statement)}
                    want = t.expected(oracle, p, table, operation)
                    found += _told(t, p, table, operation, done, want)
    return found


# A column to write without reading any: PostgreSQL then asks the policies of change alone.
_AVEUGLES = {
    "echeances_echeance": "certitude = 'sure'", "echeances_situation": "nom_affiche = 'x'",
    "echeances_situationdette": "constatee_le = '2026-01-01'",
    "echeances_situationsuivi": "suivi = 'connu'", "travail_tache": "legale = false",
    "recherche_mention": "son = 'x'",
    "travail_empreinte": "faits = 1",
    "actes_ligne": "confirmee = false", "dossiers_compteur": "dernier = 1",
}  # fmt: skip


def check_blind_writes(t: Treillis, oracle: Oracle, p: Persona, tables: Iterable[str]) -> list[str]:
    """Compare what a persona changes without looking: no row may be written because hidden."""
    found = []
    with undone():
        query(_SANS_DECLENCHEUR)
        with as_persona(p):
            for table in tables:
                change = _AVEUGLES.get(table, "created_at = '2026-01-01'")
                with undone(), connection.cursor() as cursor:
                    cursor.execute(f'UPDATE "{table}" SET {change}')
                    done = cursor.rowcount
                want = len(t.expected(oracle, p, table, ECRIRE))
                if done != want:
                    found.append(f"{p.nom} écrit {table} sans lire : {done} au lieu de {want}")
    return found


def check_invariants(table: str) -> list[str]:
    """Tell where the catalogue no longer says the same for adding, changing from, changing to."""
    rows = dict(
        (name, (qual, check)) for name, qual, check in query(
            "SELECT policyname, qual, with_check FROM pg_policies WHERE tablename = %s", [table]
        )
    )  # fmt: skip
    if set(rows) != {"plancher", "lire", "creer", "modifier", "supprimer"}:
        return [f"recensement {table} : politiques {sorted(rows)}"]
    (u, c), (_, added), (fu, fc) = rows["modifier"], rows["creer"], rows["plancher"]
    equal = u == c == added and fu == fc
    return [] if equal else [f"recensement {table} : lire et écrire ne se répondent plus"]


def check_regles(oracle: Oracle) -> list[str]:
    """Tell where PostgreSQL's copy of the matrix is not what the file says."""
    rows = set(query("SELECT profil, categorie, operation, relation, de, a FROM droits.regle"))
    apart = sorted(rows ^ oracle.list_regles())
    return [f"{MATRICE} : {apart[:3]}"] if apart else []


def write_copies(tables: Iterable[str] = TABLES) -> None:
    """Write, as the owner, what `check_adds` needs: copies of the tables, a function for each."""
    for table in tables:
        key = key_of(table)
        query(f'CREATE TEMP TABLE IF NOT EXISTS "copie_{table}" ON COMMIT DROP AS TABLE "{table}"')
        query(f'CREATE INDEX IF NOT EXISTS "ic_{table}" ON "copie_{table}" ({key})')
        query(f'GRANT SELECT ON "copie_{table}" TO PUBLIC')
        # A row that is there already: the policies speak before the unique constraint.
        query(f"""
            CREATE OR REPLACE FUNCTION pg_temp.ajoute_{table}(quoi text[]) RETURNS text[]
            LANGUAGE plpgsql AS $$
            DECLARE k text; permis text[] := '{{}}';
            BEGIN
              FOREACH k IN ARRAY quoi LOOP
                BEGIN
                  INSERT INTO "{table}" SELECT c.* FROM "copie_{table}" c WHERE c.{key}::text = k;
                  permis := permis || ('ajoutée:' || k);
                EXCEPTION
                  -- The file is hidden even from the trigger that reads it, before the policies.
                  WHEN no_data_found THEN NULL;
                  WHEN unique_violation THEN permis := permis || k;
                  WHEN insufficient_privilege THEN NULL;
                END;
              END LOOP;
              RETURN permis;
            END $$""")


def check_adds(
    t: Treillis, oracle: Oracle, p: Persona, tables: Iterable[str], *, hasard: random.Random,
    par_sens: int = 4,
) -> list[str]:  # fmt: skip
    """Compare what a persona adds, on some rows that it may and some that it may not."""
    found = []
    with as_persona(p):
        for table in tables:
            want = t.expected(oracle, p, table, ECRIRE)
            rows = [r.pk for r in t.lignes[table]]
            yes = [k for k in rows if k in want]
            no = [k for k in rows if k not in want]
            asked = [
                *hasard.sample(yes, min(len(yes), par_sens)),
                *hasard.sample(no, min(len(no), par_sens)),
            ]
            with undone():
                ((done,),) = query(f"SELECT pg_temp.ajoute_{table}(%s)", [asked])
            found += _told(t, p, table, "ajouter", set(done), want & set(asked))
    return found


def check_moves(t: Treillis, oracle: Oracle, p: Persona, tables: Iterable[str]) -> list[str]:
    """Refuse that a row that the persona may write is moved to a dossier that it may not."""
    found = []
    with undone():
        query(_SANS_DECLENCHEUR)
        for table in tables:
            if CLASSEMENT[table][0] != "fait":
                continue
            parent, holder = find_parent(table)
            mine = [r for r in t.lignes[table] if t.allows(oracle, p, r, ECRIRE)]
            theirs = [r for r in t.lignes["dossiers_dossier"] if not t.allows(oracle, p, r, LIRE)]
            if not mine or not theirs:
                continue
            target = theirs[0].pk
            if parent != "dossier_id":
                target = next(r.pk for r in t.lignes[holder] if r.dossiers[0].id == target)
            with as_persona(p):
                try:
                    # No condition: with one, the policies of reading would speak too.
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute(f'UPDATE "{table}" SET {parent} = %s', [target])
                        found.append(f"{p.nom} déplace {table} : {cursor.rowcount} lignes")
                except Exception as error:
                    cause = error.__cause__
                    if isinstance(cause, errors.UniqueViolation):
                        found.append(f"{p.nom} déplace {table} : arrêté par l’unicité seulement")
                    elif not isinstance(cause, errors.InsufficientPrivilege):
                        raise
    return found

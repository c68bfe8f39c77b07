"""Which files a whole recomputation may pass over: those of which nothing has moved.

The database draws two numbers from the rows of a file, whole: its facts (every table that names a
file and that the journal follows, whether a rule reads it or not), and its projections. When they
are those of a recomputation that changed nothing, made by the same program, law included, under
the same directory, computing again would give the same rows.

Two things are not in the numbers, and are never passed over:

- a file that was entrusted: its work depends on the accounts of a team;
- on another day, a file that has tasks. A later day only takes some away: none is to come to a
  file that has none, and neither deadlines nor situation depend on the day.

`tests/usecases/test_empreintes.py` compares with a whole recomputation, and refuses a table that a
recomputation reads and that is not here.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.db import connection
from psycopg import sql

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Arrondissement, Commune, Departement, Organisation
from seuil.dossiers.models import Bail, Bailleur, Dossier
from seuil.echeances.models import Echeance, Situation, SituationDette, SituationSuivi
from seuil.kernel.cartes import Model, list_cartes
from seuil.kernel.programme import find_programme
from seuil.kernel.tables import get_table
from seuil.travail.models import Empreinte, Tache

PROJECTIONS: Sequence[Model] = (Echeance, Situation, SituationDette, SituationSuivi, Tache)
# What the rules read beside the files.
ANNUAIRE: Sequence[Model] = (
    Organisation, Organisation.communes.through, Commune, Arrondissement, Departement,
)  # fmt: skip
# Read of the accounts of a team, hence of the files that are never passed over.
CONFIES: Model = Mandat


@dataclass(frozen=True, slots=True)
class Passage:
    """The files of a département before a recomputation; `cadre` is empty when none may be kept."""

    cadre: str
    # Facts and projections of those to recompute, in the order of their identifiers.
    a_refaire: Mapping[UUID, tuple[int, int]]
    inchanges: int


def read_passage(*, departement: str, on: date) -> Passage:
    """Return which files of a département are to be recomputed, and what they are before it."""
    cadre = _compute_cadre()
    with connection.cursor() as cursor:
        cursor.execute(_AILLEURS, [departement])
        lecture = _write_lecture(alone=not cursor.fetchone()[0])
        cursor.execute(lecture, {"departement": departement, "cadre": cadre, "on": on})
        # The last row, without a file, counts those to pass over.
        *rows, (_, inchanges, _) = cursor.fetchall()
    return Passage(cadre, {pk: (faits, projections) for pk, faits, projections in rows}, inchanges)


def list_stables(passage: Passage, *, departement: str) -> dict[UUID, tuple[int, int]]:
    """Return the files recomputed whose projections are what they were before it.

    Their facts are not read again: one written in between gives other facts than those kept here,
    and is looked at next time.
    """
    if not passage.cadre or passage.cadre != _compute_cadre():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_AILLEURS, [departement])
        relecture = _RELIRE.format(
            projections=_write_projections(alone=not cursor.fetchone()[0]), dossiers=_table(Dossier)
        )
        cursor.execute(relecture, {"departement": departement})
        now: dict[UUID, int] = dict(cursor.fetchall())
    return {pk: found for pk, found in passage.a_refaire.items() if now.get(pk) == found[1]}


_LIRE = sql.SQL("""
WITH dossiers AS MATERIALIZED (
  SELECT e.dossier_id, e.faits, e.projections, k.dossier_id IS NOT NULL AS meme
  FROM ({empreintes}) e
  LEFT JOIN {empreinte} k ON k.dossier_id = e.dossier_id
    AND k.cadre = %(cadre)s AND k.faits = e.faits AND k.projections = e.projections
    AND NOT EXISTS (SELECT 1 FROM {confies} m WHERE m.dossier_id = e.dossier_id)
    AND (k.le = %(on)s OR (k.le < %(on)s
      AND NOT EXISTS (SELECT 1 FROM {taches} t WHERE t.dossier_id = e.dossier_id)))
)
SELECT dossier_id, faits, projections FROM dossiers WHERE NOT meme
UNION ALL SELECT NULL, count(*), 0 FROM dossiers WHERE meme
ORDER BY dossier_id
""")


# From the files: one that was erased meanwhile is not there.
_RELIRE = sql.SQL(
    "SELECT d.id, coalesce(p.h, 0) FROM {dossiers} d"
    " LEFT JOIN ({projections}) p ON p.dossier_id = d.id"
)


_AILLEURS = "SELECT EXISTS (SELECT FROM dossiers_dossier WHERE departement_id <> %s)"


@cache
def _write_lecture(*, alone: bool) -> sql.Composed:
    """Write the reading of a département; `alone`, no row needs be asked whose it is."""
    faits = _combine(_list_faits(_where(alone=alone)))
    projections = _write_projections(alone=alone)
    empreintes = sql.SQL(
        "SELECT f.dossier_id, f.h AS faits, coalesce(p.h, 0) AS projections"
        " FROM ({faits}) f LEFT JOIN ({projections}) p ON p.dossier_id = f.dossier_id"
    ).format(faits=faits, projections=projections)
    return _LIRE.format(
        empreintes=empreintes, empreinte=_table(Empreinte), confies=_table(CONFIES),
        taches=_table(Tache),
    )  # fmt: skip


@cache
def _write_projections(*, alone: bool) -> sql.Composed:
    where = _where(alone=alone)
    return _combine(_select(model, where) for model in PROJECTIONS)


def _where(*, alone: bool) -> sql.SQL:
    return sql.SQL("IS NOT NULL" if alone else _DU_DEPARTEMENT)


def _compute_cadre() -> str:
    """Return what applies to every file: the program and the directory; empty when unknown."""
    programme = find_programme()
    if not programme:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_write_annuaire())
        annuaire = cursor.fetchone()
    return hashlib.sha256(f"{programme} {annuaire}".encode()).hexdigest()


@cache
def _write_annuaire() -> sql.Composed:
    rows = (
        sql.SQL("SELECT {h} AS h FROM {table} t").format(h=_hash(model), table=_table(model))
        for model in ANNUAIRE
    )
    return sql.SQL("SELECT bit_xor(h), count(*) FROM ({rows}) x").format(rows=_union(rows))


def _list_faits(where: sql.SQL) -> Iterator[sql.Composed]:
    yield _select(Dossier, where, column="id")
    for model in list_models_des_faits():
        yield _select(model, where)
    # A landlord is shared: it is of every file where it has a lease.
    yield sql.SQL(
        "SELECT b.dossier_id, {h} AS h FROM {baux} b JOIN {table} t ON t.id = b.bailleur_id"
        " WHERE b.dossier_id {where}"
    ).format(h=_hash(Bailleur, "b.id, "), baux=_table(Bail), table=_table(Bailleur), where=where)


@cache
def list_models_des_faits() -> Sequence[Model]:
    """Return the tables that name a file and that the journal follows: none is listed by hand."""
    return [
        carte.model
        for carte in list_cartes()
        if not carte.rls.non_suivie
        and any(f.name == "dossier" and f.remote_field for f in carte.meta.concrete_fields)
    ]


_DU_DEPARTEMENT = "IN (SELECT id FROM dossiers_dossier WHERE departement_id = %(departement)s)"


def _select(model: Model, where: sql.SQL, *, column: str = "dossier_id") -> sql.Composed:
    return sql.SQL(
        "SELECT t.{column} AS dossier_id, {h} AS h FROM {table} t WHERE t.{column} {where}"
    ).format(column=sql.Identifier(column), h=_hash(model), table=_table(model), where=where)


def _hash(model: Model, beside: str = "") -> sql.Composed:
    """Draw a number from a whole row; the same values in another table give another one."""
    row = sql.SQL(f"ROW({beside}t.*)" if beside else "t")
    seed = sql.Literal(zlib.crc32(get_table(model).encode()))
    return sql.SQL("hash_record_extended({row}, {seed})").format(row=row, seed=seed)


def _combine(selects: Iterable[sql.Composed]) -> sql.Composed:
    """Make one number of the rows of a file, whatever their order."""
    return sql.SQL("SELECT dossier_id, bit_xor(h) AS h FROM ({rows}) x GROUP BY dossier_id").format(
        rows=_union(selects)
    )


def _union(selects: Iterable[sql.Composed]) -> sql.Composed:
    return sql.SQL(" UNION ALL ").join(selects)


def _table(model: Model) -> sql.Identifier:
    return sql.Identifier(get_table(model))

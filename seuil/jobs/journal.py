"""`seuil journal`: seal the journal, anchor it elsewhere, verify it, end it at its term."""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from config.database import is_outside, read_address
from seuil.engines.chaine import (
    COLONNES,
    COURT,
    Ancrage,
    Orpheline,
    Rangee,
    Verdict,
    verify_chain,
)
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal

_TXID = 5 + COLONNES.index("txid")
_TEXTE = {
    "created_at": "to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
    "dossiers": "array_to_string(e.dossiers, ' ')",
    "effect_le": "to_char(e.effect_le, 'YYYY-MM-DD')",
}
_VALUES = ", ".join(f"{_TEXTE.get(c, f'e.{c}::text')} AS {c}" for c in COLONNES)
_RANGEES = (
    "SELECT coalesce(s.departement, e.departement) AS chaine, s.rang::text,"  # noqa: S608 - constants of this module
    f" s.ligne::text, s.txid::text AS sceau_txid, encode(s.empreinte, 'hex'), {_VALUES}"
    " FROM audit_sceau s {jointure} JOIN audit_event e ON e.id = s.ligne ORDER BY {ordre}"
)
# The seals with their lines; and, to export, the lines without a seal too.
SCELLEES = _RANGEES.format(jointure="LEFT", ordre="s.departement, s.rang")
TOUTES = _RANGEES.format(jointure="FULL", ordre="1, s.rang")
_ORPHELINES = (
    "SELECT e.departement, e.id::text, e.txid FROM audit_event e"
    " WHERE NOT EXISTS (SELECT 1 FROM audit_sceau s WHERE s.ligne = e.id)"
)
_ECARTES = "SELECT count(*) FROM audit_event WHERE kind = 'journal.sceau_ecarte'"
_RETRAITS = (
    "SELECT departement, rang_debut, rang, encode(tete, 'hex') FROM audit_ancre"
    " WHERE genre = 'retrait'"
)


class CompteInsuffisant(Refusal):
    """The account does not read the whole journal: nothing can be said of it."""


class JournalRompu(Refusal):
    """The chain does not hold; the message says where."""


def add_arguments(commands: Any) -> None:
    """Declare the command and its actions."""
    parser = commands.add_parser("journal", help="sceller, ancrer, vérifier ou purger le journal")
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    seal = actions.add_parser("sceller", help="sceller ce qui ne l’est pas encore")
    seal.set_defaults(run=run_seal, needs_database=True)
    anchor = actions.add_parser("ancrer", help="sceller, puis recopier la tête hors de la base")
    anchor.add_argument("--ancres", type=Path, help="répertoire des ancres (défaut : SEUIL_ANCRES)")
    anchor.set_defaults(run=run_anchor, needs_database=True)
    verify = actions.add_parser("verifier", help="recalculer toute la chaîne, comparer aux ancres")
    verify.add_argument("--ancres", type=Path, help="répertoire des ancres (défaut : SEUIL_ANCRES)")
    verify.add_argument("--base", help="adresse d’une autre base, une copie restaurée par exemple")
    verify.add_argument("--csv", type=Path, help="fichier de « seuil journal exporter »")
    verify.set_defaults(
        run=run_verify, needs_database=lambda a: not (a.base or a.csv), role="travaux"
    )
    export = actions.add_parser("exporter", help="écrire le journal et ses sceaux en CSV")
    export.add_argument("fichier", type=Path, metavar="FICHIER")
    export.set_defaults(run=run_export, needs_database=True)
    purge = actions.add_parser("purger", help="retirer ce qui a passé son terme")
    purge.add_argument("--mois", type=int, help="durée en mois (défaut : SEUIL_JOURNAL_MOIS)")
    purge.add_argument("--simuler", action="store_true", help="dire sans rien retirer")
    purge.add_argument("--ancres", type=Path, help="répertoire des ancres (défaut : SEUIL_ANCRES)")
    purge.set_defaults(run=run_purge, needs_database=True)


def run_seal(_: argparse.Namespace) -> int:
    """Seal what is not sealed."""
    from seuil.audit.operations import seal_journal

    print(f"{write_pluriel(seal_journal(), 'ligne scellée')}.")
    return 0


def run_anchor(arguments: argparse.Namespace) -> int:
    """Seal, anchor every chain, and print the heads: they may be kept on paper."""
    for path, ancre in anchor_all(folder=_folder(arguments.ancres)):
        head = " ".join(ancre["tete"][i : i + 8] for i in range(0, 64, 8))
        print(f"Département {ancre['departement'] or '—'}, ligne {ancre['rang']} : {head}")
        print(f"  {path}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Recompute every chain; 1 when one does not hold."""
    folder = arguments.ancres or _default_folder()
    if arguments.csv:
        orphans = _sort_orphans(
            (row[0], row[5], row[_TXID]) for row in _read_csv(arguments.csv) if row[1] is None
        )
        rows = (row for row in _read_csv(arguments.csv) if row[1] is not None)
        found = verify_rows(rows=rows, orphelines=orphans, retraits=None, ancres=folder)
    else:
        target = arguments.base or find_reader()
        with closing(psycopg.connect(target, autocommit=True)) as connection:
            check_reads_all(connection=connection)
            found = verify_database(connection=connection, ancres=folder)
            foreign = connection.execute(_ECARTES).fetchone()
        if foreign and foreign[0]:
            print(
                f"Sceaux écartés, que Seuil n’avait pas écrits : {foreign[0]} (le journal dit"
                " lesquels, « journal.sceau_ecarte »). Quelqu’un a écrit dans la base sans lui."
            )
    bad = False
    for departement, verdict in found.items():
        print(write_verdict(departement=departement, verdict=verdict))
        bad = bad or verdict.faute is not None
    if not found:
        print("Le journal est vide.")
    if bad:
        raise JournalRompu(
            "Le journal ne tient pas : prévenez le délégué à la protection des données."
        )
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write lines and seals as CSV, for a verification elsewhere."""
    with (
        _reading_all() as connection,
        arguments.fichier.open("wb") as file,
        connection.cursor().copy(
            f"COPY ({TOUTES}) TO STDOUT (FORMAT csv, HEADER, NULL '\\N')"
        ) as copy,
    ):
        for chunk in copy:
            file.write(chunk)
    print(f"Journal écrit dans {arguments.fichier}.")
    return 0


def run_purge(arguments: argparse.Namespace) -> int:
    """Remove what is past its term, chain by chain, and anchor the removal."""
    from django.conf import settings

    from seuil.audit import operations, queries
    from seuil.audit.rules import why_bad_retention

    mois = settings.SEUIL_JOURNAL_MOIS if arguments.mois is None else arguments.mois
    why = why_bad_retention(mois)
    if why:
        raise Refusal(why)
    avant = _months_before(clock.now(), mois)
    for departement in queries.list_departements():
        if arguments.simuler:
            count = queries.count_lignes_a_terme(departement=departement, avant=avant)
            lignes = write_pluriel(count, "ligne")
            print(f"Département {departement or '—'} : {lignes} d’avant le {avant:%d/%m/%Y}.")
            continue
        count = operations.delete_lignes_a_terme(departement=departement, avant=avant)
        print(f"Département {departement or '—'} : {write_pluriel(count, 'ligne retirée')}.")
    if not arguments.simuler:
        export_ancres(folder=_folder(arguments.ancres))
    return 0


def anchor_all(*, folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Seal and anchor every chain, copy the anchors to the folder. Return the files written."""
    from seuil.audit import operations, queries

    operations.seal_journal()
    for departement in queries.list_departements():
        operations.anchor_journal(departement=departement)
    return export_ancres(folder=folder)


def export_ancres(*, folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Copy to the folder the anchors that are not there yet, each with a part of every seal.

    One beyond its chain was not written by Seuil: it is not copied.
    """
    from django.db import connection

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT genre, departement, rang_debut, rang, encode(tete, 'hex'), created_at"
            " FROM audit_ancre a WHERE genre = 'retrait' OR rang <= greatest("
            " (SELECT max(s.rang) FROM audit_sceau s WHERE s.departement = a.departement),"
            " (SELECT max(r.rang) FROM audit_ancre r WHERE r.departement = a.departement"
            " AND r.genre = 'retrait')) ORDER BY departement, rang"
        )
        for genre, departement, debut, rang, tete, at in cursor.fetchall():
            path = folder / f"{departement or 'sans'}-{rang:012d}-{genre}.json"
            if path.exists():
                continue
            ancre = {
                "genre": genre, "departement": departement, "rang_debut": debut, "rang": rang,
                "tete": tete, "le": at.isoformat(), "empreintes": "",
            }  # fmt: skip
            if genre == "ancre":
                cursor.execute(
                    "SELECT string_agg(encode(substr(empreinte, 1, %s), 'hex'), '' ORDER BY rang)"
                    " FROM audit_sceau WHERE departement = %s AND rang BETWEEN %s AND %s",
                    [COURT, departement, debut, rang],
                )
                ancre["empreintes"] = cursor.fetchone()[0] or ""
            part = path.with_suffix(".part")
            part.write_text(json.dumps(ancre, ensure_ascii=False), encoding="utf-8")
            part.rename(path)
            written.append((path, ancre))
    return written


def read_ancres(*, folder: Path) -> dict[str, list[Ancrage]]:
    """Read the anchors of a folder, by département."""
    found: dict[str, list[Ancrage]] = {}
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        ancrage = Ancrage(
            rang_debut=data["rang_debut"],
            rang=data["rang"],
            tete=bytes.fromhex(data["tete"]),
            empreintes=bytes.fromhex(data["empreintes"]),
            retrait=data["genre"] == "retrait",
        )
        found.setdefault(data["departement"], []).append(ancrage)
    return found


def verify_database(
    *, connection: "psycopg.Connection[Any]", ancres: Path | None
) -> dict[str, Verdict]:
    """Verify every chain of a database, by plain SQL and nothing of what it has installed."""
    retraits: dict[str, list[Ancrage]] = {}
    for departement, debut, rang, tete in connection.execute(_RETRAITS):
        item = Ancrage(debut, rang, bytes.fromhex(tete), retrait=True)
        retraits.setdefault(departement, []).append(item)
    orphans = _sort_orphans(connection.execute(_ORPHELINES))
    with connection.transaction(), connection.cursor("journal") as cursor:
        cursor.itersize = 5000
        cursor.execute(SCELLEES)
        return verify_rows(rows=cursor, orphelines=orphans, retraits=retraits, ancres=ancres)


def verify_rows(
    *,
    rows: Iterable[tuple[Any, ...]],
    orphelines: Mapping[str, list[Orpheline]],
    retraits: Mapping[str, list[Ancrage]] | None,
    ancres: Path | None,
) -> dict[str, Verdict]:
    """Verify the chains that rows hold, one by one; without `retraits`, those anchored count."""
    anchored = ancres is not None and ancres.is_dir()
    known = read_ancres(folder=ancres) if ancres and anchored else {}
    found: dict[str, Verdict] = {}

    def verify(departement: str, group: Iterable[tuple[Any, ...]]) -> Verdict:
        outside = known.get(departement, [])
        inside = (
            [a for a in outside if a.retrait] if retraits is None else retraits.get(departement)
        )
        return verify_chain(
            rangees=map(_read_row, group),
            orphelines=orphelines.get(departement, ()),
            retraits=inside or (),
            ancres=outside if anchored else None,
        )

    for departement, group in groupby(rows, key=lambda row: row[0]):
        found[departement] = verify(departement, group)
    for departement in sorted({*known, *orphelines} - set(found)):
        found[departement] = verify(departement, ())
    return found


def write_verdict(*, departement: str, verdict: Verdict) -> str:
    """Return the sentence about one chain."""
    name = f"Département {departement}" if departement else "Sans département"
    if verdict.faute:
        line = f", ligne {verdict.faute.ligne}" if verdict.faute.ligne else ""
        return f"{name} : ROMPU au rang {verdict.faute.rang}{line} — {verdict.faute.raison}."
    return (
        f"{name} : {write_pluriel(verdict.nombre, 'ligne vérifiée')} jusqu’au rang"
        f" {verdict.rang}, {write_pluriel(verdict.ancres, 'ancre conforme')},"
        f" {write_pluriel(verdict.en_attente, 'ligne')} à sceller."
    )


@contextmanager
def _reading_all() -> Iterator["psycopg.Connection[Any]"]:
    with closing(psycopg.connect(connection_string(), autocommit=True)) as connection:
        check_reads_all(connection=connection)
        yield connection


def check_reads_all(*, connection: "psycopg.Connection[Any]") -> None:
    """Raise CompteInsuffisant unless every line is seen: a missing one would be called removed."""
    row = connection.execute(
        "SELECT bool_and(coalesce(has_table_privilege(c.oid, 'SELECT'), false)"
        " AND NOT (c.relrowsecurity AND row_security_active(c.oid))), count(*)"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relname IN ('audit_event', 'audit_sceau', 'audit_ancre')"
    ).fetchone()
    if row != (True, 3):
        raise CompteInsuffisant(
            f"Le compte « {connection.info.user} » ne lit pas tout le journal : il n’en dirait"
            " rien de sûr. Recommencez avec « seuil_sauvegarde » (--base, ou"
            " SEUIL_SAUVEGARDE_URL) ou avec le compte installateur."
        )


def find_reader() -> str:
    """Return the address of the account that reads everything: that of backups, else the owner's.

    Raises CompteInsuffisant.
    """
    for name in ("SEUIL_SAUVEGARDE_URL", "DATABASE_URL"):
        if os.environ.get(name):
            return psycopg.conninfo.make_conninfo(**read_address(name))
    if is_outside():
        raise CompteInsuffisant(
            "SEUIL_SAUVEGARDE_URL manque : cette commande lit tout, avec le compte"
            " « seuil_sauvegarde ». Rien n’a été écrit."
        )
    return connection_string()


def connection_string() -> str:
    """Return where Django's database is, for psycopg alone: with every option of its address."""
    from django.db import connection

    params = connection.get_connection_params()
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    return psycopg.conninfo.make_conninfo(
        **{k: str(v) for k, v in params.items() if k in known and v}
    )


def _read_row(row: tuple[Any, ...]) -> Rangee:
    values = row[5:] if row[5] else None
    return int(row[1]), row[2], int(row[3]), bytes.fromhex(row[4]), values


def _sort_orphans(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Orpheline]]:
    found: dict[str, list[Orpheline]] = {}
    for departement, ligne, txid in rows:
        found.setdefault(departement, []).append(Orpheline(str(ligne), int(txid)))
    return found


def _months_before(instant: datetime, months: int) -> datetime:
    index = instant.year * 12 + instant.month - 1 - months
    # The 28th exists in every month: at most three days more are kept.
    return instant.replace(
        year=index // 12, month=index % 12 + 1, day=min(instant.day, 28), hour=0, minute=0, second=0
    )


def _read_csv(path: Path) -> Iterator[tuple[str | None, ...]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row in rows:
            yield tuple(None if cell == "\\N" else cell for cell in row)


def _folder(given: Path | None) -> Path:
    return given or _default_folder()


def _default_folder() -> Path:
    from config.database import DATA_DIR

    return Path(os.environ.get("SEUIL_ANCRES", DATA_DIR / "ancres"))

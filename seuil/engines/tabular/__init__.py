"""Hostile-safe reading and faithful writing of lists (CSV, XLSX, ODS, public JSON).

Owns: what a file from outside may be, how its table is found, how a cell becomes a value, how a
table becomes a file. Guarantees: a file is parsed only in a child process limited in memory and
time; every refusal is a French sentence with a remedy; text written comes back as text, never as
a formula. Never does: touch the database, decide what a column means for a dossier.
"""

from seuil.engines.tabular._cells import (
    CellRefused,
    parse_code_postal,
    parse_date,
    parse_heure,
    parse_montant,
    parse_oui_non,
    parse_telephone,
    parse_texte,
)
from seuil.engines.tabular._headers import normalise_header, suggest_mapping
from seuil.engines.tabular._model import (
    Cell,
    Column,
    FileRefused,
    Limits,
    Row,
    Sheet,
    Skipped,
    Table,
)
from seuil.engines.tabular._read import Wanted, read_flow, read_table
from seuil.engines.tabular._write import write_csv, write_ods, write_xlsx

__all__ = [
    "Cell",
    "CellRefused",
    "Column",
    "FileRefused",
    "Limits",
    "Row",
    "Sheet",
    "Skipped",
    "Table",
    "Wanted",
    "normalise_header",
    "parse_code_postal",
    "parse_date",
    "parse_heure",
    "parse_montant",
    "parse_oui_non",
    "parse_telephone",
    "parse_texte",
    "read_flow",
    "read_table",
    "suggest_mapping",
    "write_csv",
    "write_ods",
    "write_xlsx",
]

"""Communes and départements of the official geography, as a person types them on a command line.

The law engine takes any well-formed code; whoever types one may be mistaken. The lists are those
that the directory loads: no database is read.
"""

import csv
import re
from functools import cache
from pathlib import Path

from seuil import acteurs
from seuil.kernel.refusal import Refusal

_DATA = Path(acteurs.__file__).parent / "data"
_COMMUNE = re.compile(r"\d[\dAB]\d{3}")
_DEPARTEMENT = re.compile(r"\d[\dAB]?\d?")
# Paris, Marseille and Lyon: addresses carry the code of the arrondissement, which the list of
# communes does not hold.
_ARRONDISSEMENTS = (range(75101, 75121), range(13201, 13217), range(69381, 69390))
_CORSE = {"20": ("2A", "2B")}
# A postal code shared by more communes than this says little.
_NAMED = 3


class LieuInexistant(Refusal):
    """The code is well written, and no place of the official geography bears it."""


def find_commune(text: str | None) -> str | None:
    """Return the Insee code of a commune that exists, « 2a004 » written « 2A004 ».

    What is no code at all is returned as it came: the engine says what a code looks like.
    Raises LieuInexistant.
    """
    code = (text or "").strip().upper()
    if not _COMMUNE.fullmatch(code):
        return text
    if f"\n{code}," in _read_communes() or _is_arrondissement(code):
        return code
    raise LieuInexistant(
        f"La commune {code} n’existe pas dans le code officiel géographique. {_hint_commune(code)}"
    )


def find_departement(text: str | None) -> str | None:
    """Return the code of a département or collectivité that exists, « 2a » written « 2A ».

    What is no code at all is returned as it came. Raises LieuInexistant.
    """
    code = (text or "").strip().upper()
    if not _DEPARTEMENT.fullmatch(code):
        return text
    if code in _list_departements():
        return code
    raise LieuInexistant(
        f"Le département {code} n’existe pas dans le code officiel géographique. "
        f"{_hint_departement(code)}"
    )


@cache
def _read_communes() -> str:
    # Searched as text: ten times as fast as reading 35 000 rows for one code.
    return (_DATA / "communes.csv").read_text(encoding="utf-8")


@cache
def _list_departements() -> tuple[str, ...]:
    with (_DATA / "departements.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["code"] for row in csv.DictReader(file))


def _is_arrondissement(code: str) -> bool:
    return code.isdecimal() and any(int(code) in codes for codes in _ARRONDISSEMENTS)


def _hint_commune(code: str) -> str:
    """Recognise a postal code, the usual mistake."""
    rows = csv.DictReader(_read_communes().splitlines())
    found = [row for row in rows if code in row["codes_postaux"].split()]
    if not found:
        return "Vérifiez le code Insee : une commune fusionnée prend celui de la commune nouvelle."
    if len(found) > _NAMED:
        return f"C’est un code postal, commun à {len(found)} communes : donnez le code Insee."
    named = ", ".join(f"{row['code']} ({row['nom'].replace(chr(39), '’')})" for row in found)
    return f"C’est un code postal : donnez le code Insee, {named}."


def _hint_departement(code: str) -> str:
    padded = code.zfill(2)
    near = _CORSE.get(code) or ((padded,) if padded in _list_departements() else ())
    return f"Vouliez-vous dire {' ou '.join(near)} ?" if near else "Exemples : 33, 2A, 974."

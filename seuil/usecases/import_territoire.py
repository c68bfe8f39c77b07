"""INSEE's housing base is read: the rented stock of each commune, by year of the census."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from seuil.acteurs.models import NatureSource
from seuil.acteurs.operations.sources import ParcLu, SourceLue, import_parcs
from seuil.acteurs.queries import list_codes_communes
from seuil.audit.operations import Author
from seuil.engines.tabular import Wanted, read_flow
from seuil.kernel.refusal import Refusal
from seuil.usecases.receive_tableau import Refus

_ANNEES = range(6, 50)
_LOUEES = re.compile(r"P([0-9]{2})_RP_LOC")


class DepartementInconnu(Refusal):
    message = "Ce département n’est pas établi dans cette instance : lancez d’abord seuil instance."


class RienLu(Refusal):
    message = (
        "Ce fichier ne dit le parc locatif d’aucune commune de ce département. Prenez la base des"
        " logements par commune (base-cc-logement), avec ses colonnes CODGEO, P22_RP_LOC et"
        " P22_RP_LOCHLMV."
    )


@dataclass(slots=True)
class LectureTerritoire:
    """What the file says of a département, before anything is written."""

    departement: str
    source: SourceLue
    parcs: list[ParcLu] = field(default_factory=list)
    refus: list[Refus] = field(default_factory=list)

    @property
    def annees(self) -> list[int]:
        return sorted({p.annee for p in self.parcs})


def prepare_territoire(
    *, path: Path, departement: str, fichier: str, fichier_le: date
) -> LectureTerritoire:
    """Read the rented stock of the communes of a département; write nothing.

    Raises FileRefused, DepartementInconnu, RienLu.
    """
    communes = list_codes_communes(departement=departement)
    if not communes:
        raise DepartementInconnu
    columns = ("CODGEO", *(f"P{y:02}_RP_LOC{x}" for y in _ANNEES for x in ("", "HLMV")))
    rows = read_flow(path, name=fichier, wanted=Wanted(columns, ("CODGEO",), (departement,)))
    lecture = LectureTerritoire(departement, SourceLue(NatureSource.LOGEMENT, fichier, fichier_le))
    par_cle: dict[tuple[str, int], ParcLu] = {}
    for numero, row in rows:
        code = str(row["CODGEO"]).strip()
        if code not in communes:
            remede = "Aucune commune du département : le fichier est d’une autre année du code."
            lecture.refus.append(Refus(numero, "CODGEO", code[:10], remede))
            continue
        for parc in _read(numero, code, row, lecture.refus):
            par_cle[parc.commune, parc.annee] = parc
    lecture.parcs = [*par_cle.values()]
    if not lecture.parcs:
        raise RienLu
    return lecture


def import_territoire(*, lecture: LectureTerritoire, by: Author, on: date) -> int:
    """Write what a reading accepted; return how many communes and years."""
    return import_parcs(
        departement=lecture.departement, source=lecture.source, parcs=lecture.parcs, by=by, on=on
    )


def _read(numero: int, code: str, row: Mapping[str, Any], refus: list[Refus]) -> Iterator[ParcLu]:
    for colonne, texte in row.items():
        if not (named := _LOUEES.fullmatch(colonne)):
            continue
        locatif = _read_nombre(texte)
        social = _read_nombre(row.get(f"{colonne}HLMV", ""))
        if locatif is None or social is None or social > locatif:
            remede = "Écrivez un nombre de logements, les HLM compris dans les loués."
            refus.append(Refus(numero, colonne, str(texte)[:20], remede))
        else:
            yield ParcLu(code, 2000 + int(named[1]), locatif, social)


def _read_nombre(texte: object) -> int | None:
    """Read a number of dwellings: INSEE's are weighted, with decimals."""
    try:
        nombre = float(str(texte).replace(",", "."))
    except ValueError:
        return None
    return round(nombre) if math.isfinite(nombre) and 0 <= nombre < 10_000_000 else None

"""The engine of delays against the oracle, on random cases.

Run by hand, `python -m tests.droit.epreuve_oracle GRAINE NOMBRE`; not collected. The engine is
known by its public face only. What the oracle declines (`HorsOracle`) is not drawn.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from seuil.engines import droit
from tests.droit import oracle
from tests.droit.oracle import Attendu, HorsOracle

_PREMIER, _DERNIER = date(2005, 1, 1), date(2060, 12, 31)
_PAQUET = 5_000
_PROCESSUS = 2
_MONTRES = 20

_REFORMES = (
    date(2008, 6, 19),
    date(2012, 6, 1),
    date(2014, 3, 27),
    date(2015, 1, 1),
    date(2016, 1, 1),
    date(2016, 9, 1),
    date(2016, 10, 1),
    date(2017, 1, 29),
    date(2019, 9, 1),
    date(2020, 1, 1),
    date(2020, 7, 10),
    date(2021, 1, 8),
    date(2021, 5, 31),
    date(2023, 7, 29),
    date(2023, 9, 10),  # the first hearing whose forty-third day is under the law of 2023
    date(2025, 6, 15),
    date(2025, 11, 7),
    date(2027, 1, 1),
)
_TREVES = ((11, 1), (3, 15), (3, 31))
_COMMUNES = {
    "33": "33063",
    "62": "62041",
    "21": "21231",
    "35": "35238",
    "57": "57463",
    "67": "67482",
    "68": "68224",
    "971": "97105",
    "972": "97209",
    "973": "97302",
    "974": "97411",
    "976": "97611",
    "977": "97701",
    "978": "97801",
    "75": "75056",
}
_DEPARTEMENTS = (None, *_COMMUNES)
# Their day of abolition is certain from 2012 on.
_ILES_DU_NORD = ("977", "978")
# Rules with several branches are drawn more often than one in sixty.
_SOUVENT = ("A1", "A1", "A1", "A1", "C2", "C2", "C6", "E4", "F4", "G7", "G7", "K2")
_RECULS = (0, 1, 2, 14, 15, 16, 28, 30, 31, 42, 43, 59, 61, 62, 122, 184)


@dataclass(frozen=True)
class Cas:
    """A rule asked for a start."""

    regle: str
    depuis: date
    bail: date | None = None
    clause: str | None = None
    departement: str | None = None
    commune: str | None = None


@dataclass(frozen=True)
class CasDuree:
    """A bare delay asked for a start."""

    depuis: date
    parts: tuple[tuple[int, str], ...]
    franc: bool
    ouvres: bool
    roll: bool
    departement: str | None

    regle = "durée"

    @property
    def duree(self) -> str:
        """The delay as a person writes it."""
        return " ".join(f"{n} {u[:-1] if n == 1 and u != 'mois' else u}" for n, u in self.parts)


@dataclass(frozen=True)
class CasExecution:
    """The first day of eviction asked for the ends that hold it back."""

    depuis: date
    fin_delais: date | None = None
    concours_le: date | None = None
    fin_suspension: date | None = None
    departement: str | None = None
    commune: str | None = None

    regle = "EX"


AnyCas = Cas | CasDuree | CasExecution


@dataclass(frozen=True)
class Reponse:
    """What the engine says: a day and others, a refusal, or that it does not know."""

    attendu: Attendu | None = None
    incident: str | None = None


# --- drawing ----------------------------------------------------------------------------------


def _around(chance: random.Random, jour: date, ecart: int) -> date:
    return jour + timedelta(days=chance.randint(-ecart, ecart))


def _holiday(chance: random.Random) -> date:
    lieu = oracle.place_of(chance.choice(_DEPARTEMENTS), None)
    return chance.choice(sorted(oracle.holidays_of(chance.randint(2006, 2060), lieu)))


def _draw_day(chance: random.Random) -> date:
    annee = chance.randint(2005, 2060)
    match chance.randrange(20):
        case 0 | 1 | 2 | 3 | 4:
            return _around(chance, chance.choice(_REFORMES), 2)
        case 5 | 6:
            return date(annee, chance.randint(1, 12), 1) - timedelta(days=chance.randint(0, 3))
        case 7:
            return _around(chance, date(chance.randrange(2008, 2061, 4), 2, 29), 1)
        case 8 | 9 | 10:
            return _around(chance, _holiday(chance), 1) - timedelta(days=chance.choice(_RECULS))
        case 11 | 12:
            return _around(chance, date(annee, *chance.choice(_TREVES)), 2)
        case _:
            return _PREMIER + timedelta(days=chance.randrange((_DERNIER - _PREMIER).days))


def _draw_lieu(chance: random.Random) -> tuple[str | None, str | None]:
    departement = chance.choice(_DEPARTEMENTS)
    if departement is None or chance.random() < 0.6:
        return departement, None
    commune = _COMMUNES[departement]
    return (departement, commune) if chance.random() < 0.5 else (None, commune)


def _draw_bail(chance: random.Random, depuis: date) -> date | None:
    if chance.random() < 0.3:
        return None
    if depuis > date(2023, 7, 31) and chance.random() < 0.3:
        return _around(chance, date(2023, 7, 29), 2)
    return depuis - timedelta(days=chance.randint(0, 9_000))


def _draw_regle(chance: random.Random) -> Cas:
    regle = chance.choice(oracle.REGLES + _SOUVENT)
    depuis = _draw_day(chance)
    departement, commune = _draw_lieu(chance)
    if regle != "A1":
        return Cas(regle, depuis, departement=departement, commune=commune)
    clause = chance.choice((None, None, "2 mois", "6 semaines"))
    return Cas(regle, depuis, _draw_bail(chance, depuis), clause, departement, commune)


def _draw_duree(chance: random.Random) -> CasDuree:
    """Weeks or months of working days mean nothing: `ouvres` goes with days only.

    The day more of a `franc` delay of working days is one or the other kind of day: drawn with
    article 642 only, where both readings meet.
    """
    mois, semaines = (chance.randint(1, 14), "mois"), (chance.randint(1, 60), "semaines")
    jours = (chance.randint(1, 200), "jours")
    parts = chance.choice(((mois,), (semaines,), (jours,), (mois, jours)))
    ouvres = parts == (jours,) and chance.random() < 0.5
    franc = chance.random() < 0.4
    roll = (franc and ouvres) or chance.random() < 0.6
    return CasDuree(_draw_day(chance), parts, franc, ouvres, roll, chance.choice(_DEPARTEMENTS))


def _draw_execution(chance: random.Random) -> CasExecution:
    depuis = _draw_day(chance)
    others = [
        depuis + timedelta(days=chance.randint(-200, 500)) if chance.random() < 0.5 else None
        for _ in range(3)
    ]
    departement, commune = _draw_lieu(chance)
    return CasExecution(depuis, *others, departement=departement, commune=commune)


def _is_certain(cas: AnyCas) -> bool:
    if not _PREMIER <= cas.depuis <= _DERNIER:
        return False
    commune = None if isinstance(cas, CasDuree) else cas.commune
    lieu = oracle.place_of(cas.departement, commune)
    if lieu.departement in _ILES_DU_NORD and cas.depuis.year < 2013:
        return False
    with suppress(HorsOracle):
        find_attendu(cas)
        return True
    return False


def draw_cases(graine: int | str, nombre: int) -> Iterator[AnyCas]:
    """Draw cases on which the oracle has an opinion; the same ones for the same seed."""
    chance = random.Random(graine)
    while nombre:
        kind = chance.random()
        if kind < 0.1:
            cas: AnyCas = _draw_duree(chance)
        else:
            cas = _draw_execution(chance) if kind < 0.2 else _draw_regle(chance)
        if _is_certain(cas):
            nombre -= 1
            yield cas


# --- comparing --------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def find_attendu(cas: AnyCas) -> Attendu | None:
    """Ask the oracle."""
    if isinstance(cas, CasDuree):
        jour = oracle.expect_duree(
            cas.depuis,
            cas.parts,
            franc=cas.franc,
            ouvres=cas.ouvres,
            roll=cas.roll,
            departement=cas.departement,
        )
        return Attendu(jour)
    if isinstance(cas, CasExecution):
        return Attendu(
            oracle.expect_execution(
                cas.depuis,
                fin_delais=cas.fin_delais,
                concours_le=cas.concours_le,
                fin_suspension=cas.fin_suspension,
                departement=cas.departement,
                commune=cas.commune,
            )
        )
    return oracle.expect(
        cas.regle,
        cas.depuis,
        bail=cas.bail,
        clause=cas.clause,
        departement=cas.departement,
        commune=cas.commune,
    )


def _compute(cas: AnyCas) -> Attendu:
    if isinstance(cas, CasDuree):
        delai = droit.add_duree(
            cas.depuis,
            cas.duree,
            franc=cas.franc,
            ouvres=cas.ouvres,
            roll=cas.roll,
            departement=cas.departement,
        )
        return Attendu(delai.date)
    if isinstance(cas, CasExecution):
        jour, _ = droit.execution_possible_from(
            cql_delay_end=cas.depuis,
            delais_judge_end=cas.fin_delais,
            cfp_on=cas.concours_le,
            attentes=[("Suspension", cas.fin_suspension)] if cas.fin_suspension else [],
            departement=cas.departement,
            commune=cas.commune,
        )
        return Attendu(jour)
    calcul = droit.compute(
        cas.regle,
        depuis=cas.depuis,
        bail=cas.bail,
        clause=cas.clause,
        departement=cas.departement,
        commune=cas.commune,
    )
    return Attendu(calcul.date, frozenset(autre.date for autre in calcul.autres))


@lru_cache(maxsize=100_000)
def find_reponse(cas: AnyCas) -> Reponse:
    """Ask the engine; whatever it raises is an answer."""
    try:
        return Reponse(_compute(cas))
    except droit.DateHorsPeriode:
        return Reponse()
    except droit.RegleInconnue:
        return Reponse(incident="règle inconnue")
    except Exception as incident:  # noqa: BLE001 - reported with its case
        return Reponse(incident=repr(incident))


def _say(attendu: Attendu | None) -> str:
    if attendu is None:
        return "refus"
    autres = ", ".join(sorted(str(jour) for jour in attendu.autres))
    return f"{attendu.date or 'sans date'}" + (f" (autres {autres})" if autres else "")


def why_not_agreed(attendu: Attendu | None, reponse: Reponse) -> str | None:
    """Tell what separates the oracle and the engine; None when nothing does."""
    obtenu = reponse.attendu
    if reponse.incident is None:
        if attendu is None or obtenu is None:
            if attendu is obtenu:
                return None
        elif attendu.date == obtenu.date and attendu.autres <= obtenu.autres:
            return None
    return f"oracle {_say(attendu)}, moteur {reponse.incident or _say(obtenu)}"


def describe(cas: AnyCas) -> str:
    """Write the case so that it can be asked again by hand."""
    champs = {nom: valeur for nom, valeur in vars(cas).items() if valeur not in {None, False}}
    champs.pop("regle", None)
    if isinstance(cas, CasDuree):
        champs["parts"] = cas.duree
    return " ".join((cas.regle, *(f"{nom}={valeur}" for nom, valeur in champs.items())))


@dataclass
class Bilan:
    """Agreements and disagreements, by rule."""

    accords: Counter[str] = field(default_factory=Counter)
    ecarts: Counter[str] = field(default_factory=Counter)
    inconnues: Counter[str] = field(default_factory=Counter)
    lignes: list[str] = field(default_factory=list)

    def add(self, autre: "Bilan") -> None:
        """Add the count of another share."""
        self.accords += autre.accords
        self.ecarts += autre.ecarts
        self.inconnues += autre.inconnues
        self.lignes += autre.lignes

    @property
    def desaccords(self) -> int:
        """An unknown rule is a disagreement too."""
        return self.ecarts.total() + self.inconnues.total()


def compare_cases(liste: Iterable[AnyCas]) -> Bilan:
    """Ask both about every case."""
    bilan = Bilan()
    for cas in liste:
        reponse = find_reponse(cas)
        ecart = why_not_agreed(find_attendu(cas), reponse)
        if ecart is None:
            bilan.accords[cas.regle] += 1
        elif reponse.incident == "règle inconnue":
            bilan.inconnues[cas.regle] += 1
        else:
            bilan.ecarts[cas.regle] += 1
            if len(bilan.lignes) < _MONTRES:
                bilan.lignes.append(f"{describe(cas)} → {ecart}")
    return bilan


def _compare_share(part: tuple[str, int]) -> Bilan:
    return compare_cases(draw_cases(*part))


def run(graine: int, nombre: int) -> Bilan:
    """Compare `nombre` cases on two processors, and say how far it is."""
    parts = [
        (f"{graine}:{debut}", min(_PAQUET, nombre - debut)) for debut in range(0, nombre, _PAQUET)
    ]
    total = Bilan()
    faits = 0
    with ProcessPoolExecutor(_PROCESSUS) as ouvriers:
        for part, bilan in zip(parts, ouvriers.map(_compare_share, parts), strict=True):
            total.add(bilan)
            faits += part[1]
            sys.stderr.write(f"\r{faits} cas, {total.desaccords} désaccords")
            sys.stderr.flush()
    sys.stderr.write("\n")
    return total


def render(bilan: Bilan) -> str:
    """Write the count for a reader."""
    entete = (
        f"{bilan.accords.total()} accords, {bilan.desaccords} désaccords"
        f" dont {bilan.inconnues.total()} de règles inconnues du moteur."
    )
    lignes = [entete]
    for regle in sorted({*bilan.ecarts, *bilan.inconnues}):
        ligne = f"  {regle}\u00a0: {bilan.accords[regle]} accords, {bilan.ecarts[regle]} écarts"
        inconnues = bilan.inconnues[regle]
        lignes.append(ligne + (f", {inconnues} sans règle" if inconnues else ""))
    if bilan.lignes:
        lignes.append(f"Premiers écarts (au plus {_MONTRES})\u00a0:")
        lignes += [f"  {ligne}" for ligne in bilan.lignes[:_MONTRES]]
    return "\n".join(lignes)


if __name__ == "__main__":
    _bilan = run(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(render(_bilan) + "\n")
    sys.exit(1 if _bilan.desaccords else 0)

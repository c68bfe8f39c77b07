"""A figure over time and over the département: twelve months, what was aimed at, where it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from seuil.indicateurs.rules.activite import INDICATEURS, Indicateur, group_petits

# The months of a curve; one more before them, the same month of the year before.
MOIS = 12
# What the convention sets a volume for, by month and by year.
CIBLE = "mandats_recus"
# The definition of the one figure here that is not the équipe mobile's.
COMMANDEMENTS = (
    "Commandements de payer signifiés dans le mois et enregistrés, retirés exceptés, selon le lieu"
    " du logement. Ceux des dossiers effacés depuis ne sont plus situés, donc plus comptés."
)


@dataclass(frozen=True, slots=True)
class Point:
    """A month and its figure."""

    mois: date
    nombre: int


@dataclass(frozen=True, slots=True)
class Tendance:
    """An indicator over twelve months that end with the month read."""

    indicateur: Indicateur
    # Oldest first; the last one is the month read.
    points: tuple[Point, ...]
    an_dernier: int
    # Of a month, where the convention sets one.
    cible: int | None = None
    # The month read is not over: it is compared with nothing.
    en_cours: bool = False

    @property
    def nombre(self) -> int:
        return self.points[-1].nombre

    @property
    def mois_an_dernier(self) -> date:
        return self.points[-1].mois.replace(year=self.points[-1].mois.year - 1)

    @property
    def ecart(self) -> int | None:
        """What was gained on the month before."""
        return None if self.en_cours else self.nombre - self.points[-2].nombre


@dataclass(frozen=True, slots=True)
class Jauge:
    """What was done of the year's objective, up to the month read."""

    annee: int
    fait: int
    cible: int

    @property
    def pourcent(self) -> int:
        return 100 * self.fait // self.cible

    @property
    def longueur(self) -> int:
        """In percent of the gauge, which holds no more than all of it."""
        return min(self.pourcent, 100)


@dataclass(frozen=True, slots=True)
class Cible:
    """The volumes that the convention sets, all the operators read together."""

    annee: int
    par_mois: int
    par_an: int


@dataclass(frozen=True, slots=True)
class Zone:
    """An intercommunalité and its figure; `pour_mille` inhabitants, where that is asked."""

    nom: str
    nombre: int
    part: int
    pour_mille: float | None = None


@dataclass(frozen=True, slots=True)
class Repartition:
    """A figure by intercommunalité; the smallest gathered, for whoever opens no dossier."""

    zones: tuple[Zone, ...]
    reunis: int = 0
    # Of a dwelling whose commune is not known.
    sans_lieu: int = 0

    @property
    def total(self) -> int:
        return sum(z.nombre for z in self.zones) + self.reunis + self.sans_lieu


def list_mois(mois: date) -> tuple[date, ...]:
    """Return the first days of the thirteen months that end with one."""
    last = mois.year * 12 + mois.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(last - MOIS, last + 1))


def compute_tendances(
    *, mois: date, figures: Iterable[tuple[str, date, int]], cible: Cible | None, en_cours: bool
) -> tuple[Tendance, ...]:
    """Put the figures of the months in their places; what was not counted is zero."""
    counts = {(code, month): n for code, month, n in figures}
    before, *months = list_mois(mois)
    return tuple(
        Tendance(
            indicateur=i,
            points=tuple(Point(month, counts.get((i.code, month), 0)) for month in months),
            an_dernier=counts.get((i.code, before), 0),
            cible=cible.par_mois if cible and i.code == CIBLE else None,
            en_cours=en_cours,
        )
        for i in INDICATEURS
    )


def compute_jauge(tendances: Iterable[Tendance], cible: Cible | None) -> Jauge | None:
    """Return how far the year's objective is reached; None without an objective."""
    if cible is None:
        return None
    points = next(t.points for t in tendances if t.indicateur.code == CIBLE)
    fait = sum(p.nombre for p in points if p.mois.year == cible.annee)
    return Jauge(annee=cible.annee, fait=fait, cible=cible.par_an)


def compute_repartition(
    comptes: Mapping[str, int],
    *,
    habitants: Mapping[str, int] | None = None,
    is_open: bool,
) -> Repartition:
    """Return the share of each place, highest first; "" is a dwelling without a known commune.

    Whoever opens no dossier reads no place so small that it could name somebody, the unknown
    place included.
    """
    told, rest = (dict(comptes), 0) if is_open else group_petits(comptes)
    total = sum(comptes.values())
    unknown = told.pop("", 0)
    zones = [_zone(nom, n, total=total, habitants=habitants) for nom, n in told.items() if n]
    zones.sort(key=lambda z: (-z.nombre, z.nom))
    return Repartition(tuple(zones), reunis=rest, sans_lieu=unknown)


def _zone(nom: str, n: int, *, total: int, habitants: Mapping[str, int] | None) -> Zone:
    people = (habitants or {}).get(nom, 0)
    rate = round(1000 * n / people, 2) if people else None
    return Zone(nom=nom, nombre=n, part=round(100 * n / total), pour_mille=rate)

"""What the engine takes and gives: rules read from the parameters, results with their reasons."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class RegleInconnue(ValueError):
    """No parameter file bears this rule id."""


class DureeIllisible(ValueError):
    """A duration is not written in a form that the engine reads."""


class DateHorsPeriode(ValueError):
    """The rule has no value on that day, or the day is outside the calendars."""


class LieuInconnu(ValueError):
    """A commune or département code is malformed, or the two contradict each other."""


class FaitsContradictoires(ValueError):
    """A fact given denies another one, or is not one that the rule is about."""

    def __init__(self, fait: str, message: str) -> None:
        super().__init__(message)
        # The name of the fact to correct, as `compute` takes it.
        self.fait = fait


class TreveFixeeLocalement(ValueError):
    """Overseas, the préfet sets the winter truce: the engine has no date to give."""


@dataclass(frozen=True, slots=True)
class Reference:
    titre: str
    url: str


@dataclass(frozen=True, slots=True)
class Autre:
    """Another date that can be defended, and why."""

    date: dt.date
    motif: str


@dataclass(frozen=True, slots=True)
class Resultat:
    """A computed date (or range, or threshold) with everything that explains it.

    `date` is None for a range, a threshold, a norm without figure, or when a fact is missing:
    `a_obtenir` then names it. `changements` say what would change the date.
    """

    regle: str
    libelle: str
    date: dt.date | None
    debut: dt.date
    sens: str
    autres: tuple[Autre, ...]
    certitude: str
    references: tuple[Reference, ...]
    etapes: tuple[str, ...]
    parametre: str
    version: str
    plage: tuple[str, str] | None
    seuils: tuple[str, ...]
    note: str
    changements: tuple[str, ...]
    a_obtenir: str = ""

    @property
    def explication(self) -> str:
        """Write the whole explanation as French text, one sentence per line."""
        lines = [*self.etapes]
        lines += [f"Autre lecture : {write_autre(a)}" for a in self.autres]
        if self.a_obtenir:
            lines.append(f"À obtenir : {self.a_obtenir}.")
        lines += [text for text in (self.note, self.version) if text]
        lines += [f"Ce qui changerait la date : {text}" for text in self.changements]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Give the result as JSON-ready values, dates in ISO form."""
        return {
            "regle": self.regle,
            "libelle": self.libelle,
            "date": self.date.isoformat() if self.date else None,
            "debut": self.debut.isoformat(),
            "sens": self.sens,
            "autres": [{"date": a.date.isoformat(), "motif": a.motif} for a in self.autres],
            "certitude": self.certitude,
            "references": [{"titre": r.titre, "url": r.url} for r in self.references],
            "etapes": list(self.etapes),
            "parametre": self.parametre,
            "version": self.version,
            "plage": list(self.plage) if self.plage else None,
            "seuils": list(self.seuils),
            "note": self.note,
            "changements": list(self.changements),
            "a_obtenir": self.a_obtenir,
            "explication": self.explication,
        }


def write_autre(autre: Autre) -> str:
    """Write an alternative as one line, its date in ISO form, with its reason."""
    return f"{autre.date:%d/%m/%Y} — {autre.motif}"


@dataclass(frozen=True, slots=True)
class Calcul:
    """A bare computation of a duration, outside any rule."""

    date: dt.date
    debut: dt.date
    autres: tuple[Autre, ...]
    certitude: str
    etapes: tuple[str, ...]
    note: str

    def as_dict(self) -> dict[str, Any]:
        """Give the computation as JSON-ready values, dates in ISO form."""
        return {
            "date": self.date.isoformat(),
            "debut": self.debut.isoformat(),
            "autres": [{"date": a.date.isoformat(), "motif": a.motif} for a in self.autres],
            "certitude": self.certitude,
            "etapes": list(self.etapes),
            "explication": "\n".join((*self.etapes, *([self.note] if self.note else []))),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Lecture:
    """A second way of counting the same delay, with the reason to mention it."""

    franc: bool
    motif: str


@dataclass(frozen=True, slots=True)
class Conseil:
    """A more cautious term that practice recommends without the law imposing it."""

    n: int
    unit: str
    texte: str


@dataclass(frozen=True, slots=True)
class Periode:
    """A yearly period, as (month, day) bounds, both included; it may span the new year."""

    debut: tuple[int, int]
    fin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class TreveLocale:
    """The yearly truce that a préfet set overseas, as a secondary source states it.

    Without a period, none was found published: `motif` says what was searched.
    """

    departement: str
    periode: Periode | None
    motif: str
    url: str


@dataclass(frozen=True, slots=True)
class Prolongation:
    """Days added to one occurrence of a period; a mere tolerance binds nobody."""

    du: dt.date
    au: dt.date
    tolerance: bool
    motif: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Distance:
    """What a delay of appeal gains for who lives far from the court (CPC 643 and 644)."""

    domicile: str
    n: int
    unit: str
    motif: str


@dataclass(frozen=True, slots=True)
class Seuil:
    """A threshold: `n` (or a range set locally) in a unit, and what it measures."""

    n: int | None
    plage: tuple[str, str] | None
    unit: str
    de: str


@dataclass(frozen=True, slots=True)
class Variante:
    """Another length for some départements, or for a kind of landlord, and why."""

    departements: frozenset[str]
    bailleur: str
    n: int
    unit: str
    certainty: str
    motif: str


@dataclass(frozen=True, slots=True)
class Version:
    """The value of a rule between two dates, both included; `None` leaves the side open."""

    ligne: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    n: int | None
    unit: str | None
    maximum: bool
    plage: tuple[str, str] | None
    seuils: tuple[Seuil, ...]
    variantes: tuple[Variante, ...]
    distances: tuple[Distance, ...]
    texte: str
    periode: Periode | None
    franc: bool
    franc_texte: str
    autre_lecture: Lecture | None
    conseil: Conseil | None
    # A day that no term of this version passes, in another reading.
    plafond: Autre | None
    # The questions that a text still to be read must answer; the version then has no value.
    questions: tuple[str, ...]
    prolongations: tuple[Prolongation, ...]
    motif: str
    a_obtenir: str
    certainty: str
    checked_on: dt.date
    note: str
    references: tuple[Reference, ...]

    def covers(self, on: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def parametre(self, regle: str) -> str:
        """Name this version as results quote it, for instance « A1@2023-07-29 »."""
        return f"{regle}@{self.valid_from.isoformat() if self.valid_from else 'origine'}"


@dataclass(frozen=True, slots=True)
class Regle:
    id: str
    libelle: str
    description: str
    theme: str
    # The fact that starts it, a key of faits.yaml.
    debut: str
    debut_libelle: str
    # What becomes of its date in a file: `suivie`, `lue` when it is opened, empty: none there.
    echeance: str
    # The category of the matrix of accesses that its date belongs to; empty: the procedure.
    categorie: str
    sens: str
    origine: str
    territoire: str
    # The only kind of landlord that it is about; empty: any.
    bailleur: str
    # The département where its court sits; empty: that of the dwelling.
    siege: str
    # The text by which a request for legal aid starts the delay again; empty: none.
    aide_juridictionnelle: str
    # It runs from the notification of the decision when that one comes later.
    notification: bool
    formule: str
    report: str
    transition: str
    # Why article 642 can be pleaded, and why a delay written longer than the law's binds.
    report_motif: str
    clause_motif: str
    lendemain: str
    # Natures of lease that the rule is not about → what governs them.
    hors_champ: Mapping[str, str]
    selected_by: tuple[str, ...]
    changements: tuple[str, ...]
    outre_mer: tuple[TreveLocale, ...]
    versions: tuple[Version, ...]

    def find_version(self, on: dt.date) -> Version | None:
        return next((version for version in self.versions if version.covers(on)), None)

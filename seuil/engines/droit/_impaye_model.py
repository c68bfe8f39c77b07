"""What the reading of arrears takes and gives: a tenancy, its debts, an explained result."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Autre, Reference

AVANCE, ECHU = "avance", "echu"
_TITRES = {
    "constitue": "Impayé constitué",
    "a_venir": "L’impayé sera constitué",
    "non_constitue": "Pas d’impayé constitué",
    "a_determiner": "Impayé à déterminer",
    "sans_objet": "Sans objet\N{NO-BREAK SPACE}: le ménage ne perçoit pas d’aide au logement",
}
_PRECISIONS = {"exact": "le", "au_plus_tard": "au plus tard le", "au_plus_tot": "au plus tôt le"}
_SIGNALEMENTS = {
    "atteint": "seuil de signalement atteint",
    "non_atteint": "seuil de signalement non atteint",
    "a_determiner": "seuil de signalement à déterminer",
    "sans_objet": "pas de seuil, le bailleur saisit lui-même la CCAPEX",
}
CENT = Decimal("0.01")
_TROP = Decimal("1E8")


class MontantIllisible(ValueError):
    """An amount is not a number of euros and cents."""


class SituationInvalide(ValueError):
    """The facts of a tenancy contradict each other or are not written as expected."""


@dataclass(frozen=True, slots=True)
class Palier:
    """The thresholds of one rule between two dates, both included; `None` leaves the side open."""

    valid_from: dt.date
    valid_to: dt.date | None
    multiple: int | None
    multiple_max: int | None
    mois: int | None
    mois_max: int | None
    plafond: Decimal | None
    plafond_compris: bool
    charges: bool
    rls: bool
    certainty: str
    checked_on: dt.date
    transition: str
    note: str
    references: tuple[Reference, ...]

    def covers(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Bareme:
    """A rule whose value is a threshold, with its dated versions."""

    id: str
    libelle: str
    description: str
    versions: tuple[Palier, ...]
    # How far ahead a day to come is announced.
    annonce_mois: int | None = None

    def find_version(self, on: dt.date) -> Palier | None:
        return next((version for version in self.versions if version.covers(on)), None)

    def parametre(self, version: Palier) -> str:
        """Name a version as results quote it, for instance « H1@2027-01-01 »."""
        return f"{self.id}@{version.valid_from.isoformat()}"


@dataclass(frozen=True, slots=True)
class Exigibilite:
    """When a monthly term is due, for one way of paying rent."""

    mois_apres: int
    jour: int
    texte: str


@dataclass(frozen=True, slots=True)
class Releve:
    """The debt as stated on a day."""

    le: dt.date
    montant: Decimal


@dataclass(frozen=True, slots=True)
class Terme:
    """A monthly term: the day it is due, what is due, what was paid of it on that day."""

    exigible_le: dt.date
    du: Decimal
    paye: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Versement:
    """A payment made on a day; it lowers the debt, whatever term it is meant for."""

    le: dt.date
    montant: Decimal


@dataclass(frozen=True, slots=True)
class SituationLocative:
    """What is known of a tenancy and of its debt. `None`: not known; an aid of 0: no aid."""

    loyer: Decimal | None = None
    charges: Decimal | None = None
    aide: Decimal | None = None
    tiers_payant: bool | None = None
    rls: Decimal = Decimal(0)
    terme: str = ""
    releves: tuple[Releve, ...] = ()
    termes: tuple[Terme, ...] = ()
    versements: tuple[Versement, ...] = ()
    # The due day of the oldest term that is still unpaid, when someone says it.
    premier_impaye_le: dt.date | None = None

    def __post_init__(self) -> None:
        for quoi, montant in (
            ("loyer", self.loyer),
            ("charges", self.charges),
            ("aide", self.aide),
            ("réduction de loyer de solidarité", self.rls),
        ):
            if montant is not None:
                check_montant(montant, quoi)
        for releve in self.releves:
            check_montant(releve.montant, "dette")
        for terme in self.termes:
            check_montant(terme.du, "terme dû")
            check_montant(terme.paye, "terme payé")
        for versement in self.versements:
            check_montant(versement.montant, "versement")
        if self.terme not in {"", AVANCE, ECHU}:
            raise SituationInvalide(
                f"«\N{NO-BREAK SPACE}{self.terme}\N{NO-BREAK SPACE}» n’est pas une façon de payer"
                " le loyer\N{NO-BREAK SPACE}: avance ou echu."
            )
        if self.versements and not self.termes:
            raise SituationInvalide(
                "Des versements sans les termes dus ne disent pas la dette\N{NO-BREAK SPACE}:"
                " donnez les termes, ou un décompte daté."
            )


def check_montant(montant: object, quoi: str) -> None:
    """Refuse what is not an exact, positive number of euros and cents.

    Raises MontantIllisible.
    """
    if not isinstance(montant, Decimal) or not montant.is_finite():
        raise MontantIllisible(
            f"Le montant «\N{NO-BREAK SPACE}{quoi}\N{NO-BREAK SPACE}» est illisible."
        )
    if montant < 0 or montant >= _TROP:
        raise MontantIllisible(
            f"Le montant «\N{NO-BREAK SPACE}{quoi}\N{NO-BREAK SPACE}» est hors des bornes"
            " acceptées\N{NO-BREAK SPACE}: il ne peut être ni négatif, ni de cent millions d’euros."
        )
    if montant != montant.quantize(CENT):
        raise MontantIllisible(
            f"Le montant «\N{NO-BREAK SPACE}{quoi}\N{NO-BREAK SPACE}» a plus de deux"
            " décimales\N{NO-BREAK SPACE}: rien n’est arrondi, donnez-le au centime."
        )


@dataclass(frozen=True, slots=True)
class Suite:
    """What the day entails, with its own day when it has one."""

    regle: str
    libelle: str
    date: dt.date | None
    note: str
    references: tuple[Reference, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "regle": self.regle,
            "libelle": self.libelle,
            "date": self.date.isoformat() if self.date else None,
            "note": self.note,
            "references": [{"titre": r.titre, "url": r.url} for r in self.references],
        }


@dataclass(frozen=True, slots=True)
class ImpayeConstitue:
    """Whether and when the arrears became an « impayé », and why.

    `statut`: constitue; a_venir (will be, if nothing is paid); non_constitue; a_determiner (see
    `a_obtenir`); sans_objet (no housing aid). `precision`: exact; au_plus_tard (a statement only
    shows the debt afterwards); au_plus_tot (nothing is known but the first unpaid term).
    `pas_avant_le`: the day before which it cannot be, when something shows it.
    """

    statut: str
    date: dt.date | None
    precision: str
    pas_avant_le: dt.date | None
    regle: str
    libelle: str
    parametre: str
    seuil: Decimal | None
    calcul: str
    base: str
    atteint_par: str
    etapes: tuple[str, ...]
    autres: tuple[Autre, ...]
    suites: tuple[Suite, ...]
    certitude: str
    references: tuple[Reference, ...]
    a_obtenir: tuple[str, ...]
    changerait: tuple[str, ...]
    note: str

    @property
    def titre(self) -> str:
        """Say the answer in one sentence, without its reasons."""
        sentence = _TITRES[self.statut]
        if self.date is None:
            return f"{sentence}."
        day = f"{_PRECISIONS[self.precision]} {write_date(self.date)}"
        if self.statut == "a_determiner":
            return f"{sentence}, {day}."
        return f"{sentence} {day}{', si rien n’est payé' if self.statut == 'a_venir' else ''}."

    def as_dict(self) -> dict[str, Any]:
        """Give the result as JSON-ready values: ISO dates, amounts as text."""
        return {
            "statut": self.statut,
            "titre": self.titre,
            "date": self.date.isoformat() if self.date else None,
            "precision": self.precision,
            "pas_avant_le": self.pas_avant_le.isoformat() if self.pas_avant_le else None,
            "regle": self.regle,
            "libelle": self.libelle,
            "parametre": self.parametre,
            "seuil": None if self.seuil is None else str(self.seuil),
            "calcul": self.calcul,
            "base": self.base,
            "atteint_par": self.atteint_par,
            "etapes": list(self.etapes),
            "autres": [{"date": a.date.isoformat(), "motif": a.motif} for a in self.autres],
            "suites": [suite.as_dict() for suite in self.suites],
            "certitude": self.certitude,
            "references": [{"titre": r.titre, "url": r.url} for r in self.references],
            "a_obtenir": list(self.a_obtenir),
            "changerait": list(self.changerait),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class SeuilSignalement:
    """Whether a commandement de payer had to be signalled to the CCAPEX on its day, and why.

    `statut`: atteint; non_atteint; a_determiner; sans_objet (the landlord is not concerned).
    """

    statut: str
    le: dt.date
    regle: str
    libelle: str
    parametre: str
    seuil: Decimal | None
    calcul: str
    etapes: tuple[str, ...]
    certitude: str
    references: tuple[Reference, ...]
    a_obtenir: tuple[str, ...]
    note: str

    @property
    def titre(self) -> str:
        """Say the answer in one sentence, without its reasons."""
        answer = _SIGNALEMENTS[self.statut]
        return f"Commandement du {write_date(self.le)}\N{NO-BREAK SPACE}: {answer}."

    def as_dict(self) -> dict[str, Any]:
        """Give the result as JSON-ready values: ISO dates, amounts as text."""
        return {
            "statut": self.statut,
            "titre": self.titre,
            "le": self.le.isoformat(),
            "regle": self.regle,
            "libelle": self.libelle,
            "parametre": self.parametre,
            "seuil": None if self.seuil is None else str(self.seuil),
            "calcul": self.calcul,
            "etapes": list(self.etapes),
            "certitude": self.certitude,
            "references": [{"titre": r.titre, "url": r.url} for r in self.references],
            "a_obtenir": list(self.a_obtenir),
            "note": self.note,
        }

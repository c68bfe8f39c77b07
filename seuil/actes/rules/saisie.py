"""An act or a decision, as a person enters it by hand."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ActeSaisi:
    """An act as its paper says it; what the paper does not say is left empty."""

    type: str
    survenu_le: date
    recu_le: date | None = None
    sens: str = ""
    delai_annonce: str = ""
    delai_jusqu_au: date | None = None
    audience_le: date | None = None
    audience_heure: time | None = None
    juridiction: str = ""
    montant: Decimal | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RetraitSaisi:
    """Why an act counts no more, or no more as it was: a reason of the list, a word more."""

    motif: str
    precision: str = ""

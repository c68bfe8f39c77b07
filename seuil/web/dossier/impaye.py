"""What the tab of the debt says of arrears: facts of the dossier handed to the law engine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from seuil.actes.models import Acte, TypeActe
from seuil.dossiers.models import AideLogement, Bail, Dette
from seuil.engines import droit

CERTITUDES_IMPAYE = {
    "sure": "Réponse certaine",
    "contested": "Réponse discutée\N{NO-BREAK SPACE}: plusieurs lectures se défendent",
    "to_check": "Réponse à vérifier",
}
# What a missing fact is about → the page that records it.
_PAGES = (
    ("nature du bailleur", ""),
    ("arrêté", ""),
    ("aide", "aide_ajouter"),
    ("loyer", "bail_completer"),
    ("charges", "bail_completer"),
)


@dataclass(frozen=True, slots=True)
class Manque:
    """A fact that is missing, and the name of the page that records it."""

    texte: str
    page: str


@dataclass(frozen=True, slots=True)
class Reponse:
    """An answer of the engine, for the screen."""

    resultat: droit.ImpayeConstitue | droit.SeuilSignalement
    manques: Sequence[Manque]


def read_situation(
    bail: Bail | None, aides: Sequence[AideLogement], dettes: Sequence[Dette]
) -> droit.SituationLocative:
    """Read the tenancy as its lease, its last known aid and its dated debts describe it."""
    aide = aides[0] if aides else None
    return droit.SituationLocative(
        loyer=bail.loyer if bail else None,
        charges=bail.charges if bail else None,
        aide=aide.montant if aide else None,
        tiers_payant=aide.tiers_payant if aide else None,
        terme=bail.terme if bail else "",
        releves=tuple(droit.Releve(d.constatee_le, d.montant) for d in dettes),
    )


def read_impaye(situation: droit.SituationLocative, *, on: date) -> Reponse:
    """Say whether and when the arrears are an impayé, and what is missing to say it better."""
    result = droit.compute_impaye(situation, au=on)
    return Reponse(result, _manques(result.a_obtenir))


def read_signalement(
    situation: droit.SituationLocative, bail: Bail | None, actes: Iterable[Acte], *, on: date
) -> Reponse | None:
    """Say whether the last commandement was over the threshold; None without commandement."""
    cdp = max(
        (a for a in actes if a.type == TypeActe.COMMANDEMENT and a.survenu_le <= on),
        key=lambda a: a.survenu_le,
        default=None,
    )
    if cdp is None:
        return None
    landlord = bail.bailleur if bail else None
    try:
        result = droit.compute_seuil_signalement(
            situation,
            cdp_le=cdp.survenu_le,
            montant=cdp.montant,
            bailleur=landlord.nature if landlord else "",
        )
    except droit.DateHorsPeriode:
        # A commandement older than the first threshold: there is nothing to say of it.
        return None
    return Reponse(result, _manques(result.a_obtenir))


def _manques(textes: Iterable[str]) -> Sequence[Manque]:
    return [
        Manque(texte, next((page for word, page in _PAGES if word in texte), "dette_ajouter"))
        for texte in textes
    ]

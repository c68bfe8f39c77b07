"""What suspends or stopped the procedure of one dossier."""

from dataclasses import dataclass
from datetime import date

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.echeances.queries.faits import get_faits_connus
from seuil.echeances.rules.pauses import list_pauses
from seuil.engines import droit


@dataclass(frozen=True, slots=True)
class PauseVue:
    """A suspension or a stop of the procedure, with its effect and the day it ends."""

    effet: droit.Effet
    du: date
    au: date | None
    perdue_le: date | None
    en_cours: bool


def list_pauses_of(*, agent: Agent, on: date, dossier: Dossier) -> list[PauseVue]:
    """Return what suspends or stopped the procedure of a file, running ones first."""
    connus = get_faits_connus(agent=agent, on=on, dossier=dossier)
    effets = droit.load_effets()
    found = [
        PauseVue(
            effet=effets[p.genre],
            du=p.du,
            au=p.au,
            perdue_le=p.perdue_le,
            en_cours=p.du <= on and (p.fin_le is None or p.fin_le >= on),
        )
        for p in (list_pauses(connus.actes) if connus else [])
    ]
    return sorted(found, key=lambda p: (not p.en_cours, p.du))

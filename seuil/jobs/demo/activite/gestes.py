"""What everybody of the story does."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.engines import droit
from seuil.jobs.demo.activite.agenda import Agenda
from seuil.jobs.demo.organisations import Acteurs
from seuil.kernel.refusal import Refusal
from seuil.usecases.record_dsf import record_dsf

# A mandate younger than that at the end of the story may have been left aside: late tasks to show.
_RECENT = timedelta(days=150)


class Gestes:
    """What everybody of the story does: call a use case on the day, look at the days to come."""

    def __init__(self, *, acteurs: Acteurs, agenda: Agenda, rng: Random) -> None:
        self.acteurs = acteurs
        self.agenda = agenda
        self.rng = rng
        # What was done, by name, and the refusals by their sentence.
        self.faits: Counter[str] = Counter()
        self.refus: Counter[str] = Counter()

    def is_left_aside(self, mandat: Mandat, part: float) -> bool:
        """Draw whether a recent mandate is left without what comes next."""
        recent = self.agenda.until - mandat.transmis_le < _RECENT
        return recent and self.rng.random() < part

    def jours(self, at_least: int, at_most: int) -> date:
        """Return a working day, some days from now."""
        le = self.agenda.le + timedelta(days=self.rng.randint(at_least, at_most))
        while not droit.is_ouvre(le):
            le += timedelta(days=1)
        return le

    def end_dsf(self, dossier: Dossier, fin: str, *, transmis: bool, by: Agent) -> None:
        """End a diagnosis today."""
        le = self.agenda.le
        self.do(
            record_dsf, dossier=dossier, by=by,
            saisie=FinDsfSaisie(fin, le, le if transmis else None, le),
        )  # fmt: skip

    def do(self, usecase: Callable[..., Any], **what: Any) -> Any:
        """Call a use case on the day; a refusal is counted, never fatal to the demonstration."""
        try:
            done = usecase(on=self.agenda.le, **what)
        except Refusal as refusal:
            self.refus[f"{usecase.__name__} : {refusal}"] += 1
            return None
        self.faits[usecase.__name__] += 1
        return done

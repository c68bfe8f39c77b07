"""What else happens to invented households: signification, délais, surendettement, PCS, DALO."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from seuil.actes.models import Acte, Lot, TypeActe
from seuil.actes.rules.saisie import ActeSaisi
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.bail import record_aide
from seuil.dossiers.rules import AideSaisie
from seuil.jobs.demo.activite.agenda import Agenda, Vie
from seuil.jobs.demo.organisations import Acteurs
from seuil.kernel.refusal import Refusal
from seuil.usecases.record_acte import record_acte


class FaitsDeProcedure:
    """Plays the secretariat, who records by hand what no list brings."""

    def __init__(
        self,
        *,
        acteurs: Acteurs,
        agenda: Agenda,
        rng: Random,
        par_liste: int,
        faits: Counter[str],
        refus: Counter[str],
    ) -> None:
        self._acteurs = acteurs
        self._agenda = agenda
        self._rng = rng
        self._par_liste = par_liste
        # What was done, by name, and the refusals by their sentence.
        self.faits = faits
        self.refus = refus
        self._vies: dict[str, tuple[Callable[[Dossier], Vie], ...]] = {
            TypeActe.COMMANDEMENT: (self._live_aide, self._live_aide, self._live_saisine),
            TypeActe.JUGEMENT: (self._live_signification, self._live_delais_quitter),
            TypeActe.CQL: (self._live_surendettement, self._live_dalo, self._live_pcs),
        }

    def follow(self, lot: Lot) -> None:
        """Choose some dossiers of a list just imported, and plan what happens to them."""
        vies = self._vies.get(lot.type)
        if not vies:
            return
        ids = Acte.objects.en_vigueur().filter(lot=lot).order_by("dossier__numero")
        known = list(ids.values_list("dossier_id", flat=True))
        chosen = self._rng.sample(known, min(len(known), self._par_liste))
        dossiers = Dossier.objects.filter(pk__in=chosen).order_by("numero")
        for rank, dossier in enumerate(dossiers):
            le = self._agenda.le + timedelta(days=self._rng.randrange(3, 40))
            self._agenda.add(le, vies[rank % len(vies)](dossier))

    def _live_aide(self, dossier: Dossier) -> Vie:
        self._do(
            record_aide, dossier=dossier,
            saisie=AideSaisie(
                constatee_le=self._agenda.le, montant=Decimal(self._rng.randrange(90, 320)),
                source="CAF", tiers_payant=self._rng.random() < 0.6,
            ),
        )  # fmt: skip
        yield from ()

    def _live_saisine(self, dossier: Dossier) -> Vie:
        if dossier.parc == "social":
            self._record(dossier, "saisine_ccapex")
        yield from ()

    def _live_signification(self, dossier: Dossier) -> Vie:
        self._record(dossier, "signification", sens="fond")
        yield from ()

    def _live_delais_quitter(self, dossier: Dossier) -> Vie:
        until = self._agenda.le + timedelta(days=30 * self._rng.randrange(2, 10))
        self._record(dossier, "delais_quitter", delai_jusqu_au=until)
        yield from ()

    def _live_surendettement(self, dossier: Dossier) -> Vie:
        self._record(dossier, "surendettement", sens="depot")
        yield self._later(30, 80)
        self._record(dossier, "surendettement", sens="recevable")
        if self._rng.random() < 0.5:
            yield self._later(10, 30)
            self._record(dossier, "surendettement", sens="suspension")

    def _live_dalo(self, dossier: Dossier) -> Vie:
        self._record(dossier, "dalo", sens="recours")
        yield self._later(60, 100)
        self._record(dossier, "dalo", sens="reconnu" if self._rng.random() < 0.6 else "rejet")

    def _live_pcs(self, dossier: Dossier) -> Vie:
        if dossier.parc != "social":
            return
        self._record(dossier, "pcs", sens="signe")
        yield self._later(90, 300)
        if self._rng.random() < 0.3:
            self._record(dossier, "pcs", sens="rompu")

    def _later(self, least: int, most: int) -> date:
        return self._agenda.le + timedelta(days=self._rng.randrange(least, most))

    def _record(self, dossier: Dossier, type_acte: str, **details: Any) -> None:
        self._do(
            record_acte, dossier=dossier, saisie=ActeSaisi(type_acte, self._agenda.le, **details)
        )

    def _do(self, do: Callable[..., Any], **what: Any) -> None:
        """Record on the day; a refusal is counted, never fatal to the demonstration."""
        try:
            do(**what, by=self._acteurs.secretariat, on=self._agenda.le)
        except Refusal as refusal:
            self.refus[f"{do.__name__} : {refusal}"] += 1
        else:
            self.faits[do.__name__] += 1

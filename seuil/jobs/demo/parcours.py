"""How invented households go through the procedure: which acts, on which days, for how much."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from seuil.engines import droit
from seuil.jobs.demo.population import Menage, Population

# The longest way from a commandement to an expulsion, in years: households older than that have
# nothing left to show in the lists.
_ANNEES_AVANT = 3


@dataclass(frozen=True, slots=True)
class Volumes:
    """Acts expected per year, and what the équipe mobile takes each month."""

    commandements: int
    assignations: int
    jugements: int
    cql: int
    rfp: int
    cfp: int
    expulsions: int
    mandats_par_mois: int
    # Months gathered in one list: a small préfecture does not send seven files a month.
    mois_par_liste: int = 1
    # Months of history, and the last of them in which the équipe mobile works.
    mois: int = 24
    mois_equipe: int = 24


# Gironde: national totals by population share. The others keep its ratios.
GIRONDE = Volumes(
    12_500, 3_750, 3_150, 1_650, 1_320, 880, 400, mandats_par_mois=12, mois_par_liste=3
)  # fmt: skip
PETITE = Volumes(
    420, 126, 106, 55, 44, 30, 13, mandats_par_mois=4, mois_par_liste=8, mois_equipe=12
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActePrevu:
    """An act of a household, as one row of one list will tell it."""

    menage: Menage
    type: str
    survenu_le: date
    recu_le: date | None = None
    audience_le: date | None = None
    heure: time | None = None
    tribunal: str = ""
    montant: Decimal | None = None
    sens: str = ""
    delai_jusqu_au: date | None = None
    reference: str = ""

    @property
    def connu_le(self) -> date:
        """Return the day whoever writes the list knows of the act."""
        if self.type == "audience":
            # The registry announces a postponed hearing some weeks before it is held.
            return self.survenu_le - timedelta(days=45)
        return self.recu_le or self.survenu_le


def draw_actes(
    *, rng: Random, volumes: Volumes, departement: str, depuis: date, jusqu_a: date
) -> list[ActePrevu]:
    """Draw the acts known in [depuis, jusqu_a], of households that may have begun earlier."""
    population = Population(rng=rng, departement=departement)
    debut = depuis.replace(year=depuis.year - _ANNEES_AVANT, day=1)
    jours = (jusqu_a - debut).days
    actes: list[ActePrevu] = []
    previous: Menage | None = None
    for numero in range(round(volumes.commandements * jours / 365.25)):
        le = _ouvre(debut + timedelta(days=rng.randrange(jours)))
        menage = population.draw(
            numero=numero, le=le, parc="prive" if rng.random() < 0.58 else "social"
        )
        if previous and rng.random() < 0.005:
            # The same household at a second address: two files, rightly.
            menage = replace(menage, nom=previous.nom, prenom=previous.prenom)
        previous = menage
        journey = _Parcours(rng=rng, volumes=volumes, menage=menage)
        actes.extend(a for a in journey.walk(le) if depuis <= a.connu_le <= jusqu_a)
    actes.sort(key=lambda acte: (acte.connu_le, acte.menage.numero, acte.survenu_le))
    return actes


class _Parcours:
    """One household's way, from its commandement to wherever it stops."""

    def __init__(self, *, rng: Random, volumes: Volumes, menage: Menage) -> None:
        self._rng = rng
        self._volumes = volumes
        self._menage = menage
        self._dette = menage.dette

    def walk(self, commandement_le: date) -> Iterator[ActePrevu]:
        rng, v = self._rng, self._volumes
        yield self._acte("commandement", commandement_le, recu=rng.randrange(6))
        if not self._goes_on(v.assignations, v.commandements):
            return
        assigne_le = self._later(commandement_le, 65, 200)
        assignation = self._assignation(assigne_le)
        yield assignation
        audience_le = assignation.audience_le
        assert audience_le
        if rng.random() < 0.12:
            renvoi = _audience_after(rng, audience_le + timedelta(days=28), assignation.tribunal)
            yield self._acte(
                "audience", renvoi, heure=assignation.heure, tribunal=assignation.tribunal
            )
            audience_le = renvoi
        if not self._goes_on(v.jugements, v.assignations):
            return
        jugement = self._jugement(audience_le, assignation.tribunal)
        yield jugement
        # Only judgments that end the lease go on: the rest of the ratio is theirs.
        if jugement.sens != "resiliation" or not self._goes_on(
            v.cql, round(v.jugements * _PART_RESILIATION)
        ):
            return
        cql_le = self._later(jugement.survenu_le, 25, 110)
        yield self._acte("cql", cql_le, recu=None if rng.random() < 0.03 else rng.randrange(8))
        if self._goes_on(v.rfp, v.cql):
            yield from self._force_publique(cql_le)

    def _force_publique(self, cql_le: date) -> Iterator[ActePrevu]:
        rng, v = self._rng, self._volumes
        rfp_le = self._later(cql_le, 62, 150)
        yield self._acte("rfp", rfp_le, recu=rng.randrange(3))
        sens = rng.choices(
            ("accord", "refus", "report", ""), (v.cfp, v.rfp * 0.20, v.rfp * 0.09, v.rfp * 0.04)
        )[0]
        if not sens:
            return  # two months of silence: implicit refusal
        decide_le = self._decision_le(rfp_le)
        report = decide_le + timedelta(days=60) if sens == "report" else None
        yield self._acte("cfp", decide_le, sens=sens, delai_jusqu_au=report)
        if sens == "accord" and self._goes_on(v.expulsions, v.cfp):
            yield self._acte("expulsion", self._hors_treve(self._later(decide_le, 8, 60)))

    def _assignation(self, le: date) -> ActePrevu:
        rng = self._rng
        tribunal = _tribunal(self._menage)
        recu_le = _ouvre(le + timedelta(days=rng.randrange(1, 8)))
        # One in twenty-five is notified too late: less than six weeks before the hearing.
        marge = rng.randrange(20, 40) if rng.random() < 0.04 else rng.randrange(46, 120)
        audience_le = _audience_after(rng, recu_le + timedelta(days=marge), tribunal)
        return self._acte(
            "assignation", le, recu=(recu_le - le).days, audience_le=audience_le,
            heure=rng.choice((time(9), time(9, 30), time(10, 30), time(14))), tribunal=tribunal,
        )  # fmt: skip

    def _jugement(self, audience_le: date, tribunal: str) -> ActePrevu:
        rng = self._rng
        le = self._later(audience_le, 21, 70)
        sens = rng.choices(("resiliation", "delais", "rejet", "desistement"), _PARTS_JUGEMENT)[0]
        if sens == "desistement":
            self._dette = Decimal(0)  # paid between the commandement and the hearing
        delai = le + timedelta(days=30 * rng.randrange(6, 37)) if sens == "delais" else None
        return self._acte("jugement", le, sens=sens, tribunal=tribunal, delai_jusqu_au=delai)

    def _decision_le(self, rfp_le: date) -> date:
        rng = self._rng
        le = self._later(rfp_le, 20, 75)
        # Decisions asked for in winter are mostly taken at the end of the trêve.
        if le.month in {11, 12, 1, 2} and rng.random() < 0.7:
            year = le.year + (le.month > 10)
            le = _ouvre(date(year, 3, 10) + timedelta(days=rng.randrange(45)))
        return le

    def _hors_treve(self, le: date) -> date:
        if droit.in_treve(le):
            le = droit.end_of_treve(le) + timedelta(days=self._rng.randrange(1, 45))
        return _ouvre(le)

    def _acte(
        self, type_acte: str, le: date, *, recu: int | None = None, **details: object
    ) -> ActePrevu:
        self._dette = max(
            Decimal(0), self._dette + self._menage.loyer * Decimal(self._rng.randrange(-1, 4)) / 2
        ) if self._dette else self._dette  # fmt: skip
        return ActePrevu(
            menage=self._menage,
            type=type_acte,
            survenu_le=le,
            recu_le=None if recu is None else le + timedelta(days=recu),
            montant=self._dette,
            reference=f"{type_acte[:3].upper()}-{le:%y%m}-{self._menage.numero:06d}",
            **details,  # type: ignore[arg-type]
        )

    def _goes_on(self, next_volume: int, volume: int) -> bool:
        return self._rng.random() < next_volume / volume

    def _later(self, le: date, at_least: int, at_most: int) -> date:
        return _ouvre(le + timedelta(days=self._rng.randrange(at_least, at_most)))


_PARTS_JUGEMENT = (66, 22, 5, 7)
_PART_RESILIATION = 0.66

# Weekdays on which each court sits for evictions (0 is Monday), in this demonstration.
_JOURS_D_AUDIENCE = {
    "Tribunal judiciaire de Bordeaux": (1, 3, 4),
    "Tribunal judiciaire de Libourne": (0, 2),
    "Tribunal de proximité d’Arcachon": (2,),
}
_TRIBUNAL_PAR_ARRONDISSEMENT = {
    "335": "Tribunal judiciaire de Libourne",
    "331": "Tribunal judiciaire de Libourne",
    "336": "Tribunal de proximité d’Arcachon",
}


def _tribunal(menage: Menage) -> str:
    return _TRIBUNAL_PAR_ARRONDISSEMENT.get(
        menage.arrondissement, "Tribunal judiciaire de Bordeaux"
    )


def _audience_after(rng: Random, le: date, tribunal: str) -> date:
    """Return a sitting of the court on or after a day; courts hardly sit in August."""
    le += timedelta(days=rng.randrange(7))
    while (
        le.weekday() not in _JOURS_D_AUDIENCE[tribunal]
        or le.month == 8
        or (le.month, le.day) >= (12, 24)
        or not droit.is_ouvre(le)
    ):
        le += timedelta(days=1)
    return le


def _ouvre(le: date) -> date:
    while not droit.is_ouvre(le):
        le += timedelta(days=1)
    return le

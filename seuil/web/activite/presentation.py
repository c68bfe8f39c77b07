"""The figures as the page shows them: bars of the days, curves of the months, maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seuil.indicateurs.rules.activite import Activite, LigneActivite
from seuil.indicateurs.rules.tendances import Repartition, Tendance
from seuil.web.activite.images import draw_carte, draw_courbe


@dataclass(frozen=True, slots=True)
class Barre:
    """A day's figure; `longueur` is in percent of the month's highest day."""

    jour: date
    nombre: int
    longueur: int


def list_barres(jours: Sequence[date], nombres: Sequence[int | None]) -> list[Barre]:
    """Return one bar per day that is told; a month without anything has bars of no length."""
    told = [(jour, n) for jour, n in zip(jours, nombres, strict=True) if n is not None]
    highest = max((n for _, n in told), default=0)
    return [
        Barre(jour, nombre, round(100 * nombre / highest) if highest else 0)
        for jour, nombre in told
    ]


@dataclass(frozen=True, slots=True)
class Rangee:
    """An indicator of the month with its twelve months, as its row shows them."""

    ligne: LigneActivite
    tendance: Tendance
    courbe: str

    @property
    def dit(self) -> str:
        """Say what the curve shows to whoever does not see it."""
        nombres = [p.nombre for p in self.tendance.points]
        cible = self.tendance.cible
        vise = f" Objectif du mois : {cible}." if cible is not None else ""
        return (
            f"Douze mois : de {nombres[0]} à {nombres[-1]}, au moins {min(nombres)},"
            f" au plus {max(nombres)}.{vise}"
        )


def list_rangees(activite: Activite, tendances: Sequence[Tendance]) -> list[Rangee]:
    """Return one row an indicator; its total is the one of the month's own count."""
    return [Rangee(activite.get_ligne(t.indicateur.code), t, draw_courbe(t)) for t in tendances]


@dataclass(frozen=True, slots=True)
class Lieux:
    """A figure by place: the map when outlines are shipped, the table always."""

    libelle: str
    definition: str
    repartition: Repartition
    departement: str
    # An indicator of the activity, whose figures open; "" for another.
    code: str = ""
    # Read for the whole country: its places are the départements.
    est_national: bool = False

    @property
    def maille(self) -> str:
        return "département" if self.est_national else "intercommunalité"

    @property
    def par_mille(self) -> bool:
        return any(z.pour_mille for z in self.repartition.zones)

    @property
    def carte(self) -> str:
        return draw_carte(self.repartition, departement=self.departement, par_mille=self.par_mille)

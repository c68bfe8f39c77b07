"""The published figures, read back, and those of longer periods, counted over their facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from seuil.accompagnements.models import Demarche
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.rules import why_not
from seuil.conservation.models import Edition
from seuil.indicateurs.queries.activite import (
    ONE,
    PAR_MOIS,
    SOURCES,
    ActiviteInterdite,
    get_scope,
    list_rows,
)
from seuil.indicateurs.rules.activite import INDICATEURS, Indicateur
from seuil.kernel.contexte import EVERYWHERE, counting

_FAITS = " UNION ALL ".join(ONE.format(code=c, source=s) for c, s in PAR_MOIS.items())
# Counted once over the whole period, never added up from its months.
_TOTAUX = f"""
WITH fait AS ({_FAITS}), compte AS (
    SELECT code, COUNT(DISTINCT cle) AS nombre FROM fait GROUP BY code
    UNION ALL
    SELECT k.indicateur, k.nombre FROM conservation_compteanonyme k
    WHERE (%(departement)s = '*' OR k.departement = %(departement)s)
      AND k.detail = '' AND k.le IS NULL
      AND k.operateur_id IS NOT DISTINCT FROM %(operateur)s::uuid
      AND k.mois >= %(debut)s AND k.mois < %(fin)s
)
SELECT code, SUM(nombre)::int AS nombre FROM compte GROUP BY code
"""
_QUI = " UNION ALL ".join(
    f"SELECT e.acteur, s.cle FROM ({SOURCES[code]}) s"
    " JOIN accompagnements_demarche e ON e.id = s.cle"
    " JOIN dossiers_dossier x ON x.id = s.dossier_id AND x.limite_le IS NULL"
    for code in (
        "dispositifs_apurement", "orientations_accompagnement", "orientations_hebergement",
    )
)  # fmt: skip
_PAR_ACTEUR = (
    f"SELECT q.acteur AS code, COUNT(DISTINCT q.cle)::int AS nombre FROM ({_QUI}) q GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class Periode:
    """A quarter, a half-year, a year: the days it holds up to the day of reading."""

    libelle: str
    debut: date
    # The day after its last.
    fin: date


@dataclass(frozen=True, slots=True)
class LignePeriode:
    """A figure over each period, in their order."""

    libelle: str
    nombres: tuple[int, ...]
    indicateur: Indicateur | None = None


@dataclass(frozen=True, slots=True)
class Periodes:
    """The figures of the longer periods that hold a month."""

    periodes: tuple[Periode, ...]
    lignes: tuple[LignePeriode, ...]
    # The démarches done, by who did them.
    acteurs: tuple[LignePeriode, ...]


def list_periodes(*, mois: date) -> tuple[Periode, ...]:
    """Return the quarter, the half-year and the year that hold a month."""
    found = []
    for size, name in ((3, "trimestre"), (6, "semestre"), (12, "")):
        rank = (mois.month - 1) // size
        debut = mois.replace(month=rank * size + 1, day=1)
        last = rank * size + size
        fin = date(debut.year + 1, 1, 1) if last == 12 else date(debut.year, last + 1, 1)
        rang = "1er" if rank == 0 else f"{rank + 1}e"
        libelle = f"{rang} {name} {mois.year}" if name else f"Année {mois.year}"
        found.append(Periode(libelle, debut, fin))
    return tuple(found)


def get_periodes(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None = None
) -> Periodes:
    """Return every indicator over the quarter, half-year and year of a month, up to `on`.

    A household met in several months counts once. Raises ActiviteInterdite.
    """
    scope = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    periodes = list_periodes(mois=mois)
    totaux: list[dict[str, int]] = []
    acteurs: list[dict[str, int]] = []
    for periode in periodes:
        fin = max(periode.debut, min(periode.fin, on + timedelta(days=1)))
        params = scope | {"debut": periode.debut, "fin": fin}
        for sql, found in ((_TOTAUX, totaux), (_PAR_ACTEUR, acteurs)):
            rows = list_rows(sql=sql, params=params)
            found.append({row["code"]: row["nombre"] for row in rows})
    return Periodes(
        periodes,
        tuple(LignePeriode(i.libelle, _read(totaux, i.code), i) for i in INDICATEURS),
        tuple(
            LignePeriode(str(acteur.label), _read(acteurs, acteur.value))
            for acteur in Demarche.Acteur
        ),
    )


def _read(comptes: Sequence[dict[str, int]], code: str) -> tuple[int, ...]:
    return tuple(compte.get(code, 0) for compte in comptes)


def list_editions(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None = None
) -> list[Edition]:
    """Return the published editions of a month, the last one first; none of the whole country.

    Raises ActiviteInterdite.
    """
    scope = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    if scope["departement"] == EVERYWHERE:
        return []
    with counting("activite", on=on):
        rows = Edition.objects.filter(
            departement=scope["departement"],
            operateur=scope["operateur"],
            mois=mois.replace(day=1),
        ).select_related("operateur")
        return list(rows.order_by("-numero"))


def get_edition(*, agent: Agent, on: date, edition_id: UUID) -> Edition:
    """Return an edition that the agent may read. Raises ActiviteInterdite, Edition.DoesNotExist."""
    reason = why_not(agent.profil, "activite.lire")
    if reason:
        raise ActiviteInterdite(reason)
    scope = get_scope(agent=agent, on=on, mois=on, operateur=None)
    with counting("activite", on=on):
        rows = Edition.objects.select_related("operateur")
        if scope["departement"] != EVERYWHERE:
            rows = rows.filter(departement=scope["departement"])
        if scope["operateur"]:
            # An operator's people read their own figures.
            rows = rows.filter(operateur=scope["operateur"])
        return rows.get(pk=edition_id)

"""Count the same figures over twelve months, against what was aimed at, and by place."""

from datetime import date

from django.db.models import Sum

from seuil.accompagnements.models import Objectif
from seuil.acteurs.models import Agent, Commune, Organisation
from seuil.acteurs.rules import why_not
from seuil.indicateurs.queries.activite import (
    ONE,
    PAR_MOIS,
    UTILISABLE,
    ActiviteInterdite,
    get_scope,
    list_rows,
)
from seuil.indicateurs.rules import tendances as rules
from seuil.indicateurs.rules.activite import bounds_of_month
from seuil.indicateurs.rules.tendances import Cible, Repartition, Tendance
from seuil.kernel.contexte import EVERYWHERE, counting

_FAITS = " UNION ALL ".join(ONE.format(code=c, source=s) for c, s in PAR_MOIS.items())
# What the erased files counted in a month is added, as in the month's own figures.
_SERIES = f"""
WITH fait AS ({_FAITS}), compte AS (
    SELECT code, date_trunc('month', jour)::date AS mois, COUNT(DISTINCT cle) AS nombre
    FROM fait GROUP BY 1, 2
    UNION ALL
    SELECT k.indicateur, k.mois, k.nombre FROM conservation_compteanonyme k
    WHERE (%(departement)s = '*' OR k.departement = %(departement)s)
      AND k.detail = '' AND k.le IS NULL
      AND k.operateur_id IS NOT DISTINCT FROM %(operateur)s::uuid
      AND k.mois >= %(debut)s AND k.mois < %(fin)s
)
SELECT code, mois, SUM(nombre)::int AS nombre FROM compte GROUP BY code, mois
"""
# The commandements in force, counted on their legal day: erased files are not located.
_COMMANDEMENTS = """
    SELECT a.survenu_le AS jour, a.id AS cle, a.dossier_id FROM actes_acte a
    JOIN dossiers_dossier q ON q.id = a.dossier_id
    WHERE a.type = 'commandement' AND a.retire_le IS NULL
      AND a.survenu_le >= %(debut)s AND a.survenu_le < %(fin)s
      AND (%(departement)s = '*' OR q.departement_id = %(departement)s)
"""
# Of a département, its intercommunalités; of the country, its départements.
_PAR_LIEU = """
SELECT COALESCE(CASE WHEN %(departement)s = '*' THEN t.nom ELSE c.epci END, '') AS lieu,
       COUNT(DISTINCT s.cle)::int AS nombre
FROM ({source}) s
LEFT JOIN dossiers_logement l ON l.dossier_id = s.dossier_id
LEFT JOIN acteurs_commune c ON c.code = l.commune_id
LEFT JOIN acteurs_departement t ON t.code = c.departement_id
"""


def list_tendances(
    *,
    agent: Agent,
    on: date,
    mois: date,
    operateur: Organisation | None = None,
    cible: Cible | None = None,
) -> tuple[Tendance, ...]:
    """Return each indicator over the twelve months that end with one; the same month a year before.

    `cible` is what `find_cible` gave for the same reader and month. Each month's figure is the
    total that its own page gives. Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    params |= {"debut": rules.list_mois(mois)[0]}
    rows = list_rows(sql=_SERIES, params=params)
    return rules.compute_tendances(
        mois=mois.replace(day=1),
        figures=[(row["code"], row["mois"], row["nombre"]) for row in rows],
        cible=cible,
        en_cours=on < bounds_of_month(mois)[1],
    )


def find_cible(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None = None
) -> Cible | None:
    """Return what the conventions set for the year of a month; None when none says it.

    Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    with counting("activite", on=on):
        rows = Objectif.objects.filter(annee=mois.year)
        if params["departement"] != EVERYWHERE:
            rows = rows.filter(departement=params["departement"])
        if params["operateur"]:
            rows = rows.filter(operateur=params["operateur"])
        sums = rows.aggregate(mois=Sum("volume_mensuel"), an=Sum("cible_annuelle"))
    if not sums["an"]:
        return None
    return Cible(annee=mois.year, par_mois=sums["mois"], par_an=sums["an"])


def count_par_lieu(
    *, agent: Agent, on: date, mois: date, code: str, operateur: Organisation | None = None
) -> Repartition:
    """Return an indicator of the month by intercommunalité of the dwelling.

    Raises ActiviteInterdite; KeyError for an unknown indicator.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    return _count(PAR_MOIS[code], params, agent=agent)


def count_commandements(*, agent: Agent, on: date, mois: date) -> Repartition:
    """Return the commandements of a month by place, and for 1 000 inhabitants of each.

    Those of the territory: an operator's agent, who counts its own work, reads them no other way.
    Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=None)
    if params["operateur"]:
        raise ActiviteInterdite("Vous lisez l’activité de votre équipe, pas celle du territoire.")
    communes = Commune.objects.all()
    lieu = "departement__nom"
    if params["departement"] != EVERYWHERE:
        communes, lieu = communes.filter(departement=params["departement"]), "epci"
    habitants = dict(
        communes.values_list(lieu).annotate(total=Sum("population")).values_list(lieu, "total")
    )
    return _count(_COMMANDEMENTS, params, agent=agent, habitants=habitants)


def _count(
    source: str,
    params: dict[str, object],
    *,
    agent: Agent,
    habitants: dict[str, int] | None = None,
) -> Repartition:
    sql = _PAR_LIEU.replace("{source}", source) + UTILISABLE + " GROUP BY 1"
    comptes = {row["lieu"]: row["nombre"] for row in list_rows(sql=sql, params=params)}
    return rules.compute_repartition(
        comptes, habitants=habitants, is_open=not why_not(agent.profil, "activite.ouvrir")
    )

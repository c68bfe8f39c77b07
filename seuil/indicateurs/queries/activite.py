"""Count the équipe mobile's activity, and open each figure on its dossiers.

Each indicator has one SQL source that gives (day, what is counted, dossier); totals, days, lists
and exports all read it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.rules import is_reached_by, why_not
from seuil.conservation.models import CompteAnonyme
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Stade
from seuil.engines import droit
from seuil.indicateurs.rules import activite as rules
from seuil.indicateurs.rules.activite import PAR_CODE, Activite, group_petits
from seuil.kernel.contexte import EVERYWHERE, counting
from seuil.kernel.refusal import Refusal


class ActiviteInterdite(Refusal):
    """The role does not read the activity, or does not open its dossiers."""


@dataclass(frozen=True, slots=True)
class DossierCompte:
    """One unit of a figure, of a dossier that the agent opens."""

    numero: str
    nom: str
    commune: str
    jour: date


@dataclass(frozen=True, slots=True)
class DossiersComptes:
    """The units of a figure: named where the agent opens the dossier, counted elsewhere."""

    lignes: tuple[DossierCompte, ...]
    fermes: int


@dataclass(frozen=True, slots=True)
class Cloture:
    """A closed mandate, as in the table sent to the DDETS."""

    numero: str
    stade: str
    transmis_le: date
    repondu_le: date
    clos_le: date
    duree_jours: int
    motif: str
    denouement: str
    notifie_le: date | None


@dataclass(frozen=True, slots=True)
class CompteClotures:
    """How many mandates ended for a reason with an outcome."""

    motif: str
    denouement: str
    nombre: int


@dataclass(frozen=True, slots=True)
class Clotures:
    """The closures of a month: line by line where the agent opens the dossier, all counted."""

    lignes: tuple[Cloture, ...]
    # What no line tells, to who may open the dossiers of a figure.
    fermes: int
    comptes: tuple[CompteClotures, ...]
    # Those of cells too small to be told apart, to who opens no dossier.
    autres: int
    total: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one file counts in a figure: of an operator or of all, on a day or in the month."""

    operateur_id: UUID | None
    indicateur: str
    mois: date
    le: date | None
    detail: str
    nombre: int


def _write_codes(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


# The contacts of the operators' people, and what each source below narrows.
_CONTACTS = """
    SELECT c.survenu_le AS jour, {cle} AS cle, c.dossier_id
    FROM contacts_contact c
    JOIN acteurs_organisation o ON o.id = c.organisation_id AND o.type = 'operateur'
    WHERE c.survenu_le >= %(debut)s AND c.survenu_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
"""
_DEMARCHES = """
    SELECT e.terminee_le AS jour, e.id AS cle, m.dossier_id
    FROM accompagnements_demarche e
    JOIN accompagnements_contrat k ON k.id = e.contrat_id
    JOIN accompagnements_mandat m ON m.id = k.mandat_id
    JOIN acteurs_organisation o ON o.id = m.operateur_id
    WHERE e.etat = 'faite' AND e.terminee_le >= %(debut)s AND e.terminee_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
"""
_CLOTURES = """
    SELECT m.clos_le AS jour, m.id AS cle, m.dossier_id
    FROM accompagnements_mandat m
    JOIN acteurs_organisation o ON o.id = m.operateur_id
    WHERE m.clos_le >= %(debut)s AND m.clos_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
"""
_MANDATS = """
    SELECT m.transmis_le AS jour, m.id AS cle, m.dossier_id
    FROM accompagnements_mandat m
    JOIN acteurs_organisation o ON o.id = m.operateur_id
    WHERE m.transmis_le >= %(debut)s AND m.transmis_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
"""
_AVAL = "('cql', 'rfp', 'cfp', 'expulsion')"
# The acts of the file that are a scheme too, while the mandate runs, unless a démarche tells it.
_DISPOSITIFS_EN_ACTES = """
    SELECT a.survenu_le AS jour, a.id AS cle, a.dossier_id
    FROM actes_acte a
    JOIN accompagnements_mandat m ON m.dossier_id = a.dossier_id AND m.reponse = 'accepte'
      AND m.repondu_le <= a.survenu_le AND (m.clos_le IS NULL OR m.clos_le >= a.survenu_le)
    JOIN acteurs_organisation o ON o.id = m.operateur_id
    WHERE a.type IN ('plan_apurement', 'surendettement', 'pcs') AND a.retire_le IS NULL
      AND a.survenu_le >= %(debut)s AND a.survenu_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
      AND NOT EXISTS (
        SELECT 1 FROM accompagnements_demarche e
        JOIN accompagnements_contrat k ON k.id = e.contrat_id
        WHERE k.mandat_id = m.id AND e.genre = a.type AND e.etat = 'faite')
"""
_BAILLEURS = f"""
      AND c.avec = 'bailleur' AND c.resultat IN ({_write_codes(Contact.ABOUTIS)})
"""
# A landlord counts once for all its files; one that is not known counts with its file.
_BAILLEUR = """COALESCE((SELECT b.bailleur_id FROM dossiers_bail b
        WHERE b.dossier_id = c.dossier_id), c.dossier_id)"""
# A household is accompanied on each day from the answer to the eve of the closure.
_DES = "GREATEST(m.repondu_le, %(debut)s::date)"
_ACCOMPAGNES = """
    SELECT g.jour::date AS jour, m.dossier_id AS cle, m.dossier_id
    FROM accompagnements_mandat m
    JOIN acteurs_organisation o ON o.id = m.operateur_id
    CROSS JOIN LATERAL generate_series(
        {debut}::timestamp,
        (LEAST(COALESCE(m.clos_le, %(fin)s::date), %(fin)s::date) - 1)::timestamp,
        interval '{pas}'
    ) AS g(jour)
    WHERE m.reponse = 'accepte' AND m.repondu_le < %(fin)s
      AND (m.clos_le IS NULL OR m.clos_le > %(debut)s)
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
    """
# Indicator → its source. Bounds are [debut, fin); `operateur` is null for a whole département.
SOURCES: Mapping[str, str] = {
    "mandats_recus": _MANDATS,
    "mandats_amont": f"{_MANDATS} AND m.stade NOT IN {_AVAL}",
    "mandats_aval": f"{_MANDATS} AND m.stade IN {_AVAL}",
    "mandats_arrondissement": _MANDATS
    + """
      AND EXISTS (
        SELECT 1 FROM accompagnements_objectif j
        JOIN dossiers_logement l ON l.dossier_id = m.dossier_id
        JOIN acteurs_commune c ON c.code = l.commune_id
        WHERE j.operateur_id = m.operateur_id AND j.annee = EXTRACT(YEAR FROM m.transmis_le)
          AND j.arrondissement_id = c.arrondissement_id)
    """,
    "tentatives": _CONTACTS.format(cle="c.id"),
    "tentatives_decalees": _CONTACTS.format(cle="c.id")
    + """
      AND (EXTRACT(ISODOW FROM c.survenu_le) >= 6 OR c.heure < '09:00' OR c.heure >= '18:00')
    """,
    "menages_rencontres": _CONTACTS.format(cle="c.dossier_id")
    + f"""
      AND c.avec = 'menage' AND c.canal IN ('domicile', 'lieu_neutre')
      AND (c.resultat IN ({_write_codes(Contact.RENCONTRES)})
        OR c.resultat = 'rendez_vous'
          AND EXISTS (SELECT 1 FROM visites_visite v WHERE v.contact_id = c.id))
    """,
    "diagnostics": """
    SELECT d.termine_le AS jour, d.id AS cle, d.dossier_id
    FROM diagnostics_dsf d
    JOIN acteurs_agent a ON a.id = d.par_id
    JOIN acteurs_organisation o ON o.id = a.organisation_id AND o.type = 'operateur'
    WHERE d.fin IN ('avec_menage', 'sans_rencontre')
      AND d.termine_le >= %(debut)s AND d.termine_le < %(fin)s
      AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
      AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
    """,
    "bailleurs_contactes": _CONTACTS.format(cle=_BAILLEUR) + _BAILLEURS,
    "dossiers_bailleur_contacte": _CONTACTS.format(cle="c.dossier_id") + _BAILLEURS,
    "menages_accompagnes": _ACCOMPAGNES.format(debut=_DES, pas="1 day"),
    "dispositifs_apurement": _DEMARCHES
    + """
      AND e.genre IN
        ('plan_apurement', 'fsl', 'surendettement', 'action_logement', 'aide_logement')
    UNION ALL
    """
    + _DISPOSITIFS_EN_ACTES,
    "impayes_resorbes": """
    SELECT r.jour, r.dossier_id AS cle, r.dossier_id FROM (
        SELECT m.id, m.dossier_id, LEAST(
            CASE WHEN m.denouement = 'dette_apuree' THEN m.clos_le END,
            (SELECT MIN(t.constatee_le) FROM dossiers_dette t
             WHERE t.dossier_id = m.dossier_id AND t.montant = 0
               AND t.constatee_le >= m.repondu_le
               AND (m.clos_le IS NULL OR t.constatee_le <= m.clos_le))) AS jour
        FROM accompagnements_mandat m
        JOIN acteurs_organisation o ON o.id = m.operateur_id
        WHERE m.reponse = 'accepte' AND m.repondu_le < %(fin)s
          AND (m.clos_le IS NULL OR m.clos_le >= %(debut)s)
          AND (%(departement)s = '*' OR o.departement_id = %(departement)s)
          AND (%(operateur)s::uuid IS NULL OR o.id = %(operateur)s::uuid)
    ) r
    WHERE r.jour >= %(debut)s AND r.jour < %(fin)s
    """,
    "relogements": _CLOTURES + " AND m.denouement = 'relogement'",
    "orientations_accompagnement": _DEMARCHES + " AND e.genre = 'accompagnement'",
    "orientations_hebergement": _DEMARCHES + " AND e.genre = 'siao'",
    "clotures": _CLOTURES,
}

# The same, for a figure that tells no day: one line a month, not one a day.
PAR_MOIS: Mapping[str, str] = {
    **SOURCES,
    "menages_accompagnes": _ACCOMPAGNES.format(debut=f"date_trunc('month', {_DES})", pas="1 month")
    + f" AND {_DES} < LEAST(COALESCE(m.clos_le, %(fin)s::date), %(fin)s::date)",
}

# A file whose processing is limited (RGPD, art. 18) is in no figure.
UTILISABLE = (
    " WHERE NOT EXISTS (SELECT 1 FROM dossiers_dossier x"
    " WHERE x.id = s.dossier_id AND x.limite_le IS NOT NULL)"
)
ONE = "SELECT '{code}'::text AS code, s.jour, s.cle, s.dossier_id FROM ({source}) s" + UTILISABLE
# What the erased files counted is added: the figures stay what they were.
_COUNT = """
WITH fait AS ({sources}), compte AS (
    SELECT code, jour, COUNT(DISTINCT cle) AS nombre FROM fait
    GROUP BY GROUPING SETS ((code, jour), (code))
    UNION ALL
    SELECT k.indicateur, k.le, k.nombre FROM conservation_compteanonyme k
    WHERE (%(departement)s = '*' OR k.departement = %(departement)s) AND k.detail = ''
      AND k.operateur_id IS NOT DISTINCT FROM %(operateur)s::uuid
      AND k.mois = date_trunc('month', %(debut)s::date)
)
SELECT code, jour, SUM(nombre)::int FROM compte
GROUP BY code, jour ORDER BY code, jour NULLS LAST
""".format(sources=" UNION ALL ".join(ONE.format(code=c, source=s) for c, s in SOURCES.items()))

# What one file counts, by day and by month: what stays of it once it is erased.
# A landlord counts once for all its files: it is told of the last of them that is erased.
_CONTRIBUTION = """
WITH fait AS (
    SELECT * FROM ({sources}) f WHERE f.dossier_id = %(dossier)s
), autre AS (
    SELECT s.code, s.jour, s.cle FROM ({bailleurs}) s
    WHERE s.dossier_id <> %(dossier)s
      AND s.cle IN (SELECT f.cle FROM fait f WHERE f.code = 'bailleurs_contactes')
)
SELECT code, date_trunc('month', jour)::date AS mois, jour, COUNT(DISTINCT cle) FROM fait f
WHERE NOT EXISTS (
    SELECT 1 FROM autre x WHERE x.code = f.code AND x.cle = f.cle AND x.jour = f.jour)
GROUP BY code, jour
UNION ALL
SELECT code, date_trunc('month', jour)::date AS mois, NULL, COUNT(DISTINCT cle) FROM fait f
WHERE NOT EXISTS (
    SELECT 1 FROM autre x WHERE x.code = f.code AND x.cle = f.cle
      AND date_trunc('month', x.jour) = date_trunc('month', f.jour))
GROUP BY code, date_trunc('month', jour)
""".format(
    sources=" UNION ALL ".join(ONE.format(code=c, source=s) for c, s in SOURCES.items()),
    bailleurs=ONE.format(code="bailleurs_contactes", source=SOURCES["bailleurs_contactes"]),
)
_OPERATEURS = """
SELECT m.operateur_id FROM accompagnements_mandat m WHERE m.dossier_id = %(dossier)s
UNION
SELECT o.id FROM contacts_contact c JOIN acteurs_organisation o
  ON o.id = c.organisation_id AND o.type = 'operateur' WHERE c.dossier_id = %(dossier)s
UNION
SELECT o.id FROM diagnostics_dsf d JOIN acteurs_agent a ON a.id = d.par_id
  JOIN acteurs_organisation o ON o.id = a.organisation_id AND o.type = 'operateur'
  WHERE d.dossier_id = %(dossier)s
"""

# What is counted once in the month is listed once, on its first day.
_LIST = """
SELECT d.id AS dossier_id, d.numero, f.jour,
       TRIM(COALESCE(p.nom, '') || ' ' || COALESCE(p.prenom, '')) AS nom,
       COALESCE(c.nom, '') AS commune
FROM (
    SELECT s.cle, MIN(s.jour) AS jour, (ARRAY_AGG(s.dossier_id))[1] AS dossier_id
    FROM ({source}) s WHERE NOT EXISTS (
        SELECT 1 FROM dossiers_dossier x WHERE x.id = s.dossier_id AND x.limite_le IS NOT NULL
    ) GROUP BY s.cle
) f
JOIN dossiers_dossier d ON d.id = f.dossier_id
LEFT JOIN dossiers_personne p
  ON p.dossier_id = d.id AND p.qualite = 'titulaire' AND p.rang = 1
LEFT JOIN dossiers_logement l ON l.dossier_id = d.id
LEFT JOIN acteurs_commune c ON c.code = l.commune_id
WHERE %(zone)s = '' OR c.epci = %(zone)s
ORDER BY f.jour, d.numero, f.cle
"""


def get_activite(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None = None
) -> Activite:
    """Return the indicators of a month, per day and in total, up to `on`; one query.

    The département's for the secretariat and the chargé de mission, the operator's own for its
    chef d'équipe. Whoever opens no dossier reads no day so small that it could name somebody.

    Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    jours = rules.list_jours(mois=mois, on=on)
    with counting("activite", on=on), connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        figures = cursor.fetchall()
    ouvres = sum(droit.is_ouvre(jour, departement=agent.departement_id) for jour in jours)
    activite = rules.compute_activite(
        mois=mois, on=on, jours=jours, jours_ouvres=ouvres, figures=figures
    )
    closed = why_not(agent.profil, "activite.ouvrir")
    return rules.hide_petits(activite) if closed else activite


def list_dossiers_indicateur(
    *,
    agent: Agent,
    on: date,
    mois: date,
    code: str,
    jour: date | None = None,
    zone: str = "",
    operateur: Organisation | None = None,
) -> DossiersComptes:
    """Return the dossiers behind a figure: as many units as the figure says; `zone` is an EPCI.

    A dossier that the agent no longer opens (its mandate is closed) is counted, never named.
    Raises ActiviteInterdite; KeyError for an unknown indicator.
    """
    reason = why_not(agent.profil, "activite.ouvrir")
    if reason:
        raise ActiviteInterdite(reason)
    indicateur = PAR_CODE[code]
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    if jour is not None:
        if jour < params["debut"] or jour >= params["fin"]:
            return DossiersComptes((), 0)
        params |= {"debut": jour, "fin": jour + timedelta(days=1)}
    source = SOURCES[indicateur.code]
    rows = list_rows(sql=_LIST.replace("{source}", source), params=params | {"zone": zone})
    open_ids = _list_open(agent=agent, on=on, ids={row["dossier_id"] for row in rows})
    lignes = tuple(_dossier_compte(row) for row in rows if row["dossier_id"] in open_ids)
    return DossiersComptes(lignes, fermes=len(rows) - len(lignes))


def list_clotures(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None = None
) -> Clotures:
    """Return the closures of a month; those of dossiers that the agent opens, line by line too.

    Whoever opens none reads no cell so small that it could name somebody.

    Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    used = f"SELECT s.cle FROM ({SOURCES['clotures']}) s{UTILISABLE}"
    ids: Sequence[UUID] = [row["cle"] for row in list_rows(sql=used, params=params)]
    # Who counts a closed mandate may not read its dossier any more.
    with counting("activite", on=on):
        mandats = list(
            Mandat.objects.filter(pk__in=ids)
            .select_related("dossier")
            .order_by("clos_le", "dossier__numero", "pk")
        )
    counts: dict[tuple[str, str], int] = {}
    for mandat in mandats:
        key = (mandat.get_motif_cloture_display(), mandat.get_denouement_display())
        counts[key] = counts.get(key, 0) + 1
    for compte in _list_effaces(params, code="clotures", details=True):
        motif, _, denouement = compte.detail.partition("|")
        key = (
            str(Mandat.MotifCloture(motif).label), str(Mandat.Denouement(denouement).label)
        )  # fmt: skip
        counts[key] = counts.get(key, 0) + compte.nombre
    named = []
    autres = 0
    if why_not(agent.profil, "activite.ouvrir"):
        counts, autres = group_petits(counts)
    else:
        open_ids = _list_open(agent=agent, on=on, ids={m.dossier_id for m in mandats})
        named = [m for m in mandats if m.dossier_id in open_ids]
    return Clotures(
        lignes=tuple(_cloture(m) for m in named),
        fermes=len(mandats) - len(named),
        comptes=tuple(CompteClotures(*key, nombre=n) for key, n in sorted(counts.items())),
        autres=autres,
        total=sum(counts.values()) + autres,
    )


def count_effaces(
    *,
    agent: Agent,
    on: date,
    mois: date,
    code: str,
    jour: date | None = None,
    operateur: Organisation | None = None,
) -> int:
    """Return how many units of a figure come from files erased since: they open on nothing.

    Raises ActiviteInterdite.
    """
    params = get_scope(agent=agent, on=on, mois=mois, operateur=operateur)
    return sum(c.nombre for c in _list_effaces(params, code=code, jours=[jour]))


def count_dossier(*, dossier_id: UUID, departement: str, on: date) -> list[Contribution]:
    """Return what one file counts in every figure of activity, up to a day.

    For each operator that met it, and for the département, where a household counts once.
    """
    params: dict[str, Any] = {
        "dossier": dossier_id, "departement": departement, "debut": date(2000, 1, 1),
        "fin": on + timedelta(days=1),
    }  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_OPERATEURS, params)
        for operateur in (None, *(pk for (pk,) in cursor.fetchall())):
            cursor.execute(_CONTRIBUTION, params | {"operateur": operateur})
            found += [
                Contribution(operateur, code, month, jour, "", n)
                for code, month, jour, n in cursor.fetchall()
            ]
    for mandat in Mandat.objects.filter(dossier=dossier_id, clos_le__lte=on).order_by("pk"):
        if mandat.clos_le:
            detail = f"{mandat.motif_cloture}|{mandat.denouement}"
            month = mandat.clos_le.replace(day=1)
            found += [
                Contribution(operateur, "clotures", month, None, detail, 1)
                for operateur in (None, mandat.operateur_id)
            ]
    return found


def _list_effaces(
    params: Mapping[str, Any],
    *,
    code: str = "",
    jours: Sequence[date | None] | None = None,
    details: bool = False,
) -> list[CompteAnonyme]:
    with counting("activite", on=params["fin"]):
        rows = CompteAnonyme.objects.filter(
            operateur=params["operateur"],
            mois=params["debut"].replace(day=1),
        )
        if params["departement"] != EVERYWHERE:
            rows = rows.filter(departement=params["departement"])
        rows = rows.exclude(detail="") if details else rows.filter(detail="")
        if code:
            rows = rows.filter(indicateur=code)
        found = list(rows.order_by("indicateur", "le"))
    return [c for c in found if jours is None or c.le in jours]


def get_scope(
    *, agent: Agent, on: date, mois: date, operateur: Organisation | None
) -> dict[str, Any]:
    """Return what the agent may count. Raises ActiviteInterdite."""
    reason = why_not(agent.profil, "activite.lire")
    if reason:
        raise ActiviteInterdite(reason)
    debut, fin = rules.bounds_of_month(mois)
    own = is_reached_by(agent.profil, "accompagnement", "mandat")
    return {
        # National figures for the DIHAL.
        "departement": EVERYWHERE if agent.role == Role.DIHAL else agent.departement_id,
        "operateur": agent.organisation_id if own else (operateur.pk if operateur else None),
        "debut": debut,
        # Nothing is counted that has not happened yet.
        "fin": max(debut, min(fin, on + timedelta(days=1))),
    }


def _cloture(mandat: Mandat) -> Cloture:
    if mandat.repondu_le is None or mandat.clos_le is None:
        raise AssertionError("a closed mandate was accepted and has a day")
    return Cloture(
        numero=mandat.dossier.numero,
        stade=Stade(mandat.stade).label,
        transmis_le=mandat.transmis_le,
        repondu_le=mandat.repondu_le,
        clos_le=mandat.clos_le,
        duree_jours=(mandat.clos_le - mandat.repondu_le).days,
        motif=mandat.get_motif_cloture_display(),
        denouement=mandat.get_denouement_display(),
        notifie_le=mandat.notifie_le,
    )


def _list_open(*, agent: Agent, on: date, ids: Collection[UUID]) -> set[UUID]:
    """Return the dossiers, among those that a figure counts, that the agent opens."""
    found = Dossier.objects.visible_to(agent, on=on).filter(pk__in=ids)
    return set(found.values_list("pk", flat=True))


def _dossier_compte(row: Mapping[str, Any]) -> DossierCompte:
    return DossierCompte(
        numero=row["numero"], nom=row["nom"], commune=row["commune"], jour=row["jour"]
    )


def list_rows(*, sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a count, by name of column."""
    # Figures of an operator or a département, whoever reads them: the caller shows no more.
    with counting("activite", on=params["fin"]), connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

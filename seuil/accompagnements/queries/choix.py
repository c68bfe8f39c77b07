"""The month's choice, read: candidates, target, proposition, what was signed."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from seuil.accompagnements.models import Choix, ChoixLigne, Objectif
from seuil.accompagnements.queries.mandats import find_noms
from seuil.accompagnements.rules import priorites
from seuil.accompagnements.rules.choix import (
    Cible,
    LigneProposee,
    Proposition,
    compute_quotas,
    propose_choix,
)
from seuil.accompagnements.rules.priorites import Candidat, Critere
from seuil.acteurs.models import Agent, Organisation, TypeOrganisation
from seuil.acteurs.rules import reads_whole
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Situation
from seuil.echeances.queries.situations import get_dette
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.refusal import Refusal

# The candidates fetched beside the volume, so that the next ones are shown.
RESERVE = 10


class ObjectifAbsent(Refusal):
    def __init__(self, operateur: Organisation, annee: int) -> None:
        super().__init__(
            f"Aucun objectif n’est fixé pour {operateur.nom} en {annee} : enregistrez la cible"
            " annuelle et le volume mensuel de la convention."
        )


def list_operateurs(*, agent: Agent) -> QuerySet[Organisation]:
    """Return the operators of the agent's département."""
    return Organisation.objects.filter(
        departement=agent.departement_id, type=TypeOrganisation.OPERATEUR, ferme_le=None
    ).order_by(*list_alphabet("nom"))


def get_objectif(*, agent: Agent, operateur: Organisation, mois: date) -> Objectif | None:
    """Return what the convention sets for an operator of the agent's département in a month."""
    return (
        list_objectifs(agent=agent)
        .filter(Q(fin_le=None) | Q(fin_le__gt=mois), operateur=operateur, annee=mois.year)
        .first()
    )


def list_objectifs(*, agent: Agent) -> QuerySet[Objectif]:
    """Return the targets of the agent's département, the latest year first."""
    rows = Objectif.objects.filter(departement=agent.departement_id)
    return rows.select_related("arrondissement", "operateur").order_by(
        "-annee", *list_alphabet("operateur__nom")
    )


def get_choix(*, agent: Agent, operateur: Organisation, mois: date) -> Choix | None:
    """Return the choice of a month, when it was begun."""
    return (
        Choix.objects.filter(
            departement=agent.departement_id, operateur=operateur, mois=mois.replace(day=1)
        )
        .select_related("operateur", "signe_par")
        .first()
    )


def count_choix_a_signer(*, agent: Agent, mois: date) -> int:
    """Return how many operators of the agent's département wait for the choice of a month."""
    signed = Choix.objects.filter(
        departement=agent.departement_id, mois=mois.replace(day=1), signe_le__isnull=False
    )
    waiting = list_operateurs(agent=agent).exclude(pk__in=signed.values("operateur"))
    return waiting.count()


def get_proposition(*, agent: Agent, on: date, operateur: Organisation, mois: date) -> Proposition:
    """Return the month's choice for an operator: computed and adjusted, or as it was signed.

    Raises ObjectifAbsent.
    """
    objectif = get_objectif(agent=agent, operateur=operateur, mois=mois)
    if objectif is None:
        raise ObjectifAbsent(operateur, mois.year)
    choix = get_choix(agent=agent, operateur=operateur, mois=mois)
    return find_proposition(agent=agent, on=on, objectif=objectif, choix=choix)


def find_proposition(
    *, agent: Agent, on: date, objectif: Objectif, choix: Choix | None
) -> Proposition:
    """Return the month's choice of a target and of what was begun, both already read."""
    cible = _cible(objectif)
    if choix is not None and choix.signe_le is not None:
        return _signed_proposition(choix, cible)
    decisions = dict(choix.lignes.order_by("pk").values_list("dossier", "retenu")) if choix else {}
    ajouts = {pk for pk, retenu in decisions.items() if retenu}
    retraits = {pk for pk, retenu in decisions.items() if not retenu}
    candidats, eligibles = _fetch_candidats(
        agent=agent, on=on, cible=cible, with_ids=ajouts | retraits, without_ids=retraits
    )
    proposition = propose_choix(
        candidats, cible, ajouts=ajouts, retraits=retraits, eligibles=eligibles
    )
    lost = ajouts - {c.dossier_id for c in candidats}
    if lost:
        numeros = Dossier.objects.filter(pk__in=lost).order_by("numero")
        sentences = tuple(
            f"Le dossier {numero} avait été ajouté ; il n’est plus éligible et n’est pas retenu."
            for numero in numeros.values_list("numero", flat=True)
        )
        proposition = replace(proposition, manques=proposition.manques + sentences)
    return replace(proposition, choix_id=choix.pk if choix else None)


def get_candidat(*, agent: Agent, on: date, dossier: Dossier) -> Candidat | None:
    """Return a dossier as a candidate, or None when it is not eligible."""
    candidats, _ = _fetch_candidats(
        agent=agent, on=on, cible=Cible(volume=0), with_ids={dossier.pk}, without_ids=()
    )
    return next((c for c in candidats if c.dossier_id == dossier.pk), None)


# Ranks the eligible dossiers in the database, with the points of rules/priorites.py; only the best
# of each stage and territory come out, and score_candidat explains those. A test holds the two
# scores equal.
#
# Situation alone gives the base of the score, to which only a missing telephone adds: it is looked
# for where it could change who comes out.
_CANDIDATS = """
WITH prescrit AS MATERIALIZED (
    SELECT DISTINCT ON (dossier_id) dossier_id, service
    FROM accompagnements_prescription
    WHERE propose_le >= %(prescription_depuis)s AND propose_le <= %(on)s
    ORDER BY dossier_id, propose_le DESC, id DESC
), au_stade AS (
    SELECT s.* FROM echeances_situation s
    WHERE s.departement = %(departement)s AND s.stade = 'commandement'
      AND s.stade_le >= %(commandement_depuis)s
      AND (s.audience_le IS NULL OR s.audience_le >= %(audience_des)s)
    UNION ALL
    SELECT s.* FROM echeances_situation s
    WHERE s.departement = %(departement)s AND s.stade = 'assignation'
      AND s.audience_le >= %(audience_des)s
    UNION ALL
    SELECT s.* FROM echeances_situation s
    WHERE s.departement = %(departement)s AND s.stade = 'assignation'
      AND s.audience_le IS NULL AND s.stade_le >= %(aval_depuis)s
    UNION ALL
    SELECT s.* FROM echeances_situation s
    WHERE s.departement = %(departement)s AND s.stade = 'cql'
      AND s.stade_le >= %(aval_depuis)s
    UNION ALL
    -- Proposed by a service: whatever the age of the act, and exceptionally at the CFP stage.
    SELECT s.* FROM echeances_situation s
    WHERE s.departement = %(departement)s
      AND s.dossier_id IN (SELECT p.dossier_id FROM prescrit p)
      AND ((s.stade = 'commandement' AND s.stade_le < %(commandement_depuis)s
            AND (s.audience_le IS NULL OR s.audience_le >= %(audience_des)s))
           OR (s.stade = 'assignation' AND s.audience_le IS NULL AND s.stade_le < %(aval_depuis)s)
           OR (s.stade = 'cql' AND s.stade_le < %(aval_depuis)s)
           OR s.stade IN ('rfp', 'cfp'))
), eligible AS MATERIALIZED (
    SELECT a.dossier_id, a.commune_code, a.arrondissement_code, a.stade, a.stade_le,
           a.audience_le, sd.montant AS dette, coalesce(ss.suivi, '') AS suivi, a.enfants,
           a.bailleur, a.delai_le, p.service AS prescrit_par,
           a.arrondissement_code = %(arrondissement)s AS dedans,
           CASE WHEN a.stade = 'cql' THEN 1 WHEN a.stade IN ('rfp', 'cfp') THEN 2 ELSE 0 END
               AS famille,
           a.dossier_id = ANY(%(without_ids)s) AS ecarte,
           CASE WHEN a.stade NOT IN ('commandement', 'assignation') OR a.audience_le IS NULL
                     OR a.audience_le < %(audience_des)s THEN 0
                WHEN a.audience_le < %(audience_proche)s THEN %(p_audience_proche)s
                WHEN a.audience_le <= %(audience_loin)s THEN %(p_audience_utile)s
                ELSE %(p_audience_loin)s END
           + CASE WHEN a.stade <> 'commandement' OR a.delai_le IS NULL OR a.delai_le < %(on)s
                  THEN 0
                  WHEN a.delai_le >= %(delai_long)s THEN %(p_delai_long)s
                  ELSE %(p_delai_court)s END
           + CASE WHEN sd.montant >= %(dette_forte)s THEN %(p_dette_forte)s
                  WHEN sd.montant >= %(dette_moyenne)s THEN %(p_dette_moyenne)s ELSE 0 END
           + CASE ss.suivi WHEN 'sans_reponse' THEN %(p_sans_reponse)s
                          WHEN 'inconnu' THEN %(p_inconnu)s ELSE 0 END
           + CASE WHEN a.enfants > 0 THEN %(p_enfants)s ELSE 0 END
           + CASE WHEN a.bailleur IN ('physique', 'sci_familiale')
                  THEN %(p_bailleur_particulier)s ELSE 0 END
           + CASE WHEN p.service IS NOT NULL THEN %(p_prescrit)s ELSE 0 END AS base
    FROM au_stade a
    LEFT JOIN prescrit p ON p.dossier_id = a.dossier_id
    LEFT JOIN echeances_situationdette sd ON sd.dossier_id = a.dossier_id
    LEFT JOIN echeances_situationsuivi ss ON ss.dossier_id = a.dossier_id
    WHERE a.parc = 'prive' AND ss.suivi IS DISTINCT FROM 'connu'
      AND a.dossier_id NOT IN (
          SELECT m.dossier_id FROM accompagnements_mandat m
          WHERE (m.reponse <> 'refuse' AND m.clos_le IS NULL)
             OR m.clos_le > %(retour_depuis)s
             OR (m.reponse = 'refuse' AND m.repondu_le > %(retour_depuis)s)
      )
), seuil AS MATERIALIZED (
    -- A score that every dossier coming out reaches.
    SELECT dedans, famille, MIN(base) AS base FROM (
        SELECT dedans, famille, base,
               ROW_NUMBER() OVER (PARTITION BY dedans, famille ORDER BY base DESC) AS rang
        FROM eligible WHERE NOT ecarte
    ) t WHERE rang <= %(combien)s GROUP BY dedans, famille
), scored AS MATERIALIZED (
    SELECT e.*, d.numero, t.has_telephone,
           e.base + CASE WHEN t.has_telephone THEN 0 ELSE %(p_sans_telephone)s END AS score
    FROM eligible e
    LEFT JOIN seuil u ON u.dedans = e.dedans AND u.famille = e.famille
    JOIN dossiers_dossier d ON d.id = e.dossier_id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT 1 FROM dossiers_coordonnee c
        WHERE c.dossier_id = e.dossier_id AND c.type = 'telephone'
          AND (c.valide_au IS NULL OR c.valide_au > %(on)s)) AS has_telephone OFFSET 0
    ) t
    WHERE (NOT e.ecarte AND e.base + %(p_sans_telephone)s >= u.base)
       OR e.dossier_id = ANY(%(with_ids)s)
), ranked AS MATERIALIZED (
    SELECT t.* FROM (
        SELECT r.*, ROW_NUMBER() OVER (
                   PARTITION BY r.dedans, r.famille, r.ecarte
                   ORDER BY r.score DESC, r.audience_le NULLS LAST, COALESCE(r.dette, 0) DESC,
                            r.numero
               ) AS rang
        FROM scored r
    ) t
    WHERE (NOT t.ecarte AND t.rang <= %(combien)s) OR t.dossier_id = ANY(%(with_ids)s)
)
SELECT r.dossier_id, r.numero, r.arrondissement_code, r.stade, r.stade_le, r.audience_le, r.dette,
       r.suivi, COALESCE(r.prescrit_par, '') AS prescrit_par, r.enfants, r.has_telephone,
       r.delai_le, r.bailleur AS nature_bailleur, r.score,
       (SELECT COUNT(*) FROM eligible) AS eligibles,
       COALESCE(c.nom, '') AS commune,
       COALESCE((
           SELECT TRIM(q.nom || ' ' || q.prenom) FROM dossiers_personne q
           WHERE q.dossier_id = r.dossier_id AND q.qualite = 'titulaire' AND q.rang = 1
       ), r.numero) AS nom
FROM ranked r
LEFT JOIN acteurs_commune c ON c.code = r.commune_code
ORDER BY r.score DESC, r.numero
"""


def _fetch_candidats(
    *,
    agent: Agent,
    on: date,
    cible: Cible,
    with_ids: Collection[UUID],
    without_ids: Collection[UUID],
) -> tuple[list[Candidat], int]:
    """Return candidates and how many dossiers are eligible; empty for who does not see them all.

    `with_ids` come out whatever their rank; `without_ids` take nobody's place.
    """
    if not reads_whole(agent.profil, "accompagnement"):
        return [], 0
    days = timedelta(days=1)
    params: dict[str, Any] = {
        "on": on,
        "departement": agent.departement_id,
        "arrondissement": cible.arrondissement,
        "combien": cible.volume + RESERVE,
        "with_ids": list(with_ids),
        "without_ids": list(without_ids),
        "commandement_depuis": on - days * priorites.COMMANDEMENT_JOURS,
        "aval_depuis": on - days * priorites.AVAL_JOURS,
        "prescription_depuis": on - days * priorites.PRESCRIPTION_JOURS,
        "retour_depuis": on - days * priorites.RETOUR_JOURS,
        "audience_des": on + days * priorites.AUDIENCE_JOURS_MIN,
        "audience_proche": on + days * priorites.AUDIENCE_JOURS_PROCHE,
        "audience_loin": on + days * priorites.AUDIENCE_JOURS_LOIN,
        "delai_long": on + days * priorites.DELAI_JOURS_COURT,
        "dette_forte": priorites.DETTE_FORTE,
        "dette_moyenne": priorites.DETTE_MOYENNE,
        **{f"p_{code}": points for code, points in priorites.POINTS.items()},
    }
    rows = _fetch(_CANDIDATS, params)
    return [_candidat(row, on) for row in rows], rows[0]["eligibles"] if rows else 0


def _candidat(row: Mapping[str, Any], on: date) -> Candidat:
    return Candidat(
        dossier_id=row["dossier_id"],
        numero=row["numero"],
        nom=row["nom"],
        commune=row["commune"],
        arrondissement=row["arrondissement_code"],
        stade=row["stade"],
        stade_le=row["stade_le"],
        audience_le=row["audience_le"],
        dette=row["dette"],
        criteres=tuple(
            priorites.score_candidat(
                priorites.SituationCandidat(**{name: row[name] for name in _SITUATION}), on=on
            )
        ),
    )


# What of a row decides of the score.
_SITUATION = tuple(f.name for f in fields(priorites.SituationCandidat))


def _fetch(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _cible(objectif: Objectif) -> Cible:
    return Cible(
        volume=objectif.volume_mensuel,
        arrondissement=objectif.arrondissement_id or "",
        arrondissement_nom=objectif.arrondissement.nom if objectif.arrondissement else "",
        part_arrondissement=objectif.part_arrondissement,
        part_cql_min=objectif.part_cql_min,
        part_cql_max=objectif.part_cql_max,
    )


def _signed_proposition(choix: Choix, cible: Cible) -> Proposition:
    """Return the choice as it was signed: its lines keep the criteria shown that day."""
    stades = dict(choix.mandats.order_by("pk").values_list("dossier", "stade"))
    found = list(
        ChoixLigne.objects.filter(choix=choix)
        .select_related(
            "dossier__situation", "dossier__situation_dette", "dossier__logement__commune"
        )
        .order_by("-score", "dossier__numero")
    )
    noms = find_noms(ligne.dossier_id for ligne in found)
    lignes = [
        LigneProposee(
            _signed_candidat(ligne, noms.get(ligne.dossier_id, ""), stades.get(ligne.dossier_id)),
            retenu=ligne.retenu,
            motif="Retenu à la signature." if ligne.retenu else "Écarté avant la signature.",
            decision="" if ligne.retenu else "retire",
        )
        for ligne in found
    ]
    retenus = [ligne for ligne in lignes if ligne.retenu]
    return Proposition(
        cible=cible,
        retenus=tuple(retenus),
        reserve=(),
        retires=tuple(ligne for ligne in lignes if not ligne.retenu),
        quotas=compute_quotas([ligne.candidat for ligne in retenus], cible),
        manques=(),
        eligibles=len(lignes),
        choix_id=choix.pk,
        signe_le=choix.signe_le,
    )


def _signed_candidat(ligne: ChoixLigne, nom: str, stade: str | None) -> Candidat:
    situation: Situation = ligne.dossier.situation
    commune = ligne.dossier.logement.commune
    return Candidat(
        dossier_id=ligne.dossier_id,
        numero=ligne.dossier.numero,
        nom=nom,
        commune=commune.nom,
        arrondissement=commune.arrondissement_id or "",
        stade=stade or situation.stade,
        stade_le=situation.stade_le,
        audience_le=situation.audience_le,
        dette=get_dette(dossier=ligne.dossier)[0],
        criteres=tuple(Critere(c["code"], c["libelle"], c["points"]) for c in ligne.criteres),
        score_fige=ligne.score,
    )

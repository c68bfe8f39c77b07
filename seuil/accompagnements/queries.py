"""Read the équipe mobile's work: the month's choice, the mandates, what they entail."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min, Prefetch, Q, QuerySet

from seuil.accompagnements import rules
from seuil.accompagnements.models import (
    Choix,
    ChoixLigne,
    Demarche,
    Mandat,
    Objectif,
    Prescription,
    Prolongation,
    Rapport,
)
from seuil.accompagnements.rules import (
    Candidat,
    Cible,
    ContactPrevu,
    Critere,
    DemarcheDue,
    EtatMandat,
    LigneProposee,
    Proposition,
    Suivi,
)
from seuil.acteurs.models import Agent, Organisation, TypeOrganisation
from seuil.acteurs.rules import get_perimetre
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier, Personne
from seuil.dossiers.queries import readable
from seuil.echeances.models import Echeance, Situation
from seuil.echeances.queries import read_dette
from seuil.echeances.rules import EcheanceCalculee, Fait
from seuil.kernel.bulk import as_array
from seuil.kernel.refusal import Refusal
from seuil.travail.rules import Besoin

# Open mandates are few hundreds: beyond that many dossiers, reading all the open mandates costs
# less than naming the dossiers.
MANY_DOSSIERS = 1000
# The candidates fetched beside the volume, so that the next ones are shown.
RESERVE = 10


class ObjectifAbsent(Refusal):
    def __init__(self, operateur: Organisation, annee: int) -> None:
        super().__init__(
            f"Aucun objectif n’est fixé pour {operateur.nom} en {annee} : enregistrez la cible"
            " annuelle et le volume mensuel de la convention."
        )


# --- The month's choice --------------------------------------------------------------------------


def list_operateurs(*, agent: Agent, on: date) -> QuerySet[Organisation]:  # noqa: ARG001
    """Return the operators of the agent's département."""
    return Organisation.objects.filter(
        departement=agent.departement_id, type=TypeOrganisation.OPERATEUR
    ).order_by("nom")


def get_objectif(*, agent: Agent, operateur: Organisation, annee: int) -> Objectif | None:
    """Return what the convention sets for an operator of the agent's département and a year."""
    return (
        Objectif.objects.filter(departement=agent.departement_id, operateur=operateur, annee=annee)
        .select_related("arrondissement", "operateur")
        .first()
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


def count_choix_a_signer(*, agent: Agent, on: date, mois: date) -> int:
    """Return how many operators of the agent's département wait for the choice of a month."""
    signed = Choix.objects.filter(
        departement=agent.departement_id, mois=mois.replace(day=1), signe_le__isnull=False
    )
    waiting = list_operateurs(agent=agent, on=on).exclude(pk__in=signed.values("operateur"))
    return waiting.count()


def list_candidats(*, agent: Agent, on: date, operateur: Organisation) -> list[Candidat]:
    """Return the best-ranked eligible dossiers of each stage and territory, explained.

    As many of each as the month's volume and a few more: enough for any choice, whatever the
    number of eligible dossiers (see count_eligibles).
    """
    objectif = get_objectif(agent=agent, operateur=operateur, annee=on.year)
    cible = _cible(objectif) if objectif else Cible(volume=25)
    candidats, _ = _fetch_candidats(agent=agent, on=on, cible=cible, with_ids=(), without_ids=())
    return sorted(candidats, key=lambda c: c.rang)


def get_proposition(*, agent: Agent, on: date, operateur: Organisation, mois: date) -> Proposition:
    """Return the month's choice for an operator: computed and adjusted, or as it was signed.

    Raises ObjectifAbsent.
    """
    objectif = get_objectif(agent=agent, operateur=operateur, annee=mois.year)
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
    proposition = rules.propose_choix(
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


# Ranks the eligible dossiers in the database, with the points of rules.POINTS; only the best of
# each stage and territory come out, and rules.score_candidat explains those. A test holds the two
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
    if get_perimetre(agent.profil) != "departement":
        return [], 0
    days = timedelta(days=1)
    params: dict[str, Any] = {
        "on": on,
        "departement": agent.departement_id,
        "arrondissement": cible.arrondissement,
        "combien": cible.volume + RESERVE,
        "with_ids": list(with_ids),
        "without_ids": list(without_ids),
        "commandement_depuis": on - days * rules.COMMANDEMENT_JOURS,
        "aval_depuis": on - days * rules.AVAL_JOURS,
        "prescription_depuis": on - days * rules.PRESCRIPTION_JOURS,
        "retour_depuis": on - days * rules.RETOUR_JOURS,
        "audience_des": on + days * rules.AUDIENCE_JOURS_MIN,
        "audience_proche": on + days * rules.AUDIENCE_JOURS_PROCHE,
        "audience_loin": on + days * rules.AUDIENCE_JOURS_LOIN,
        "delai_long": on + days * rules.DELAI_JOURS_COURT,
        "dette_forte": rules.DETTE_FORTE,
        "dette_moyenne": rules.DETTE_MOYENNE,
        **{f"p_{code}": points for code, points in rules.POINTS.items()},
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
            rules.score_candidat(
                on=on,
                stade=row["stade"],
                audience_le=row["audience_le"],
                dette=row["dette"],
                enfants=row["enfants"],
                suivi=row["suivi"],
                prescrit_par=row["prescrit_par"],
                has_telephone=row["has_telephone"],
                delai_le=row["delai_le"],
                nature_bailleur=row["nature_bailleur"],
            )
        ),
    )


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
    noms = _noms(ligne.dossier_id for ligne in found)
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
        quotas=rules.compute_quotas([ligne.candidat for ligne in retenus], cible),
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
        dette=read_dette(dossier=ligne.dossier)[0],
        criteres=tuple(Critere(c["code"], c["libelle"], c["points"]) for c in ligne.criteres),
        score_fige=ligne.score,
    )


# --- The mandates --------------------------------------------------------------------------------

ETATS: Mapping[str, str] = {
    "a_repondre": "Réponse attendue",
    "a_affecter": "À affecter",
    "en_cours": "En cours",
    "refuse": "Refusé",
    "clos": "Clos",
}
_FILTRES: Mapping[str, Q] = {
    "a_repondre": Q(reponse=Mandat.Reponse.ATTENDUE),
    "a_affecter": Q(reponse=Mandat.Reponse.ACCEPTE, clos_le=None, affecte_le=None),
    "en_cours": Q(reponse=Mandat.Reponse.ACCEPTE, clos_le=None, affecte_le__isnull=False),
    "refuse": Q(reponse=Mandat.Reponse.REFUSE),
    "clos": Q(clos_le__isnull=False),
}


@dataclass(frozen=True, slots=True)
class MandatRow:
    """A mandate in a list."""

    id: UUID
    dossier_id: UUID
    numero: str
    nom: str
    commune: str
    operateur: str
    stade: str
    transmis_le: date
    etat: str
    repondu_le: date | None
    referent_social: str
    referent_juridique: str
    clos_le: date | None
    motif_cloture: str
    dette: Decimal | None
    audience_le: date | None
    # First deadline of the mandate still to come on the day of reading, with its rule.
    prochaine_le: date | None

    @property
    def etat_libelle(self) -> str:
        return ETATS[self.etat]


def get_etat(mandat: Mandat) -> str:
    """Return where a mandate stands, a key of ETATS."""
    if mandat.clos_le is not None:
        return "clos"
    if mandat.reponse == Mandat.Reponse.REFUSE:
        return "refuse"
    if mandat.reponse == Mandat.Reponse.ATTENDUE:
        return "a_repondre"
    return "en_cours" if mandat.affecte_le else "a_affecter"


def list_mandats(*, agent: Agent, on: date, etat: str | None = None) -> list[MandatRow]:
    """Return the mandates of the dossiers the agent may see, newest first.

    An operator's people see theirs, while they run. `etat` is a key of ETATS.
    """
    mandats = (
        _visible_mandats(agent=agent, on=on)
        .select_related(
            "dossier__situation",
            "dossier__situation_dette",
            "dossier__logement__commune",
            "operateur",
            "referent_social",
            "referent_juridique",
        )
        .order_by("-transmis_le", "dossier__numero")
    )
    if etat:
        mandats = mandats.filter(_FILTRES[etat])
    found = list(mandats)
    prochaines = dict(
        Echeance.objects.filter(
            source_type="mandat",
            dossier__in=[m.dossier_id for m in found if m.clos_le is None],
            le__gte=on,
        )
        .values("source_id")
        .annotate(prochaine=Min("le"))
        .order_by("source_id")
        .values_list("source_id", "prochaine")
    )
    noms = _noms(m.dossier_id for m in found)
    return [_mandat_row(m, noms.get(m.dossier_id, ""), prochaines.get(m.pk)) for m in found]


def count_mandats(*, agent: Agent, on: date) -> dict[str, int]:
    """Return how many mandates the agent sees in each state of ETATS."""
    counts = dict.fromkeys(ETATS, 0)
    for mandat in (
        _visible_mandats(agent=agent, on=on).only("clos_le", "reponse", "affecte_le").order_by("pk")
    ):
        counts[get_etat(mandat)] += 1
    return counts


def get_mandat(*, agent: Agent, on: date, mandat_id: UUID) -> Mandat:
    """Return a mandate the agent may see, with its reports, contract and opinions.

    Raises Mandat.DoesNotExist.
    """
    return _with_details(_visible_mandats(agent=agent, on=on)).get(pk=mandat_id)


def get_dossier_mandat(*, agent: Agent, on: date, dossier: Dossier) -> Mandat | None:
    """Return the latest mandate of a dossier that the agent may see, or None."""
    return (
        _with_details(_visible_mandats(agent=agent, on=on).filter(dossier=dossier))
        .order_by("-transmis_le", "-id")
        .first()
    )


def get_demarche(*, agent: Agent, on: date, demarche_id: UUID) -> Demarche:
    """Return a step of the contract of a mandate the agent may see. Raises DoesNotExist."""
    return (
        Demarche.objects.filter(contrat__mandat__in=_visible_mandats(agent=agent, on=on))
        .select_related("contrat__mandat__dossier")
        .get(pk=demarche_id)
    )


def list_prescriptions(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Prescription]:
    """Return the proposals of services for a dossier the agent may see, newest first."""
    return (
        readable(rows=Prescription.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("par")
        .order_by("-propose_le", "-id")
    )


def list_referents(*, mandat: Mandat) -> QuerySet[Agent]:
    """Return the active people of the operator, to whom a mandate may be assigned."""
    return Agent.objects.filter(organisation=mandat.operateur_id, is_active=True).order_by(
        "nom", "prenom"
    )


def get_transmission(*, agent: Agent, dossier: Dossier) -> date | None:
    """Return the day a dossier was last entrusted to the agent's organisation, if it was."""
    return (
        Mandat.objects.filter(dossier=dossier, operateur=agent.organisation_id)
        .order_by("-transmis_le")
        .values_list("transmis_le", flat=True)
        .first()
    )


def get_suivi(*, mandat: Mandat) -> Suivi:
    """Return what the contacts of a mandate with the household say."""
    return _suivis([mandat])[mandat.pk]


def _visible_mandats(*, agent: Agent, on: date) -> QuerySet[Mandat]:
    mandats = Mandat.objects.filter(
        dossier__in=Dossier.objects.visible_to(agent, on=on, categorie="accompagnement")
    )
    if get_perimetre(agent.profil) in {"mandat", "affectation"}:
        # A household may have had another operator before: its mandate is not theirs to read.
        mandats = mandats.filter(operateur=agent.organisation_id)
    return mandats


def _with_details(mandats: QuerySet[Mandat]) -> QuerySet[Mandat]:
    return mandats.select_related(
        "dossier", "operateur", "referent_social", "referent_juridique", "contrat"
    ).prefetch_related(
        Prefetch("contrat__demarches", Demarche.objects.order_by("etat", "pour_le", "pk")),
        Prefetch("rapports", Rapport.objects.select_related("par").order_by("-rendu_le", "-pk")),
        Prefetch("prolongations", Prolongation.objects.order_by("-avis_le", "-pk")),
    )


def _noms(dossier_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the first holder of the lease of each dossier, as written."""
    rows = Personne.objects.filter(
        dossier__in=list(dossier_ids), qualite=Personne.Qualite.TITULAIRE, rang=1
    ).order_by("dossier")
    return {
        pk: f"{nom} {prenom}".strip()
        for pk, nom, prenom in rows.values_list("dossier", "nom", "prenom")
    }


def _mandat_row(mandat: Mandat, nom: str, prochaine_le: date | None) -> MandatRow:
    situation: Situation = mandat.dossier.situation
    return MandatRow(
        id=mandat.pk,
        dossier_id=mandat.dossier_id,
        numero=mandat.dossier.numero,
        nom=nom,
        commune=mandat.dossier.logement.commune.nom,
        operateur=mandat.operateur.nom,
        stade=mandat.stade,
        transmis_le=mandat.transmis_le,
        etat=get_etat(mandat),
        repondu_le=mandat.repondu_le,
        referent_social=str(mandat.referent_social or ""),
        referent_juridique=str(mandat.referent_juridique or ""),
        clos_le=mandat.clos_le,
        motif_cloture=mandat.get_motif_cloture_display() if mandat.motif_cloture else "",
        dette=read_dette(dossier=mandat.dossier)[0],
        audience_le=situation.audience_le,
        prochaine_le=prochaine_le,
    )


# --- Facts and work ------------------------------------------------------------------------------


def list_faits(*, dossier_ids: Collection[UUID]) -> list[Fait]:
    """Return the facts of open mandates: transmitted, begun, last exchange (or the start),
    first attempt since."""
    mandats = _open_mandats(dossier_ids)
    suivis = _suivis(mandats)
    faits = []
    for mandat in mandats:
        jours = {"mandat_transmis": mandat.transmis_le}
        if mandat.repondu_le is not None:
            jours["mandat_debut"] = mandat.repondu_le
            suivi = suivis[mandat.pk]
            jours["echange"] = suivi.echange_le or mandat.repondu_le
            if suivi.relance_le is not None:
                jours["relance"] = suivi.relance_le
        faits += [
            Fait(
                dossier_id=mandat.dossier_id,
                genre=genre,
                le=le,
                source_type="mandat",
                source_id=mandat.pk,
            )
            for genre, le in jours.items()
        ]
    return faits


def list_besoins(
    *, dossier_ids: Collection[UUID], echeances: Iterable[EcheanceCalculee]
) -> list[Besoin]:
    """Return the work that open mandates entail, from their deadlines.

    The diagnosis is downstream: see diagnostics.queries.list_besoins.
    """
    dates: dict[UUID, dict[str, date]] = defaultdict(dict)
    for echeance in echeances:
        if echeance.source_type == "mandat" and echeance.le is not None:
            dates[echeance.source_id][echeance.regle] = echeance.le
    etats = list_etats(dossier_ids=dossier_ids)
    return rules.compute_besoins(replace(e, dates=dates.get(e.id, {})) for e in etats)


def list_etats(*, dossier_ids: Collection[UUID]) -> list[EtatMandat]:
    """Return the open mandates of those dossiers and what was done of them, in few queries."""
    mandats = _open_mandats(dossier_ids)
    if not mandats:
        return []
    ids = [m.pk for m in mandats]
    suivis = _suivis(mandats)
    prevus = _contacts_prevus(mandats)
    rapports: dict[UUID, set[str]] = defaultdict(set)
    for pk, genre in Rapport.objects.filter(mandat__in=ids).values_list("mandat", "genre"):
        rapports[pk].add(genre)
    avis: dict[UUID, list[tuple[date, str, date | None]]] = defaultdict(list)
    for pk, avis_le, sens, jusqu_au in Prolongation.objects.filter(mandat__in=ids).values_list(
        "mandat", "avis_le", "avis", "jusqu_au"
    ):
        avis[pk].append((avis_le, sens, jusqu_au))
    demarches: dict[UUID, list[DemarcheDue]] = defaultdict(list)
    for pk, demarche, pour_le in (
        Demarche.objects.filter(contrat__mandat__in=ids, etat=Demarche.Etat.A_FAIRE)
        .order_by("pour_le", "pk")
        .values_list("contrat__mandat", "pk", "pour_le")
    ):
        demarches[pk].append(DemarcheDue(demarche, pour_le))
    return [
        _etat(m, suivis[m.pk], rapports[m.pk], avis[m.pk], demarches[m.pk], prevus[m.pk])
        for m in mandats
    ]


def _etat(
    mandat: Mandat,
    suivi: Suivi,
    rapports: Iterable[str],
    avis: Iterable[tuple[date, str, date | None]],
    demarches: Iterable[DemarcheDue],
    prevus: Iterable[ContactPrevu],
) -> EtatMandat:
    referent = mandat.referent_social or mandat.referent_juridique
    return EtatMandat(
        id=mandat.pk,
        dossier_id=mandat.dossier_id,
        operateur_id=mandat.operateur_id,
        transmis_le=mandat.transmis_le,
        stade=mandat.stade,
        repondu_le=mandat.repondu_le,
        referent_id=referent.pk if referent else None,
        referent_role=referent.role if referent else "",
        rapports=frozenset(rapports),
        suivi=suivi,
        avis=tuple(sorted(avis, key=lambda a: a[0])),
        demarches=tuple(demarches),
        contacts_prevus=tuple(prevus),
    )


def _open_mandats(dossier_ids: Collection[UUID]) -> list[Mandat]:
    wanted = set(dossier_ids)
    mandats = (
        Mandat.objects.filter(clos_le=None)
        .exclude(reponse=Mandat.Reponse.REFUSE)
        .select_related("referent_social", "referent_juridique")
        .order_by("pk")
    )
    if len(wanted) <= MANY_DOSSIERS:
        mandats = mandats.filter(dossier__in=wanted)
    return [m for m in mandats if m.dossier_id in wanted]


def list_operateurs_en_charge(*, dossier_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the operator to whom each dossier is entrusted today, when there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, operateur_id FROM accompagnements_mandat WHERE clos_le IS NULL"
            " AND reponse <> 'refuse' AND dossier_id = ANY(%s::uuid[]) ORDER BY transmis_le",
            [as_array(dossier_ids)],
        )
        return dict(cursor.fetchall())


def _suivis(mandats: Collection[Mandat]) -> dict[UUID, Suivi]:
    """Return, by mandate, its last exchange with the household and the first attempt after it."""
    jours: dict[UUID, list[tuple[date, bool]]] = {m.pk: [] for m in mandats}
    if mandats:
        for mandat, contact in _contacts_of(mandats):
            if contact["avec"] == Contact.Avec.MENAGE:
                abouti = contact["resultat"] in Contact.ABOUTIS
                jours[mandat].append((contact["survenu_le"], abouti))
    return {pk: _suivi(contacts) for pk, contacts in jours.items()}


def _suivi(contacts: Collection[tuple[date, bool]]) -> Suivi:
    echange_le = max((le for le, abouti in contacts if abouti), default=None)
    relance_le = min(
        (le for le, _ in contacts if echange_le is None or le > echange_le), default=None
    )
    return Suivi(echange_le, relance_le, len(contacts))


def _contacts_prevus(mandats: Collection[Mandat]) -> dict[UUID, list[ContactPrevu]]:
    """Return, by mandate, the next contacts fixed at the last one with each side."""
    last: dict[tuple[UUID, str], dict[str, Any]] = {}
    for mandat, contact in _contacts_of(mandats):
        last[mandat, contact["avec"]] = contact
    prevus: dict[UUID, list[ContactPrevu]] = defaultdict(list)
    for (mandat, _), contact in sorted(last.items(), key=lambda item: str(item[0])):
        if contact["prochain_le"] is not None:
            prevus[mandat].append(ContactPrevu(contact["id"], contact["prochain_le"]))
    return prevus


def _contacts_of(mandats: Collection[Mandat]) -> list[tuple[UUID, dict[str, Any]]]:
    """Return the operator's contacts since each mandate was entrusted, oldest first."""
    by_key = {(m.dossier_id, m.operateur_id): m for m in mandats}
    contacts = (
        Contact.objects.filter(dossier__in=[m.dossier_id for m in mandats])
        .order_by("survenu_le", "heure", "id")
        .values(
            "id", "dossier_id", "organisation_id", "avec", "resultat", "survenu_le", "prochain_le"
        )
    )
    found = []
    for contact in contacts:
        mandat = by_key.get((contact["dossier_id"], contact["organisation_id"]))
        if mandat is not None and _is_during(mandat, contact["survenu_le"]):
            found.append((mandat.pk, dict(contact)))
    return found


def _is_during(mandat: Mandat, le: date) -> bool:
    return mandat.transmis_le <= le and (mandat.clos_le is None or le <= mandat.clos_le)

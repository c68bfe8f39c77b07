"""Read the diagnoses, the facts they are, and the work they leave."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from seuil.accompagnements.queries.faits import MANY_DOSSIERS, list_etats
from seuil.actes.models import Acte
from seuil.actes.queries import list_actes
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.diagnostics import rules
from seuil.diagnostics.models import ConstatRegularite, Dsf
from seuil.dossiers.models import Bail, Dossier, Logement
from seuil.dossiers.queries import get_ouverture, readable
from seuil.echeances.rules.calculs import EcheanceCalculee
from seuil.echeances.rules.faits import Fait
from seuil.engines import droit
from seuil.kernel.bulk import as_array
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.etapes import DsfLu


def list_dsf(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Dsf]:
    """Return the diagnoses of a dossier the agent may see, the one in progress first."""
    return (
        readable(rows=Dsf.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("par")
        .order_by(F("termine_le").desc(nulls_first=True), "-id")
    )


def list_dsf_en_cours(*, dossier_ids: Collection[UUID]) -> list[Dsf]:
    """Return the diagnoses asked of dossiers and not ended; one query."""
    rows = Dsf.objects.filter(dossier__id__parmi=list(dossier_ids), fin=Dsf.Fin.EN_COURS)
    return [*rows.order_by("pk")]


def list_faits(*, dossier_ids: Collection[UUID]) -> list[Fait]:
    """Return the requests of diagnoses in progress: each starts its own delay."""
    wanted = set(dossier_ids)
    dsf = Dsf.objects.filter(fin=Dsf.Fin.EN_COURS).order_by("pk")
    # Few are in progress: naming many dossiers would cost more than reading them all.
    if len(wanted) <= MANY_DOSSIERS:
        dsf = dsf.filter(dossier__in=wanted)
    return [
        Fait(
            dossier_id=dossier,
            genre="saisine_organisme_dsf",
            le=le,
            source_type="dsf",
            source_id=pk,
        )
        for dossier, le, pk in dsf.values_list("dossier", "demande_le", "pk")
        if dossier in wanted
    ]


def list_dsf_lus(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[DsfLu]]:
    """Return what the duties need of the diagnoses: asked, ended, sent to the judge, by whom."""
    lus: dict[UUID, list[DsfLu]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, demande_le, termine_le, organisme, transmis_juge_le,"
            " fin = 'carence' FROM diagnostics_dsf"
            " WHERE dossier_id = ANY(%s::uuid[]) ORDER BY id",
            [as_array(dossier_ids)],
        )
        for dossier, *rest in cursor.fetchall():
            lus[dossier].append(DsfLu(*rest))
    return lus


def list_faits_des_devoirs(*, dossier_ids: Collection[UUID]) -> dict[UUID, dict[str, date]]:
    """Return what the équipe mobile did that closes duties: its reports, its findings on acts."""
    faits: dict[UUID, dict[str, date]] = defaultdict(dict)
    with connection.cursor() as cursor:
        ids = as_array(dossier_ids)
        cursor.execute(_READ_FAITS_DES_DEVOIRS, [ids, ids])
        for dossier, code, le in cursor.fetchall():
            faits[dossier][code] = le
    return faits


# The last day of each.
_READ_FAITS_DES_DEVOIRS = """
SELECT m.dossier_id, r.genre, max(r.rendu_le) FROM accompagnements_rapport r
JOIN accompagnements_mandat m ON m.id = r.mandat_id
WHERE m.dossier_id = ANY(%s::uuid[]) GROUP BY m.dossier_id, r.genre
UNION ALL
SELECT dossier_id, 'regularite', max(constate_le) FROM diagnostics_constatregularite
WHERE dossier_id = ANY(%s::uuid[]) GROUP BY dossier_id
"""


def list_besoins(
    *, dossier_ids: Collection[UUID], echeances: Iterable[EcheanceCalculee]
) -> list[Besoin]:
    """Return the diagnoses that open mandates still owe, from their deadlines (EM3, C6)."""
    etats = [e for e in list_etats(dossier_ids=dossier_ids) if e.repondu_le is not None]
    concerned = {e.dossier_id for e in etats}
    em3: dict[UUID, date | None] = {}
    audiences: dict[UUID, list[rules.Audience]] = defaultdict(list)
    for echeance in echeances:
        if echeance.regle == "EM3":
            em3[echeance.source_id] = echeance.le
        elif echeance.regle == "C6" and echeance.debut_le and echeance.dossier_id in concerned:
            audiences[echeance.dossier_id].append(rules.Audience(echeance.debut_le, echeance.le))
    dsf: dict[UUID, list[rules.DsfDate]] = defaultdict(list)
    for dossier, fin, termine_le, juge_le, ccapex_le in Dsf.objects.filter(
        dossier__in=concerned
    ).values_list("dossier", "fin", "termine_le", "transmis_juge_le", "transmis_ccapex_le"):
        dsf[dossier].append(rules.DsfDate(fin, termine_le, juge_le, ccapex_le))
    return [
        besoin
        for etat in etats
        for besoin in rules.compute_besoins(
            mandat=etat,
            em3_le=em3.get(etat.id),
            audiences=audiences[etat.dossier_id],
            dsf=dsf[etat.dossier_id],
        )
    ]


@dataclass(frozen=True, slots=True)
class ActeControle:
    """An act with its checklist answered, and the instant of its last human finding."""

    acte: Acte
    points: list[rules.Point]
    vu_at: datetime | None

    @property
    def titre(self) -> str:
        return f"{self.acte.get_type_display()} du {droit.write_date(self.acte.survenu_le)}"

    @property
    def repondues(self) -> int:
        return sum(p.is_repondu for p in self.points)

    @property
    def irregularites(self) -> int:
        return sum(p.reponse == "irregulier" for p in self.points)

    @property
    def contredits(self) -> int:
        return sum(p.is_contredit for p in self.points)

    @property
    def ranges(self) -> list[rules.Point]:
        """The points as they are read: what is wrong or disputed, what is answered, the rest."""
        return sorted(
            self.points,
            key=lambda p: (
                p.reponse != "irregulier" and not p.is_contredit,
                not p.is_repondu,
                not p.constat.explication and not p.constat.a_obtenir,
            ),
        )


def list_regularite(*, agent: Agent, on: date, dossier: Dossier) -> list[ActeControle]:
    """Return the acts of a dossier that have a checklist, newest first, with its answers.

    Nothing when the agent may not see the dossier or read the checklists.
    """
    if why_not(agent.profil, "regularite.lire") or not get_ouverture(
        agent=agent, on=on, dossier=dossier
    ).allows("regularite"):
        return []
    actes = list_actes(agent=agent, on=on, dossier=dossier)
    controles = droit.questions()
    if not any(acte.type in controles for acte in actes):
        return []
    contexte = _read_contexte(dossier, actes)
    avis = _list_avis(dossier)
    return [
        ActeControle(
            acte=acte,
            points=rules.compute_points(_read_acte(acte), contexte, avis[acte.pk]),
            vu_at=max((a.enregistre_at for a in avis[acte.pk]), default=None),
        )
        for acte in actes
        if acte.type in controles
    ]


def list_constats_pour_dsf(*, agent: Agent, on: date, dossier: Dossier) -> list[rules.Phrase]:
    """Return the decided findings on a dossier's acts, as sentences for the diagnosis.

    Irregular ones first, then from the newest act to the oldest.
    """
    phrases = [
        phrase
        for controle in list_regularite(agent=agent, on=on, dossier=dossier)
        for phrase in rules.compute_phrases(controle.titre, controle.points)
    ]
    return sorted(phrases, key=lambda p: p.reponse != "irregulier")


def list_constats(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[ConstatRegularite]:
    """Return the findings on the acts of a dossier the agent may see, oldest first."""
    if why_not(agent.profil, "regularite.lire"):
        return ConstatRegularite.objects.none()
    rows = readable(rows=ConstatRegularite.objects.all(), agent=agent, on=on, dossier=dossier)
    return rows.select_related("acte", "par").order_by("constate_le", "created_at", "id")


def list_questions(*, acte: Acte) -> frozenset[str]:
    """Return the questions that the law of its day asks of an act."""
    return frozenset(
        q.id for q in droit.questions().get(acte.type, ()) if q.covers(acte.survenu_le)
    )


def get_avis(*, acte_id: UUID, jusqu_at: datetime | None = None) -> dict[str, rules.Avis]:
    """Return the finding that holds on each question of an act, now or at an instant."""
    constats = ConstatRegularite.objects.filter(acte=acte_id)
    if jusqu_at is not None:
        constats = constats.filter(created_at__lte=jusqu_at)
    return {
        constat.question: _read_avis(constat)
        for constat in constats.select_related("par").order_by("created_at", "id")
    }


def _list_avis(dossier: Dossier) -> defaultdict[UUID, list[rules.Avis]]:
    """Return the findings of a dossier by act, the last one first."""
    avis: defaultdict[UUID, list[rules.Avis]] = defaultdict(list)
    for constat in (
        ConstatRegularite.objects.filter(dossier=dossier)
        .select_related("par")
        .order_by("-created_at", "-id")
    ):
        avis[constat.acte_id].append(_read_avis(constat))
    return avis


def _read_avis(constat: ConstatRegularite) -> rules.Avis:
    return rules.Avis(
        question=constat.question,
        reponse=constat.reponse,
        observation=constat.observation,
        constate_le=constat.constate_le,
        par=str(constat.par),
        enregistre_at=constat.created_at,
    )


def _read_acte(acte: Acte) -> rules.ActeLu:
    return rules.ActeLu(
        id=acte.pk,
        type=acte.type,
        survenu_le=acte.survenu_le,
        recu_le=acte.recu_le,
        audience_le=acte.audience_le,
        montant=acte.montant,
        sens=acte.sens,
        delai_annonce=acte.delai_annonce,
        delai_jusqu_au=acte.delai_jusqu_au,
    )


def _read_contexte(dossier: Dossier, actes: Iterable[Acte]) -> rules.Contexte:
    """Gather what the checklists read of a dossier already found."""
    bail = Bail.objects.filter(dossier=dossier).select_related("bailleur").first()
    commune = Logement.objects.filter(dossier=dossier).values_list("commune", flat=True).first()
    dsf = Dsf.objects.filter(dossier=dossier).values_list(
        "fin", "termine_le", "transmis_juge_le", "transmis_ccapex_le"
    )
    return rules.Contexte(
        departement=dossier.departement_id,
        commune=commune or "",
        bail_le=bail.signe_le if bail else None,
        reconduit_le=bail.reconduit_le if bail else None,
        clause=bail.clause_duree if bail else "",
        loyer=bail.loyer if bail else None,
        bailleur_nature=bail.bailleur.nature if bail and bail.bailleur else "",
        actes=tuple(_read_acte(acte) for acte in actes),
        dsf=tuple(rules.DsfDate(*row) for row in dsf),
    )

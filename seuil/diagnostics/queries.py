"""Read the diagnoses, the facts they are, and the work they leave."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from seuil.accompagnements.queries import MANY_DOSSIERS, list_etats
from seuil.acteurs.models import Agent
from seuil.diagnostics import rules
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Dossier
from seuil.echeances.rules import EcheanceCalculee, Fait
from seuil.kernel.bulk import as_array
from seuil.travail.rules import Besoin, DsfLu


def list_dsf(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Dsf]:
    """Return the diagnoses of a dossier the agent may see, the one in progress first."""
    return (
        Dsf.objects.filter(
            dossier__in=Dossier.objects.visible_to(agent, on=on).filter(pk=dossier.pk)
        )
        .select_related("par")
        .order_by(F("termine_le").desc(nulls_first=True), "-id")
    )


def list_faits(*, dossier_ids: Collection[UUID]) -> list[Fait]:
    """Return the requests of diagnoses in progress: each starts its own delay."""
    wanted = set(dossier_ids)
    dsf = Dsf.objects.filter(fin=Dsf.Fin.EN_COURS).order_by("pk")
    # Few are in progress: naming many dossiers would cost more than reading them all.
    if len(wanted) <= MANY_DOSSIERS:
        dsf = dsf.filter(dossier__in=wanted)
    return [
        Fait(dossier_id=dossier, genre="dsf_demande", le=le, source_type="dsf", source_id=pk)
        for dossier, le, pk in dsf.values_list("dossier", "demande_le", "pk")
        if dossier in wanted
    ]


def list_dsf_lus(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[DsfLu]]:
    """Return what the duties need of the diagnoses of dossiers: asked, ended, by whom."""
    lus: dict[UUID, list[DsfLu]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dossier_id, demande_le, termine_le, organisme FROM diagnostics_dsf"
            " WHERE dossier_id = ANY(%s::uuid[]) ORDER BY id",
            [as_array(dossier_ids)],
        )
        for dossier, *rest in cursor.fetchall():
            lus[dossier].append(DsfLu(*rest))
    return lus


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

"""The facts of open mandates, and the work they give, for the projections."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from seuil.accompagnements.models import Demarche, Mandat, Prolongation, Rapport
from seuil.accompagnements.rules.besoins import (
    ContactPrevu,
    DemarcheDue,
    EtatMandat,
    compute_besoins,
)
from seuil.accompagnements.rules.mandats import Suivi
from seuil.contacts.models import Contact
from seuil.echeances.rules.calculs import EcheanceCalculee
from seuil.echeances.rules.faits import Fait
from seuil.kernel.bulk import as_array
from seuil.travail.rules.besoins import Besoin

# Open mandates are few hundreds: beyond that many dossiers, reading all the open mandates costs
# less than naming the dossiers.
MANY_DOSSIERS = 1000


def get_suivi(*, mandat: Mandat) -> Suivi:
    """Return what the contacts of a mandate with the household say."""
    return _suivis([mandat])[mandat.pk]


def list_faits(*, dossier_ids: Collection[UUID]) -> list[Fait]:
    """Return the facts of open mandates: transmitted, begun, last exchange (or the start),
    first attempt since."""
    mandats = _open_mandats(dossier_ids)
    suivis = _suivis(mandats)
    faits = []
    for mandat in mandats:
        jours = dict.fromkeys(_list_transmissions(mandat), mandat.transmis_le)
        if mandat.repondu_le is not None:
            jours["debut_accompagnement"] = mandat.repondu_le
            suivi = suivis[mandat.pk]
            jours["dernier_echange"] = suivi.echange_le or mandat.repondu_le
            if suivi.relance_le is not None:
                jours["relance_sans_reponse"] = suivi.relance_le
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


def _list_transmissions(mandat: Mandat) -> list[str]:
    """Return what the transmission is to the law: of a simple case, of a complex one, or both."""
    said = [mandat.complexite] if mandat.complexite else ["simple", "complexe"]
    return ["transmission_operateur", *(f"transmission_{mot}" for mot in said)]


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
    return compute_besoins(replace(e, dates=dates.get(e.id, {})) for e in etats)


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
    rendus = Prolongation.objects.filter(mandat__in=ids, avis_le__isnull=False)
    for pk, avis_le, sens, jusqu_au in rendus.values_list("mandat", "avis_le", "avis", "jusqu_au"):
        if avis_le is not None:
            avis[pk].append((avis_le, sens, jusqu_au))
    attendus = dict(
        Prolongation.objects.filter(mandat__in=ids, avis="").values_list("mandat", "demande_le")
    )
    demarches: dict[UUID, list[DemarcheDue]] = defaultdict(list)
    for pk, demarche, pour_le in (
        Demarche.objects.filter(contrat__mandat__in=ids, etat=Demarche.Etat.A_FAIRE)
        .order_by("pour_le", "pk")
        .values_list("contrat__mandat", "pk", "pour_le")
    ):
        demarches[pk].append(DemarcheDue(demarche, pour_le))
    return [
        replace(
            _etat(m, suivis[m.pk], rapports[m.pk], avis[m.pk], demarches[m.pk], prevus[m.pk]),
            demande_le=attendus.get(m.pk),
        )
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
    dernier_le = max((le for le, _ in contacts), default=None)
    return Suivi(echange_le, relance_le, len(contacts), dernier_le)


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

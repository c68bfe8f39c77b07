"""The tasks that the duties of the current stage give, dated and addressed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from uuid import UUID

from seuil.engines import droit
from seuil.travail.rules.annuaire import Annuaire, Destinataire
from seuil.travail.rules.besoins import DSF_VISIBLE_BEFORE, Besoin
from seuil.travail.rules.devoirs import PAR_LIEN, Delai, Devoir, load_devoirs
from seuil.travail.rules.etapes import EtapeLue, is_due

# Actor → role whose queue receives its duties; the others are partners.
ROLES = {"ddets": "secretariat", "prefecture": "gestionnaire", "operateur": "chef_equipe"}

# Without the day of the hearing that ends it, a duty is asked for three months after its own.
_SEEN_AFTER = timedelta(days=90)
# The préfet is told 42 days before the hearing at the latest: nothing is asked before that.
_SEEN_BEFORE = DSF_VISIBLE_BEFORE
# No duty that makes a task lives longer than this after its act, hearing apart.
PORTEE = timedelta(days=200)


def compute_devoirs(
    etapes: Iterable[EtapeLue],
    *,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    rendus: Collection[tuple[UUID, str, UUID]],
    on: date,
) -> list[Besoin]:
    """Return the tasks that the current stage of each dossier gives, still of some object.

    `echeances` are the days of the law engine by dossier and rule; `rendus` the duties done, by
    dossier, duty and act.
    """
    besoins = []
    for etape in etapes:
        if etape.is_over:
            continue
        for devoir in _list_taches(etape.departement, etape.etape, etape.parc):
            if (etape.dossier_id, devoir.id, etape.acte_id) in rendus:
                continue
            dates = date_devoir(devoir, etape, echeances)
            if dates is None or dates[2] <= on or not is_due(devoir, etape):
                continue
            besoin = _address(devoir, etape, annuaire, echeances, dates)
            if besoin:
                besoins.append(besoin)
    return besoins


@cache
def _list_taches(departement: str, etape: str, parc: str) -> tuple[Devoir, ...]:
    return tuple(d for d in load_devoirs(departement).at(etape, parc) if d.makes_task)


def date_devoir(
    devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]
) -> tuple[date, date, date] | None:
    """Return the days from which a duty is seen, is due, has no object; None when unknown."""
    due_le = compute_due(devoir, etape, echeances)
    if due_le is None:
        return None
    visible_le = max(etape.depart_le, due_le - _SEEN_BEFORE)
    return visible_le, due_le, _compute_caduque(devoir, etape, due_le)


def _compute_caduque(devoir: Devoir, etape: EtapeLue, due_le: date) -> date:
    match devoir.caduque.mode:
        case "audience":
            # Everything there prepares the hearing, however far it is.
            return etape.audience_le or due_le + _SEEN_AFTER
        case "terme":
            return due_le + timedelta(days=1)
        case _:
            return due_le + timedelta(days=devoir.caduque.n)


def compute_due(
    devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]
) -> date | None:
    """Return the day before which a duty is to be done; None for a standing commitment, or when
    what it counts from is not known."""
    if devoir.regle:
        le = echeances.get((etape.dossier_id, devoir.regle))
        if le:
            return le
    if devoir.duree is None:
        return None
    start = {"acte": etape.le, "reception": etape.depart_le, "audience": etape.audience_le}
    le = start[devoir.depart]
    return le and _count(le, devoir.duree, etape.departement)


def find_reponse_due(
    *, departement: str, acteur: str, etape: str, le: date, depart_le: date
) -> date | None:
    """Return by when a service had to say whether it knows a household, answered or not.

    `le` is the day of the act, `depart_le` the day it could be known of.
    """
    for devoir in load_devoirs(departement).par_id.values():
        asked = (devoir.etape, devoir.acteur, devoir.fait) == (etape, acteur, "suivi_dit")
        if asked and devoir.duree and devoir.depart in {"acte", "reception"}:
            return _count(le if devoir.depart == "acte" else depart_le, devoir.duree, departement)
    return None


@lru_cache(maxsize=65_536)
def _count(le: date, duree: Delai, departement: str) -> date | None:
    if duree.n == 0:
        return le
    try:
        if not duree.avant:
            ouvres = duree.unite == "jours_ouvres"
            words = f"{duree.n} {'jours' if ouvres else duree.unite}"
            return droit.add_duree(le, words, ouvres=ouvres, departement=departement).date
        if duree.unite == "jours_ouvres":
            return droit.ouvres_before(le, duree.n, departement=departement)
    except droit.DateHorsPeriode:
        return None
    return le - timedelta(days=duree.n * (7 if duree.unite == "semaines" else 1))


def find_destinataire(devoir: Devoir, etape: EtapeLue, annuaire: Annuaire) -> Destinataire | None:
    """Return the organisation that owes the duty for this dossier: a link or the directory says."""
    if devoir.acteur in PAR_LIEN:
        designe = etape.designes.get(devoir.acteur)
        return annuaire.par_id.get(designe) if designe else None
    return annuaire.find(
        departement=etape.departement, type_organisation=devoir.acteur, commune=etape.commune
    )


def is_confie_ailleurs(
    devoir: Devoir, etape: EtapeLue, owner: Destinataire | None, annuaire: Annuaire
) -> bool:
    """Tell whether the diagnosis is asked of another body: it is then not asked of this one.

    A name that the directory does not know may be a service of anyone: it excuses nobody.
    """
    return (
        devoir.fait in _FAITS_DU_DSF
        and devoir.acteur in _AUTEURS_DU_DSF
        and etape.dsf_organisme in annuaire.noms
        and (owner is None or owner.nom != etape.dsf_organisme)
    )


_FAITS_DU_DSF = frozenset({"dsf_termine", "dsf_transmis", "dsf_clos"})
_AUTEURS_DU_DSF = frozenset({"conseil_departemental", "metropole", "ccas"})


def _address(
    devoir: Devoir,
    etape: EtapeLue,
    annuaire: Annuaire,
    echeances: Mapping[tuple[UUID, str], date],
    dates: tuple[date, date, date],
) -> Besoin | None:
    role = ROLES.get(devoir.acteur, "partenaire")
    organisation_id = None
    if role == "chef_equipe":
        organisation_id = etape.operateur_id
    elif role == "partenaire":
        organisation = find_destinataire(devoir, etape, annuaire)
        if organisation is None or is_confie_ailleurs(devoir, etape, organisation, annuaire):
            return None
        organisation_id = organisation.id
    visible_le, due_le, caduque_le = dates
    return Besoin(
        dossier_id=etape.dossier_id,
        genre="devoir",
        source_id=etape.acte_id,
        role=role,
        visible_le=visible_le,
        due_le=due_le,
        legale=is_legale(devoir, etape, echeances),
        regle=devoir.regle,
        organisation_id=organisation_id,
        caduque_le=caduque_le,
        devoir=devoir.id,
    )


def is_legale(devoir: Devoir, etape: EtapeLue, echeances: Mapping[tuple[UUID, str], date]) -> bool:
    """Tell whether the law sets the day: the fact its rule counts from is then known."""
    return (etape.dossier_id, devoir.regle) in echeances and droit.regles()[
        devoir.regle
    ].origine == "loi"

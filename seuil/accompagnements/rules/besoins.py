"""The work due on open mandates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from seuil.accompagnements.rules.mandats import Suivi, end_of_mandat
from seuil.travail.rules.besoins import Besoin

_QUINZAINE = timedelta(days=15)
# Nobody tried to join the household yet.
JAMAIS_JOINT = Suivi(None, None, 0)


@dataclass(frozen=True, slots=True)
class DemarcheDue:
    id: UUID
    pour_le: date


@dataclass(frozen=True, slots=True)
class ContactPrevu:
    """A next contact fixed at the last one, not yet followed by any attempt."""

    contact_id: UUID
    prochain_le: date


@dataclass(frozen=True, slots=True)
class EtatMandat:
    """An open mandate and what was done of it: all that decides of the work due."""

    id: UUID
    dossier_id: UUID
    operateur_id: UUID
    transmis_le: date
    # The stage of the procedure when it was entrusted.
    stade: str = ""
    repondu_le: date | None = None
    referent_id: UUID | None = None
    # Role of the person in charge: travailleur_social or juriste.
    referent_role: str = ""
    rapports: frozenset[str] = frozenset()
    suivi: Suivi = JAMAIS_JOINT
    # (day, opinion, until) of the CCAPEX
    avis: tuple[tuple[date, str, date | None], ...] = ()
    demarches: tuple[DemarcheDue, ...] = ()
    contacts_prevus: tuple[ContactPrevu, ...] = ()
    # The day the operator asked to go on, while the CCAPEX has not answered.
    demande_le: date | None = None
    # Date of each rule started by this mandate: EM1, EM2, EM2b, EM4, EM5, EM6.
    dates: Mapping[str, date] = field(default_factory=dict)


def compute_besoins(mandats: Iterable[EtatMandat]) -> list[Besoin]:
    """Return the work due on open mandates; it depends on facts and dates, never on today."""
    besoins: list[Besoin] = []
    for mandat in mandats:
        if mandat.repondu_le is None:
            besoins += _a_repondre(mandat)
            continue
        if mandat.referent_id is None:
            besoins += _a_affecter(mandat, mandat.repondu_le)
        besoins += _rapports(mandat, mandat.repondu_le)
        besoins += _contacts(mandat)
        besoins += _fin(mandat)
        besoins += (
            _besoin(mandat, "demarche", d.pour_le - timedelta(days=15), d.pour_le, source_id=d.id)
            for d in mandat.demarches
        )
    return besoins


def make_besoin(
    mandat: EtatMandat,
    genre: str,
    visible_le: date,
    due_le: date,
    *,
    regle: str = "",
    source_id: UUID | None = None,
    legale: bool = False,
    caduque_le: date | None = None,
) -> Besoin:
    """Return a need for the person in charge of the mandate, or for the chef d’équipe."""
    affecte = mandat.referent_id is not None
    return Besoin(
        dossier_id=mandat.dossier_id,
        genre=genre,
        source_id=source_id or mandat.id,
        role=mandat.referent_role if affecte else "chef_equipe",
        visible_le=min(visible_le, due_le),
        due_le=due_le,
        legale=legale,
        regle=regle,
        organisation_id=None if affecte else mandat.operateur_id,
        agent_id=mandat.referent_id,
        caduque_le=caduque_le,
    )


_besoin = make_besoin


def _a_repondre(mandat: EtatMandat) -> Iterator[Besoin]:
    if due_le := mandat.dates.get("EM1"):
        yield _besoin(mandat, "repondre_mandat", mandat.transmis_le, due_le, regle="EM1")


def _a_affecter(mandat: EtatMandat, repondu_le: date) -> Iterator[Besoin]:
    if due_le := mandat.dates.get("EM1"):
        yield _besoin(mandat, "affecter_mandat", repondu_le, due_le, regle="EM1")


def _rapports(mandat: EtatMandat, repondu_le: date) -> Iterator[Besoin]:
    dates = mandat.dates
    if "premier_retour" not in mandat.rapports and (due_le := dates.get("EM1")):
        yield _besoin(mandat, "premier_retour", repondu_le, due_le, regle="EM1")
    # Simple or complex, the mandate has one of the two dates; both until somebody says which.
    regle = "EM2b" if "EM2b" in dates else "EM2"
    if "evaluation" not in mandat.rapports and (due_le := dates.get(regle)):
        visible_le = dates["EM2"] if len({"EM2", "EM2b"} & set(dates)) == 2 else due_le - _QUINZAINE
        yield _besoin(mandat, "evaluation", visible_le, due_le, regle=regle)
    if "bilan" not in mandat.rapports and (due_le := dates.get("EM5")):
        yield _besoin(mandat, "bilan", due_le - timedelta(days=15), due_le, regle="EM5")


def _contacts(mandat: EtatMandat) -> Iterator[Besoin]:
    silence_le = mandat.dates.get("EM6") if mandat.suivi.relance_le else None
    if due_le := mandat.dates.get("EM4"):
        # After three months of silence and one more attempt, the question is the end, not a call.
        yield _besoin(
            mandat,
            "reprendre_contact",
            due_le - timedelta(days=5),
            due_le,
            regle="EM4",
            caduque_le=silence_le,
        )
    if silence_le:
        due_le = silence_le + timedelta(days=15)
        yield _besoin(mandat, "sans_nouvelles", silence_le, due_le, regle="EM6")
    for prevu in mandat.contacts_prevus:
        visible_le = prevu.prochain_le - timedelta(days=2)
        yield _besoin(
            mandat, "prochain_contact", visible_le, prevu.prochain_le, source_id=prevu.contact_id
        )


def _fin(mandat: EtatMandat) -> Iterator[Besoin]:
    fin_le = end_of_mandat(em5_le=mandat.dates.get("EM5"), avis=mandat.avis)
    if fin_le is None:
        return
    visible_le = fin_le - timedelta(days=15)
    yield _besoin(mandat, "fin_accompagnement", visible_le, fin_le, regle="EM5")
    dernier = max(mandat.avis, key=lambda a: a[0])[1] if mandat.avis else "poursuite"
    if dernier == "poursuite":
        # The CCAPEX meets about once a month: its next session decides.
        # Asked before the end, it is on the table of the session that comes.
        visible_le = min(mandat.demande_le or fin_le, fin_le)
        besoin = _besoin(
            mandat, "avis_prolongation", visible_le, fin_le + timedelta(days=30), regle="EM5"
        )
        yield replace(besoin, role="secretariat", organisation_id=None, agent_id=None)

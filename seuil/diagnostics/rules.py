"""When a diagnosis may be dated, and when it is due to the équipe mobile."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from seuil.accompagnements.rules import EtatMandat, make_besoin
from seuil.travail.rules import Besoin

_STADES_AMONT = frozenset({"commandement", "assignation"})


@dataclass(frozen=True, slots=True)
class DsfDate:
    """The days of one diagnosis; see the model."""

    fin: str
    termine_le: date | None
    transmis_juge_le: date | None
    transmis_ccapex_le: date | None


@dataclass(frozen=True, slots=True)
class Audience:
    """A hearing of a dossier, and the day (C6) the diagnosis reaches the judge at the latest."""

    le: date
    transmission_le: date | None


def why_not_record(
    *,
    fin: str,
    termine_le: date | None,
    transmis_juge_le: date | None,
    transmis_ccapex_le: date | None,
    demande_le: date | None,
    on: date,
) -> str | None:
    """Return the French reason why the end of a diagnosis may not be recorded, or None."""
    if not fin or termine_le is None:
        return "Indiquez comment le diagnostic se termine, et à quelle date."
    transmissions = [le for le in (transmis_juge_le, transmis_ccapex_le) if le is not None]
    if max([termine_le, *transmissions]) > on:
        return "Une date du diagnostic est à venir : enregistrez-la quand elle est passée."
    if any(le < termine_le for le in transmissions):
        return "Le diagnostic ne peut pas être transmis avant d’être terminé."
    if demande_le is not None and termine_le < demande_le:
        return "Le diagnostic ne peut pas être terminé avant d’avoir été demandé."
    return None


def is_done(*, dsf: Iterable[DsfDate], since: date, has_audience: bool) -> bool:
    """Tell whether a diagnosis was ended and sent since that day.

    A carence needs no sending; with a hearing, the judge must have received it.
    """
    return any(
        d.termine_le is not None
        and d.termine_le >= since
        and (
            d.fin == "carence"
            or d.transmis_juge_le is not None
            or (not has_audience and d.transmis_ccapex_le is not None)
        )
        for d in dsf
    )


def compute_besoins(
    *,
    mandat: EtatMandat,
    em3_le: date | None,
    audiences: Collection[Audience],
    dsf: Collection[DsfDate],
) -> list[Besoin]:
    """Return the diagnosis the équipe mobile still owes on an accepted mandate, if any.

    Due six weeks after the start, or earlier when a hearing commands it; without object the day
    after the last hearing. Downstream of the judgment an evaluation is asked, not a diagnosis
    (AMI Gironde 2023, § 6).
    """
    if mandat.repondu_le is None or em3_le is None or mandat.stade not in _STADES_AMONT:
        return []
    debut_le = mandat.repondu_le
    a_venir = sorted((a for a in audiences if a.le >= debut_le), key=lambda a: a.le)
    if is_done(dsf=dsf, since=mandat.transmis_le, has_audience=bool(a_venir)):
        return []
    transmission_le = a_venir[0].transmission_le if a_venir else None
    commanded = transmission_le is not None and transmission_le < em3_le
    due_le = transmission_le if transmission_le is not None and commanded else em3_le
    return [
        make_besoin(
            mandat,
            "dsf_a_transmettre",
            debut_le,
            due_le,
            regle="C6" if commanded else "EM3",
            legale=commanded,
            caduque_le=a_venir[-1].le + timedelta(days=1) if a_venir else None,
        )
    ]

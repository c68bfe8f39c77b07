"""The mandate: what was done of it, when it ends, why it may not be closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from seuil.engines import droit


@dataclass(frozen=True, slots=True)
class DemarcheSaisie:
    """A step of the contract, as typed: what, to what end, who, by when."""

    genre: str
    objectif: str
    acteur: str
    pour_le: date


@dataclass(frozen=True, slots=True)
class ClotureSaisie:
    """How a follow-up ends: why, with what outcome, when, and when the household was told."""

    motif: str
    denouement: str
    clos_le: date
    notifie_le: date | None = None


@dataclass(frozen=True, slots=True)
class Suivi:
    """What a mandate's contacts with the household say.

    `echange_le` is the last day somebody was really spoken to; `relance_le` the first attempt of a
    later day, None when there is none.
    """

    echange_le: date | None
    relance_le: date | None
    tentatives: int


def why_not_close(
    *,
    motif: str,
    clos_le: date,
    on: date,
    debut_le: date,
    suivi: Suivi,
    notifie_le: date | None,
) -> str | None:
    """Return the French reason why an accepted mandate may not end so, or None when it may."""
    if clos_le > on:
        return "La date de clôture est à venir : la clôture s’enregistre le jour où elle a lieu."
    if clos_le < debut_le:
        return "La clôture ne peut pas précéder l’acceptation du dossier."
    if notifie_le is not None and notifie_le > on:
        return "La date de notification au ménage est à venir."
    reason = None
    if motif == "sans_nouvelles":
        reason = _why_not_sans_nouvelles(clos_le, suivi, notifie_le)
    elif motif == "fin_duree":
        reason = _why_not_fin_duree(clos_le, debut_le)
    elif motif == "non_rencontre":
        reason = _why_not_non_rencontre(suivi)
    return reason


def _why_not_sans_nouvelles(clos_le: date, suivi: Suivi, notifie_le: date | None) -> str | None:
    # AMI Gironde 2023, § 6: one more attempt at least, three months without answer, notification.
    if suivi.relance_le is None or suivi.relance_le > clos_le:
        return (
            "Aucune tentative n’a suivi le dernier échange : contactez le ménage au moins une fois,"
            " par tout moyen, avant de mettre fin au suivi."
        )
    possible_le = _term("EM6", suivi.relance_le)
    if clos_le < possible_le:
        return (
            "Trois mois doivent s’écouler sans réponse depuis la relance du "
            f"{droit.write_date(suivi.relance_le)} : la fin du suivi est possible à partir du "
            f"{droit.write_date(possible_le)}."
        )
    if notifie_le is None:
        return (
            "La fin du suivi pour absence de réponse est notifiée au ménage : indiquez la date de"
            " la notification."
        )
    return None


def _why_not_fin_duree(clos_le: date, debut_le: date) -> str | None:
    terme = _term("EM5", debut_le)
    if clos_le < terme:
        return (
            f"Les six mois s’achèvent le {droit.write_date(terme)} : choisissez un autre motif, ou"
            " attendez cette date."
        )
    return None


def _why_not_non_rencontre(suivi: Suivi) -> str | None:
    if suivi.echange_le is not None:
        return (
            f"Un échange avec le ménage a eu lieu le {droit.write_date(suivi.echange_le)} :"
            " choisissez un autre motif."
        )
    if not suivi.tentatives:
        return "Aucune tentative n’est notée : essayez au moins une fois de joindre le ménage."
    return None


def _term(regle: str, depuis: date) -> date:
    terme = droit.compute(regle, depuis=depuis).date
    if terme is None:
        raise AssertionError(f"{regle} gives no date")
    return terme


def end_of_mandat(
    *, em5_le: date | None, avis: Collection[tuple[date, str, date | None]]
) -> date | None:
    """Return the day the follow-up ends: six months, or what the last CCAPEX opinion decided.

    `avis` holds (day, opinion, until); an opinion to hand over ends the follow-up that day.
    """
    if em5_le is None or not avis:
        return em5_le
    avis_le, sens, jusqu_au = max(avis, key=lambda a: a[0])
    return jusqu_au or max(avis_le, em5_le) if sens == "poursuite" else avis_le

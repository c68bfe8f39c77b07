"""The mandate: how it was answered, what was done of it, when it ends, why it may not be closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from seuil.engines import droit


@dataclass(frozen=True, slots=True)
class ReponseSaisie:
    """The operator's answer: accepted, simple or complex; or refused, of what kind and why."""

    accepte: bool
    complexite: str = ""
    nature: str = ""
    motif: str = ""


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
    # Why reports that were due will not come, when some do not.
    rapports_manquants: str = ""


@dataclass(frozen=True, slots=True)
class Suivi:
    """What a mandate's contacts with the household say.

    `echange_le` is the last day somebody was really spoken to; `relance_le` the first attempt of a
    later day, None when there is none.
    """

    echange_le: date | None
    relance_le: date | None
    tentatives: int
    # The last attempt of all, answered or not.
    dernier_le: date | None = None


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


# The reasons that end a follow-up that took place: its report to the DDETS is due that day.
_AU_TERME = frozenset({"objectifs", "fin_duree", "relais_operateur", "droit_commun"})


def list_rapports_dus(
    *, motif: str, clos_le: date, transmis_le: date, debut_le: date, complexite: str
) -> list[str]:
    """Return the kinds of report that are due of a mandate that ends so on that day."""
    evaluation = "EM2" if complexite == "simple" else "EM2b"
    dus = []
    if clos_le >= _term("EM1", transmis_le):
        dus.append("premier_retour")
    if clos_le >= _term(evaluation, transmis_le):
        dus.append("evaluation")
    if motif in _AU_TERME or clos_le >= _term("EM5", debut_le):
        dus.append("bilan")
    return dus


def why_not_close_veille(*, motif: str, veille_le: date | None, suivi: Suivi) -> str | None:
    """Return why a mandate under watch may not end so: nobody called the household since."""
    if motif != "objectifs" or veille_le is None:
        return None
    if suivi.dernier_le is not None and suivi.dernier_le >= veille_le:
        return None
    return (
        f"Le dossier est en veille depuis le {droit.write_date(veille_le)} et personne n’a"
        " contacté le ménage depuis : contactez-le une fois, par tout moyen, avant de clore."
    )


def why_not_watch(
    *, veille_le: date, debut_le: date, on: date, demarches_a_faire: int
) -> str | None:
    """Return why the watch that follows the démarches may not begin that day, or None."""
    if veille_le > on:
        return "La date de mise en veille est à venir."
    if veille_le < debut_le:
        return "La veille ne peut pas précéder l’acceptation du dossier."
    if demarches_a_faire:
        return (
            "Des démarches du contrat restent à faire : dites d’abord où elles en sont, la veille"
            " commence quand elles sont terminées."
        )
    return None


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

"""What makes a deadline done or without object: an act, its reception, a fact downstream."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from seuil.echeances.rules.audiences import find_audiences, list_procedure
from seuil.echeances.rules.calculs import EcheanceCalculee
from seuil.echeances.rules.faits import FICHIER
from seuil.echeances.rules.pauses import Acte
from seuil.strict_yaml import read_file

# A diagnosis made shortly before the assignation serves for its hearing.
DSF_SERVES = timedelta(days=120)

RECU, AUDIENCE = "recu", "audience"
# A diagnosis serves for the hearing, though it was made before.
_DSF = frozenset({"dsf_transmis", "dsf_clos"})
# What an organisation says of a duty counts for the rule that dates it: see `name_rendu`.
RENDU, SANS_OBJET = "devoir_rendu", "devoir_sans_objet"
# Dossier → fact of a package downstream → the days it happened.
JoursEnAval = Mapping[UUID, Mapping[str, Sequence[date]]]
Cle = tuple[UUID, str, UUID]


def name_rendu(regle: str, *, sans_objet: bool) -> str:
    """Name the fact that the duty of a rule was answered, as `JoursEnAval` has it."""
    return f"{SANS_OBJET if sans_objet else RENDU} {regle}"


def list_accomplies() -> Mapping[str, tuple[str, ...]]:
    """Return rule → the facts of which one makes its step done."""
    return _load("accomplies")


def list_sans_objet() -> Mapping[str, tuple[str, ...]]:
    """Return rule → the facts of which the first leaves its step without object."""
    return _load("sans_objet")


@cache
def _load(key: str) -> Mapping[str, tuple[str, ...]]:
    said = read_file(FICHIER, fichier="echeances/faits.yaml").table(key)
    return {regle: _name(regle, said.texts(regle)) for regle in said}


def _name(regle: str, codes: Iterable[str]) -> tuple[str, ...]:
    said = {RENDU, SANS_OBJET}
    return tuple(f"{code} {regle}" if code in said else code for code in codes)


def compute_faites(
    echeances: Iterable[EcheanceCalculee],
    actes: Mapping[UUID, Sequence[Acte]],
    en_aval: JoursEnAval,
) -> dict[Cle, date]:
    """Return the day when the step of each deadline was done, for those that are."""
    accomplies = list_accomplies()
    faites = {}
    for e in echeances:
        if e.regle in accomplies and e.debut_le:
            found = _find(e, actes.get(e.dossier_id, ()), en_aval.get(e.dossier_id, {}))
            if found:
                faites[e.dossier_id, e.regle, e.source_id] = found
    return faites


def compute_caduques(
    echeances: Iterable[EcheanceCalculee],
    actes: Mapping[UUID, Sequence[Acte]],
    en_aval: JoursEnAval,
) -> dict[Cle, date]:
    """Return the day from which each deadline has no object, for those that something leaves so.

    It may be to come, as a hearing: who reads compares it with its own day.
    """
    ends = list_sans_objet()
    found = {}
    for e in echeances:
        if e.regle in ends:
            days = _list_ends(
                ends[e.regle], actes.get(e.dossier_id, ()), en_aval.get(e.dossier_id, {})
            )
            if days:
                found[e.dossier_id, e.regle, e.source_id] = min(days)
    return found


def _list_ends(
    codes: Sequence[str], actes: Sequence[Acte], en_aval: Mapping[str, Sequence[date]]
) -> list[date]:
    since = _find_assignation(actes)
    current = [a for a in list_procedure(actes) if a.survenu_le >= since] if actes else []
    days = [a.survenu_le for a in current if a.type in codes]
    hearings = find_audiences(actes) if AUDIENCE in codes else None
    if hearings and hearings[1].le:
        days.append(hearings[1].le)
    return [*days, *(le for code in codes for le in en_aval.get(code, ()) if le >= since)]


def _find(
    echeance: EcheanceCalculee, actes: Sequence[Acte], en_aval: Mapping[str, Sequence[date]]
) -> date | None:
    codes = list_accomplies()[echeance.regle]
    if RECU in codes:
        return _find_reception(echeance.source_id, actes)
    debut = echeance.debut_le or date.min
    days = [a.survenu_le for a in actes if a.type in codes and a.survenu_le >= debut]
    # What the équipe mobile owes counts from its own mandate.
    serves = bool(actes) and echeance.source_type != "mandat"
    for code in codes:
        since = _find_assignation(actes) - DSF_SERVES if code in _DSF and serves else debut
        days += [le for le in en_aval.get(code, ()) if le >= since]
    return min(days, default=None)


def _find_reception(source_id: UUID, actes: Sequence[Acte]) -> date | None:
    """Return the day when the préfet received the act of the hearing, or the assignation."""
    told = [a for a in actes if a.id == source_id or a.type == "assignation"]
    return next((a.recu_le for a in reversed(told) if a.recu_le), None)


def _find_assignation(actes: Sequence[Acte]) -> date:
    found = max((a.survenu_le for a in actes if a.type == "assignation"), default=None)
    return found or date.min + DSF_SERVES

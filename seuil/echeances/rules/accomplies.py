"""What makes a deadline done: an act that came, its reception, a fact of a package downstream."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from seuil.echeances.rules.calculs import EcheanceCalculee
from seuil.echeances.rules.faits import FICHIER
from seuil.echeances.rules.pauses import Acte
from seuil.strict_yaml import read_file

# A diagnosis made shortly before the assignation serves for its hearing.
DSF_SERVES = timedelta(days=120)

RECU, _DSF = "recu", "dsf_transmis"
# Dossier → fact of a package downstream → the days it happened.
JoursEnAval = Mapping[UUID, Mapping[str, Sequence[date]]]
Cle = tuple[UUID, str, UUID]


@cache
def list_accomplies() -> Mapping[str, tuple[str, ...]]:
    """Return rule → the facts of which one makes its step done."""
    said = read_file(FICHIER, fichier="echeances/faits.yaml").table("accomplies")
    return {regle: said.texts(regle) for regle in said}


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


def _find(
    echeance: EcheanceCalculee, actes: Sequence[Acte], en_aval: Mapping[str, Sequence[date]]
) -> date | None:
    codes = list_accomplies()[echeance.regle]
    if RECU in codes:
        return _find_reception(echeance.source_id, actes)
    debut = echeance.debut_le or date.min
    days = [a.survenu_le for a in actes if a.type in codes and a.survenu_le >= debut]
    for code in codes:
        since = _find_assignation(actes) - DSF_SERVES if code == _DSF and actes else debut
        days += [le for le in en_aval.get(code, ()) if le >= since]
    return min(days, default=None)


def _find_reception(source_id: UUID, actes: Sequence[Acte]) -> date | None:
    """Return the day when the préfet received the act of the hearing, or the assignation."""
    told = [a for a in actes if a.id == source_id or a.type == "assignation"]
    return next((a.recu_le for a in reversed(told) if a.recu_le), None)


def _find_assignation(actes: Sequence[Acte]) -> date:
    found = max((a.survenu_le for a in actes if a.type == "assignation"), default=None)
    return found or date.min + DSF_SERVES

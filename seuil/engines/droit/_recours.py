"""The delays of appeal: what distance adds to them, and what legal aid starts again."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import (
    Autre,
    Distance,
    FaitsContradictoires,
    Regle,
    Resultat,
    Version,
)
from seuil.engines.droit._resultat import Contexte, check_order, compute_delai, start_step, worst
from seuil.engines.droit._vocabulaire import AILLEURS, ETRANGER

AIDE_A_OBTENIR = (
    "le jour où la décision d’aide juridictionnelle est devenue définitive, ou celui de la "
    "désignation de l’avocat s’il est plus tardif"
)


def find_distance(domicile: str | None, siege: str | None) -> str | None:
    """Say what CPC 643 and 644 make of where the appellant lives; None: nothing more.

    643: a court of métropole, for who lives overseas. 644: a court overseas, for who does not live
    in its own collectivity; who is judged where he lives has nothing more.

    Raises LieuInconnu, FaitsContradictoires.
    """
    if domicile is None:
        return None
    if domicile == ETRANGER:
        return ETRANGER
    lives_overseas = _is_overseas(domicile)
    if siege is None:
        if lives_overseas:
            raise FaitsContradictoires(
                "domicile",
                "Qui demeure outre-mer n’a un mois de plus que si le tribunal siège ailleurs : "
                "donnez le département du logement, celui du tribunal.",
            )
        return None
    if _is_overseas(siege):
        return None if domicile == siege else AILLEURS
    return AILLEURS if lives_overseas else None


def _is_overseas(departement: str) -> bool:
    return _calendar.is_overseas(_calendar.calendrier_of(departement=departement, commune=None))


def compute_recours(regle: Regle, version: Version, depuis: date, contexte: Contexte) -> Resultat:
    """Count a delay of appeal for this appellant, from this decision on legal aid."""
    resultat = _count(regle, version, depuis, contexte)
    demande = contexte.aj_demandee_le
    if demande is None or not regle.aide_juridictionnelle:
        return resultat
    return _start_again(regle, version, resultat, demande, contexte)


def _count(regle: Regle, version: Version, depuis: date, contexte: Contexte) -> Resultat:
    distance = next((d for d in version.distances if d.domicile == contexte.distance), None)
    if distance is None:
        return compute_delai(regle, version, depuis, contexte.calendrier)
    start, counted = _augment(version, depuis, distance, contexte.calendrier)
    resultat = compute_delai(regle, counted, start, contexte.calendrier)
    step = f"Augmenté de {write_duree(distance.n, distance.unit)} : {distance.motif}"
    etapes = (start_step(regle, depuis), step, *resultat.etapes[1:])
    return replace(resultat, debut=depuis, etapes=etapes)


def _augment(
    version: Version, depuis: date, distance: Distance, calendrier: str
) -> tuple[date, Version]:
    """Add the months of distance: together with months, before days (CPC 641, third paragraph)."""
    assert version.n is not None
    if version.unit == distance.unit:
        return depuis, replace(version, n=version.n + distance.n)
    start = _calendar.shift(depuis, distance.n, distance.unit, franc=False, calendrier=calendrier)
    return start, version


def _start_again(
    regle: Regle, version: Version, resultat: Resultat, demande: date, contexte: Contexte
) -> Resultat:
    """Count a new delay of the same length once legal aid, asked in time, is decided."""
    assert resultat.date is not None
    check_order(
        "aj_demandee_le", f"la demande d’aide juridictionnelle, le {write_date(demande)}", demande,
        f"la décision attaquée, le {write_date(resultat.debut)}", resultat.debut,
    )  # fmt: skip
    if demande > resultat.date:
        step = f"Aide juridictionnelle demandée le {write_date(demande)}, trop tard : sans effet"
        return replace(resultat, etapes=(*resultat.etapes, step))
    step = (
        f"Aide juridictionnelle demandée le {write_date(demande)}, dans le délai : "
        f"{regle.aide_juridictionnelle}"
    )
    interrupted = replace(
        resultat,
        etapes=(*resultat.etapes, step),
        certitude=worst(resultat.certitude, "to_check"),
    )
    depart = contexte.aj_depart_le
    if depart is None:
        plain = Autre(resultat.date, "Si la demande d’aide juridictionnelle n’interrompt rien.")
        return replace(interrupted, date=None, autres=(plain,), a_obtenir=AIDE_A_OBTENIR)
    check_order(
        "aj_depart_le", f"le nouveau départ, le {write_date(depart)}", depart,
        f"la demande d’aide juridictionnelle, le {write_date(demande)}", demande,
    )  # fmt: skip
    again = _count(regle, version, depart, contexte)
    return replace(
        interrupted, date=again.date, autres=again.autres,
        etapes=(*interrupted.etapes, *again.etapes[1:]),
    )  # fmt: skip

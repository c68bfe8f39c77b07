"""The two months after the commandement de quitter les lieux: judge, seizure of the préfet."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit._durees import read_duree
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import Autre, DureeIllisible, Regle, Resultat, Version
from seuil.engines.droit._resultat import (
    Contexte,
    build,
    check_order,
    compute_delai,
    start_step,
    worst,
)


def compute_deux_mois(regle: Regle, version: Version, depuis: date, contexte: Contexte) -> Resultat:
    """Count the two months, or what the judge made of them (CPCE L412-1 and L412-2)."""
    if contexte.deux_mois is None:
        resultat = compute_delai(regle, version, depuis, contexte.calendrier)
        return suspend_until_prefet(regle, resultat, version, contexte)
    if contexte.deux_mois == SUPPRIMES:
        return build(
            regle, version, depuis, depuis, autres=[], certitude=version.certainty,
            etapes=[start_step(regle, depuis), SANS_DELAI], notes=[version.note],
        )  # fmt: skip
    parts = read_duree(contexte.deux_mois)
    if len(parts) != 1:
        raise DureeIllisible(
            f"Le délai fixé par le juge se dit en une durée, et non « {contexte.deux_mois} »."
        )
    n, unit = parts[0]
    fixed = replace(version, n=n, unit=unit)
    resultat = compute_delai(regle, fixed, depuis, contexte.calendrier)
    step = f"Le juge a porté le délai à {write_duree(n, unit)} (articles L412-1 et L412-2)"
    resultat = replace(resultat, etapes=(resultat.etapes[0], step, *resultat.etapes[1:]))
    return suspend_until_prefet(regle, resultat, fixed, contexte)


SUPPRIMES = "supprimes"
SANS_DELAI = "Le juge a supprimé le délai : il n’y a rien à suspendre (article L412-1)"


def suspend_until_prefet(
    regle: Regle, resultat: Resultat, version: Version, contexte: Contexte
) -> Resultat:
    """Count the two months from the seizure of the préfet: until then they are suspended.

    CPCE L412-5. The seizure is due as soon as the commandement is served: nothing has run before
    it. The known day is often that of its reception, so the count from the service stays visible
    while it can be defended. Without any day, the date holds only if the préfet was seized at once.
    """
    saisi = contexte.prefet_saisi_le
    if saisi is None:
        return replace(
            resultat,
            certitude=worst(resultat.certitude, "to_check"),
            a_obtenir="la date à laquelle le préfet a été saisi du commandement",
        )
    check_order(
        "prefet_saisi_le", f"la saisine du préfet, le {write_date(saisi)}", saisi,
        f"le commandement, le {write_date(resultat.debut)}", resultat.debut,
    )  # fmt: skip
    if saisi == resultat.debut:
        return resultat
    return _count_from_saisine(regle, resultat, version, saisi, contexte)


def _count_from_saisine(
    regle: Regle, resultat: Resultat, version: Version, saisi: date, contexte: Contexte
) -> Resultat:
    later = compute_delai(regle, version, saisi, contexte.calendrier)
    suspendu = (
        f"Le préfet n’est saisi que le {write_date(saisi)} : le délai est suspendu jusque-là "
        "(article L412-5)"
    )
    assert resultat.date is not None
    readings = {resultat.date + (saisi - resultat.debut): COMPTE_EN_JOURS}
    # No reading lets the two months end while they are suspended.
    if saisi <= resultat.date:
        readings[resultat.date] = SAISI_LE_MEME_JOUR
    autres = [Autre(day, motif) for day, motif in sorted(readings.items()) if day != later.date]
    return replace(
        later,
        debut=resultat.debut,
        etapes=(*resultat.etapes[:-1], suspendu, *later.etapes[1:]),
        autres=(*autres, *later.autres),
        certitude=worst(later.certitude, "contested" if autres else "sure"),
    )


SAISI_LE_MEME_JOUR = (
    "Si les deux mois courent de la signification, préfet saisi ce jour-là et informé ensuite."
)
COMPTE_EN_JOURS = "Si les deux mois sont allongés du nombre de jours de suspension."

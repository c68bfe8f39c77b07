"""The shapes of rules: length by place or landlord, notification, range, thresholds, truce."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._deux_mois import compute_deux_mois
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Autre, Regle, Resultat, Variante, Version
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._recours import compute_recours
from seuil.engines.droit._resultat import (
    Contexte,
    build,
    compute_delai,
    get_version,
    start_step,
    worst,
    write_seuil,
)
from seuil.engines.droit._treve import (
    ARRETE,
    OUTRE_MER,
    find_treve,
    list_treves_locales,
)


def compute_ordinaire(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Count a length that may differ by département, or wait for the préfet."""
    version = get_version(regle, depuis)
    if version.variantes:
        return compute_variante(regle, version, depuis, contexte)
    if regle.formule == "deux_mois_cql":
        return compute_deux_mois(regle, version, depuis, contexte)
    if version.distances or regle.aide_juridictionnelle:
        return compute_recours(regle, version, depuis, contexte)
    notifie = contexte.notifie_le
    if notifie is None or notifie <= depuis:
        return compute_delai(regle, version, depuis, contexte.calendrier)
    resultat = compute_delai(regle, version, notifie, contexte.calendrier)
    step = f"La décision n’est notifiée que le {write_date(notifie)} : le délai court de ce jour"
    etapes = (start_step(regle, depuis), step, *resultat.etapes[1:])
    return replace(resultat, debut=depuis, etapes=etapes)


def compute_sans_date(regle: Regle, depuis: date, _contexte: Contexte) -> Resultat:
    """Give a range that the judge chooses in, thresholds, or a norm without figure."""
    version = get_version(regle, depuis)
    etapes = [start_step(regle, depuis)]
    if version.plage is not None:
        least, most = version.plage
        etapes.append(f"De {least} à {most}, au choix du juge")
    etapes += [write_seuil(seuil) for seuil in version.seuils]
    if version.texte:
        etapes.append(version.texte)
    return build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude=version.certainty,
        etapes=etapes,
        notes=[version.note],
    )


def compute_impaye_constitue(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Date the unpaid rent where time alone makes it; where amounts do, say what to obtain."""
    version = get_version(regle, depuis)
    seuils = [write_seuil(seuil) for seuil in version.seuils]
    if version.n is not None:
        resultat = compute_delai(regle, version, depuis, contexte.calendrier)
        return replace(resultat, etapes=(*resultat.etapes, *(f"Ou dès : {s}" for s in seuils)))
    return build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude="to_check",
        etapes=[start_step(regle, depuis), *(f"Dès : {s}" for s in seuils)],
        notes=[version.note],
        a_obtenir=version.a_obtenir,
    )


def compute_variante(regle: Regle, version: Version, depuis: date, contexte: Contexte) -> Resultat:
    """Count the length of the place or the landlord; the common one stays visible in doubt."""
    found = next((v for v in version.variantes if _is_of(v, contexte)), None)
    if found is None:
        common = compute_delai(regle, version, depuis, contexte.calendrier)
        if any(v.bailleur for v in version.variantes):
            return _doubt_bailleur(common, version, contexte)
        return _doubt_place(common, version, contexte.departement)
    local = replace(
        version, n=found.n, unit=found.unit, certainty=worst(version.certainty, found.certainty)
    )
    resultat = compute_delai(regle, local, depuis, contexte.calendrier)
    etapes = (resultat.etapes[0], found.motif, *resultat.etapes[1:])
    if found.certainty == "sure":
        return replace(resultat, etapes=etapes)
    common = compute_delai(regle, version, depuis, contexte.calendrier)
    assert common.date is not None
    return replace(
        resultat,
        etapes=etapes,
        autres=(*resultat.autres, Autre(common.date, version.motif)),
    )


def _is_of(variante: Variante, contexte: Contexte) -> bool:
    if variante.bailleur:
        return contexte.bailleur == variante.bailleur
    return contexte.departement in variante.departements


def _doubt_bailleur(resultat: Resultat, version: Version, contexte: Contexte) -> Resultat:
    """Say for which landlord the length holds; unknown, show the others."""
    if contexte.bailleur is not None:
        etapes = (resultat.etapes[0], version.motif, *resultat.etapes[1:])
        return replace(resultat, etapes=etapes)
    autres = tuple(
        Autre(
            _calendar.shift(
                resultat.debut, v.n, v.unit, franc=False, calendrier=contexte.calendrier
            ),
            f"{v.motif}.",
        )
        for v in version.variantes
    )
    return replace(
        resultat,
        certitude="to_check",
        autres=(*resultat.autres, *autres),
        a_obtenir="la nature du bailleur, social ou privé",
    )


def _doubt_place(resultat: Resultat, version: Version, departement: str | None) -> Resultat:
    """Show the other lengths when one may hold in métropole for a place that no list names."""
    others = {
        (v.n, v.unit)
        for v in version.variantes
        if any(not d.startswith("97") for d in v.departements)
        and (v.n, v.unit) != (version.n, version.unit)
    }
    if not others:
        return resultat
    dates = sorted(
        _calendar.shift(resultat.debut, n, unit, franc=False, calendrier=_calendar.METROPOLE)
        for n, unit in others
    )
    motif = "Si le département compte une agglomération, ou une partie, plus grande."
    return replace(
        resultat,
        certitude="to_check",
        autres=(*resultat.autres, *(Autre(le, motif) for le in dates)),
        a_obtenir="" if departement else "le département",
    )


def compute_treve(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    calendrier = contexte.calendrier
    treve = find_treve(depuis)
    if _calendar.is_overseas(calendrier):
        return _compute_treve_locale(regle, treve.version, depuis, calendrier)
    where = "dans la trêve" if treve.contains(depuis) else "avant la trêve"
    etapes = [
        f"Le {write_date(depuis)} est {where} du {write_date(treve.du)} au {write_date(treve.au)}"
    ]
    autres = []
    certitude = treve.version.certainty
    if treve.prolongation is not None:
        etapes.append(treve.prolongation.motif)
    if treve.tolerance is not None:
        autres.append(Autre(treve.tolerance.au, treve.tolerance.motif))
        certitude = worst(certitude, "contested")
    resultat = build(
        regle,
        treve.version,
        depuis,
        treve.au,
        autres=autres,
        certitude=certitude,
        etapes=etapes,
        notes=[treve.version.note],
    )
    extra = treve.prolongation or treve.tolerance
    if extra is None:
        return resultat
    return replace(resultat, references=resultat.references + extra.references)


def _compute_treve_locale(
    regle: Regle, version: Version, depuis: date, calendrier: str
) -> Resultat:
    """Give the latest last day that is told of a truce overseas; none where none is."""
    told = list_treves_locales(depuis, calendrier)
    running = [treve for treve in told if treve[0] <= depuis]
    _, le, motif = max(running or told, key=lambda t: t[1], default=(None, None, ""))
    resultat = build(
        regle,
        version,
        depuis,
        le,
        autres=[Autre(au, why) for _, au, why in told if au != le],
        certitude="to_check",
        etapes=[OUTRE_MER, *([motif] if motif else [])],
        notes=[],
        a_obtenir=ARRETE,
    )
    return replace(resultat, references=load_regles()[TREVE_OUTRE_MER].versions[-1].references)


TREVE_OUTRE_MER = "F4i"

"""The shapes of rules: length by place, préfet not seized, range, truce, liability of the State."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import read_duree
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import Autre, DureeIllisible, Regle, Resultat, Variante, Version
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._recours import compute_recours
from seuil.engines.droit._resultat import (
    Contexte,
    build,
    check_order,
    compute_delai,
    count_steps,
    count_version,
    get_version,
    join_notes,
    start_step,
    worst,
    write_seuil,
)
from seuil.engines.droit._treve import (
    ARRETE,
    HORS_TREVE,
    OUTRE_MER,
    SANS_TREVE,
    find_treve,
    find_treve_locale,
    is_treve_unknown,
    list_treves_locales,
)
from seuil.engines.droit._treve import REGLE as TREVE


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


def compute_refus_implicite(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Date the implicit refusal; a premature requisition counts from the day it may be granted.

    CE 18 December 2013, n° 363126: a requisition received before two months from the reception of
    the commandement by the préfet is deemed received at their end.
    """
    start, steps = find_saisine(depuis, contexte)
    resultat = compute_delai(regle, get_version(regle, start), start, contexte.calendrier)
    etapes = (start_step(regle, depuis), *steps, *resultat.etapes[1:])
    return _doubt_reception(replace(resultat, debut=depuis, etapes=etapes), contexte)


def _doubt_reception(resultat: Resultat, contexte: Contexte) -> Resultat:
    """Say that the requisition may be premature while nobody knows when the préfet was told."""
    if not contexte.cql_recu_inconnu:
        return resultat
    missing = (resultat.a_obtenir, RECEPTION)
    return replace(
        resultat,
        certitude=worst(resultat.certitude, "to_check"),
        a_obtenir=" ; ".join(filter(None, missing)),
    )


RECEPTION = "la date à laquelle le préfet a reçu le commandement de quitter les lieux"


def find_saisine(rfp_le: date, contexte: Contexte) -> tuple[date, tuple[str, ...]]:
    """Return the day the préfet is deemed seized of a requisition, and why when it is later."""
    if contexte.cql_recu_le is None:
        return rfp_le, ()
    regle = load_regles()[CONCOURS_POSSIBLE]
    recu = contexte.cql_recu_le
    first = count_version(
        get_version(regle, recu), recu, sens=regle.sens, franc=False, calendrier=contexte.calendrier
    )
    if rfp_le >= first:
        return rfp_le, ()
    step = (
        f"Réquisition prématurée, reçue le {write_date(rfp_le)} : le préfet, qui a reçu le "
        f"commandement le {write_date(recu)}, est réputé saisi le {write_date(first)}"
    )
    return first, (step,)


CONCOURS_POSSIBLE = "G4"


def compute_concours_execute(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Count from the grant; granted during the truce, it has effect only after, both are shown."""
    calendrier = contexte.calendrier
    version = get_version(regle, depuis)
    resultat = compute_delai(regle, version, depuis, calendrier)
    if _calendar.is_overseas(calendrier):
        return _execute_outre_mer(regle, resultat, version, calendrier)
    if not find_treve(depuis).contains(depuis):
        return resultat
    effet = find_treve(depuis).au + ONE_DAY
    later = count_version(
        version, effet, sens=regle.sens, franc=version.franc, calendrier=calendrier
    )
    motif = (
        f"Si le délai court du {write_date(effet)}, premier jour où le concours accordé pendant la "
        "trêve peut être exécuté."
    )
    return replace(
        resultat,
        autres=(*resultat.autres, Autre(later, motif)),
        certitude=worst(resultat.certitude, "contested"),
    )


def _execute_outre_mer(
    regle: Regle, resultat: Resultat, version: Version, calendrier: str
) -> Resultat:
    """Let the later date lead where the truce is only told, none where it is not."""
    assert resultat.date is not None
    doubtful = replace(
        resultat,
        certitude="to_check",
        note=join_notes(resultat.note, OUTRE_MER),
    )
    if is_treve_unknown(calendrier):
        plain = Autre(resultat.date, SANS_TREVE)
        return replace(doubtful, date=None, autres=(plain, *resultat.autres), a_obtenir=ARRETE)
    treve = find_treve_locale(resultat.debut, calendrier)
    if treve is None:
        return doubtful
    end, motif = treve
    later = count_version(
        version, end + ONE_DAY, sens=regle.sens, franc=version.franc, calendrier=calendrier
    )
    step = (
        f"Accordé pendant la trêve, à vérifier ({motif.rstrip('.')}) : effet le "
        f"{write_date(end + ONE_DAY)}"
    )
    return replace(
        doubtful,
        date=later,
        autres=(Autre(resultat.date, HORS_TREVE), *resultat.autres),
        etapes=(*resultat.etapes, step),
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


def compute_responsabilite(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Date the implicit refusal, then defer it to the end of the truce or of the judge's time.

    CPCE R154-5: a refusal born during the truce or during time granted by the judge engages the
    State only from their end. When that time itself ends inside a truce, whether the truce defers
    again is not said: both days are given.
    """
    calendrier, delais_jusqu_au = contexte.calendrier, contexte.delais_jusqu_au
    start, steps = find_saisine(depuis, contexte)
    first = get_version(regle, start)
    refus = count_version(first, start, sens=regle.sens, franc=first.franc, calendrier=calendrier)
    version = get_version(regle, refus)
    etapes = [start_step(regle, depuis), *steps, *count_steps(regle, version, start, calendrier)]
    notes = [version.note]
    certitude = version.certainty
    expres = contexte.refus_le
    if expres is not None:
        check_order(
            "refus_le", f"le refus exprès, le {write_date(expres)}", expres,
            f"la réception de la réquisition, le {write_date(depuis)}", depuis,
        )  # fmt: skip
    if expres is not None and expres < start:
        return _leave_premature(regle, version, depuis, refus, [*etapes, _write_refus(expres)])
    if expres is not None and expres < refus:
        version = get_version(regle, expres)
        refus = expres
        etapes.append(_write_refus(expres))
    autres: list[Autre] = []
    references = version.references
    le = refus
    if delais_jusqu_au is not None and le <= delais_jusqu_au:
        le = delais_jusqu_au + ONE_DAY
        if not _calendar.is_overseas(calendrier) and find_treve(refus).contains(refus):
            # Born under both, the refusal waits for the later end; to the letter, either will do.
            either = min(le, find_treve(refus).au + ONE_DAY)
            autres.append(Autre(either, A_LA_LETTRE))
            certitude = worst(certitude, "contested")
        etapes.append(
            "Le refus naît pendant les délais accordés par le juge, qui finissent le "
            f"{write_date(delais_jusqu_au)} → {write_date(le)}"
        )
    final: date | None = le
    if _calendar.is_overseas(calendrier):
        notes.append(OUTRE_MER)
        certitude = "to_check"
        autres, final, treve_step = _defer_outre_mer(le, calendrier)
        etapes.extend(treve_step)
    elif find_treve(le).contains(le):
        treve = find_treve(le)
        if le != refus:
            if le not in {autre.date for autre in autres}:
                autres.append(Autre(le, A_LA_LETTRE))
            certitude = worst(certitude, "contested")
        etapes.append(
            f"Cette date tombe pendant la trêve, qui finit le {write_date(treve.au)} → "
            f"{write_date(treve.au + ONE_DAY)}"
        )
        etapes.append(f"Trêve : paramètre {treve.version.parametre(TREVE)}")
        references += treve.version.references
        final = treve.au + ONE_DAY
    autres = [autre for autre in autres if autre.date != final]
    resultat = build(
        regle, version, depuis, final, autres=autres, certitude=certitude, etapes=etapes,
        notes=notes, a_obtenir="" if final else ARRETE,
    )  # fmt: skip
    return _doubt_reception(replace(resultat, references=references), contexte)


A_LA_LETTRE = (
    "Si, à la lettre de l’article R154-5, le refus n’attend que la fin du sursis ou du délai "
    "pendant lequel il est né."
)


def _write_refus(expres: date) -> str:
    return f"Le préfet a refusé expressément le {write_date(expres)}, avant ce jour"


def _leave_premature(
    regle: Regle, version: Version, depuis: date, implicite: date, etapes: list[str]
) -> Resultat:
    """Give no day: an express refusal for being premature engages nothing (CE n° 363126)."""
    return build(
        regle, version, depuis, None, autres=[Autre(implicite, REFUS_AUTRE_MOTIF)],
        certitude="to_check", etapes=[*etapes, REFUS_PREMATURE], notes=[version.note],
        a_obtenir="le motif du refus exprès, ou la date d’une nouvelle réquisition",
    )  # fmt: skip


REFUS_PREMATURE = (
    "Refusée parce que prématurée, la réquisition n’engage pas la responsabilité de l’État (Conseil "
    "d’État, 18 décembre 2013, n° 363126)"
)
REFUS_AUTRE_MOTIF = "Si le refus exprès a un autre motif, ou n’a pas été notifié."


def _defer_outre_mer(le: date, calendrier: str) -> tuple[list[Autre], date | None, list[str]]:
    """Defer a day to the end of the latest truce told of a place; no day where none is told."""
    if is_treve_unknown(calendrier):
        return [Autre(le, SANS_TREVE)], None, []
    treve = find_treve_locale(le, calendrier)
    if treve is None:
        return [], le, []
    ends = {au + ONE_DAY: why for du, au, why in list_treves_locales(le, calendrier) if du <= le}
    end, motif = treve
    later = end + ONE_DAY
    others = [Autre(day, why) for day, why in ends.items() if day != later]
    step = (
        f"Cette date tombe pendant la trêve, à vérifier ({motif.rstrip('.')}) → {write_date(later)}"
    )
    return [Autre(le, HORS_TREVE), *others], later, [step]

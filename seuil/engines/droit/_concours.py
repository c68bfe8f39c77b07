"""The force publique: its implicit refusal, its grant, and the liability of the State."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Autre, Regle, Resultat, Version
from seuil.engines.droit._parametres import load_regles
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
    "Refusée parce que prématurée, la réquisition n’engage pas la responsabilité de l’État "
    "(Conseil d’État, 18 décembre 2013, n° 363126)"
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

"""The first day on which an eviction may be carried out, all known causes combined."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import write_doute
from seuil.engines.droit._formules import compute_ordinaire
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Autre, Regle, Resultat
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._resultat import (
    Contexte,
    build,
    check_nature,
    check_order,
    get_version,
    start_step,
    worst,
)
from seuil.engines.droit._treve import (
    ARRETE,
    HORS_TREVE,
    OUTRE_MER,
    SANS_TREVE,
    find_causes,
    find_execution,
    find_tolerance,
    is_treve_unknown,
    list_treves_locales,
    skip_jours_interdits,
    skip_obstacles,
)

DEUX_MOIS = "F1"
EXECUTION = "EX"


def compute_execution(
    *,
    cql_le: date,
    prefet_saisi_le: date | None = None,
    prefet_non_saisi: bool = False,
    delais_jusqu_au: date | None = None,
    cfp_le: date | None = None,
    attentes: tuple[tuple[str, date], ...] = (),
    indeterminees: tuple[tuple[str, str], ...] = (),
    deux_mois: str | None = None,
    nature_bail: str | None = None,
    commune: str | None = None,
    departement: str | None = None,
) -> Resultat:
    """Give the first day on which the eviction may be carried out, all known causes combined.

    The two months of the commandement de quitter les lieux, the judge's time, the other
    suspensions (`attentes`: name and last day), the grant of the force publique, the truce, and
    the days on which nothing is executed (CPCE L412-1 to L412-6, L153-1, L141-1). `indeterminees`
    are the causes that hold the eviction for a time that no fact gives (name, what to obtain):
    then there is no date, and the one that would hold without them is an alternative. `deux_mois`
    is what the judge made of the two months (« supprimes », or a length).

    Raises DateHorsPeriode, LieuInconnu, FaitsContradictoires.
    """
    check_nature(load_regles()[EXECUTION], nature_bail)
    contexte = Contexte(
        _calendar.calendrier_of(departement=departement, commune=commune),
        prefet_saisi_le=prefet_saisi_le,
        prefet_non_saisi=prefet_non_saisi,
        deux_mois=deux_mois,
    )
    return _combine(cql_le, contexte, (delais_jusqu_au, cfp_le, attentes), indeterminees)


_Causes = tuple[date | None, date | None, tuple[tuple[str, date], ...]]


def _combine(
    cql_le: date,
    contexte: Contexte,
    causes: _Causes,
    indeterminees: tuple[tuple[str, str], ...] = (),
) -> Resultat:
    calendrier, cfp_le = contexte.calendrier, causes[1]
    if cfp_le is not None:
        check_order(
            "cfp_le", f"le concours de la force publique, le {write_date(cfp_le)}", cfp_le,
            f"le commandement, le {write_date(cql_le)}", cql_le,
        )  # fmt: skip
    delai = compute_ordinaire(load_regles()[DEUX_MOIS], cql_le, contexte)
    regle = load_regles()[EXECUTION]
    version = get_version(regle, cql_le)
    assert delai.date is not None
    # What leads for the two months leads here; their other readings are shown.
    le, steps = find_execution(delai.date, *causes, calendrier)
    autres = [
        Autre(day, autre.motif)
        for autre in delai.autres
        if (day := find_execution(autre.date, *causes, calendrier)[0]) != le
    ]
    variant = _calendar.doubtful_variant(calendrier)
    without = find_execution(delai.date, *causes, variant)[0] if variant else le
    if without != le:
        autres.append(Autre(without, write_doute(calendrier)[0]))
    autres += _list_doubts(le, calendrier)
    if _calendar.is_overseas(calendrier):
        free = find_causes(delai.date, *causes)[0]
        known = {autre.date for autre in autres}
        autres += [a for a in _list_sans_treve(free, le, calendrier) if a.date not in known]
    resultat = build(
        regle,
        version,
        cql_le,
        le,
        autres=autres,
        certitude=worst(
            version.certainty,
            "to_check" if delai.a_obtenir or cfp_le is None else "sure",
            "contested" if autres else "sure",
            "to_check" if _calendar.is_overseas(calendrier) else "sure",
        ),
        etapes=[start_step(regle, cql_le), *delai.etapes[1:], *steps],
        notes=[version.note, OUTRE_MER if _calendar.is_overseas(calendrier) else ""],
        a_obtenir=delai.a_obtenir or ("" if cfp_le else CONCOURS),
    )
    resultat = replace(
        resultat, references=tuple(dict.fromkeys(delai.references + version.references))
    )
    if indeterminees:
        return _leave_open(resultat, indeterminees)
    return _leave_treve_open(resultat) if is_treve_unknown(calendrier) else resultat


CONCOURS = "le concours de la force publique, qui n’est pas accordé"


def _list_doubts(le: date, calendrier: str) -> list[Autre]:
    """Return the other day when a tolerance may forbid the first."""
    tolerance = None if _calendar.is_overseas(calendrier) else find_tolerance(le)
    if tolerance is None:
        return []
    return [Autre(skip_obstacles(tolerance.au + ONE_DAY, calendrier)[0], tolerance.motif)]


def _list_sans_treve(free: date, le: date, calendrier: str) -> list[Autre]:
    """Return the earlier days that hold if the truce overseas is not the latest one published."""
    treves = list_treves_locales(free, calendrier)
    ends = [au + ONE_DAY for du, au, _ in treves if du <= free]
    days = {skip_jours_interdits(day, calendrier) for day in (free, *ends)}
    return [Autre(day, HORS_TREVE) for day in sorted(days - {le})]


def _leave_treve_open(resultat: Resultat) -> Resultat:
    """Take the date away: no period of the truce is published for the place."""
    assert resultat.date is not None
    missing = (ARRETE, resultat.a_obtenir)
    return replace(
        resultat,
        date=None,
        autres=(Autre(resultat.date, SANS_TREVE), *resultat.autres),
        a_obtenir=" ; ".join(filter(None, missing)),
    )


def _leave_open(resultat: Resultat, indeterminees: tuple[tuple[str, str], ...]) -> Resultat:
    """Take the date away: something holds the eviction back for a time that nothing gives."""
    assert resultat.date is not None
    names = ", ".join(name for name, _ in indeterminees)
    motif = f"Si cela prend fin : {names}."
    return replace(
        resultat,
        date=None,
        autres=(Autre(resultat.date, motif), *resultat.autres),
        certitude="to_check",
        etapes=(*resultat.etapes, *(f"Retient l’expulsion : {name}" for name, _ in indeterminees)),
        a_obtenir=" ; ".join(what for _, what in indeterminees),
    )


def compute_from_cql(_regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Combine what the commandement and the calendar alone say."""
    return _combine(depuis, contexte, (None, None, ()))

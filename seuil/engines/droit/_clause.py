"""The clause résolutoire: two months or six weeks, chosen in the open."""

from dataclasses import dataclass, replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import read_duree
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import (
    Autre,
    DureeIllisible,
    Reference,
    Regle,
    Resultat,
    Version,
)
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._resultat import (
    BAIL_ANCIEN,
    BAIL_INCONNU,
    BAIL_NOUVEAU,
    BAIL_POSTERIEUR,
    Contexte,
    compute_delai,
    get_version,
    join_notes,
    worst,
)

BAIL_NOTES = {
    BAIL_INCONNU: (
        "La date du bail manque : obtenir le bail, sa date et le délai écrit dans sa clause "
        "résolutoire."
    ),
    BAIL_POSTERIEUR: (
        "La date du bail est postérieure au commandement : la vérifier, avec le délai écrit dans "
        "la clause résolutoire."
    ),
}


RECONDUIT = (
    "Le bail a été reconduit tacitement depuis la loi du 27 juillet 2023 : que la reconduction "
    "tacite apporte les six semaines est discuté, la Cour de cassation ne l’a pas jugé."
)
LOI_SEULE = "Si le juge s’en tient au délai de la loi."
AVEC_LES_FAITS = "Avec les faits donnés, la règle retient cette date."

_Duree = tuple[int | None, str | None]


@dataclass(frozen=True, slots=True)
class _Choix:
    """A delay retained, why, and what can be defended beside it."""

    resultat: Resultat
    duree: _Duree
    etape: str
    autres: tuple[Autre, ...] = ()
    certitude: str = "sure"
    note: str = ""
    a_obtenir: str = ""


def compute_clause_resolutoire(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Choose between the law's six weeks and the two months of an older lease, in the open.

    The delay written in the lease decides; failing it, the date of the lease or of its express
    renewal; failing all, the later date is given, which protects the tenant. The other regime
    stays visible wherever it can be defended.
    """
    choix = _choose(regle, depuis, contexte)
    resultat = replace(
        choix.resultat,
        etapes=_insert_step(choix.resultat, choix.etape),
        autres=(*choix.autres, *choix.resultat.autres),
        certitude=worst(choix.certitude, choix.resultat.certitude),
        note=join_notes(choix.note, choix.resultat.note),
        a_obtenir=choix.a_obtenir,
    )
    printed = read_clause(contexte.annonce)
    resultat = _check_annonce(resultat, printed, choix.duree, contexte.calendrier)
    resultat = _add_lendemain(resultat, regle, contexte.calendrier)
    return _answer_ligne(regle, depuis, contexte, resultat) if contexte.ligne else resultat


def _choose(regle: Regle, depuis: date, contexte: Contexte) -> _Choix:
    legal = _compute_loi(regle.id, depuis, contexte.calendrier)
    version = get_version(regle, depuis)
    ancien = load_regles()[regle.transition].find_version(depuis)
    written = read_clause(contexte.clause)
    # Before 2023 nobody could write less than two months: six weeks in such a lease say the new
    # law.
    if written is not None and written != (version.n, version.unit):
        return _choose_written(regle, depuis, contexte, legal, version)
    if ancien is None:
        return _Choix(legal, (version.n, version.unit), _write_loi(version))
    contrat = _compute_ancien(regle.id, depuis, contexte.calendrier)
    if written is not None:
        return _choose_loi_ecrite(contexte, legal, version, Autre(_day(contrat), ancien.motif))
    return _choose_silent(contexte, (legal, version), (contrat, ancien))


def _choose_written(
    regle: Regle, depuis: date, contexte: Contexte, legal: Resultat, version: Version
) -> _Choix:
    """Let a longer delay of the lease bind; a shorter one gives way to the law."""
    written = read_clause(contexte.clause)
    assert written is not None
    contrat = _compute_contrat(regle, depuis, written, contexte)
    if _day(contrat) < _day(legal):
        etape = f"Le bail écrit {contexte.clause}, moins que la loi : le délai de la loi s’impose"
        return _Choix(legal, (version.n, version.unit), etape)
    etape = f"Le bail écrit {contexte.clause}"
    recent = contexte.bail == BAIL_NOUVEAU
    motif = LOI_SEULE if recent or not version.motif else version.motif
    return _Choix(
        replace(contrat, references=_merge(contrat, legal)),
        written,
        etape,
        autres=(Autre(_day(legal), motif),),
        certitude="contested",
        note=join_notes(
            BAIL_NOTES[BAIL_POSTERIEUR] if contexte.bail == BAIL_POSTERIEUR else "",
            regle.clause_motif if recent else "",
            RECONDUIT if contexte.reconduit else "",
        ),
    )


def _choose_loi_ecrite(
    contexte: Contexte, legal: Resultat, version: Version, contrat: Autre
) -> _Choix:
    """Follow a lease that writes the law's own delay; an older lease may have owed more."""
    etape = f"Le bail écrit {contexte.clause}"
    duree = (version.n, version.unit)
    if contexte.bail == BAIL_NOUVEAU:
        return _Choix(legal, duree, etape)
    return _Choix(legal, duree, etape, autres=(contrat,), certitude="contested")


def _choose_silent(
    contexte: Contexte, loi: tuple[Resultat, Version], ancienne: tuple[Resultat, Version]
) -> _Choix:
    """Choose by the date of the lease, or of its express renewal, when its clause is not known."""
    legal, version = loi
    contrat, former = ancienne
    duree = (version.n, version.unit)
    of_contrat = Autre(_day(contrat), former.motif)
    if contexte.bail == BAIL_NOUVEAU:
        return _Choix(legal, duree, f"Bail conclu depuis le {_write_reforme(version)}")
    if contexte.renouvele:
        etape = (
            f"Bail renouvelé expressément depuis le {_write_reforme(version)} : le bail renouvelé "
            "est un nouveau bail"
        )
        return _Choix(legal, duree, etape, autres=(of_contrat,), certitude="contested")
    others = (Autre(_day(legal), version.motif),)
    contrat = replace(contrat, references=_merge(contrat, legal))
    if contexte.bail == BAIL_ANCIEN:
        etape = f"Bail conclu avant le {_write_reforme(version)}"
        note = RECONDUIT if contexte.reconduit else ""
        return _Choix(contrat, (former.n, former.unit), etape, others, "contested", note)
    unknown = {"note": BAIL_NOTES[contexte.bail], "a_obtenir": BAIL_A_OBTENIR}
    etape = f"{_BAIL_ETAPES[contexte.bail]}, la date la plus tardive est retenue"
    if _day(legal) > _day(contrat):
        return _Choix(legal, duree, etape, (of_contrat,), "to_check", **unknown)
    return _Choix(contrat, (former.n, former.unit), etape, others, "to_check", **unknown)


BAIL_A_OBTENIR = "le bail, sa date et le délai écrit dans sa clause"
_BAIL_ETAPES = {
    BAIL_INCONNU: "Date du bail inconnue",
    BAIL_POSTERIEUR: "Date du bail postérieure au commandement",
}


def _answer_ligne(regle: Regle, depuis: date, contexte: Contexte, retenu: Resultat) -> Resultat:
    """Give the delay of one line of the table, and what the rule itself retains."""
    legal = _compute_loi(regle.id, depuis, contexte.calendrier)
    etape = f"Ligne {contexte.ligne} demandée : le délai de la loi, sans égard au bail"
    if _day(retenu) == _day(legal):
        return _explain(retenu, etape)
    others = tuple(a for a in retenu.autres if a.date not in {_day(legal), _day(retenu)})
    resultat = replace(
        _explain(legal, etape),
        autres=(Autre(_day(retenu), AVEC_LES_FAITS), *others),
        certitude=retenu.certitude,
        a_obtenir=retenu.a_obtenir,
    )
    return _add_lendemain(resultat, regle, contexte.calendrier)


# Few days and calendars, whatever the leases: each is counted and explained once.
@remembered(maxsize=16_384)
def _compute_loi(regle_id: str, depuis: date, calendrier: str) -> Resultat:
    """Count the law's own delay."""
    regle = load_regles()[regle_id]
    return compute_delai(regle, get_version(regle, depuis), depuis, calendrier)


@remembered(maxsize=16_384)
def _compute_ancien(regle_id: str, depuis: date, calendrier: str) -> Resultat:
    """Count the delay of the former law, in force on that day for the leases it ruled."""
    regle = load_regles()[regle_id]
    ancien = load_regles()[regle.transition]
    return _rename(compute_delai(ancien, get_version(ancien, depuis), depuis, calendrier), regle)


def _compute_contrat(
    regle: Regle, depuis: date, written: tuple[int, str], contexte: Contexte
) -> Resultat:
    """Count the delay that the lease writes; that of the former law keeps its own explanation."""
    ancien = load_regles()[regle.transition].find_version(depuis)
    older = contexte.bail != BAIL_NOUVEAU
    if ancien is not None and older and written == (ancien.n, ancien.unit):
        return _compute_ancien(regle.id, depuis, contexte.calendrier)
    n, unit = written
    version = replace(get_version(regle, depuis), n=n, unit=unit, note="")
    return compute_delai(regle, version, depuis, contexte.calendrier)


def _rename(resultat: Resultat, regle: Regle) -> Resultat:
    return replace(resultat, regle=regle.id, libelle=regle.libelle)


def _check_annonce(
    resultat: Resultat, printed: tuple[int, str] | None, retained: _Duree, calendrier: str
) -> Resultat:
    """Show the date that the commandement itself announces, when it prints another delay."""
    if printed is None or printed == retained:
        return resultat
    n, unit = printed
    le = _calendar.shift(resultat.debut, n, unit, franc=False, calendrier=calendrier)
    if le == resultat.date:
        return resultat
    motif = (
        f"Le commandement annonce {write_duree(n, unit)} : un juge peut s’en tenir au délai qu’il "
        "annonce (tribunal judiciaire de Bourg-en-Bresse, 11 septembre 2025, n° 25/00214)."
    )
    others = tuple(autre for autre in resultat.autres if autre.date != le)
    return replace(
        resultat,
        autres=(Autre(le, motif), *others),
        certitude=worst(resultat.certitude, "contested"),
        note=join_notes(
            "Le délai annoncé n’est pas le délai retenu : acte à vérifier.", resultat.note
        ),
    )


def read_clause(clause: str | None) -> tuple[int, str] | None:
    """Read the delay that a lease or an act writes. Raises DureeIllisible."""
    if clause is None:
        return None
    parts = read_duree(clause)
    if len(parts) != 1:
        raise DureeIllisible(
            f"Le délai écrit se dit en une durée, « 2 mois » par exemple, et non « {clause} »."
        )
    return parts[0]


def _write_loi(version: Version) -> str:
    return f"Le délai de la loi : {write_duree(version.n or 0, version.unit or '')}"


def _write_reforme(version: Version) -> str:
    assert version.valid_from is not None
    return write_date(version.valid_from)


def _day(resultat: Resultat) -> date:
    assert resultat.date is not None
    return resultat.date


def _merge(first: Resultat, second: Resultat) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(first.references + second.references))


def _explain(resultat: Resultat, step: str) -> Resultat:
    return replace(resultat, etapes=_insert_step(resultat, step))


def _insert_step(resultat: Resultat, step: str) -> tuple[str, ...]:
    return (resultat.etapes[0], step, *resultat.etapes[1:])


def _add_lendemain(resultat: Resultat, regle: Regle, calendrier: str) -> Resultat:
    """Recall that courts date the effect of the clause on the last day or on the morrow.

    Some carry the last day by article 642, and date the effect on the morrow of that one.
    """
    last_days = {_day(resultat), _calendar.roll(_day(resultat), calendrier)}
    known = {_day(resultat), *(autre.date for autre in resultat.autres)}
    morrows = sorted({day + ONE_DAY for day in last_days} - known)
    return replace(
        resultat,
        autres=(*resultat.autres, *(Autre(day, regle.lendemain) for day in morrows)),
    )

"""The clause résolutoire: two months or six weeks, chosen in the open."""

from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import read_duree
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import Autre, DureeIllisible, Regle, Resultat, Version
from seuil.engines.droit._parametres import load_in_force, load_regles
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
    "Le bail a été renouvelé ou reconduit depuis la loi du 27 juillet 2023 : que la reconduction "
    "tacite apporte les six semaines est discuté, la Cour de cassation ne l’a pas jugé."
)


def compute_clause_resolutoire(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Choose between the law's six weeks and the two months of an older lease, in the open.

    The delay written in the lease decides; failing it, the date of the lease; failing both, the
    later date is given, which protects the tenant. The other regime stays visible wherever it
    can be defended.
    """
    calendrier, bail, clause = contexte.calendrier, contexte.bail, contexte.clause
    legal = _compute_loi(regle.id, depuis, calendrier)
    ancien = load_regles()[regle.transition]
    written = read_clause(regle, ancien, clause)
    printed = read_clause(regle, ancien, contexte.annonce)
    version = ancien.find_version(depuis)
    if version is None:
        return _add_lendemain(legal, regle)
    legal_version = get_version(regle, depuis)
    imposed = _write_contrat(version, legal_version, written, clause)
    if imposed is version:
        contrat = _compute_ancien(regle.id, depuis, calendrier)
    else:
        version = imposed
        contrat = _rename(compute_delai(ancien, version, depuis, calendrier), regle)
    legal_autre = _autre(legal, legal_version)
    contrat_autre = _autre(contrat, version)
    legal_duree = (legal_version.n, legal_version.unit)

    if written is not None:
        # A delay shorter than the law's gives way to it; a longer one binds.
        assert legal.date is not None
        assert contrat.date is not None
        is_legal = written == legal_duree or contrat.date < legal.date
        step = f"Le bail écrit {clause}"
        if is_legal and bail == BAIL_NOUVEAU:
            legal = _check_annonce(_explain(legal, step), printed, legal_duree, calendrier)
            return _add_lendemain(legal, regle)
    elif bail == BAIL_NOUVEAU:
        step = f"Bail conclu depuis le {_write_reforme(legal_version)}"
        legal = _check_annonce(_explain(legal, step), printed, legal_duree, calendrier)
        return _add_lendemain(legal, regle)
    elif bail == BAIL_ANCIEN:
        is_legal = False
        step = f"Bail conclu avant le {_write_reforme(legal_version)}"
    else:
        assert legal.date is not None
        assert contrat.date is not None
        is_legal = legal.date > contrat.date
        step = "Date du bail inconnue, la date la plus tardive est retenue"

    chosen, other = (legal, contrat_autre) if is_legal else (contrat, legal_autre)
    is_guess = written is None and bail in BAIL_NOTES
    chosen = replace(
        _explain(chosen, step),
        autres=(other, *chosen.autres),
        certitude="to_check" if is_guess else worst(chosen.certitude, "contested"),
        references=tuple(dict.fromkeys(chosen.references + legal.references)),
        note=join_notes(
            BAIL_NOTES.get(bail, ""), RECONDUIT if contexte.reconduit else "", chosen.note
        ),
        a_obtenir="le bail, sa date et le délai écrit dans sa clause" if is_guess else "",
    )
    chosen_duree = legal_duree if is_legal else (version.n, version.unit)
    chosen = _check_annonce(chosen, printed, chosen_duree, calendrier)
    return _add_lendemain(chosen, regle)


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


def _rename(resultat: Resultat, regle: Regle) -> Resultat:
    return replace(resultat, regle=regle.id, libelle=regle.libelle)


def _write_contrat(
    ancien: Version, legal: Version, written: tuple[int, str] | None, clause: str | None
) -> Version:
    """Return what the lease imposes: the former law's delay, or another one that it writes."""
    if written is None or written in {(ancien.n, ancien.unit), (legal.n, legal.unit)}:
        return ancien
    n, unit = written
    return replace(ancien, n=n, unit=unit, motif=f"Le bail écrit {clause}.")


def _check_annonce(
    resultat: Resultat,
    printed: tuple[int, str] | None,
    retained: tuple[int | None, str | None],
    calendrier: str,
) -> Resultat:
    """Show the date that the commandement itself announces, when it prints another delay."""
    if printed is None or printed == retained:
        return resultat
    n, unit = printed
    le = _calendar.shift(resultat.debut, n, unit, franc=False, calendrier=calendrier)
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


def read_clause(regle: Regle, ancien: Regle, clause: str | None) -> tuple[int, str] | None:
    if clause is None:
        return None
    # Under a trial too, leases say what the law in force says.
    in_force = load_in_force().get(regle.id, regle)
    known = {(v.n, v.unit) for v in (*regle.versions, *ancien.versions, *in_force.versions)}
    parts = read_duree(clause)
    if len(parts) != 1 or parts[0] not in known:
        choices = " ou ".join(f"« {write_duree(n, u)} »" for n, u in sorted(known) if n and u)
        raise DureeIllisible(f"La clause du bail doit dire {choices}, et non « {clause} ».")
    return parts[0]


def _write_reforme(version: Version) -> str:
    assert version.valid_from is not None
    return write_date(version.valid_from)


def _autre(resultat: Resultat, version: Version) -> Autre:
    assert resultat.date is not None
    return Autre(resultat.date, version.motif)


def _explain(resultat: Resultat, step: str) -> Resultat:
    return replace(resultat, etapes=(resultat.etapes[0], step, *resultat.etapes[1:]))


def _add_lendemain(resultat: Resultat, regle: Regle) -> Resultat:
    """Recall that courts date the effect of the clause on the last day or on the morrow."""
    assert resultat.date is not None
    return replace(
        resultat,
        autres=(*resultat.autres, Autre(resultat.date + ONE_DAY, regle.lendemain)),
    )

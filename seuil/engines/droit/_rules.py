"""Apply a rule to a start date: one formula per shape of delay, each result explained."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import (
    VENDREDI_SAINT_MOTIF,
    VENDREDI_SAINT_NOTE,
    read_duree,
    roll_with_step,
)
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._loader import CERTITUDES, load_regles
from seuil.engines.droit._model import (
    Autre,
    DateHorsPeriode,
    DureeIllisible,
    Regle,
    RegleInconnue,
    Resultat,
    Version,
)
from seuil.engines.droit._treve import OUTRE_MER, find_treve
from seuil.engines.droit._treve import REGLE as TREVE

BAIL_INCONNU = "inconnu"
BAIL_POSTERIEUR = "posterieur_au_commandement"
BAIL_ANCIEN = "ancien"
BAIL_NOUVEAU = "nouveau"


def compute(
    regle: str,
    *,
    depuis: date,
    bail: date | None = None,
    clause: str | None = None,
    commune: str | None = None,
    departement: str | None = None,
) -> Resultat:
    """Compute the date that a rule entails from its start fact, with reasons and alternatives.

    `bail` (the date of the lease) and `clause` (the delay written in it, « 2 mois » or
    « 6 semaines ») matter to the clause résolutoire only; `commune` (Insee code) or
    `departement` choose the calendar.

    Raises RegleInconnue, DateHorsPeriode, LieuInconnu, DureeIllisible.
    """
    found = load_regles().get(regle)
    if found is None:
        raise RegleInconnue(
            f"La règle « {regle} » n’existe pas. Règles connues : {', '.join(load_regles())}."
        )
    calendrier = (
        _calendar.METROPOLE
        if departement is None and commune is None
        else _calendar.calendrier_of(departement=departement, commune=commune)
    )
    # The lease is reduced to what the rule asks of it, so that thousands of leases share results.
    if found.transition:
        return _compute(regle, depuis, calendrier, _class_bail(found, depuis, bail), clause)
    return _compute(regle, depuis, calendrier, BAIL_INCONNU, None)


def _class_bail(regle: Regle, depuis: date, bail: date | None) -> str:
    if bail is None:
        return BAIL_INCONNU
    if bail > depuis:
        return BAIL_POSTERIEUR
    reforme = regle.versions[-1].valid_from
    return BAIL_ANCIEN if reforme is not None and bail < reforme else BAIL_NOUVEAU


@lru_cache(maxsize=262_144)
def _compute(regle: str, depuis: date, calendrier: str, bail: str, clause: str | None) -> Resultat:
    _calendar.check_year(depuis)
    found = load_regles()[regle]
    if found.formule == "plage":
        return _compute_plage(found, depuis)
    if found.formule == "treve":
        return _compute_treve(found, depuis, calendrier)
    if found.formule == "responsabilite":
        return _compute_responsabilite(found, depuis, calendrier)
    if found.formule == "clause_resolutoire":
        return _compute_clause_resolutoire(found, depuis, calendrier, bail, clause)
    return _compute_delai(found, get_version(found, depuis), depuis, calendrier)


def get_version(regle: Regle, on: date) -> Version:
    """Give the version of a rule in force on a day.

    Raises DateHorsPeriode when the rule had no value then.
    """
    version = regle.find_version(on)
    if version is not None:
        return version
    first = regle.versions[0].valid_from
    if first is not None and on < first:
        why = f"elle n’est connue qu’à partir du {write_date(first)}"
    else:
        why = "aucune version ne couvre cette date"
    raise DateHorsPeriode(f"La règle {regle.id} ne s’applique pas au {write_date(on)} : {why}.")


def worst(*certitudes: str) -> str:
    """Keep the weakest of several certainties."""
    return max(certitudes, key=CERTITUDES.index)


def join_notes(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def _start_step(regle: Regle, depuis: date) -> str:
    libelle = regle.debut_libelle
    return f"Départ : {libelle}, {write_date(depuis)}"


def _count(version: Version, depuis: date, *, sens: str, franc: bool, calendrier: str) -> date:
    assert version.n is not None
    assert version.unit is not None
    n = version.n if sens == "apres" else -version.n
    return _calendar.shift(depuis, n, version.unit, franc=franc, calendrier=calendrier)


def _count_steps(regle: Regle, version: Version, depuis: date, calendrier: str) -> list[str]:
    """Explain the count, its second stage too when the last day is excluded."""
    assert version.n is not None
    assert version.unit is not None
    plain = _count(version, depuis, sens=regle.sens, franc=False, calendrier=calendrier)
    duree = write_duree(version.n, version.unit)
    if regle.sens == "apres":
        step = f"{duree} à compter du {write_date(depuis)} → {write_date(plain)}"
    else:
        step = f"{duree} avant le {write_date(depuis)}, ce jour exclu → {write_date(plain)}"
    feries = (
        _calendar.list_feries_between(depuis, plain, calendrier)
        if version.unit == "jours_ouvres"
        else []
    )
    if feries:
        step += f" (jours fériés écartés : {', '.join(write_date(d) for d in feries)})"
    steps = [step]
    if version.franc:
        final = _count(version, depuis, sens=regle.sens, franc=True, calendrier=calendrier)
        steps.append(f"{version.franc_texte} → {write_date(final)}")
    return steps


def _compute_delai(regle: Regle, version: Version, depuis: date, calendrier: str) -> Resultat:
    """Count a plain delay, forward or backward, and place it against article 642."""
    le = _count(version, depuis, sens=regle.sens, franc=version.franc, calendrier=calendrier)
    etapes = [_start_step(regle, depuis), *_count_steps(regle, version, depuis, calendrier)]
    autres: list[Autre] = []
    notes = [version.note]
    certitude = version.certainty

    if regle.report == "oui":
        le, step = roll_with_step(le, calendrier)
        etapes.extend(step)
    elif regle.report != "aucun":
        rolled, step = roll_with_step(le, calendrier)
        if step and regle.report == "alternative":
            autres.append(Autre(rolled, "Si l’article 642 du code de procédure civile s’applique."))
            certitude = worst(certitude, "contested")
        elif step:
            notes.append(
                f"Le {write_date(le)} est {_calendar.why_not_ouvre(le, calendrier)} : le report au "
                f"{write_date(rolled)} (article 642 du code de procédure civile) peut être plaidé, "
                "sans être acquis."
            )

    if version.autre_lecture is not None:
        lecture = version.autre_lecture
        other = _count(version, depuis, sens=regle.sens, franc=lecture.franc, calendrier=calendrier)
        autres.append(Autre(other, lecture.motif))

    if version.conseil is not None:
        conseil = version.conseil
        n = conseil.n if regle.sens == "apres" else -conseil.n
        advised = _calendar.shift(depuis, n, conseil.unit, franc=False, calendrier=calendrier)
        etapes.append(
            f"{conseil.texte} : {write_duree(conseil.n, conseil.unit)} avant → "
            f"{write_date(advised)}"
        )
        notes.insert(0, f"{conseil.texte} : {write_date(advised)}.")

    former = _find_former(regle, version, le)
    if former is not None:
        other = _count(former, depuis, sens=regle.sens, franc=former.franc, calendrier=calendrier)
        autres.append(Autre(other, former.motif))
        certitude = "to_check"

    resultat = _build(
        regle, version, depuis, le, autres=autres, certitude=certitude, etapes=etapes, notes=notes
    )
    return _doubt_vendredi_saint(resultat, regle, version, depuis, calendrier)


def _find_former(regle: Regle, version: Version, le: date) -> Version | None:
    """Find the law in force on a backward term that falls before the reform of its event."""
    if regle.sens == "apres" or version.valid_from is None or le >= version.valid_from:
        return None
    return regle.find_version(le)


def _doubt_vendredi_saint(
    resultat: Resultat, regle: Regle, version: Version, depuis: date, calendrier: str
) -> Resultat:
    """Add the date that holds where Good Friday is not a holiday, when it differs."""
    variant = _calendar.doubtful_variant(calendrier)
    if variant is None:
        return resultat
    without = _compute_delai(regle, version, depuis, variant).date
    if without is None or without == resultat.date:
        return resultat
    return replace(
        resultat,
        autres=(*resultat.autres, Autre(without, VENDREDI_SAINT_MOTIF)),
        certitude=worst(resultat.certitude, "to_check"),
        note=join_notes(resultat.note, VENDREDI_SAINT_NOTE),
    )


def _build(
    regle: Regle,
    version: Version,
    depuis: date,
    le: date | None,
    *,
    autres: list[Autre],
    certitude: str,
    etapes: list[str],
    notes: list[str],
) -> Resultat:
    return Resultat(
        regle=regle.id,
        libelle=regle.libelle,
        date=le,
        debut=depuis,
        sens=regle.sens,
        autres=tuple(autres),
        certitude=certitude,
        references=version.references,
        etapes=tuple(etapes),
        parametre=version.parametre(regle.id),
        plage=version.plage,
        note=join_notes(*notes),
    )


def _compute_plage(regle: Regle, depuis: date) -> Resultat:
    """Give the range that the judge may choose in: there is no date before the decision."""
    version = get_version(regle, depuis)
    assert version.plage is not None
    least, most = version.plage
    return _build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude=version.certainty,
        etapes=[_start_step(regle, depuis), f"De {least} à {most}, au choix du juge"],
        notes=[version.note],
    )


def _compute_treve(regle: Regle, depuis: date, calendrier: str) -> Resultat:
    treve = find_treve(depuis)
    if _calendar.is_overseas(calendrier):
        return _build(
            regle,
            treve.version,
            depuis,
            None,
            autres=[],
            certitude="to_check",
            etapes=[OUTRE_MER],
            notes=[OUTRE_MER],
        )
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
    resultat = _build(
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


def _compute_responsabilite(regle: Regle, depuis: date, calendrier: str) -> Resultat:
    """Date the implicit refusal, then defer it to the end of the truce in which it is born."""
    first = get_version(regle, depuis)
    refus = _count(first, depuis, sens=regle.sens, franc=first.franc, calendrier=calendrier)
    version = get_version(regle, refus)
    etapes = [_start_step(regle, depuis), *_count_steps(regle, version, depuis, calendrier)]
    notes = [version.note]
    certitude = version.certainty
    le = refus
    if _calendar.is_overseas(calendrier):
        notes.append(OUTRE_MER)
        certitude = "to_check"
    elif find_treve(refus).contains(refus):
        end = find_treve(refus).au
        le = end + ONE_DAY
        etapes.append(
            f"Le refus naît pendant la trêve, qui finit le {write_date(end)} → {write_date(le)}"
        )
    resultat = _build(
        regle, version, depuis, le, autres=[], certitude=certitude, etapes=etapes, notes=notes
    )
    if le == refus:
        return resultat
    treve = load_regles()[TREVE]
    return replace(
        resultat,
        references=resultat.references + find_treve(refus).version.references,
        etapes=(
            *resultat.etapes,
            f"Trêve : paramètre {get_version(treve, refus).parametre(TREVE)}",
        ),
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


def _compute_clause_resolutoire(
    regle: Regle, depuis: date, calendrier: str, bail: str, clause: str | None
) -> Resultat:
    """Choose between the law's six weeks and the two months of an older lease, in the open.

    The delay written in the lease decides; failing it, the date of the lease; failing both, the
    later date is given, which protects the tenant. The other regime stays visible wherever it
    can be defended.
    """
    legal = _compute_delai(regle, get_version(regle, depuis), depuis, calendrier)
    ancien = load_regles()[regle.transition]
    written = _read_clause(regle, ancien, clause)
    version = ancien.find_version(depuis)
    if version is None:
        return _add_lendemain(legal, regle)
    contrat = replace(
        _compute_delai(ancien, version, depuis, calendrier), regle=regle.id, libelle=regle.libelle
    )
    legal_version = get_version(regle, depuis)
    legal_autre = _autre(legal, legal_version)
    contrat_autre = _autre(contrat, version)
    legal_duree = (legal_version.n, legal_version.unit)

    if written is not None:
        is_legal = written == legal_duree
        step = f"Le bail écrit {clause}"
        if is_legal and bail == BAIL_NOUVEAU:
            return _add_lendemain(_explain(legal, step), regle)
    elif bail == BAIL_NOUVEAU:
        step = f"Bail conclu depuis le {_write_reforme(legal_version)}"
        return _add_lendemain(_explain(legal, step), regle)
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
        note=join_notes(BAIL_NOTES.get(bail, ""), chosen.note),
    )
    return _add_lendemain(chosen, regle)


def _read_clause(regle: Regle, ancien: Regle, clause: str | None) -> tuple[int, str] | None:
    if clause is None:
        return None
    known = {(v.n, v.unit) for v in (*regle.versions, *ancien.versions)}
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

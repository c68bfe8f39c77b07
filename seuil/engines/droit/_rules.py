"""Apply a rule to a start date: one formula per shape of delay, each result explained."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._durees import (
    VENDREDI_SAINT_MOTIF,
    VENDREDI_SAINT_NOTE,
    read_duree,
    roll_with_step,
)
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._loader import CERTITUDES, load_faits, load_in_force, load_regles
from seuil.engines.droit._model import (
    Autre,
    DateHorsPeriode,
    DureeIllisible,
    Regle,
    RegleInconnue,
    Resultat,
    Seuil,
    Version,
)
from seuil.engines.droit._treve import (
    OUTRE_MER,
    find_execution,
    find_treve,
    list_treves_locales,
)
from seuil.engines.droit._treve import REGLE as TREVE

BAIL_INCONNU = "inconnu"
BAIL_POSTERIEUR = "posterieur_au_commandement"
BAIL_ANCIEN = "ancien"
BAIL_NOUVEAU = "nouveau"


@dataclass(frozen=True, slots=True)
class Contexte:
    """What else than its start fact decides of a date, reduced to what a rule asks of it."""

    calendrier: str = _calendar.METROPOLE
    departement: str | None = None
    bail: str = BAIL_INCONNU
    clause: str | None = None
    # The lease was renewed, expressly or tacitly, since the law that shortened the delay.
    reconduit: bool = False
    annonce: str | None = None
    prefet_saisi_le: date | None = None
    prefet_non_saisi: bool = False
    delais_jusqu_au: date | None = None


ORDINAIRE = Contexte()


def compute(
    regle: str,
    *,
    depuis: date,
    bail: date | None = None,
    clause: str | None = None,
    reconduit_le: date | None = None,
    delai_annonce: str | None = None,
    prefet_saisi_le: date | None = None,
    prefet_non_saisi: bool = False,
    delais_jusqu_au: date | None = None,
    commune: str | None = None,
    departement: str | None = None,
) -> Resultat:
    """Compute the date that a rule entails from its start fact, with reasons and alternatives.

    `regle` is a rule (« A1 ») or one line of the law table (« A1b »), which then must be in force.
    `bail` and `reconduit_le` (dates of the lease and of its last renewal), `clause` (the delay
    written in it, « 2 mois » or « 6 semaines ») and `delai_annonce` (the one that the commandement
    prints) matter to the clause résolutoire; `prefet_saisi_le` to the two months of F1, or
    `prefet_non_saisi` when nothing shows that the préfet was seized; `delais_jusqu_au` (last day
    of time granted by the judge) to the State's liability; `commune` (Insee code) or
    `departement` choose the calendar and the local lengths.

    Raises RegleInconnue, DateHorsPeriode, LieuInconnu, DureeIllisible.
    """
    found, ligne = find_regle(regle)
    calendrier = (
        _calendar.METROPOLE
        if departement is None and commune is None
        else _calendar.calendrier_of(departement=departement, commune=commune)
    )
    # Reduced to what the rule asks, so that thousands of dossiers share results.
    if found.formule == "clause_resolutoire":
        reforme = found.versions[-1].valid_from
        contexte = Contexte(
            calendrier,
            bail=_class_bail(found, depuis, bail),
            clause=clause,
            reconduit=bool(reconduit_le and reforme and reforme <= reconduit_le <= depuis),
            annonce=delai_annonce,
        )
    elif found.formule == "deux_mois_cql":
        contexte = Contexte(
            calendrier, prefet_saisi_le=prefet_saisi_le, prefet_non_saisi=prefet_non_saisi
        )
    elif found.formule == "responsabilite":
        contexte = Contexte(calendrier, delais_jusqu_au=delais_jusqu_au)
    elif found.formule == "execution" or any(version.variantes for version in found.versions):
        contexte = Contexte(calendrier, departement=_calendar.departement_of(departement, commune))
    else:
        contexte = ORDINAIRE if calendrier == _calendar.METROPOLE else Contexte(calendrier)
    resultat = _compute(found.id, depuis, contexte)
    if ligne:
        _check_ligne(found, ligne, depuis)
    return resultat


def compute_dates(
    regle: str,
    *,
    depuis: Iterable[date],
    commune: str | None = None,
    departement: str | None = None,
) -> list[date | None]:
    """Compute the dates of one rule for many start days, in their order.

    A rule depends on few distinct days: each is computed once. Raises as `compute`.
    """
    days = depuis if isinstance(depuis, list) else list(depuis)
    table = {
        day: compute(regle, depuis=day, commune=commune, departement=departement).date
        for day in set(days)
    }
    return list(map(table.__getitem__, days))


@remembered(maxsize=1)
def _lignes() -> Mapping[str, tuple[str, Version]]:
    return {
        version.ligne: (regle.id, version)
        for regle in load_regles().values()
        for version in regle.versions
        if version.ligne
    }


def find_regle(regle: str) -> tuple[Regle, str]:
    """Return a rule by its id, or by one of its lines in the law table with that line.

    Raises RegleInconnue, with the closest known ids.
    """
    regles = load_regles()
    if regle in regles:
        return regles[regle], ""
    if regle in _lignes():
        return regles[_lignes()[regle][0]], regle
    known = next((id_ for id_ in (*regles, *_lignes()) if id_.lower() == regle.lower()), None)
    if known is not None:
        return find_regle(known)
    near = difflib.get_close_matches(regle.upper(), [*regles, *_lignes()], cutoff=0.5)
    hint = f" Vouliez-vous dire {' ou '.join(near)} ?" if near else ""
    raise RegleInconnue(
        f"La règle « {regle} » n’existe pas.{hint} Règles connues : {', '.join(regles)}."
    )


def _check_ligne(regle: Regle, ligne: str, depuis: date) -> None:
    version = _lignes()[ligne][1]
    if not version.covers(depuis):
        raise DateHorsPeriode(
            f"La ligne {ligne} ne s’applique pas au {write_date(depuis)} : "
            f"{write_periode(version)}. Demandez « {regle.id} » pour le texte de cette date."
        )


def write_periode(version: Version) -> str:
    """Write when a version is in force, in words."""
    if version.valid_from and version.valid_to:
        return f"en vigueur du {write_date(version.valid_from)} au {write_date(version.valid_to)}"
    if version.valid_from:
        return f"en vigueur depuis le {write_date(version.valid_from)}"
    if version.valid_to:
        return f"en vigueur jusqu’au {write_date(version.valid_to)}"
    return "en vigueur, sans date de début connue"


def _class_bail(regle: Regle, depuis: date, bail: date | None) -> str:
    if bail is None:
        return BAIL_INCONNU
    if bail > depuis:
        return BAIL_POSTERIEUR
    reforme = regle.versions[-1].valid_from
    return BAIL_ANCIEN if reforme is not None and bail < reforme else BAIL_NOUVEAU


@remembered(maxsize=262_144)
def _compute(regle: str, depuis: date, contexte: Contexte) -> Resultat:
    _calendar.check_year(depuis)
    found = load_regles()[regle]
    return _FORMULES[found.formule](found, depuis, contexte)


def _compute_ordinaire(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Count a length that may differ by département, or wait for the préfet."""
    version = get_version(regle, depuis)
    if version.variantes:
        return _compute_variante(regle, version, depuis, contexte)
    resultat = _compute_delai(regle, version, depuis, contexte.calendrier)
    if regle.formule == "deux_mois_cql":
        return _suspend_until_prefet(regle, resultat, version, contexte)
    return resultat


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
    if version.maximum:
        duree += " au plus"
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
    a_obtenir: str = "",
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
        version=_write_version(regle, version),
        plage=version.plage,
        seuils=tuple(write_seuil(seuil) for seuil in version.seuils),
        note=join_notes(*notes),
        changements=regle.changements,
        a_obtenir=a_obtenir,
    )


def _write_version(regle: Regle, version: Version) -> str:
    faits = load_faits()
    facts = ", ".join(faits[fait] for fait in regle.selected_by)
    return (
        f"Texte {write_periode(version)}, choisi par la date du fait suivant : {facts} ; vérifié "
        f"le {write_date(version.checked_on)}."
    )


def _compute_sans_date(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:  # noqa: ARG001
    """Give a range that the judge chooses in, thresholds, or a norm without figure."""
    version = get_version(regle, depuis)
    etapes = [_start_step(regle, depuis)]
    if version.plage is not None:
        least, most = version.plage
        etapes.append(f"De {least} à {most}, au choix du juge")
    etapes += [write_seuil(seuil) for seuil in version.seuils]
    if version.texte:
        etapes.append(version.texte)
    return _build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude=version.certainty,
        etapes=etapes,
        notes=[version.note],
    )


def write_seuil(seuil: Seuil) -> str:
    """Write « 2 fois le loyer mensuel hors charges », « de 3 à 6 mois d’impayé »."""
    if seuil.n is not None:
        return f"{write_duree(seuil.n, seuil.unit)} {seuil.de}"
    assert seuil.plage is not None
    least, most = seuil.plage
    return f"de {least} à {write_duree(int(most), seuil.unit)} {seuil.de}"


def _compute_impaye(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Date the unpaid rent where time alone makes it; where amounts do, say what to obtain."""
    version = get_version(regle, depuis)
    seuils = [write_seuil(seuil) for seuil in version.seuils]
    if version.n is not None:
        resultat = _compute_delai(regle, version, depuis, contexte.calendrier)
        return replace(resultat, etapes=(*resultat.etapes, *(f"Ou dès : {s}" for s in seuils)))
    return _build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude="to_check",
        etapes=[_start_step(regle, depuis), *(f"Dès : {s}" for s in seuils)],
        notes=[version.note],
        a_obtenir=version.a_obtenir,
    )


def compute_execution(
    *,
    cql_le: date,
    prefet_saisi_le: date | None = None,
    prefet_non_saisi: bool = False,
    delais_jusqu_au: date | None = None,
    cfp_le: date | None = None,
    attentes: tuple[tuple[str, date], ...] = (),
    commune: str | None = None,
    departement: str | None = None,
) -> Resultat:
    """Give the first day on which the eviction may be carried out, all known causes combined.

    The two months of the commandement de quitter les lieux, the judge's time, the other
    suspensions (`attentes`: name and last day), the grant of the force publique, the truce, and
    the days on which nothing is executed (CPCE L412-1 to L412-6, L153-1, L141-1).

    Raises DateHorsPeriode, LieuInconnu.
    """
    calendrier = _calendar.calendrier_of(departement=departement, commune=commune)
    delai = compute(
        DEUX_MOIS,
        depuis=cql_le,
        prefet_saisi_le=prefet_saisi_le,
        prefet_non_saisi=prefet_non_saisi,
        commune=commune,
        departement=departement,
    )
    regle = load_regles()[EXECUTION]
    version = get_version(regle, cql_le)

    def combine(end: date) -> tuple[date, tuple[str, ...]]:
        return find_execution(end, delais_jusqu_au, cfp_le, attentes, calendrier)

    assert delai.date is not None
    le, steps = combine(delai.date)
    later = [(combine(autre.date)[0], autre.motif) for autre in delai.autres]
    overseas = _calendar.is_overseas(calendrier)
    resultat = _build(
        regle,
        version,
        cql_le,
        le,
        autres=[Autre(day, motif) for day, motif in later if day != le],
        certitude=worst(delai.certitude, version.certainty, "to_check" if overseas else "sure"),
        etapes=[_start_step(regle, cql_le), *steps],
        notes=[version.note, OUTRE_MER if overseas else ""],
        a_obtenir=delai.a_obtenir,
    )
    return replace(resultat, references=tuple(dict.fromkeys(delai.references + version.references)))


DEUX_MOIS = "F1"
EXECUTION = "EX"


def _compute_variante(regle: Regle, version: Version, depuis: date, contexte: Contexte) -> Resultat:
    """Count the length that the département gives; the common one stays visible when in doubt."""
    found = next((v for v in version.variantes if contexte.departement in v.departements), None)
    if found is None:
        common = _compute_delai(regle, version, depuis, contexte.calendrier)
        return common if contexte.departement else _doubt_place(common, version)
    local = replace(
        version, n=found.n, unit=found.unit, certainty=worst(version.certainty, found.certainty)
    )
    resultat = _compute_delai(regle, local, depuis, contexte.calendrier)
    etapes = (resultat.etapes[0], found.motif, *resultat.etapes[1:])
    if found.certainty == "sure":
        return replace(resultat, etapes=etapes)
    common = _compute_delai(regle, version, depuis, contexte.calendrier)
    assert common.date is not None
    return replace(
        resultat,
        etapes=etapes,
        autres=(*resultat.autres, Autre(common.date, version.motif)),
    )


def _doubt_place(resultat: Resultat, version: Version) -> Resultat:
    """Show the other lengths when no place is given and one may hold in métropole."""
    doubtful = [v for v in version.variantes if any(not d.startswith("97") for d in v.departements)]
    if not doubtful:
        return resultat
    others = {
        _calendar.shift(resultat.debut, v.n, v.unit, franc=False, calendrier=_calendar.METROPOLE)
        for v in doubtful
    }
    motif = "Si le département compte une agglomération, ou une partie, plus grande."
    return replace(
        resultat,
        certitude="to_check",
        autres=(*resultat.autres, *(Autre(le, motif) for le in sorted(others))),
        a_obtenir="le département",
    )


def _suspend_until_prefet(
    regle: Regle, resultat: Resultat, version: Version, contexte: Contexte
) -> Resultat:
    """Show the date that holds if the préfet was seized late: until then the delay is suspended.

    CPCE L412-5: the two months do not run while the préfet is not seized.
    """
    saisi = contexte.prefet_saisi_le
    if contexte.prefet_non_saisi:
        return replace(
            resultat,
            certitude=worst(resultat.certitude, "to_check"),
            a_obtenir="la date à laquelle le préfet a été saisi du commandement",
        )
    if saisi is None or saisi <= resultat.debut:
        return resultat
    later = _count(
        version, saisi, sens=regle.sens, franc=version.franc, calendrier=contexte.calendrier
    )
    motif = (
        f"Si le préfet n’a été saisi que le {write_date(saisi)} : le délai est suspendu jusque-là "
        "(article L412-5)."
    )
    return replace(resultat, autres=(*resultat.autres, Autre(later, motif)))


def _compute_treve(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    calendrier = contexte.calendrier
    treve = find_treve(depuis)
    if _calendar.is_overseas(calendrier):
        return _build(
            regle,
            treve.version,
            depuis,
            None,
            autres=[Autre(*locale) for locale in list_treves_locales(depuis, calendrier)],
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


def _compute_responsabilite(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Date the implicit refusal, then defer it to the end of the truce or of the judge's time.

    CPCE R154-5: a refusal born during the truce or during time granted by the judge engages the
    State only from their end.
    """
    calendrier, delais_jusqu_au = contexte.calendrier, contexte.delais_jusqu_au
    first = get_version(regle, depuis)
    refus = _count(first, depuis, sens=regle.sens, franc=first.franc, calendrier=calendrier)
    version = get_version(regle, refus)
    etapes = [_start_step(regle, depuis), *_count_steps(regle, version, depuis, calendrier)]
    notes = [version.note]
    certitude = version.certainty
    references = version.references
    le = refus
    if delais_jusqu_au is not None and le <= delais_jusqu_au:
        le = delais_jusqu_au + ONE_DAY
        etapes.append(
            "Le refus naît pendant les délais accordés par le juge, qui finissent le "
            f"{write_date(delais_jusqu_au)} → {write_date(le)}"
        )
    if _calendar.is_overseas(calendrier):
        notes.append(OUTRE_MER)
        certitude = "to_check"
    elif find_treve(le).contains(le):
        treve = find_treve(le)
        etapes.append(
            f"Cette date tombe pendant la trêve, qui finit le {write_date(treve.au)} → "
            f"{write_date(treve.au + ONE_DAY)}"
        )
        etapes.append(f"Trêve : paramètre {treve.version.parametre(TREVE)}")
        references += treve.version.references
        le = treve.au + ONE_DAY
    resultat = _build(
        regle, version, depuis, le, autres=[], certitude=certitude, etapes=etapes, notes=notes
    )
    return replace(resultat, references=references)


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


def _compute_clause_resolutoire(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:
    """Choose between the law's six weeks and the two months of an older lease, in the open.

    The delay written in the lease decides; failing it, the date of the lease; failing both, the
    later date is given, which protects the tenant. The other regime stays visible wherever it
    can be defended.
    """
    calendrier, bail, clause = contexte.calendrier, contexte.bail, contexte.clause
    legal = _compute_delai(regle, get_version(regle, depuis), depuis, calendrier)
    ancien = load_regles()[regle.transition]
    written = _read_clause(regle, ancien, clause)
    printed = _read_clause(regle, ancien, contexte.annonce)
    version = ancien.find_version(depuis)
    if version is None:
        return _add_lendemain(legal, regle)
    legal_version = get_version(regle, depuis)
    version = _write_contrat(version, legal_version, written, clause)
    contrat = replace(
        _compute_delai(ancien, version, depuis, calendrier), regle=regle.id, libelle=regle.libelle
    )
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


RECONDUIT = (
    "Le bail a été renouvelé ou reconduit depuis la loi du 27 juillet 2023 : que la reconduction "
    "tacite apporte les six semaines est discuté, la Cour de cassation ne l’a pas jugé."
)


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


def _read_clause(regle: Regle, ancien: Regle, clause: str | None) -> tuple[int, str] | None:
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


def _compute_execution(regle: Regle, depuis: date, contexte: Contexte) -> Resultat:  # noqa: ARG001
    return compute_execution(cql_le=depuis, departement=contexte.departement)


_FORMULES: Mapping[str, Callable[[Regle, date, Contexte], Resultat]] = {
    "delai": _compute_ordinaire,
    "deux_mois_cql": _compute_ordinaire,
    "clause_resolutoire": _compute_clause_resolutoire,
    "responsabilite": _compute_responsabilite,
    "plage": _compute_sans_date,
    "seuil": _compute_sans_date,
    "norme": _compute_sans_date,
    "impaye": _compute_impaye,
    "treve": _compute_treve,
    "execution": _compute_execution,
}

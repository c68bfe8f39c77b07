"""Count one version of a rule from a start day, and explain the count: what every formula uses."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from seuil.engines.droit import _calendar
from seuil.engines.droit._durees import roll_with_step, write_doute
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import (
    Autre,
    DateHorsPeriode,
    FaitsContradictoires,
    Regle,
    Resultat,
    Seuil,
    Version,
)
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._vocabulaire import CERTITUDES, NATURES, load_faits

BAIL_INCONNU = "inconnu"
BAIL_POSTERIEUR = "posterieur_au_commandement"
BAIL_ANCIEN = "ancien"
BAIL_NOUVEAU = "nouveau"


class Contexte(NamedTuple):
    """What else than its start fact decides of a date, reduced to what a rule asks of it.

    A tuple: made and compared once by deadline, when results are shared.
    """

    calendrier: str = _calendar.METROPOLE
    departement: str | None = None
    bailleur: str | None = None
    bail: str = BAIL_INCONNU
    clause: str | None = None
    # The lease was tacitly renewed, or expressly, since the law that shortened the delay.
    reconduit: bool = False
    renouvele: bool = False
    # The line of the law table that was asked by name.
    ligne: str = ""
    annonce: str | None = None
    prefet_saisi_le: date | None = None
    prefet_non_saisi: bool = False
    # What the judge made of the two months: `supprimes`, or their new length.
    deux_mois: str | None = None
    # Where the appellant lives, seen from the court: a word of the vocabulary, None near it.
    distance: str | None = None
    aj_demandee_le: date | None = None
    aj_depart_le: date | None = None
    notifie_le: date | None = None
    refus_le: date | None = None
    delais_jusqu_au: date | None = None
    # Reception by the préfet of the commandement de quitter les lieux, before the requisition.
    cql_recu_le: date | None = None
    cql_recu_inconnu: bool = False


def check_order(fait: str, later: str, later_le: date, earlier: str, earlier_le: date) -> None:
    """Refuse a fact that precedes the one it follows in law."""
    if later_le < earlier_le:
        raise FaitsContradictoires(
            fait,
            f"Ces dates se contredisent : {later}, précède {earlier}. Corrigez l’une des deux.",
        )


def check_nature(regle: Regle, nature: str | None) -> None:
    """Refuse a nature of lease that the law does not name, or that the rule is not about."""
    if nature is None:
        return
    if nature not in NATURES:
        choices = ", ".join(f"« {name} »" for name in NATURES)
        raise FaitsContradictoires("nature_bail", f"La nature du bail est à choisir : {choices}.")
    if nature in regle.hors_champ:
        raise FaitsContradictoires("nature_bail", f"{regle.hors_champ[nature]}.")


def get_version(regle: Regle, on: date) -> Version:
    """Give the version of a rule in force on a day.

    Raises DateHorsPeriode when the rule had no value then.
    """
    version = regle.find_version(on)
    if version is not None:
        return version
    first, last = regle.versions[0].valid_from, regle.versions[-1].valid_to
    if last is not None and on > last:
        why = f"elle n’est connue que jusqu’au {write_date(last)}"
    elif first is not None and on < first:
        why = f"elle n’est connue qu’à partir du {write_date(first)}"
    else:
        why = "aucune version ne couvre cette date"
    raise DateHorsPeriode(f"La règle {regle.id} ne s’applique pas au {write_date(on)} : {why}.")


def worst(*certitudes: str) -> str:
    """Keep the weakest of several certainties."""
    return max(certitudes, key=CERTITUDES.index)


def join_notes(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def start_step(regle: Regle, depuis: date) -> str:
    libelle = regle.debut_libelle
    return f"Départ : {libelle}, {write_date(depuis)}"


def count_version(
    version: Version, depuis: date, *, sens: str, franc: bool, calendrier: str
) -> date:
    assert version.n is not None
    assert version.unit is not None
    n = version.n if sens == "apres" else -version.n
    return _calendar.shift(depuis, n, version.unit, franc=franc, calendrier=calendrier)


def count_steps(regle: Regle, version: Version, depuis: date, calendrier: str) -> list[str]:
    """Explain the count, its second stage too when the last day is excluded."""
    assert version.n is not None
    assert version.unit is not None
    plain = count_version(version, depuis, sens=regle.sens, franc=False, calendrier=calendrier)
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
        final = count_version(version, depuis, sens=regle.sens, franc=True, calendrier=calendrier)
        steps.append(f"{version.franc_texte} → {write_date(final)}")
    return steps


def compute_delai(regle: Regle, version: Version, depuis: date, calendrier: str) -> Resultat:
    """Count a plain delay, forward or backward, and place it against article 642."""
    le = count_version(version, depuis, sens=regle.sens, franc=version.franc, calendrier=calendrier)
    etapes = [start_step(regle, depuis), *count_steps(regle, version, depuis, calendrier)]
    autres: list[Autre] = []
    notes = [version.note]
    certitude = version.certainty

    if regle.report == "oui":
        le, step = roll_with_step(le, calendrier)
        etapes.extend(step)
    elif regle.report != "aucun":
        rolled, step = roll_with_step(le, calendrier)
        if step and regle.report == "alternative":
            autres.append(Autre(rolled, regle.report_motif or REPORT_MOTIF))
            certitude = worst(certitude, "contested")
        elif step:
            notes.append(
                f"Le {write_date(le)} est {_calendar.why_not_ouvre(le, calendrier)} : le report au "
                f"{write_date(rolled)} (article 642 du code de procédure civile) peut être plaidé, "
                "sans être acquis."
            )

    if version.autre_lecture is not None:
        lecture = version.autre_lecture
        other = count_version(
            version, depuis, sens=regle.sens, franc=lecture.franc, calendrier=calendrier
        )
        autres.append(Autre(other, lecture.motif))

    if version.plafond is not None and le > version.plafond.date:
        autres.append(version.plafond)

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
        other = count_version(
            former, depuis, sens=regle.sens, franc=former.franc, calendrier=calendrier
        )
        autres.append(Autre(other, former.motif))
        certitude = "to_check"

    resultat = build(
        regle, version, depuis, le, autres=autres, certitude=certitude, etapes=etapes, notes=notes
    )
    return _doubt_ferie(resultat, regle, version, depuis, calendrier)


REPORT_MOTIF = "Si l’article 642 du code de procédure civile s’applique."


def _find_former(regle: Regle, version: Version, le: date) -> Version | None:
    """Find the law in force on a backward term that falls before the reform of its event."""
    if regle.sens == "apres" or version.valid_from is None or le >= version.valid_from:
        return None
    return regle.find_version(le)


def _doubt_ferie(
    resultat: Resultat, regle: Regle, version: Version, depuis: date, calendrier: str
) -> Resultat:
    """Add the date that holds without a holiday that is doubtful there, when it differs."""
    variant = _calendar.doubtful_variant(calendrier)
    if variant is None:
        return resultat
    without = compute_delai(regle, version, depuis, variant).date
    if without is None or without == resultat.date:
        return resultat
    motif, note = write_doute(calendrier)
    return replace(
        resultat,
        autres=(*resultat.autres, Autre(without, motif)),
        certitude=worst(resultat.certitude, "to_check"),
        note=join_notes(resultat.note, note),
    )


def build(
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
        version=_write_version(regle.id, version.valid_from),
        plage=version.plage,
        seuils=tuple(write_seuil(seuil) for seuil in version.seuils),
        note=join_notes(*notes),
        changements=regle.changements,
        a_obtenir=a_obtenir,
    )


@remembered(maxsize=1_024)
def _write_version(regle_id: str, valid_from: date | None) -> str:
    regle = load_regles()[regle_id]
    version = next(v for v in regle.versions if v.valid_from == valid_from)
    faits = load_faits()
    facts = ", ".join(faits[fait] for fait in regle.selected_by)
    which = "du fait suivant" if len(regle.selected_by) == 1 else "des faits suivants"
    return (
        f"Texte {write_periode(version)}, choisi par la date {which} : {facts} ; vérifié "
        f"le {write_date(version.checked_on)}."
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


def write_seuil(seuil: Seuil) -> str:
    """Write « 2 fois le loyer mensuel hors charges », « de 3 à 6 mois d’impayé »."""
    if seuil.n is not None:
        return f"{write_duree(seuil.n, seuil.unit)} {seuil.de}"
    assert seuil.plage is not None
    least, most = seuil.plage
    return f"de {least} à {write_duree(int(most), seuil.unit)} {seuil.de}"

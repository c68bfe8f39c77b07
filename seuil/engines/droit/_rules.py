"""Compute a rule: find it, reduce what is known to what it asks, apply its formula."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._clause import compute_clause_resolutoire
from seuil.engines.droit._concours import (
    compute_concours_execute,
    compute_refus_implicite,
    compute_responsabilite,
)
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._execution import compute_from_cql
from seuil.engines.droit._formules import (
    compute_impaye_constitue,
    compute_ordinaire,
    compute_sans_date,
    compute_treve,
)
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import (
    DateHorsPeriode,
    FaitsContradictoires,
    Regle,
    RegleInconnue,
    Resultat,
    Version,
)
from seuil.engines.droit._parametres import load_regles
from seuil.engines.droit._recours import find_distance
from seuil.engines.droit._resultat import (
    BAIL_ANCIEN,
    BAIL_INCONNU,
    BAIL_NOUVEAU,
    BAIL_POSTERIEUR,
    Contexte,
    build,
    check_nature,
    join_notes,
    start_step,
    worst,
    write_periode,
)
from seuil.engines.droit._vocabulaire import BAILLEURS

ORDINAIRE = Contexte()


def compute(
    regle: str,
    *,
    depuis: date,
    bail: date | None = None,
    clause: str | None = None,
    reconduit_le: date | None = None,
    renouvele_le: date | None = None,
    nature_bail: str | None = None,
    delai_annonce: str | None = None,
    prefet_saisi_le: date | None = None,
    prefet_non_saisi: bool = False,
    delais_jusqu_au: date | None = None,
    cql_recu_le: date | None = None,
    cql_recu_inconnu: bool = False,
    deux_mois: str | None = None,
    refus_le: date | None = None,
    domicile: str | None = None,
    aj_demandee_le: date | None = None,
    aj_depart_le: date | None = None,
    notifie_le: date | None = None,
    bailleur: str | None = None,
    commune: str | None = None,
    departement: str | None = None,
) -> Resultat:
    """Compute the date that a rule entails from its start fact, with reasons and alternatives.

    `regle` is a rule (« A1 ») or one line of the law table (« A1b »), which then must be in force.
    `bail`, `reconduit_le` and `renouvele_le` (dates of the lease, of its last tacit renewal, of its
    express one), `clause` (the delay written in it, « 2 mois », « 6 semaines » or another) and
    `delai_annonce` (the one that the commandement prints) matter to the clause résolutoire;
    `nature_bail` (« habitation », « logement_foyer », « commercial ») to the rules that are not
    about every lease; `prefet_saisi_le` to the two months of F1, or
    `prefet_non_saisi` when nothing shows that the préfet was seized; `delais_jusqu_au` (last day
    of time granted by the judge) to the State's liability; `cql_recu_le` (reception by the préfet
    of the commandement de quitter les lieux, `cql_recu_inconnu` when one was served and its
    reception is not known) to the implicit refusal; `deux_mois` is what the judge made of those of
    F1 (« supprimes », or a length); `refus_le` an express refusal of the force publique (G7);
    `domicile` the département of the appellant, or « etranger », `aj_demandee_le` and
    `aj_depart_le` the request for legal aid and the day from which the delay runs again (delays of
    appeal); `notifie_le` the notification of the decision (K3); `bailleur` (« prive » or
    « social ») where the
    law tells landlords apart; `commune` (Insee code) or `departement` choose the calendar and the
    local lengths.

    Raises RegleInconnue, DateHorsPeriode, LieuInconnu, DureeIllisible, FaitsContradictoires.
    """
    found, ligne = find_regle(regle)
    _check_bailleur(found, bailleur)
    check_nature(found, nature_bail)
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
            renouvele=bool(renouvele_le and reforme and reforme <= renouvele_le <= depuis),
            annonce=delai_annonce,
            ligne=ligne,
        )
    elif found.formule == "deux_mois_cql":
        contexte = Contexte(
            calendrier,
            prefet_saisi_le=prefet_saisi_le,
            prefet_non_saisi=prefet_non_saisi,
            deux_mois=deux_mois,
        )
    elif found.formule in {"responsabilite", "refus_implicite"}:
        contexte = Contexte(
            calendrier,
            delais_jusqu_au=delais_jusqu_au,
            refus_le=refus_le if found.formule == "responsabilite" else None,
            cql_recu_le=cql_recu_le,
            cql_recu_inconnu=cql_recu_inconnu,
        )
    elif found.aide_juridictionnelle or found.versions[-1].distances:
        siege = found.siege or _calendar.departement_of(departement, commune)
        contexte = Contexte(
            calendrier,
            distance=find_distance(domicile, siege),
            aj_demandee_le=aj_demandee_le,
            aj_depart_le=aj_depart_le,
        )
    elif found.notification:
        contexte = Contexte(calendrier, notifie_le=notifie_le)
    elif any(version.variantes for version in found.versions):
        contexte = Contexte(
            calendrier,
            departement=_calendar.departement_of(departement, commune),
            bailleur=bailleur,
        )
    else:
        contexte = ORDINAIRE if calendrier == _calendar.METROPOLE else Contexte(calendrier)
    resultat = _compute(found.id, depuis, contexte)
    if ligne:
        _check_ligne(found, ligne, depuis)
    if found.territoire and departement and departement != found.territoire:
        return _doubt_territoire(found, resultat, departement)
    return resultat


def _check_bailleur(regle: Regle, bailleur: str | None) -> None:
    """Refuse a landlord that the law does not name, or that the rule is not about."""
    if bailleur is not None and bailleur not in BAILLEURS:
        raise FaitsContradictoires(
            "bailleur", f"Le bailleur est « prive » ou « social », et non « {bailleur} »."
        )
    if regle.bailleur and bailleur and bailleur != regle.bailleur:
        raise FaitsContradictoires(
            "bailleur",
            f"La règle {regle.id} ne vaut que pour un bailleur {BAILLEURS[regle.bailleur]} : "
            f"{regle.description}",
        )


def _doubt_territoire(regle: Regle, resultat: Resultat, departement: str) -> Resultat:
    """Say that a local rule is borrowed from another département."""
    note = (
        f"Engagement du département {regle.territoire} : à confirmer pour le département "
        f"{departement}."
    )
    return replace(
        resultat,
        certitude=worst(resultat.certitude, "to_check"),
        note=join_notes(note, resultat.note),
    )


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


def find_regle(regle: str, *, autres: Iterable[str] = ()) -> tuple[Regle, str]:
    """Return a rule by its id, or by one of its lines in the law table with that line.

    `autres` are the other words that the caller understands. Raises RegleInconnue, with what is
    closest.
    """
    regles = load_regles()
    if regle in regles:
        return regles[regle], ""
    if regle in _lignes():
        return regles[_lignes()[regle][0]], regle
    known = next((id_ for id_ in (*regles, *_lignes()) if id_.lower() == regle.lower()), None)
    if known is not None:
        return find_regle(known)
    noms = {nom.upper(): nom for nom in (*regles, *_lignes(), *autres)}
    near = difflib.get_close_matches(regle.upper(), noms, cutoff=0.5)
    hint = f" Vouliez-vous dire {' ou '.join(noms[nom] for nom in near)} ?" if near else ""
    raise RegleInconnue(
        f"La règle « {regle} » n’existe pas.{hint} « seuil droit regles » liste les règles."
    )


def _check_ligne(regle: Regle, ligne: str, depuis: date) -> None:
    version = _lignes()[ligne][1]
    if not version.covers(depuis):
        raise DateHorsPeriode(
            f"La ligne {ligne} ne s’applique pas au {write_date(depuis)} : "
            f"{write_periode(version)}. Demandez « {regle.id} » pour le texte de cette date."
        )


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
    version = found.find_version(depuis)
    if version is not None and version.questions:
        return _wait_for_text(found, version, depuis)
    return _FORMULES[found.formule](found, depuis, contexte)


def _wait_for_text(regle: Regle, version: Version, depuis: date) -> Resultat:
    """Give no date where the text is not read: say which it is, and what it must answer."""
    return build(
        regle,
        version,
        depuis,
        None,
        autres=[],
        certitude="to_check",
        etapes=[
            start_step(regle, depuis),
            *(f"À lire dans le texte : {q}" for q in version.questions),
        ],
        notes=[version.note],
        a_obtenir=version.a_obtenir,
    )


_FORMULES: Mapping[str, Callable[[Regle, date, Contexte], Resultat]] = {
    "delai": compute_ordinaire,
    "deux_mois_cql": compute_ordinaire,
    "clause_resolutoire": compute_clause_resolutoire,
    "responsabilite": compute_responsabilite,
    "refus_implicite": compute_refus_implicite,
    "concours_execute": compute_concours_execute,
    "plage": compute_sans_date,
    "seuil": compute_sans_date,
    "norme": compute_sans_date,
    "impaye": compute_impaye_constitue,
    "treve": compute_treve,
    "execution": compute_from_cql,
}

"""A list of acts arrives: staged, read with a mapping, previewed, then applied whole.

The order is the procedure's: find or open each household's file, write the acts and the facts
they bring, then recompute the deadlines and the work of the files touched. One transaction.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from seuil.actes.models import Ligne, Lot
from seuil.actes.operations.listes import (
    ListeDejaAppliquee,
    add_lignes,
    adjust_lignes,
    create_lot,
    is_en_attente,
    lock_import,
    record_actes,
    record_correspondance,
    set_lot_state,
)
from seuil.actes.queries import (
    get_actes_connus,
    get_communes,
    get_correspondance,
    is_own,
    list_rows,
)
from seuil.actes.rules.champs import get_known_headers, load_titres, why_not_mapping
from seuil.actes.rules.lignes import ActeRecu, LecteurDeLignes, LigneLue
from seuil.actes.rules.listes import ListeSaisie
from seuil.actes.rules.rapprochement import (
    ActeConnu,
    doubt_ressemblance,
    judge_against_known,
)
from seuil.actes.rules.types import LABELS_TYPE
from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.dossiers import get_departement
from seuil.dossiers.operations.ouverture import (
    add_dettes,
    add_faits,
    complete_dossiers,
    open_dossiers,
    open_instruction,
)
from seuil.dossiers.operations.vie import wake_dossier
from seuil.dossiers.queries import get_ouverts_a_la_main, list_classes
from seuil.dossiers.rules import Identite, MenageRecu, is_proche, read_identite
from seuil.engines.tabular import Row, read_table
from seuil.kernel.bulk import paused_collector
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.usecases.refresh_dossiers import refresh_dossiers

T = TypeVar("T")

# The préfecture instructs from there: its agents reach the file.
_ACTES_INSTRUITS = frozenset({"cql", "rfp", "cfp", "expulsion"})


class ImportInterdit(Refusal):
    message = "Votre rôle ne permet pas d’importer une liste d’actes."


class ColonnesManquantes(Refusal):
    """The mapping does not say where a mandatory field is."""


class ListeDAutrui(Refusal):
    message = (
        "Cette liste a été déposée par un autre organisme : lui seul peut la préparer, l’appliquer"
        " ou l’abandonner."
    )


class ListeDejaDeposee(Refusal):
    message = (
        "Ce fichier est déjà déposé, et attend dans les listes reçues : vérifiez-le là, ou"
        " abandonnez-le avant de le déposer de nouveau."
    )


class TypeInconnu(Refusal):
    def __init__(self, type_acte: str) -> None:
        super().__init__(
            f"Type d’acte inconnu : « {type_acte} ». Types possibles : {', '.join(LABELS_TYPE)}."
        )


@dataclass(frozen=True, slots=True)
class CompteRendu:
    """What an import did, or would do, of each row."""

    lot: Lot
    compte: Mapping[str, int]
    lues: Sequence[LigneLue]


@dataclass(frozen=True, slots=True)
class Analyse:
    """The rows of a list as understood against what is known today."""

    lues: list[LigneLue]
    connus: dict[str, ActeConnu]


def _as_machine(operation: Callable[..., T]) -> Callable[..., T]:
    """Run an operation of the import as the machine.

    A list is matched against every dossier of the département, which its author may not all reach;
    each operation begins by checking that the author may import.
    """

    @wraps(operation)
    def run(**arguments: Any) -> T:
        lot = arguments.get("lot")
        departement = lot.departement_id if lot else arguments["liste"].departement
        with acting_as_machine("import", departement=departement, on=arguments["on"]):
            return operation(**arguments)

    return run


@_as_machine
@transaction.atomic
def deposit_liste(*, liste: ListeSaisie, by: Agent | Machine, on: date) -> Lot:
    """Read a file and stage its rows; they are understood at once when no column is unknown.

    Raises FileRefused (the file), TypeInconnu, DepartementInconnu, ImportInterdit,
    ListeDejaDeposee.
    """
    _check_right(by, liste.departement)
    if is_en_attente(liste=liste):
        raise ListeDejaDeposee
    return _deposit(liste, by, on)[0]


@_as_machine
@transaction.atomic
def map_liste(*, lot: Lot, correspondance: Mapping[int, str], by: Agent | Machine, on: date) -> Lot:
    """Say what each column means (empty: nothing), remember it for the source, and read the rows.

    Raises ColonnesManquantes, ListeDejaAppliquee, ListeDAutrui, ImportInterdit.
    """
    _check_own(by, lot)
    lot = _lock_lot(lot)
    entetes = lot.lecture["entetes"]
    champs = load_titres().champs
    chosen = {
        index: champ
        for index, champ in correspondance.items()
        if 0 <= index < len(entetes) and (not champ or champ in champs)
    }
    mapping = {index: champ for index, champ in chosen.items() if champ}
    twice = [champs[c].libelle for c, n in Counter(mapping.values()).items() if n > 1]
    if twice:
        raise ColonnesManquantes(
            f"Deux colonnes sont indiquées pour : {', '.join(twice)}. Gardez-en une seule."
        )
    missing = why_not_mapping(mapping)
    if missing:
        raise ColonnesManquantes(missing)
    record_correspondance(lot=lot, correspondance=chosen, entetes=entetes)
    rows = list(list_rows(lot=lot))
    analyse = _analyse(lot, rows, mapping, on)
    add_lignes(lot=lot, rows=rows, lues=analyse.lues)
    return set_lot_state(
        lot=lot,
        etat=Lot.Etat.A_VALIDER,
        compte=_count(analyse),
        by=by,
        on=on,
        correspondance=mapping,
    )


@paused_collector()
@_as_machine
@transaction.atomic
def apply_liste(
    *, lot: Lot, lignes_confirmees: Collection[int], by: Agent | Machine, on: date
) -> Lot:
    """Apply a staged list whole: its accepted rows, and those to verify that were confirmed.

    The rows are judged again against what is known now. Raises ListeDejaAppliquee,
    ColonnesManquantes, ListeDAutrui, ImportInterdit.
    """
    _check_own(by, lot)
    lock_import(departement=lot.departement_id)
    lot = _lock_lot(lot)
    mapping = _stored_mapping(lot)
    missing = why_not_mapping(mapping)
    if missing:
        raise ColonnesManquantes(missing)
    analyse = _analyse(lot, list(list_rows(lot=lot)), mapping, on)
    return _apply(lot, analyse, lignes_confirmees, by, on)


@_as_machine
@transaction.atomic
def abandon_liste(*, lot: Lot, by: Agent | Machine, on: date) -> Lot:
    """Set a staged list aside; nothing of it is applied.

    Raises ListeDejaAppliquee, ListeDAutrui, ImportInterdit.
    """
    _check_own(by, lot)
    lot = _lock_lot(lot)
    return set_lot_state(
        lot=lot,
        etat=Lot.Etat.ABANDONNE,
        compte=lot.compte,
        by=by,
        on=on,
    )


@paused_collector()
@_as_machine
@transaction.atomic
def import_liste(
    *, liste: ListeSaisie, by: Agent | Machine, on: date, simulate: bool = False
) -> CompteRendu:
    """Deposit and apply in one go what needs nobody's look; the rest waits in the list.

    With `simulate` everything is computed and nothing is kept. Raises as deposit_liste, and
    ColonnesManquantes when a mandatory column is not recognised.
    """
    lot, rows, mapping = _deposit(liste, by, on, stage=False)
    missing = why_not_mapping(mapping)
    if missing:
        raise ColonnesManquantes(missing)
    lock_import(departement=liste.departement)
    analyse = _analyse(lot, rows, mapping, on)
    if simulate:
        transaction.set_rollback(True)
    else:
        lot = _apply(lot, analyse, (), by, on, rows=rows)
    return CompteRendu(lot, _count(analyse), analyse.lues)


def _deposit(
    liste: ListeSaisie, by: Agent | Machine, on: date, *, stage: bool = True
) -> tuple[Lot, list[Row], dict[int, str]]:
    if liste.type_acte not in LABELS_TYPE:
        raise TypeInconnu(liste.type_acte)
    get_departement(liste.departement)
    _check_right(by, liste.departement)
    table = read_table(
        liste.fichier,
        name=liste.nom_fichier,
        known_headers=get_known_headers(liste.type_acte),
    )
    mapping = get_correspondance(
        departement=liste.departement,
        source=liste.source,
        type_acte=liste.type_acte,
        entetes=table.headers,
    )
    lot = create_lot(
        liste=liste,
        table=table,
        correspondance=mapping,
        organisation_id=by.organisation_id if isinstance(by, Agent) else None,
        by=by,
        on=on,
    )
    if not stage:
        return lot, table.rows, mapping
    everything_known = len(mapping) == len(table.headers) and not why_not_mapping(mapping)
    analyse = _analyse(lot, table.rows, mapping, on) if everything_known else None
    add_lignes(lot=lot, rows=table.rows, lues=analyse.lues if analyse else None)
    if analyse:
        set_lot_state(
            lot=lot,
            etat=Lot.Etat.A_VALIDER,
            compte=_count(analyse),
            by=by,
            on=on,
        )
    return lot, table.rows, mapping


def _analyse(lot: Lot, rows: Sequence[Row], mapping: Mapping[int, str], on: date) -> Analyse:
    """Understand every row, then judge it against the files and acts already known."""
    lecteur = LecteurDeLignes(
        type_acte=lot.type,
        correspondance=mapping,
        entetes=lot.lecture["entetes"],
        communes=get_communes(departement=lot.departement_id),
        departement=lot.departement_id,
        on=on,
    )
    lues = [lecteur.read(numero=row.line, cells=row.cells) for row in rows]
    connus = get_actes_connus(
        departement=lot.departement_id, cles={x.acte.menage.cle for x in lues if x.acte}
    )
    by_hand = get_ouverts_a_la_main(departement=lot.departement_id)
    ouverts = [who for people in by_hand.values() for who in people]
    seen: dict[str, set[tuple[str, date]]] = {}
    for lue in lues:
        if lue.acte is None:
            continue
        cle = lue.acte.menage.cle
        connu = connus.get(cle)
        actes = seen.setdefault(cle, set(connu.actes) if connu else set())
        judge_against_known(
            lue,
            type_acte=lot.type,
            connu=replace(connu, actes=actes) if connu else ActeConnu(None, actes),
        )
        if cle not in connus and _ressemble(lue.acte.menage, ouverts):
            doubt_ressemblance(lue)
        if lue.etat == "accepte":
            actes.add((lot.type, lue.acte.survenu_le))
    return Analyse(lues, connus)


def _ressemble(menage: MenageRecu, ouverts: Collection[Identite]) -> bool:
    """Tell whether a household that has no file may be one for which a person opened one."""
    said = read_identite(menage)
    return any(is_proche(said, known) for known in ouverts)


def _apply(
    lot: Lot,
    analyse: Analyse,
    lignes_confirmees: Collection[int],
    by: Agent | Machine,
    on: date,
    *,
    rows: Sequence[Row] = (),
) -> Lot:
    """Write what the rows bring; `rows` are those of a list that was not staged before."""
    confirmed = set(lignes_confirmees)
    retained: list[tuple[LigneLue, ActeRecu]] = []
    for lue in analyse.lues:
        if lue.acte and (
            lue.etat == "accepte" or (lue.etat == "a_verifier" and lue.numero in confirmed)
        ):
            lue.etat = Ligne.Etat.ACCEPTE
            retained.append((lue, lue.acte))
    ids: dict[str, UUID] = {
        cle: connu.dossier_id  # type: ignore[misc]
        for cle, connu in analyse.connus.items()
    }
    new = {a.menage.cle: a for _, a in retained if a.menage.cle not in ids}
    joined = {ids[a.menage.cle]: a.menage for _, a in retained if a.menage.cle in ids}
    complete_dossiers(departement=lot.departement_id, menages=joined)
    add_faits(faits=[(pk, menage, on, lot.source) for pk, menage in joined.items()])
    opened = open_dossiers(
        departement=lot.departement_id,
        menages=[a.menage for a in new.values()],
        sources=[lot.source] * len(new),
        on=on,
    )
    ids |= opened
    placed = [(ids[a.menage.cle], a, lue.numero) for lue, a in retained]
    for dossier in Dossier.objects.filter(pk__in=list_classes(dossier_ids=joined)):
        wake_dossier(
            dossier=dossier, motif=f"acte reçu\N{NO-BREAK SPACE}: {lot.source}", by=by, on=on
        )
    _record(lot, placed, set(opened.values()))
    touched = {pk for pk, _, _ in placed}
    if lot.type in _ACTES_INSTRUITS:
        open_instruction(dossier_ids=touched, on=on)
    # Those that bring nothing too, of a file already open: they tell of its household.
    dossiers = {
        x.numero: ids[x.acte.menage.cle]
        for x in analyse.lues
        if x.acte and x.acte.menage.cle in ids
    }
    if rows:
        add_lignes(lot=lot, rows=rows, lues=analyse.lues, dossiers=dossiers)
    else:
        adjust_lignes(lot=lot, lues=analyse.lues, dossiers=dossiers, confirmees=confirmed)
    refresh_dossiers(dossier_ids=touched, on=on)
    return set_lot_state(
        lot=lot,
        etat=Lot.Etat.APPLIQUE,
        compte=_count(analyse),
        by=by,
        on=on,
        correspondance=_stored_mapping(lot),
    )


def _record(
    lot: Lot, placed: Sequence[tuple[UUID, ActeRecu, int]], opened: Collection[UUID]
) -> None:
    """Write the acts and their debts: without looking for those known, where none may be."""
    rows = Counter(pk for pk, _, _ in placed)
    for nouveaux in (True, False):
        part = [p for p in placed if (p[0] in opened and rows[p[0]] == 1) is nouveaux]
        record_actes(actes=part, type_acte=lot.type, lot=lot, nouveaux=nouveaux)
        dettes = [(pk, a.survenu_le, a.montant, lot.source) for pk, a, _ in part if a.montant]
        add_dettes(dettes=dettes, nouveaux=nouveaux)


def _count(analyse: Analyse) -> dict[str, int]:
    """Count the rows by state, and the files they open or join."""
    states = Counter(lue.etat for lue in analyse.lues)
    opened: set[str] = set()
    joined = 0
    for lue in analyse.lues:
        if lue.etat != "accepte" or lue.acte is None:
            continue
        cle = lue.acte.menage.cle
        if cle in analyse.connus or cle in opened:
            joined += 1
        else:
            opened.add(cle)
    return {
        "lus": len(analyse.lues),
        "acceptes": states["accepte"],
        "refuses": states["refuse"],
        "doublons": states["doublon"],
        "a_verifier": states["a_verifier"],
        "dossiers_ouverts": len(opened),
        "dossiers_rattaches": joined,
    }


def _stored_mapping(lot: Lot) -> dict[int, str]:
    return {int(index): champ for index, champ in lot.lecture["correspondance"].items()}


def _lock_lot(lot: Lot) -> Lot:
    fresh = Lot.objects.select_for_update().get(pk=lot.pk)
    if fresh.etat in {Lot.Etat.APPLIQUE, Lot.Etat.ABANDONNE}:
        raise ListeDejaAppliquee
    return fresh


def _check_own(by: Agent | Machine, lot: Lot) -> None:
    _check_right(by, lot.departement_id)
    if isinstance(by, Agent) and not is_own(lot=lot, agent=by):
        raise ListeDAutrui


def _check_right(by: Agent | Machine, departement: str) -> None:
    if isinstance(by, Machine):
        return
    if why_not(by.profil, "acte.importer") or by.departement_id != departement:
        raise ImportInterdit

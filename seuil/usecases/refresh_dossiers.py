"""Recompute what the facts of dossiers entail: deadlines, situation, then work."""

import multiprocessing
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from seuil.accompagnements.queries import faits as accompagnements
from seuil.conservation.queries.dossiers import list_limites
from seuil.diagnostics import queries as diagnostics
from seuil.diagnostics.rules import list_transmissions
from seuil.dossiers.queries import list_classes
from seuil.echeances.operations import delete_projections, refresh_echeances
from seuil.echeances.rules.accomplies import DSF_SERVES, JoursEnAval, name_rendu
from seuil.echeances.rules.calculs import EcheanceCalculee
from seuil.engines import droit
from seuil.kernel.bulk import as_array, paused_collector
from seuil.kernel.contexte import acting_as_machine
from seuil.recherche.operations import delete_mentions, refresh_mentions
from seuil.travail import queries as travail
from seuil.travail.operations import record_empreintes, refresh_taches
from seuil.travail.rules.besoins import (
    REGLES_LEGALES,
    Besoin,
    EcheanceLue,
    Etat,
    compute_besoins_legaux,
    makes_work,
)
from seuil.travail.rules.devoirs import list_regles_des_devoirs
from seuil.travail.rules.etapes import DsfLu, add_en_aval
from seuil.travail.rules.taches import compute_devoirs
from seuil.usecases._empreintes import list_stables, read_passage

# Enough to make each query cheap per dossier, little enough for the memory of a small server.
_BATCH = 5000


# The dossiers whose refresh waits for the end of `refresh_postponed`; None outside of it.
_postponed: ContextVar[set[UUID] | None] = ContextVar("postponed", default=None)


@contextmanager
def refresh_postponed(*, on: date) -> Iterator[None]:
    """Refresh once, at the end, what the use cases called inside would refresh one by one.

    For the commands that play thousands of facts: inside, deadlines and tasks are out of date.
    When the block fails nothing is refreshed: it belongs in the transaction that then fails too.
    """
    ids: set[UUID] = set()
    token = _postponed.set(ids)
    try:
        yield
    finally:
        _postponed.reset(token)
    refresh_dossiers(dossier_ids=ids, on=on)


def refresh_dossiers(*, dossier_ids: Collection[UUID], on: date) -> None:
    """Rebuild deadlines, situation and tasks of dossiers; idempotent, nothing else is written.

    `on` is the day of whoever asks. No deadline depends on it; the tasks that have no object any
    more on that day, which nobody would see, are not written.
    """
    postponed = _postponed.get()
    if postponed is not None:
        postponed.update(dossier_ids)
        return
    with transaction.atomic(), paused_collector():
        for ids in _batches(sorted(dossier_ids)):
            _refresh_batch(ids, on)


def _refresh_batch(ids: Sequence[UUID], on: date) -> None:
    # Whoever recorded the fact may read only a part of those from which the rest is computed.
    with acting_as_machine("recalcul", on=on):
        limites = list_limites(dossier_ids=ids)
        if limites:
            # RGPD, art. 18: kept, and used for nothing.
            delete_projections(dossier_ids=limites)
            delete_mentions(dossier_ids=limites)
            refresh_taches(dossier_ids=limites, besoins=())
            ids = [pk for pk in ids if pk not in limites]
        classes = list_classes(dossier_ids=ids)
        if classes:
            # Out of the lists, the work and the dates; found by search.
            delete_projections(dossier_ids=classes)
            refresh_mentions(dossier_ids=classes)
            refresh_taches(dossier_ids=classes, besoins=())
            ids = [pk for pk in ids if pk not in classes]
        _recompute(ids, on)


def _recompute(ids: Sequence[UUID], on: date) -> None:
    refresh_mentions(dossier_ids=ids)
    faits = [
        *accompagnements.list_faits(dossier_ids=ids),
        *diagnostics.list_faits(dossier_ids=ids),
    ]
    aval = _read_aval(ids)
    echeances = refresh_echeances(
        dossier_ids=ids,
        faits_en_aval=faits,
        jours_en_aval=aval.list_jours(),
    )
    lues = [
        EcheanceLue(e.dossier_id, e.regle, e.source_id, e.debut_le, e.le)
        for e in echeances
        if e.regle in REGLES_LEGALES
    ]
    lues = [lue for lue in lues if makes_work(lue, on=on)]
    legaux = compute_besoins_legaux(lues, _read_etats({lue.dossier_id for lue in lues}))
    besoins = [
        *legaux,
        *accompagnements.list_besoins(dossier_ids=ids, echeances=echeances),
        *diagnostics.list_besoins(dossier_ids=ids, echeances=echeances),
        *_list_devoirs(ids, echeances, aval, on),
    ]
    refresh_taches(dossier_ids=ids, besoins=besoins)


@dataclass(frozen=True, slots=True)
class Aval:
    """What packages downstream of the work queue hold of files, read once."""

    dsf: Mapping[UUID, Sequence[DsfLu]]
    operateurs: Mapping[UUID, UUID]
    # The last day of each report and finding of the équipe mobile.
    rendus: Mapping[UUID, Mapping[str, date]]
    # What organisations said of the duties that a rule of the law dates.
    dits: Mapping[UUID, Sequence[travail.RegleDite]]

    def list_jours(self) -> JoursEnAval:
        """Return the days of the facts that make the step of a deadline done."""
        jours: dict[UUID, dict[str, Sequence[date]]] = {}
        for pk, found in self.dsf.items():
            closed = [d.termine_le for d in found if d.termine_le]
            jours[pk] = {"dsf_transmis": list_transmissions(found), "dsf_clos": closed}
        for pk, rendus in self.rendus.items():
            jours.setdefault(pk, {}).update({code: [le] for code, le in rendus.items()})
        for pk, dits in self.dits.items():
            known = jours.setdefault(pk, {})
            for dit in dits:
                code = name_rendu(dit.regle, sans_objet=dit.sans_objet)
                known[code] = [*known.get(code, ()), dit.le]
        return jours


def _read_aval(ids: Sequence[UUID]) -> Aval:
    operateurs = accompagnements.list_operateurs_en_charge(dossier_ids=ids)
    # Of the files entrusted alone: nobody else renders these facts.
    rendus = diagnostics.list_faits_des_devoirs(dossier_ids=operateurs) if operateurs else {}
    return Aval(
        diagnostics.list_dsf_lus(dossier_ids=ids),
        operateurs,
        rendus,
        travail.list_regles_dites(dossier_ids=ids),
    )


def _list_devoirs(
    ids: Sequence[UUID],
    echeances: Sequence[EcheanceCalculee],
    aval: Aval,
    on: date,
) -> list[Besoin]:
    etapes = travail.list_etapes_courantes(
        dossier_ids=ids,
        on=on,
        dsf=aval.dsf,
        operateurs=aval.operateurs,
    )
    if not etapes:
        return []
    etapes = add_en_aval(etapes, aval.rendus)
    regles = list_regles_des_devoirs({e.departement for e in etapes})
    days: dict[tuple[UUID, str], date] = {}
    for e in echeances:
        if e.regle in regles and e.le:
            key = (e.dossier_id, e.regle)
            days[key] = max(e.le, days.get(key, e.le))
    return compute_devoirs(
        etapes,
        annuaire=travail.get_annuaire(departements={e.departement for e in etapes}),
        echeances=days,
        rendus=travail.list_rendus(
            dossier_ids=[e.dossier_id for e in etapes],
            departements={e.departement for e in etapes},
        ),
        on=on,
    )


def refresh_all(*, departement: str, on: date) -> Iterator[int]:
    """Rebuild the dossiers of a département, batch by batch; yields the number done so far.

    Those of which nothing moved since a recomputation that changed nothing are done already.
    """
    with acting_as_machine("recalcul", departement=departement, on=on):
        passage = read_passage(departement=departement, on=on)
    done = passage.inchanges
    if done:
        yield done
    with paused_collector():
        for size in _refresh_side_by_side(list(_batches(list(passage.a_refaire))), on):
            done += size
            yield done
    if passage.a_refaire:
        with acting_as_machine("recalcul", departement=departement, on=on):
            stables = list_stables(passage, departement=departement)
            record_empreintes(empreintes=stables, cadre=passage.cadre, on=on)


def _refresh_side_by_side(batches: Sequence[Sequence[UUID]], on: date) -> Iterator[int]:
    """Refresh the batches two at a time, each in a process of its own where that pays.

    Half of the time is computation, which threads of one interpreter would not share. Inside a
    transaction there is one connection, hence one batch at a time.
    """
    alone = connection.in_atomic_block or len(batches) < 2 or (os.cpu_count() or 1) < 2
    if alone or "fork" not in multiprocessing.get_all_start_methods():
        for batch in batches:
            yield _refresh_one(on, batch)
        return
    # Read before the fork, once for both: the library of public holidays is long to load.
    droit.is_ouvre(on)
    fork = multiprocessing.get_context("fork")
    # Each takes a half: files that came together share their days, which are then computed once.
    middle = len(batches) // 2
    with ExitStack() as stack:
        halves = []
        for half in (batches[:middle], batches[middle:]):
            worker = ProcessPoolExecutor(1, fork, initializer=_connect_anew)
            stack.callback(worker.shutdown, cancel_futures=True)
            halves.append([worker.submit(_refresh_one, on, batch) for batch in half])
        for pair in zip_longest(*halves):
            yield from (done.result() for done in pair if done)


def _connect_anew() -> None:
    """Give this process a connection of its own: one that two processes share survives in neither.

    Replaced rather than closed: to close what was inherited would end the session of the parent.
    """
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)


def _refresh_one(on: date, batch: Sequence[UUID]) -> int:
    refresh_dossiers(dossier_ids=batch, on=on)
    return len(batch)


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _read_etats(ids: Collection[UUID]) -> dict[UUID, Etat]:
    """Return, per dossier, what makes a legal task done."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_ETATS, [DSF_SERVES.days, as_array(ids)])
        return {
            pk: Etat(done, tuple(decisions), tuple(sorties), asked)
            for pk, done, decisions, sorties, asked in cursor.fetchall()
        }


# A DSF ended for an earlier procedure does not count for a later hearing.
_READ_ETATS = """
SELECT d.id,
  EXISTS (SELECT 1 FROM diagnostics_dsf s WHERE s.dossier_id = d.id AND s.fin <> ''
    AND s.termine_le >= coalesce((SELECT max(a.survenu_le) FROM actes_acte a
      WHERE a.dossier_id = d.id AND a.retire_le IS NULL AND a.type = 'assignation'),
      s.termine_le) - %s::int)
  OR EXISTS (SELECT 1 FROM accompagnements_mandat m WHERE m.dossier_id = d.id
    AND m.clos_le IS NULL AND m.reponse = 'accepte'),
  ARRAY(SELECT a.survenu_le FROM actes_acte a
    WHERE a.dossier_id = d.id AND a.retire_le IS NULL AND a.type = 'cfp'),
  ARRAY(SELECT a.survenu_le FROM actes_acte a WHERE a.dossier_id = d.id
    AND a.retire_le IS NULL AND a.type IN ('expulsion', 'depart', 'reprise')),
  EXISTS (SELECT 1 FROM diagnostics_dsf s WHERE s.dossier_id = d.id AND s.fin = '')
FROM dossiers_dossier d WHERE d.id = ANY(%s::uuid[])
"""

"""What the services of the demonstration say of their duties: most done, some late, a few moot."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from random import Random

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import list_reponses
from seuil.dossiers.rules import SuiviRepondu
from seuil.kernel.refusal import Refusal
from seuil.travail.queries import filter_a_dire, filter_taches
from seuil.travail.rules.devoirs import load_devoirs
from seuil.travail.rules.diligences import DiligenceSaisie, ReponseSaisie
from seuil.usecases.record_diligences import record_diligences
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_reponses import record_reponses
from seuil.usecases.request_dsf import request_dsf

_PART_FAITE = 0.85
_PART_SANS_OBJET = 0.04
# Situation, followed, measure: most households are known to nobody.
_REPONSES = (
    ("inconnu", False, ""), ("connu", False, ""), ("connu", True, "ASLL"), ("connu", True, "MASP"),
)  # fmt: skip
_PARTS = (65, 20, 10, 5)


def answer_devoirs(*, services: tuple[Agent, ...], le: date, rng: Random) -> int:
    """Each service answers at once for most of what is due within a week; returns how many."""
    done = 0
    for agent in services:
        said = list(_answers(agent, le, rng))
        done += len(record_diligences(saisies=said, by=agent, on=le))
        done += _record_faits(agent, le, rng)
    return done


def answer_tableaux(*, services: tuple[Agent, ...], le: date, rng: Random) -> int:
    """Each service answers for most of the households of its table; returns how many."""
    return sum(
        len(record_reponses(reponses=list(_tell(agent, le, rng)), by=agent, on=le))
        for agent in services
        if why_not(agent.profil, "suivi.repondre") is None
    )


def _tell(agent: Agent, le: date, rng: Random) -> Iterator[SuiviRepondu]:
    due = filter_a_dire(agent=agent, on=le).filter(due_le__lte=le + timedelta(days=7))
    ids = [*due.order_by("dossier__numero").values_list("dossier_id", flat=True).distinct()]
    known = list_reponses(agent=agent, dossier_ids=ids)
    for pk in ids:
        if rng.random() > _PART_FAITE:
            continue
        ((situation, accompagne, mesure),) = rng.choices(_REPONSES, _PARTS)
        depuis = (le - timedelta(days=rng.randint(30, 400))).replace(day=1) if mesure else None
        former = known.get(pk)
        yield SuiviRepondu(
            pk, situation, accompagne, mesure, depuis, vu=former.pk if former else None
        )


def _list_dues(agent: Agent, le: date) -> Iterator[tuple]:  # type: ignore[type-arg]
    yield from (
        filter_taches(agent=agent, on=le)
        .filter(genre="devoir", due_le__lte=le + timedelta(days=7))
        .order_by("dossier__numero", "devoir", "source_id")
        .values_list("dossier_id", "devoir", "source_id", "visible_le")
    )


def _answers(agent: Agent, le: date, rng: Random) -> Iterator[DiligenceSaisie]:
    par_id = load_devoirs(agent.departement_id).par_id
    for dossier_id, devoir, source_id, visible_le in _list_dues(agent, le):
        if par_id[devoir].closing_fait or rng.random() > _PART_FAITE:
            continue
        faite_le = max(visible_le, le - timedelta(days=rng.randint(0, 12)))
        if rng.random() < _PART_SANS_OBJET:
            motif = "Le ménage a quitté le logement."
            reponse = ReponseSaisie(faite_le, sans_objet=True, motif=motif)
        else:
            reponse = ReponseSaisie(faite_le, f"{par_id[devoir].preuve} : {faite_le:%d/%m/%Y}")
        yield DiligenceSaisie(dossier_id, devoir, source_id, reponse)


def _record_faits(agent: Agent, le: date, rng: Random) -> int:
    """Record the facts that alone close duties, once for a file; returns how many."""
    par_id = load_devoirs(agent.departement_id).par_id
    dues = {
        (pk, fait.code): visible_le
        for pk, devoir, _, visible_le in _list_dues(agent, le)
        if (fait := par_id[devoir].closing_fait) and fait.code in _FAITS
    }
    done = 0
    for (pk, code), visible_le in dues.items():
        if rng.random() > _PART_FAITE:
            continue
        faite_le = max(visible_le, le - timedelta(days=rng.randint(0, 12)))
        # What a colleague recorded meanwhile is not recorded again.
        with suppress(Refusal):
            _FAITS[code](Dossier.objects.get(pk=pk), faite_le, agent, le, rng)
            done += 1
    return done


def _end_dsf(dossier: Dossier, jour: date, by: Agent, on: date, rng: Random) -> None:
    fin = rng.choices(("avec_menage", "sans_rencontre", "carence"), (45, 20, 35))[0]
    sent = None if fin == "carence" else jour
    saisie = FinDsfSaisie(fin, jour, transmis_juge_le=sent, transmis_ccapex_le=jour)
    record_dsf(dossier=dossier, saisie=saisie, by=by, on=on)


def _ask_dsf(dossier: Dossier, jour: date, by: Agent, on: date, _rng: Random) -> None:
    request_dsf(dossier=dossier, demande_le=jour, organisme="Maison des solidarités", by=by, on=on)


_FAITS: Mapping[str, Callable[[Dossier, date, Agent, date, Random], None]] = {
    "dsf_termine": _end_dsf,
    "dsf_transmis": _end_dsf,
    "dsf_demande": _ask_dsf,
}

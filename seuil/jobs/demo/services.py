"""What the services of the demonstration say of their duties: most done, some late, a few moot."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from random import Random

from seuil.acteurs.models import Agent
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.dossiers.rules import SuiviSaisi
from seuil.kernel.refusal import Refusal
from seuil.travail.queries import filter_taches
from seuil.travail.rules.devoirs import load_devoirs
from seuil.travail.rules.diligences import DiligenceSaisie, ReponseSaisie
from seuil.usecases.record_diligences import record_diligences
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_suivi import record_suivi
from seuil.usecases.request_dsf import request_dsf

_PART_FAITE = 0.85
_PART_SANS_OBJET = 0.04


def answer_devoirs(*, services: tuple[Agent, ...], le: date, rng: Random) -> int:
    """Each service answers at once for most of what is due within a week; returns how many."""
    done = 0
    for agent in services:
        said = list(_answers(agent, le, rng))
        done += len(record_diligences(saisies=said, by=agent, on=le))
        done += _record_faits(agent, le, rng)
    return done


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
        if (fait := par_id[devoir].closing_fait)
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


def _tell_suivi(dossier: Dossier, jour: date, by: Agent, on: date, rng: Random) -> None:
    situation = rng.choices(("inconnu", "connu", "sans_reponse"), (55, 35, 10))[0]
    mesure = rng.choice(("", "ASLL", "MASP")) if situation == "connu" else ""
    organisme = by.organisation
    saisie = SuiviSaisi(situation, jour, organisme.nom, mesure=mesure, organisation_id=organisme.pk)
    record_suivi(dossier=dossier, saisie=saisie, by=by, on=on)


def _end_dsf(dossier: Dossier, jour: date, by: Agent, on: date, rng: Random) -> None:
    fin = rng.choices(("avec_menage", "sans_rencontre", "carence"), (45, 20, 35))[0]
    sent = None if fin == "carence" else jour
    saisie = FinDsfSaisie(fin, jour, transmis_juge_le=sent, transmis_ccapex_le=jour)
    record_dsf(dossier=dossier, saisie=saisie, by=by, on=on)


def _ask_dsf(dossier: Dossier, jour: date, by: Agent, on: date, _rng: Random) -> None:
    request_dsf(dossier=dossier, demande_le=jour, organisme="Maison des solidarités", by=by, on=on)


_FAITS: Mapping[str, Callable[[Dossier, date, Agent, date, Random], None]] = {
    "suivi_dit": _tell_suivi,
    "dsf_termine": _end_dsf,
    "dsf_transmis": _end_dsf,
    "dsf_demande": _ask_dsf,
}

"""What the services of the demonstration say of their duties: most done, some late, a few moot."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from seuil.acteurs.models import Agent
from seuil.travail.queries import filter_taches
from seuil.travail.rules.devoirs import load_devoirs
from seuil.travail.rules.diligences import DiligenceSaisie, ReponseSaisie
from seuil.usecases.record_diligences import record_diligences

_PART_FAITE = 0.85
_PART_SANS_OBJET = 0.04


def answer_devoirs(*, services: tuple[Agent, ...], le: date, rng: Random) -> int:
    """Each service answers at once for most of what is due within a week; returns how many."""
    return sum(
        len(record_diligences(saisies=list(_answers(agent, le, rng)), by=agent, on=le))
        for agent in services
    )


def _answers(agent: Agent, le: date, rng: Random) -> Iterator[DiligenceSaisie]:
    par_id = load_devoirs(agent.departement_id).par_id
    rows = (
        filter_taches(agent=agent, on=le)
        .filter(genre="devoir", due_le__lte=le + timedelta(days=7))
        .order_by("dossier__numero", "devoir", "source_id")
        .values_list("dossier_id", "devoir", "source_id", "visible_le")
    )
    for dossier_id, devoir, source_id, visible_le in rows:
        if rng.random() > _PART_FAITE:
            continue
        faite_le = max(visible_le, le - timedelta(days=rng.randint(0, 12)))
        if rng.random() < _PART_SANS_OBJET:
            motif = "Le ménage a quitté le logement."
            reponse = ReponseSaisie(faite_le, sans_objet=True, motif=motif)
        else:
            reponse = ReponseSaisie(faite_le, f"{par_id[devoir].preuve} : {faite_le:%d/%m/%Y}")
        yield DiligenceSaisie(dossier_id, devoir, source_id, reponse)

"""What the services of the demonstration say of their duties: most done, some late, a few moot."""

from datetime import date, timedelta
from random import Random

from seuil.acteurs.models import Agent
from seuil.travail.queries import Rendu, filter_taches
from seuil.travail.rules.devoirs import load_devoirs
from seuil.usecases.record_diligence import record_diligence

_PART_FAITE = 0.85
_PART_SANS_OBJET = 0.04


def answer_devoirs(*, services: tuple[Agent, ...], le: date, rng: Random) -> int:
    """Each service answers for most of what is due within a week; returns how many."""
    done = 0
    for agent in services:
        par_id = load_devoirs(agent.departement_id).par_id
        rows = (
            filter_taches(agent=agent, on=le)
            .filter(genre="devoir", due_le__lte=le + timedelta(days=7))
            .order_by("dossier__numero", "devoir")
            .values_list("dossier__numero", "devoir", "source_id", "visible_le")
        )
        for numero, devoir, source_id, visible_le in list(rows):
            if rng.random() > _PART_FAITE:
                continue
            faite_le = max(visible_le, le - timedelta(days=rng.randint(0, 12)))
            sans_objet = rng.random() < _PART_SANS_OBJET
            preuve = f"{par_id[devoir].preuve} : {faite_le:%d/%m/%Y}"
            record_diligence(
                which=Rendu(numero, devoir, source_id),
                faite_le=faite_le,
                preuve="" if sans_objet else preuve,
                sans_objet=sans_objet,
                motif="Le ménage a quitté le logement." if sans_objet else "",
                by=agent,
                on=le,
            )
            done += 1
    return done

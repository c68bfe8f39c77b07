"""What an agent was typing when its session ended: kept for it alone, encrypted, a day at most."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.connexions.models import Brouillon
from seuil.connexions.rules import write_cle_du_brouillon
from seuil.engines.facteurs import hide
from seuil.kernel.contexte import acting_for

# Longer than any form that people fill; a file is never kept.
_LONGUEUR = 65_536


@transaction.atomic
def record_brouillon(
    *,
    agent: Agent,
    adresse: str,
    champs: Mapping[str, Sequence[str]],
    cle: str,
    on: date,
    at: datetime,
) -> bool:
    """Keep what was typed in the form of a page, in place of what was kept of it; tell whether."""
    text = json.dumps({name: list(values) for name, values in champs.items()})
    if not champs or len(text) > _LONGUEUR:
        return False
    with acting_for(agent.pk, on=on):
        Brouillon.objects.update_or_create(
            agent=agent,
            adresse=write_cle_du_brouillon(adresse, secret=cle),
            defaults={"contenu": hide(text, cle=f"brouillon {agent.pk} {cle}"), "saisi_at": at},
        )
    return True


@transaction.atomic
def delete_brouillon(*, agent: Agent, adresse: str, cle: str, on: date) -> None:
    """Forget what was kept of the form of a page: it was sent."""
    with acting_for(agent.pk, on=on):
        Brouillon.objects.filter(
            agent=agent.pk, adresse=write_cle_du_brouillon(adresse, secret=cle)
        ).delete()

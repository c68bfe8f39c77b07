"""An organisation leaves the directory: never while it follows households."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations import organisations
from seuil.kernel.refusal import Refusal


class MandatsEnCours(Refusal):
    message = (
        "Cet opérateur suit encore des ménages. Attendez la clôture de ses accompagnements, ou"
        " confiez-les à un autre."
    )


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: Agent, on: date) -> Organisation:
    """Close the sheet of an organisation. Raises MandatsEnCours, FicheReservee, TypeTenu."""
    running = Mandat.objects.filter(operateur=organisation, clos_le=None).exclude(reponse="refuse")
    if running.exists():
        raise MandatsEnCours
    return organisations.close_organisation(organisation=organisation, by=by, on=on)

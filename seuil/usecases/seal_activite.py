"""The secretariat publishes the figures of a month: they are frozen as they are that day."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent, Organisation
from seuil.conservation.models import Edition
from seuil.conservation.operations import EditionRefusee, create_edition
from seuil.indicateurs.queries.activite import get_activite
from seuil.indicateurs.rules.activite import bounds_of_month
from seuil.indicateurs.rules.editions import write_contenu
from seuil.usecases._habilitation import require_verbe


@transaction.atomic
def seal_activite(
    *, mois: date, operateur: Organisation | None = None, by: Agent, on: date
) -> Edition:
    """Publish the month, as its first edition or the next one.

    Raises HabilitationRefusee, EditionRefusee.
    """
    require_verbe(by=by, verbe="activite.publier")
    debut, fin = bounds_of_month(mois)
    if on < fin:
        raise EditionRefusee(
            "Ce mois n’est pas fini\N{NO-BREAK SPACE}: ses chiffres se publient après son dernier"
            " jour."
        )
    activite = get_activite(agent=by, on=on, mois=debut, operateur=operateur)
    edition = Edition(
        departement=by.departement_id,
        operateur=operateur,
        mois=debut,
        contenu=write_contenu(activite),
    )
    return create_edition(edition=edition, by=by, on=on)

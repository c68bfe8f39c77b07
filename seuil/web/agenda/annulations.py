"""What calendars were told and is no more: hearings withdrawn or left without object."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from seuil.actes.models import Acte, TypeActe
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.echeances.rules.audiences import FINS
from seuil.web.agenda.queries import Evenement, Filtres, only_reached
from seuil.web.agenda.revisions import find_revision_des_actes

# A calendar that has not read for longer starts again from what it reads.
DUREE = timedelta(days=60)


def list_annulations(*, agent: Agent, on: date, filtres: Filtres) -> list[Evenement]:
    """Return the hearings that files had and have no more since an act of the last days."""
    if why_not(agent.profil, "dossier.lire") or filtres.genre not in {"", "audience"}:
        return []
    acts = Acte.objects.filter(dossier=OuterRef("dossier"))
    recent = acts.filter(
        Q(retire_le__gte=on - DUREE) | Q(type__in=FINS, annonce_le__gte=on - DUREE)
    )
    rows = only_reached(
        Acte.objects.filter(Q(type=TypeActe.AUDIENCE) | Q(audience_le__isnull=False)),
        agent, on, filtres,
    ).filter(Exists(recent), dossier__situation__audience_le=None)  # fmt: skip
    told = rows.annotate(revu_at=find_revision_des_actes("dossier_id"))
    return list(
        {
            dossier_id: Evenement(
                le=survenu_le if type_ == TypeActe.AUDIENCE else audience_le,
                genre="audience",
                dossier_id=dossier_id,
                numero=numero,
                heure=heure,
                revu_at=revu_at,
                annule=True,
            )
            # The last told of each file.
            for dossier_id, numero, type_, survenu_le, audience_le, heure, revu_at in told.order_by(
                "dossier_id", "annonce_le", "survenu_le", "pk"
            ).values_list(
                "dossier_id", "dossier__numero", "type", "survenu_le", "audience_le",
                "audience_heure", "revu_at",
            )
        }.values()
    )  # fmt: skip

"""Where the procedure of one dossier stands, its last debt, its last social follow-up."""

from datetime import date
from decimal import Decimal

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.echeances.models import Situation, SituationDette, SituationSuivi


def get_situation(*, agent: Agent, on: date, dossier: Dossier) -> Situation | None:
    """Return where the procedure of a file stands; None before its first act."""
    return readable(rows=Situation.objects.all(), agent=agent, on=on, dossier=dossier).first()


def get_derniere_dette(*, agent: Agent, on: date, dossier: Dossier) -> SituationDette | None:
    """Return the last debt known; None when there is none or the agent may not read it."""
    return readable(rows=SituationDette.objects.all(), agent=agent, on=on, dossier=dossier).first()


def get_dernier_suivi(*, agent: Agent, on: date, dossier: Dossier) -> str:
    """Return what social services said last; empty when nothing, or not for the agent to read."""
    found = readable(rows=SituationSuivi.objects.all(), agent=agent, on=on, dossier=dossier).first()
    return found.suivi if found else ""


def get_dette(*, dossier: Dossier) -> tuple[Decimal | None, date | None]:
    """Return the last debt known of a dossier already read with it, and its day."""
    found = getattr(dossier, "situation_dette", None)
    return (found.montant, found.constatee_le) if found else (None, None)

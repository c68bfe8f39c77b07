"""Open and end the links through which a file is reached."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Acces, Dossier
from seuil.kernel.contexte import acting_as_machine


def open_acces(
    *,
    dossier_id: UUID,
    relation: str,
    on: date,
    organisation_id: UUID | None = None,
    agent_id: UUID | None = None,
    motif: str = "",
) -> None:
    """Open a link to a file from `on`; a link already open stays as it is."""
    link = Acces(
        dossier_id=dossier_id,
        relation=relation,
        organisation_id=organisation_id,
        agent_id=agent_id,
        motif=motif,
        debut_le=on,
    )
    with acting_as_machine("acces", on=on):
        Acces.objects.bulk_create([link], ignore_conflicts=True)


def close_acces(
    *,
    dossier_id: UUID,
    on: date,
    relation: str | None = None,
    organisation_id: UUID | None = None,
    agent_id: UUID | None = None,
) -> int:
    """End the open links that match, on that day (excluded); return how many were ended."""
    criteria = Q(dossier=dossier_id, fin_le=None)
    if relation:
        criteria &= Q(relation=relation)
    if organisation_id:
        criteria &= Q(organisation=organisation_id)
    if agent_id:
        criteria &= Q(agent=agent_id)
    # A link opened and ended the same day gives access to nothing: [debut, debut).
    with acting_as_machine("acces", on=on):
        return Acces.objects.filter(criteria).update(fin_le=Greatest(F("debut_le"), on))


def close_acces_of(*, acces: Acces, on: date) -> None:
    """End one link on that day (excluded): it opens nothing any more."""
    with acting_as_machine("acces", on=on):
        Acces.objects.filter(pk=acces.pk).update(fin_le=Greatest(F("debut_le"), on))


def lock_exceptionnels(*, agent: Agent) -> None:
    """Make two demands of the same agent wait for one another: each counts those before it."""
    with connection.cursor() as cursor:
        key = f"exceptionnel:{agent.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def record_relecture(*, agent_id: UUID, par: Agent, on: date) -> int:
    """Say that the exceptional accesses of an agent were read again; return how many were not."""
    with acting_as_machine("acces", on=on):
        return Acces.objects.filter(
            agent=agent_id,
            departement=par.departement_id,
            relation=Acces.Relation.BRIS_DE_GLACE,
            relu_le=None,
        ).update(relu_le=on, relu_par=par)


def open_acces_exceptionnel(
    *, dossier: Dossier, agent: Agent, motif: str, expire_at: datetime, on: date
) -> None:
    """Let one agent read a file until an instant. The longest one stays when there are several."""
    link = Acces(
        dossier=dossier,
        relation=Acces.Relation.BRIS_DE_GLACE,
        agent=agent,
        debut_le=on,
        # The day after tomorrow: the instant decides.
        fin_le=on + timedelta(days=2),
        expire_at=expire_at,
        motif=motif,
    )
    with acting_as_machine("acces", on=on):
        Acces.objects.bulk_create([link])

"""Background tasks, found by Procrastinate at start. No legal date depends on one having run."""

from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status as JobStatus

from seuil.acteurs.models import Departement
from seuil.acteurs.operations.agents import suspend_endormis
from seuil.acteurs.operations.machine import Machine
from seuil.audit.operations import seal_journal as seal
from seuil.audit.rules import read_surveillances
from seuil.connexions.operations.courriels import deposit_courriels
from seuil.connexions.operations.perimes import delete_perimes
from seuil.jobs.journal import anchor_all
from seuil.kernel.clock import now, today
from seuil.kernel.contexte import acting_as_machine, counting
from seuil.usecases import purge_dossiers, refresh_dossiers
from seuil.usecases.open_acces import Avis
from seuil.usecases.record_alertes import record_alertes

QUEUE_PROJECTIONS = "projections"
QUEUE_JOURNAL = "journal"
QUEUE_COMPTES = "comptes"
QUEUE_CONSERVATION = "conservation"
QUEUE_REPRISE = "reprise"
QUEUE_COURRIELS = "courriels"
# The queues that exist; the worker of `seuil servir` consumes them all.
QUEUES = (
    QUEUE_PROJECTIONS, QUEUE_JOURNAL, QUEUE_COMPTES, QUEUE_CONSERVATION, QUEUE_REPRISE,
    QUEUE_COURRIELS,
)  # fmt: skip


@app.periodic(cron="15 2 * * *")
@app.task(
    name="refresh_all",
    queue=QUEUE_PROJECTIONS,
    lock="refresh_all",
    queueing_lock="refresh_all",
)
def refresh_all(timestamp: int | None = None) -> None:
    """Rewrite the deadlines, the situation and the work of every dossier.

    Every use case already did so for what it touched: this pass follows a change of the law's
    parameters, and writes nothing where nothing changed.
    """
    with counting("recalcul", on=today()):
        departements = Departement.objects.filter(dossiers__isnull=False).distinct()
        codes = list(departements.order_by("code").values_list("code", flat=True))
    for code in codes:
        for _ in refresh_dossiers.refresh_all(departement=code, on=today(code)):
            pass


@app.periodic(cron="15 4 * * *")
@app.task(
    name="purge_all",
    queue=QUEUE_CONSERVATION,
    lock="purge_all",
    queueing_lock="purge_all",
)
def purge_all(timestamp: int | None = None) -> None:
    """Erase what has been kept long enough, in every département (seuil rgpd purge)."""
    departements = Departement.objects.filter(organisations__isnull=False).distinct()
    for code in departements.order_by("code").values_list("code", flat=True):
        purge_dossiers.purge_dossiers(departement=code, on=today(code), at=now())


@app.periodic(cron="* * * * *")
@app.task(name="seal_journal", queue=QUEUE_JOURNAL, lock="journal", queueing_lock="seal_journal")
def seal_journal(timestamp: int | None = None) -> None:
    """Seal the lines of the journal written since the last minute."""
    seal()


@app.periodic(cron="* * * * *")
@app.task(name="watch_journal", queue=QUEUE_JOURNAL, queueing_lock="watch_journal")
def watch_journal(timestamp: int | None = None) -> None:
    """Tell the officers, within a minute, of what one person's work does not explain."""
    cle = settings.SECRET_KEY if settings.SEUIL_COURRIEL else ""
    record_alertes(
        at=now(),
        on=today(),
        avis=Avis(_write_adresse("alertes"), cle) if cle else None,
        surveillances=read_surveillances(settings.SEUIL_ALERTES_HEURE, settings.SEUIL_ALERTES_JOUR),
    )


def _write_adresse(page: str) -> str:
    """Return the address of a page as agents type it; its path alone when no origin is set."""
    origine = next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    return origine.rstrip("/") + reverse(page)


@app.periodic(cron="10 1 * * *")
@app.task(
    name="anchor_journal", queue=QUEUE_JOURNAL, lock="journal", queueing_lock="anchor_journal"
)
def anchor_journal(timestamp: int | None = None) -> None:
    """Copy the head of each chain outside the database, once a day."""
    with acting_as_machine("journal", on=today()):
        anchor_all(folder=settings.SEUIL_ANCRES)


@app.periodic(cron="* * * * *")
@app.task(
    name="retry_interrompues",
    queue=QUEUE_REPRISE,
    lock="retry_interrompues",
    queueing_lock="retry_interrompues",
    pass_context=True,
)
async def retry_interrompues(context: JobContext, timestamp: int | None = None) -> None:
    """Run again what a killed worker left half done: its lock would stop all that follow.

    Each of our tasks may be run twice. When the same one waits already, that one is enough.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except (AlreadyEnqueued, ConnectorException):
            await manager.finish_job(job, JobStatus.FAILED, delete_job=False)


@app.periodic(cron="* * * * *")
@app.task(
    name="send_courriels",
    queue=QUEUE_COURRIELS,
    lock="send_courriels",
    queueing_lock="send_courriels",
)
def send_courriels(timestamp: int | None = None) -> None:
    """Give the mail server what waits: written with its fact, tried again until it leaves."""
    if settings.SEUIL_COURRIEL:
        deposit_courriels(cle=settings.SECRET_KEY, at=now())


@app.periodic(cron="45 1 * * *")
@app.task(
    name="suspend_comptes_endormis",
    queue=QUEUE_COMPTES,
    lock="suspend_comptes_endormis",
    queueing_lock="suspend_comptes_endormis",
)
def suspend_comptes_endormis(timestamp: int | None = None) -> None:
    """Suspend the accounts that nobody opens, and forget the tries and sessions of the past.

    Signing in checks the habilitation itself: this pass only closes what sleeps.
    """
    suspend_all()
    delete_perimes(at=now())
    call_command("clearsessions")


def suspend_all() -> int:
    """Suspend the sleeping accounts of every département; return how many."""
    codes = Departement.objects.filter(agents__isnull=False).distinct().order_by("code")
    return sum(
        suspend_endormis(
            departement=code,
            jours=settings.SEUIL_SOMMEIL,
            by=Machine("comptes endormis", code),
            on=today(code),
        )
        for code in codes.values_list("code", flat=True)
    )

"""Background tasks, found by Procrastinate at start. No legal date depends on one having run."""

from procrastinate.contrib.django import app

from seuil.acteurs.models import Departement
from seuil.kernel.clock import today
from seuil.kernel.contexte import counting
from seuil.usecases import refresh_dossiers

QUEUE_PROJECTIONS = "projections"
# The queues that exist; the worker of `seuil servir` consumes them all.
QUEUES = (QUEUE_PROJECTIONS,)


@app.periodic(cron="15 2 * * *")
@app.task(
    name="refresh_all",
    queue=QUEUE_PROJECTIONS,
    lock="refresh_all",
    queueing_lock="refresh_all",
)
def refresh_all(timestamp: int | None = None) -> None:  # noqa: ARG001 - given by the schedule
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

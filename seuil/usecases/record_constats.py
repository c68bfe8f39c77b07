"""What the team finds of the regularity of an act."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.diagnostics.models import ConstatRegularite
from seuil.diagnostics.rules import ConstatSaisi
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_constats(
    *,
    dossier: Dossier,
    acte: Acte,
    saisis: Sequence[ConstatSaisi],
    vu_at: datetime | None = None,
    by: Agent,
    on: date,
) -> list[ConstatRegularite]:
    """Add findings on an act of a dossier the author reaches.

    Raises HabilitationRefusee, DossierInaccessible, ConstatRefuse.
    """
    require_dossier(by=by, on=on, verbe="regularite.constater", dossier_id=dossier.pk)
    constats = operations.record_constats(
        dossier=dossier, acte=acte, saisis=saisis, vu_at=vu_at, by=by, on=on
    )
    if constats:
        # A duty of the équipe mobile is done by its findings.
        refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return constats

"""Many households are referred at once to the bodies that make their diagnoses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@dataclass(frozen=True, slots=True)
class LotDemande:
    """What of a batch was recorded, and why the rest was not, dossier by dossier."""

    demandes: tuple[Dsf, ...]
    refus: Mapping[UUID, str]


DEJA_DEMANDE = "Un diagnostic est déjà en cours : il n’est pas demandé deux fois."
SANS_ORGANISME = "Aucun service n’est désigné pour ce ménage : ouvrez son dossier."


@transaction.atomic
def request_dsf_en_lot(*, organismes: Mapping[UUID, str], by: Agent, on: date) -> LotDemande:
    """Record the requests that may be, each to its body; the others are told, row by row.

    Sent twice, each is recorded once. Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="dsf.demander")
    open_ = set(
        Dossier.objects.visible_to(by, on=on, categorie="dsf", operation="ecrire")
        .filter(pk__in=organismes)
        .values_list("pk", flat=True)
    )
    named = {pk: nom for pk, nom in organismes.items() if pk in open_ and nom.strip()}
    demandes, known = operations.request_dsf_en_lot(organismes=named, by=by, on=on)
    refresh_dossiers(dossier_ids=[d.dossier_id for d in demandes], on=on)
    refus = dict.fromkeys(known, DEJA_DEMANDE)
    for pk in organismes:
        if pk not in named:
            refus[pk] = SANS_ORGANISME if pk in open_ else DossierInaccessible.message
    return LotDemande(tuple(demandes), refus)

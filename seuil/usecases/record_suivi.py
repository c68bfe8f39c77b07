"""What a social service says of a household: the fact, then what it changes in the lists."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.dossiers.models import Dossier, SuiviSocial
from seuil.dossiers.operations import menage as operations
from seuil.dossiers.operations._journal import refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu
from seuil.dossiers.queries import find_reponse
from seuil.dossiers.rules import SuiviRepondu, SuiviSaisi
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.record_reponses import record_reponses
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_suivi(*, dossier: Dossier, saisie: SuiviSaisi, by: Agent, on: date) -> SuiviSocial:
    """Record the social follow-up of a dossier the author reaches.

    Told by a service that owes this answer, it is its answer, and ends its duty. Raises
    HabilitationRefusee, DossierInaccessible, DateAVenir, FaitDejaConnu, ReponseRefusee.
    """
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="suivi"
    )
    answered = _answer(dossier, saisie, by, on)
    if answered:
        return answered
    suivi = operations.record_suivi(dossier=dossier, saisie=saisie, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return suivi


def _answer(dossier: Dossier, saisie: SuiviSaisi, by: Agent, on: date) -> SuiviSocial | None:
    """Record it as the answer of the author's own organisation; None when it is not one.

    What is older than its last answer is one more thing known, and no answer.
    """
    known = find_reponse(agent=by, dossier_id=dossier.pk)
    stale = known is not None and known.constate_le > saisie.constate_le
    if why_not(by.profil, "suivi.repondre") or stale:
        return None
    refuse_future(saisie.constate_le, on)
    reponse = SuiviRepondu(
        dossier_id=dossier.pk,
        situation=saisie.situation,
        accompagne=bool(saisie.mesure),
        mesure=saisie.mesure,
        vu=known.pk if known else None,
        constate_le=saisie.constate_le,
        service=saisie.service,
        source=saisie.source,
    )
    new = record_reponses(reponses=[reponse], by=by, on=on)
    if not new:
        raise FaitDejaConnu
    return new[0]

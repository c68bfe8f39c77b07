"""Record what is learnt of the household."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_events
from seuil.dossiers.models import Coordonnee, Dossier, SuiviSocial
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu
from seuil.dossiers.queries import filter_retirables, list_reponses
from seuil.dossiers.rules import SuiviRepondu, SuiviSaisi, why_not_repondre
from seuil.kernel.refusal import Refusal


class ReponseRefusee(Refusal):
    """What is answered contradicts itself, or the calendar."""


class ReponseEntreTemps(Refusal):
    """Another answer came since the page was shown; `autres` are those answers."""

    # What follows, wherever it is told.
    suite = "Cette réponse est gardée\N{NO-BREAK SPACE}: choisissez de nouveau pour la remplacer."
    message = "{qui} répondu autrement entre-temps{ou}. {suite}"

    def __init__(self, autres: Sequence[SuiviSocial], *, by: Agent) -> None:
        own = all(a.par_id == by.pk for a in autres)
        qui, ou = ("Vous avez", " dans une autre fenêtre") if own else ("Un collègue a", "")
        super().__init__(self.message.format(qui=qui, ou=ou, suite=self.suite))
        self.autres = autres


@transaction.atomic
def record_suivi(*, dossier: Dossier, saisie: SuiviSaisi, by: Author, on: date) -> SuiviSocial:
    """Add what a social service says of the household. Raises DateAVenir, FaitDejaConnu."""
    refuse_future(saisie.constate_le, on)
    suivi, created = SuiviSocial.objects.get_or_create(
        dossier=dossier,
        constate_le=saisie.constate_le,
        source=saisie.source,
        defaults={
            "situation": saisie.situation,
            "service": saisie.service,
            "mesure": saisie.mesure,
            "organisation_id": saisie.organisation_id,
        },
    )
    if not created:
        raise FaitDejaConnu
    record_line("suivi.ajoute", dossier, by, on)
    return suivi


@transaction.atomic
def record_reponses(*, reponses: Sequence[SuiviRepondu], by: Agent, on: date) -> list[SuiviSocial]:
    """Add what the agent's organisation answers of households, each after its former answer.

    The same answer again adds nothing. All or none. Raises ReponseRefusee, ReponseEntreTemps.
    """
    for reponse in reponses:
        if why := why_not_repondre(reponse, on=on):
            raise ReponseRefusee(why)
    known = list_reponses(agent=by, dossier_ids={r.dossier_id for r in reponses})
    changed = [r for r in reponses if not _says(known.get(r.dossier_id), r)]
    autres = [k for r in changed if (k := known.get(r.dossier_id)) and k.pk != r.vu]
    if autres:
        raise ReponseEntreTemps(autres, by=by)
    new = [_answer(r, known.get(r.dossier_id), by, on) for r in changed]
    SuiviSocial.objects.bulk_create(new)
    record_events(
        kind="suivi.repondu",
        by=by,
        on=on,
        dossiers=[
            (s.dossier_id, {"corrige": s.remplace_id is not None, "retire": not s.situation})
            for s in new
        ],
    )
    return new


def _says(known: SuiviSocial | None, reponse: SuiviRepondu) -> bool:
    """Tell whether the answer in force already says that, for that act; silence says nothing."""
    if known is None:
        return not reponse.situation
    return (
        known.situation == reponse.situation
        and known.accompagne == reponse.accompagne
        and known.mesure == reponse.mesure
        and known.depuis_le == reponse.depuis_le
        and reponse.acte_id in {None, known.acte_id}
    )


def _answer(reponse: SuiviRepondu, known: SuiviSocial | None, by: Agent, on: date) -> SuiviSocial:
    return SuiviSocial(
        dossier_id=reponse.dossier_id,
        situation=reponse.situation,
        accompagne=reponse.accompagne,
        service=reponse.service,
        mesure=reponse.mesure,
        depuis_le=reponse.depuis_le,
        constate_le=reponse.constate_le or on,
        source=reponse.source or by.organisation.nom[:100],
        organisation=by.organisation,
        par=by,
        acte_id=reponse.acte_id or (known.acte_id if known else None),
        remplace=known,
    )


class RetraitTardif(Refusal):
    message = (
        "Plus rien à annuler\N{NO-BREAK SPACE}: dix minutes sont passées, ou ces réponses ont été"
        " corrigées. Corrigez-les une par une dans le tableau."
    )


@transaction.atomic
def withdraw_reponses(*, ids: Collection[UUID], by: Agent, on: date) -> list[SuiviSocial]:
    """Take back answers of the agent, just given and still in force. Raises RetraitTardif."""
    answers = filter_retirables(agent=by, on=on).filter(pk__parmi=list(ids))
    withdrawn = [SuiviRepondu(dossier_id=a.dossier_id, vu=a.pk) for a in answers]
    if not withdrawn:
        raise RetraitTardif
    return record_reponses(reponses=withdrawn, by=by, on=on)


@transaction.atomic
def record_coordonnee(
    *,
    dossier: Dossier,
    type: str,
    valeur: str,
    source: str,
    by: Author,
    on: date,
) -> Coordonnee:
    """Add a phone number or an e-mail address. Raises FaitDejaConnu."""
    coordonnee, created = Coordonnee.objects.get_or_create(
        dossier=dossier, type=type, valeur=valeur, defaults={"valide_du": on, "source": source}
    )
    if not created:
        raise FaitDejaConnu("Cette coordonnée est déjà connue.")
    record_line("coordonnee.ajoutee", dossier, by, on)
    return coordonnee

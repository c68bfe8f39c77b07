"""Write the dates of the diagnostic social et financier, and the findings on acts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event, record_events
from seuil.diagnostics import rules
from seuil.diagnostics.models import ConstatRegularite, Dsf
from seuil.diagnostics.queries import get_avis, list_questions
from seuil.diagnostics.rules import ConstatSaisi, FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.dossiers import lock_dossier, lock_dossiers
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class DsfDejaEnCours(Refusal):
    message = "Un diagnostic est déjà en cours pour ce ménage : enregistrez d’abord sa fin."


class DsfRefuse(Refusal):
    message = "Ce diagnostic ne peut pas être enregistré."


class ConstatRefuse(Refusal):
    message = "Ce constat ne peut pas être enregistré."


@transaction.atomic
def request_dsf(
    *, dossier: Dossier, demande_le: date | None, organisme: str, by: Agent, on: date
) -> Dsf:
    """Record that the préfet referred the household to an organisme; the day may be unknown.

    Raises DsfRefuse, DsfDejaEnCours.
    """
    if demande_le is not None and demande_le > on:
        raise DsfRefuse("La date de la demande est à venir.")
    lock_dossier(dossier)
    if Dsf.objects.filter(dossier=dossier, fin=Dsf.Fin.EN_COURS).exists():
        raise DsfDejaEnCours
    dsf = Dsf.objects.create(dossier=dossier, demande_le=demande_le, organisme=organisme, par=by)
    _record("dsf.demande", dsf, by, on)
    return dsf


@transaction.atomic
def request_dsf_en_lot(*, organismes: Mapping[UUID, str], by: Agent, on: date) -> list[Dsf]:
    """Record the requests of a batch, made today; return those that were not already in progress.

    The same batch sent twice records each request once.
    """
    lock_dossiers(dossier_ids=organismes)
    known = set(
        Dsf.objects.filter(dossier__id__parmi=list(organismes), fin=Dsf.Fin.EN_COURS).values_list(
            "dossier_id", flat=True
        )
    )
    new = Dsf.objects.bulk_create(
        Dsf(dossier_id=pk, demande_le=on, organisme=organisme, par=by)
        for pk, organisme in organismes.items()
        if pk not in known
    )
    record_events(
        kind="dsf.demande",
        by=by,
        on=on,
        dossiers=[(d.dossier_id, {"dsf": str(d.pk)}) for d in new],
    )
    return new


@transaction.atomic
def withdraw_demandes_dsf(
    *, dsf_ids: Collection[UUID], depuis: datetime, by: Agent, on: date
) -> list[UUID]:
    """Take back requests that the agent has just recorded by mistake, and say so in the journal.

    Only those still waiting, recorded since `depuis`; returns their dossiers.
    """
    found = Dsf.objects.filter(pk__in=dsf_ids, par=by, fin=Dsf.Fin.EN_COURS, created_at__gte=depuis)
    withdrawn = [*found.values_list("pk", "dossier_id", "organisme", "demande_le")]
    # Nobody erases a fact by hand: the machine does, for the one who wrote it and said so.
    with acting_as_machine("correction", on=on):
        Dsf.objects.filter(pk__in=[pk for pk, *_ in withdrawn]).delete()
    record_events(
        kind="dsf.demande_retiree",
        by=by,
        on=on,
        dossiers=[
            (dossier, {"dsf": str(pk), "organisme": organisme, "demande_le": str(le or "")})
            for pk, dossier, organisme, le in withdrawn
        ],
    )
    return [dossier for _, dossier, *_ in withdrawn]


@transaction.atomic
def record_dsf(*, dossier: Dossier, saisie: FinDsfSaisie, by: Agent, on: date) -> Dsf:
    """Record how and when the diagnosis ended and was sent.

    Completes the one in progress, or the one that ended that day (its sending comes later);
    opens one when nobody asked for it. Its author is who ended it, not who sends it afterwards.
    Raises DsfRefuse.
    """
    lock_dossier(dossier)
    known = Dsf.objects.filter(dossier=dossier)
    dsf = (
        known.filter(fin=Dsf.Fin.EN_COURS).first()
        or known.filter(fin=saisie.fin, termine_le=saisie.termine_le).order_by("id").last()
        or Dsf(dossier=dossier)
    )
    reason = rules.why_not_record(**asdict(saisie), demande_le=dsf.demande_le, on=on)
    if reason:
        raise DsfRefuse(reason)
    if dsf.fin == Dsf.Fin.EN_COURS:
        dsf.par = by
    dsf.fin = Dsf.Fin(saisie.fin)
    dsf.termine_le = saisie.termine_le
    dsf.transmis_juge_le = saisie.transmis_juge_le or dsf.transmis_juge_le
    dsf.transmis_ccapex_le = saisie.transmis_ccapex_le or dsf.transmis_ccapex_le
    dsf.save()
    _record("dsf.termine", dsf, by, on)
    return dsf


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
    """Add what a person found of an act; return the rows added, none when nothing changed.

    `vu_at` is the instant of the last finding that the person had before the eyes: what is the
    same as then is not written again, so that a page left open never undoes a colleague's answer.
    Raises ConstatRefuse.
    """
    if acte.dossier_id != dossier.pk:
        raise ConstatRefuse("Cet acte n’est pas de ce dossier.")
    lock_dossier(dossier)
    changes = rules.select_changes(
        saisis,
        get_avis(acte_id=acte.pk, jusqu_at=vu_at) if vu_at else {},
        get_avis(acte_id=acte.pk),
    )
    questions = list_questions(acte=acte)
    for saisi in changes:
        reason = rules.why_not_record_constat(saisi, questions)
        if reason:
            raise ConstatRefuse(reason)
    constats = ConstatRegularite.objects.bulk_create(
        [
            ConstatRegularite(
                dossier=dossier,
                acte=acte,
                question=saisi.question,
                reponse=saisi.reponse,
                observation=saisi.observation,
                constate_le=on,
                par=by,
            )
            for saisi in changes
        ]
    )
    if constats:
        record_event(
            kind="regularite.constat",
            by=by,
            on=on,
            target_type="dossier",
            target_id=dossier.pk,
            details={"acte": str(acte.pk), "questions": [c.question for c in constats]},
        )
    return constats


def _record(kind: str, dsf: Dsf, by: Agent, on: date) -> None:
    record_event(
        kind=kind,
        by=by,
        on=on,
        target_type="dossier",
        target_id=dsf.dossier_id,
        details={"dsf": str(dsf.pk)},
    )

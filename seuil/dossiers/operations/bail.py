"""Record the lease, the debts, the housing aids."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author
from seuil.dossiers.models import AideLogement, Bail, Correction, Dette, Dossier
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.corrections import (
    Pourquoi,
    ValeursChangees,
    record_corrections,
)
from seuil.dossiers.operations.dossiers import FaitDejaConnu, lock_dossier
from seuil.dossiers.rules import AideSaisie, BailSaisi
from seuil.kernel.refusal import Refusal


class BailModifie(Refusal):
    message = (
        "Le bail a été modifié depuis que ce formulaire est ouvert\N{NO-BREAK SPACE}: rouvrez-le"
        " pour voir ce qui est connu, puis recommencez."
    )


class BailIncoherent(Refusal):
    message = "Le bail ne peut pas être renouvelé ou reconduit avant d’avoir été signé."


@transaction.atomic
def record_dette(
    *,
    dossier: Dossier,
    constatee_le: date,
    montant: Decimal,
    source: str,
    by: Author,
    on: date,
) -> Dette:
    """Add a dated amount of debt. Raises DateAVenir, FaitDejaConnu."""
    refuse_future(constatee_le, on)
    dette, created = Dette.objects.get_or_create(
        dossier=dossier, constatee_le=constatee_le, source=source, defaults={"montant": montant}
    )
    if not created:
        raise FaitDejaConnu
    record_line("dette.ajoutee", dossier, by, on)
    return dette


@transaction.atomic
def record_aide(
    *,
    dossier: Dossier,
    saisie: AideSaisie,
    by: Author,
    on: date,
) -> AideLogement:
    """Add what a source states of the housing aid. Raises DateAVenir, FaitDejaConnu."""
    refuse_future(saisie.constatee_le, on)
    aide, created = AideLogement.objects.get_or_create(
        dossier=dossier,
        constatee_le=saisie.constatee_le,
        source=saisie.source,
        defaults={"montant": saisie.montant, "tiers_payant": saisie.tiers_payant},
    )
    if not created:
        raise FaitDejaConnu
    record_line("aide.ajoutee", dossier, by, on)
    return aide


@transaction.atomic
def record_bail(
    *,
    dossier: Dossier,
    saisie: BailSaisi,
    empreinte: str,
    by: Agent,
    on: date,
) -> Bail:
    """Fill or correct the lease; what it said is kept, and the journal says which fields changed.

    `empreinte` is that of the lease as the author read it; empty when there was none.
    Raises DateAVenir, BailIncoherent, BailModifie.
    """
    for le in (saisie.signe_le, saisie.reconduit_le):
        if le is not None:
            refuse_future(le, on)
    if saisie.signe_le and saisie.reconduit_le and saisie.reconduit_le < saisie.signe_le:
        raise BailIncoherent
    lock_dossier(dossier)
    bail = Bail.objects.filter(dossier=dossier).first()
    if (bail.empreinte if bail else "") != empreinte:
        raise BailModifie
    values = asdict(saisie)
    bail = bail or Bail(dossier=dossier)
    details = _describe_changes(bail, values)
    if details:
        before = {champ: getattr(bail, champ) for champ in values}
        for champ, value in values.items():
            setattr(bail, champ, value)
        bail.save()
        source = ValeursChangees("bail", bail.pk, before, values)
        record_corrections(dossier=dossier, changees=source, pourquoi=_APPRIS, by=by, on=on)
        record_line("bail.modifie", dossier, by, on, details)
    return bail


# The form of the lease asks no reason: it is filled as one learns it.
_APPRIS = Pourquoi(Correction.Motif.COMPLEMENT)


def _describe_changes(bail: Bail, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the names of the fields that are filled, corrected, emptied; no value."""
    found: dict[str, list[str]] = {}
    for champ, value in values.items():
        before = getattr(bail, champ)
        if before == value:
            continue
        kind = "remplis" if before in (None, "") else "corriges"
        kind = "effaces" if value in (None, "") else kind
        found.setdefault(kind, []).append(champ)
    return found

"""Write one act, correct it, withdraw it: what it said before is kept, with who and why."""

from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from seuil.actes.models import Acte
from seuil.actes.queries import get_saisie, get_version
from seuil.actes.rules.corrections import (
    CLE,
    Difference,
    list_contradictions,
    list_differences,
    write_differences,
)
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.audit.operations import Author, record_event
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_column, list_columns


class ActeDejaConnu(Refusal):
    message = "Cet acte est déjà enregistré pour ce dossier, à la même date."


class ActeDiffere(Refusal):
    """The same act is recorded with other values: it is to be corrected, or left."""

    def __init__(self, acte: Acte, differences: list[Difference]) -> None:
        noms = {f.name: str(f.verbose_name) for f in list_columns(Acte)}
        super().__init__(
            "Cet acte est déjà enregistré pour ce dossier, à la même date, autrement\u00a0:"
            f" {write_differences(differences, noms)}. Choisissez pourquoi le corriger, ou annulez."
        )
        self.acte = acte


class ActeRetire(Refusal):
    def __init__(self, acte: Acte) -> None:
        super().__init__(
            f"Cet acte a déjà été retiré le {acte.retire_le:%d/%m/%Y} par {acte.retire_par}."
            " Revenez au dossier\u00a0: s’il a eu lieu, enregistrez-le de nouveau."
        )


class ActeCorrigeEntreTemps(Refusal):
    def __init__(self, avant: Acte | None) -> None:
        # Without a former version, the page sent names none that ever was.
        told = f" le {avant.retire_le:%d/%m/%Y} par {avant.retire_par}" if avant else ""
        super().__init__(
            f"Cet acte a été corrigé{told} depuis que cette page est ouverte. Revenez au dossier"
            " pour lire ce qu’il dit maintenant."
        )


@transaction.atomic
def create_acte(*, dossier: Dossier, saisie: ActeSaisi, source: str, by: Author, on: date) -> Acte:
    """Write one act entered by hand. Raises ActeDejaConnu, ActeDiffere."""
    details = asdict(saisie)
    key = {name: details.pop(name) for name in CLE}
    acte, created = Acte.objects.en_vigueur().get_or_create(
        dossier=dossier,
        **key,
        defaults={"id": new_id(), "source": source, "annonce_le": on, **details},
    )
    if not created:
        differences = list_contradictions(get_saisie(acte), saisie) or _list_annonces(acte, on)
        raise ActeDiffere(acte, differences) if differences else ActeDejaConnu
    _record(f"acte.{saisie.type}", acte, by, on)
    return acte


def _list_annonces(acte: Acte, on: date) -> list[Difference]:
    """Return, for a hearing to which one goes back after another was told, the day it is told."""
    if acte.type != "audience":
        return []
    later = Acte.objects.en_vigueur().filter(
        Q(annonce_le__gt=acte.annonce_le) | Q(annonce_le=acte.annonce_le, pk__gt=acte.pk),
        dossier=acte.dossier_id,
        type="audience",
    )
    return [Difference("annonce_le", acte.annonce_le, on)] if later.exists() else []


@transaction.atomic
def replace_acte(
    *,
    acte: Acte,
    saisie: ActeSaisi,
    retrait: RetraitSaisi,
    vu: str,
    source: str,
    by: Author,
    on: date,
    annonce_le: date | None = None,
) -> Acte:
    """Correct an act in force; what it said is kept beside, withdrawn.

    Sent twice, it is corrected once.

    `vu` is what the author saw of it: the version it replaced, empty at first. `annonce_le`, when
    it is told again. Raises ActeRetire, ActeCorrigeEntreTemps, ActeDejaConnu.
    """
    known = _lock(acte)
    told = annonce_le or known.annonce_le
    if not list_differences(get_saisie(known), saisie) and told == known.annonce_le:
        return known
    if vu != get_version(known):
        raise ActeCorrigeEntreTemps(known.remplace)
    _check_key(known, saisie)
    before = _copy_retired(known, retrait, by, on)
    _write(known, saisie, before, source, told)
    before.save(force_insert=True)
    _record("acte.corrige", known, by, on, motif=retrait.motif)
    return known


def _lock(acte: Acte) -> Acte:
    """Return an act as it is now, until the end of the transaction. Raises ActeRetire."""
    known = Acte.objects.select_for_update().get(pk=acte.pk)
    if known.retire_le:
        raise ActeRetire(known)
    return known


def _check_key(acte: Acte, saisie: ActeSaisi) -> None:
    key = {name: getattr(saisie, name) for name in CLE}
    same = Acte.objects.en_vigueur().filter(dossier=acte.dossier_id, **key)
    if same.exclude(pk=acte.pk).exists():
        raise ActeDejaConnu


def _copy_retired(acte: Acte, retrait: RetraitSaisi, by: Author, on: date) -> Acte:
    """Return what an act says, as a row that counts no more; not yet written."""
    before = Acte(**{f.attname: getattr(acte, f.attname) for f in list_columns(Acte)})
    before.pk = new_id()
    for name, value in _describe(retrait, by, on).items():
        setattr(before, name, value)
    return before


def _write(acte: Acte, saisie: ActeSaisi, before: Acte, source: str, told: date) -> None:
    """Write what an act says from now on; the row that it replaces comes after, its place free."""
    values = {**asdict(saisie), "remplace_id": before.pk, "source": source, "annonce_le": told}
    values |= {"lot_id": None, "ligne": None}
    for name, value in values.items():
        setattr(acte, name, value)
    acte.save(update_fields=[get_column(Acte, n.removesuffix("_id")).name for n in values])


@transaction.atomic
def end_acte(*, acte: Acte, retrait: RetraitSaisi, vu: str, by: Author, on: date) -> Acte:
    """Withdraw an act: it stays readable, and counts for nothing any more.

    Raises ActeRetire, ActeCorrigeEntreTemps.
    """
    known = _lock(acte)
    if vu != get_version(known):
        raise ActeCorrigeEntreTemps(known.remplace)
    described = _describe(retrait, by, on)
    Acte.objects.filter(pk=known.pk).update(**described)
    _record("acte.retire", known, by, on, motif=retrait.motif)
    known.refresh_from_db(fields=list(described))
    return known


def _describe(retrait: RetraitSaisi, by: Author, on: date) -> dict[str, object]:
    return {
        "retire_le": on,
        "retire_at": Now(),
        "retire_par": by.author_label[:200],
        "retire_motif": retrait.motif,
        "retire_precision": retrait.precision,
    }


def _record(kind: str, acte: Acte, by: Author, on: date, **details: str) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type="dossier", target_id=acte.dossier_id, details=details
    )

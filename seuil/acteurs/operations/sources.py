"""What public files write in the directory, and the files that are to be cited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import FichePublique, Organisation, ParcCommunal, SourcePublique
from seuil.acteurs.operations.organisations import import_organisations
from seuil.acteurs.rules import OrganismeSaisi
from seuil.audit.operations import Author, record_event
from seuil.kernel.contexte import acting_as_machine


@dataclass(frozen=True, slots=True)
class SourceLue:
    """A public file: of which directory, its name, its day."""

    nature: str
    fichier: str
    fichier_le: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FicheLue:
    """A desk to write: a new sheet (`nouveau`), or columns of one that is there (`pk`)."""

    identifiant: str
    # All that the directory has written on the sheet, once this is.
    champs: Mapping[str, Any]
    nouveau: OrganismeSaisi | None = None
    pk: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def import_fiches(
    *, departement: str, source: SourceLue, fiches: Sequence[FicheLue], by: Author, on: date
) -> int:
    """Write what a public directory says, and that it said it; return how many sheets changed.

    Raises as import_organisations.
    """
    nouveaux = [f.nouveau for f in fiches if f.nouveau]
    changes = {f.pk: f.changes for f in fiches if f.pk and f.changes}
    written = import_organisations(
        departement=departement, nouveaux=nouveaux, changes=changes, by=by, on=on
    )
    noms = {s.nom for s in nouveaux}
    rows = Organisation.objects.filter(departement=departement, nom__in=noms)
    par_nom = dict(rows.values_list("nom", "pk"))
    with acting_as_machine("annuaire", on=on):
        FichePublique.objects.bulk_create(
            (
                FichePublique(
                    organisation_id=f.pk or par_nom[f.nouveau.nom if f.nouveau else ""],
                    nature=source.nature,
                    identifiant=f.identifiant,
                    champs=dict(f.champs),
                )
                for f in fiches
            ),
            update_conflicts=True,
            unique_fields=["organisation", "nature", "identifiant"],
            update_fields=["champs"],
            batch_size=1000,
        )
    record_source(departement=departement, source=source, by=by, on=on)
    return written


@dataclass(frozen=True, slots=True)
class ParcLu:
    """The rented dwellings of a commune in a year, social ones among them."""

    commune: str
    annee: int
    locatif: int
    social: int


@transaction.atomic
def import_parcs(
    *, departement: str, source: SourceLue, parcs: Sequence[ParcLu], by: Author, on: date
) -> int:
    """Write the rented dwellings of communes, in the place of what a former file said of a year."""
    with acting_as_machine("territoire", on=on):
        ParcCommunal.objects.bulk_create(
            (
                ParcCommunal(
                    commune_id=p.commune, annee=p.annee, locatif=p.locatif, social=p.social
                )
                for p in parcs
            ),
            update_conflicts=True,
            unique_fields=["commune", "annee"],
            update_fields=["locatif", "social"],
            batch_size=5000,
        )
    record_source(departement=departement, source=source, by=by, on=on)
    return len(parcs)


@transaction.atomic
def record_source(*, departement: str, source: SourceLue, by: Author, on: date) -> SourcePublique:
    """Write that a public file was read; the same one again is the same line."""
    with acting_as_machine("annuaire", on=on):
        row, created = SourcePublique.objects.get_or_create(
            departement_id=departement,
            nature=source.nature,
            fichier=source.fichier,
            fichier_le=source.fichier_le,
            defaults={"lu_le": on},
        )
        if row.lu_le != on:
            row.lu_le = on
            row.save(update_fields=["lu_le"])
    if created:
        record_event(
            kind="source_publique.lue", by=by, on=on, target_type="departement",
            target_id=departement, details={"nature": source.nature, "fichier": source.fichier},
        )  # fmt: skip
    return row

"""The organisations of the directory."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from seuil.acteurs.models import Organisation, TypeOrganisation
from seuil.acteurs.rules import why_bad_domaine, why_bad_siret
from seuil.audit.operations import Author, record_event
from seuil.kernel.accord import NBSP
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class OrganisationDejaConnue(Refusal):
    message = "Un organisme porte déjà ce nom dans le département."


class SiretFaux(Refusal):
    message = "Ce SIRET est mal recopié."


class DomainesChanges(Refusal):
    """Somebody else wrote other domains since the page was read; the text says both."""


class DomaineFaux(Refusal):
    """What is written is not the domain of an address; the text says which, and what to write."""


@transaction.atomic
def create_organisation(
    *,
    departement: str,
    type: TypeOrganisation | str,
    nom: str,
    by: Author,
    on: date,
    **contact: Any,
) -> Organisation:
    """Add an organisation to the directory.

    Raises OrganisationDejaConnue when the name is taken in the département, or SiretFaux.
    """
    if Organisation.objects.filter(departement=departement, nom=nom).exists():
        raise OrganisationDejaConnue
    communes = contact.pop("communes", ())
    if contact.get("siret") and (reason := why_bad_siret(contact["siret"])):
        raise SiretFaux(reason)
    organisation = Organisation.objects.create(
        departement_id=departement, type=type, nom=nom, **contact
    )
    organisation.communes.set(communes)
    record_event(
        kind="organisation.creee",
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
    )
    return organisation


@transaction.atomic
def record_domaines(
    *,
    organisation: Organisation,
    domaines: Sequence[str],
    vus: Sequence[str] | None = None,
    by: Author,
    on: date,
) -> Organisation:
    """Write the domains of the addresses of an organisation's agents. `vus`: those that were shown.

    Raises DomaineFaux, DomainesChanges.
    """
    for domaine in domaines:
        if reason := why_bad_domaine(domaine):
            raise DomaineFaux(reason)
    # The database lets the machine alone write them: never who invites.
    with acting_as_machine("comptes", on=on):
        locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if vus is not None and locked.domaines not in (list(vus), list(domaines)):
            raise DomainesChanges(_write_change(locked.domaines, domaines))
        organisation.domaines = list(domaines)
        organisation.save(update_fields=["domaines"])
    record_event(
        kind="organisation.domaines",
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
        details={"domaines": list(domaines)},
    )
    return organisation


def _write_change(held: Sequence[str], asked: Sequence[str]) -> str:
    return (
        f"Les domaines ont changé depuis que vous avez ouvert cette page{NBSP}:"
        f" {', '.join(held) or 'aucun'}. Vous écriviez{NBSP}: {', '.join(asked) or 'aucun'}."
        f" Rien n’a été remplacé{NBSP}: gardez ceux en place, ou enregistrez de nouveau les vôtres."
    )


@transaction.atomic
def record_siret(*, organisation: Organisation, siret: str, by: Author, on: date) -> Organisation:
    """Write the SIRET by which an identity provider names the organisation. Raises SiretFaux."""
    if reason := why_bad_siret(siret):
        raise SiretFaux(reason)
    organisation.siret = siret
    organisation.save(update_fields=["siret"])
    record_event(
        kind="organisation.siret",
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
    )
    return organisation

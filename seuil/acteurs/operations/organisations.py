"""The organisations of the directory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent, Commune, Organisation, TypeOrganisation
from seuil.acteurs.rules import (
    COORDONNEES,
    OrganismeSaisi,
    fold_nom,
    why_bad_domaine,
    why_bad_siret,
    why_not_fiche,
)
from seuil.audit.operations import Author, record_event
from seuil.kernel.accord import NBSP
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class OrganisationDejaConnue(Refusal):
    message = "Un organisme porte déjà ce nom dans le département."

    def __init__(self, message: str = "", *, connue: Organisation | None = None) -> None:
        super().__init__(message)
        # The page leads to it.
        self.connue = connue


class SiretFaux(Refusal):
    message = "Ce SIRET est mal recopié."


class FicheReservee(Refusal):
    """Whoever asks may not write that of this sheet; the text says who may."""


class TypeTenu(Refusal):
    message = (
        "Cet organisme a des comptes ouverts, dont les rôles dépendent de son type. Fermez-les"
        " d’abord, ou créez un autre organisme."
    )


class CommuneAilleurs(Refusal):
    message = "Une de ces communes n’est pas du département de l’organisme."


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

    Raises OrganisationDejaConnue when the name or the SIRET is taken in the département, SiretFaux,
    CommuneAilleurs, FicheReservee.
    """
    _check_may(by, departement=departement, champs={"nom", *contact})
    communes = contact.pop("communes", ())
    contact["siret"] = contact.get("siret") or None
    organisation = Organisation(departement_id=departement, type=type, nom=nom, **contact)
    _check_unique(organisation)
    _check_communes(departement, communes)
    with acting_as_machine("annuaire", on=on):
        organisation.save()
        organisation.communes.set(communes)
    _record("organisation.creee", organisation, by, on)
    return organisation


@transaction.atomic
def adjust_organisation(
    *, organisation: Organisation, champs: Mapping[str, Any], by: Author, on: date
) -> list[str]:
    """Write columns of a sheet, `communes` among them; return those that changed.

    The journal keeps what they said. Raises FicheReservee, OrganisationDejaConnue, SiretFaux,
    TypeTenu, CommuneAilleurs.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    asked = {"siret": champs["siret"] or None} if "siret" in champs else {}
    avant = _find_changes(locked, {**champs, **asked})
    if not avant:
        return []
    _check_may(by, departement=locked.departement_id, champs=avant, organisation=locked)
    if "type" in avant and locked.agents.filter(is_active=True).exists():
        raise TypeTenu
    columns = [name for name in avant if name != "communes"]
    for name in columns:
        setattr(locked, name, asked.get(name, champs[name]))
    _check_unique(locked)
    with acting_as_machine("annuaire", on=on):
        if columns:
            locked.save(update_fields=columns)
        if "communes" in avant:
            _check_communes(locked.departement_id, champs["communes"])
            locked.communes.set(champs["communes"])
    _record("organisation.corrigee", locked, by, on, {"avant": avant})
    return list(avant)


@transaction.atomic
def import_organisations(
    *,
    departement: str,
    nouveaux: Sequence[OrganismeSaisi],
    changes: Mapping[UUID, Mapping[str, Any]],
    by: Author,
    on: date,
) -> int:
    """Write a table of organisations that was read and checked; return how many sheets changed.

    Raises FicheReservee, and as adjust_organisation.
    """
    _check_may(by, departement=departement, champs={"type", "communes"})
    links = Organisation.communes.through
    rows = [
        Organisation(
            departement_id=departement,
            siret=s.siret or None,
            **{name: getattr(s, name) for name in ("type", "nom", *sorted(COORDONNEES))},
        )
        for s in nouveaux
    ]
    with acting_as_machine("annuaire", on=on):
        Organisation.objects.bulk_create(rows, batch_size=1000)
        links.objects.bulk_create(
            (
                links(organisation_id=row.pk, commune_id=code)
                for row, saisi in zip(rows, nouveaux, strict=True)
                for code in saisi.communes or ()
            ),
            batch_size=5000,
        )
    if rows:
        record_event(
            kind="organisation.importees",
            by=by,
            on=on,
            target_type="departement",
            target_id=departement,
            details={"nombre": len(rows)},
        )
    known = Organisation.objects.filter(departement=departement, pk__in=changes).order_by("pk")
    return len(rows) + sum(
        bool(adjust_organisation(organisation=row, champs=changes[row.pk], by=by, on=on))
        for row in known
    )


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: Author, on: date) -> Organisation:
    """Say that an organisation is no longer to be turned to. Raises FicheReservee, TypeTenu."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _check_may(by, departement=locked.departement_id, champs={"ferme_le"})
    if locked.ferme_le is None:
        if locked.agents.filter(is_active=True).exists():
            raise TypeTenu("Cet organisme a des comptes ouverts. Fermez-les d’abord.")
        _set_fermeture(locked, on, "organisation.fermee", by, on)
    return locked


@transaction.atomic
def open_organisation(*, organisation: Organisation, by: Author, on: date) -> Organisation:
    """Turn again to an organisation that closed. Raises FicheReservee, OrganisationDejaConnue."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _check_may(by, departement=locked.departement_id, champs={"ferme_le"})
    if locked.ferme_le is not None:
        _check_unique(locked)
        _set_fermeture(locked, None, "organisation.rouverte", by, on)
    return locked


def _set_fermeture(
    organisation: Organisation, le: date | None, kind: str, by: Author, on: date
) -> None:
    organisation.ferme_le = le
    with acting_as_machine("annuaire", on=on):
        organisation.save(update_fields=["ferme_le"])
    _record(kind, organisation, by, on)


def _check_may(
    by: Author,
    *,
    departement: str,
    champs: Collection[str],
    organisation: Organisation | None = None,
) -> None:
    """Refuse an agent who may not write that; the machine was asked by whoever runs the server."""
    if not isinstance(by, Agent):
        return
    sien = organisation is not None and by.organisation_id == organisation.pk
    reason = why_not_fiche(profil=by.profil, sien=sien, champs=champs)
    if by.departement_id != departement:
        reason = "Cet organisme est d’un autre département."
    if reason:
        raise FicheReservee(reason)


def _check_unique(organisation: Organisation) -> None:
    """Refuse a SIRET that is not one, and what another sheet of the département already says."""
    if organisation.siret and (reason := why_bad_siret(organisation.siret)):
        raise SiretFaux(reason)
    others = Organisation.objects.filter(departement=organisation.departement_id)
    others = others.exclude(pk=organisation.pk)
    if organisation.siret:
        same = others.filter(siret=organisation.siret, ferme_le=None).first()
        if same:
            message = f"Ce SIRET est déjà celui de «{NBSP}{same.nom}{NBSP}»."
            raise OrganisationDejaConnue(message, connue=same)
    wanted = fold_nom(organisation.nom)
    names = others.order_by("pk").values_list("pk", "nom")
    found = next((pk for pk, nom in names.iterator() if fold_nom(nom) == wanted), None)
    if found is not None:
        same = others.get(pk=found)
        ferme = " Il est fermé : rouvrez-le." if same.ferme_le else ""
        message = (
            f"«{NBSP}{same.nom}{NBSP}» est déjà dans l’annuaire ({same.get_type_display()}).{ferme}"
        )
        raise OrganisationDejaConnue(message, connue=same)


def _check_communes(departement: str, communes: Collection[str]) -> None:
    found = Commune.objects.filter(departement=departement, pk__in=communes).count()
    if found != len(set(communes)):
        raise CommuneAilleurs


def _find_changes(organisation: Organisation, champs: Mapping[str, Any]) -> dict[str, Any]:
    """Return, by column that changes, what the sheet says today."""
    avant = {
        name: getattr(organisation, name)
        for name, value in champs.items()
        if name != "communes" and getattr(organisation, name) != value
    }
    if "communes" in champs:
        held = sorted(organisation.communes.order_by("code").values_list("code", flat=True))
        if held != sorted(set(champs["communes"])):
            avant["communes"] = held
    return avant


def _record(
    kind: str,
    organisation: Organisation,
    by: Author,
    on: date,
    details: dict[str, Any] | None = None,
) -> None:
    record_event(
        kind=kind,
        by=by,
        on=on,
        target_type="organisation",
        target_id=organisation.pk,
        details=details,
    )


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
    _record("organisation.domaines", organisation, by, on, {"domaines": list(domaines)})
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
    _record("organisation.siret", organisation, by, on)
    return organisation

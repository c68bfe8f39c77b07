"""The formations of the CCAPEX of a département."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent, FormationCcapex
from seuil.acteurs.rules import Formation, why_not
from seuil.audit.operations import Author, record_event
from seuil.kernel.refusal import Refusal


class FormationDejaConnue(Refusal):
    message = "Une formation de la CCAPEX porte déjà ce nom."


class FormationReservee(Refusal):
    message = "Les formations sont tenues par le secrétariat de la CCAPEX et l’administrateur."


class FormationFinie(Refusal):
    message = "Cette formation a déjà pris fin."


@transaction.atomic
def create_formations(
    *, departement: str, formations: Sequence[Formation], by: Author, on: date
) -> list[FormationCcapex]:
    """Add formations, those of a ready-made configuration or one that is typed.

    Raises FormationReservee, FormationDejaConnue.
    """
    _check_may(departement, by)
    noms = [f.nom for f in formations]
    if FormationCcapex.objects.filter(departement=departement, fin_le=None, nom__in=noms).exists():
        raise FormationDejaConnue
    created = [_create(departement, f, on) for f in formations]
    for formation in created:
        _record("formation.creee", formation, by, on)
    return created


@transaction.atomic
def adjust_formation(
    *, formation: FormationCcapex, saisie: Formation, by: Author, on: date
) -> FormationCcapex:
    """Correct a formation: the former row ends, and stays.

    Raises FormationReservee, FormationFinie, FormationDejaConnue.
    """
    locked = _end(formation, by, on)
    (created,) = create_formations(
        departement=locked.departement_id, formations=[saisie], by=by, on=on
    )
    return created


@transaction.atomic
def end_formation(*, formation: FormationCcapex, by: Author, on: date) -> None:
    """Say that a formation no longer meets. Raises FormationReservee, FormationFinie."""
    _end(formation, by, on)


def _end(formation: FormationCcapex, by: Author, on: date) -> FormationCcapex:
    locked = FormationCcapex.objects.select_for_update().get(pk=formation.pk)
    _check_may(locked.departement_id, by)
    if locked.fin_le is not None:
        raise FormationFinie
    locked.fin_le = max(on, locked.debut_le)
    locked.save(update_fields=["fin_le"])
    _record("formation.finie", locked, by, on)
    return locked


def _create(departement: str, formation: Formation, on: date) -> FormationCcapex:
    fields = {**asdict(formation), "membres": list(formation.membres)}
    return FormationCcapex.objects.create(departement_id=departement, debut_le=on, **fields)


def _check_may(departement: str, by: Author) -> None:
    if not isinstance(by, Agent):
        return
    if by.departement_id != departement or why_not(by.profil, "annuaire.tenir"):
        raise FormationReservee


def _record(kind: str, formation: FormationCcapex, by: Author, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="formation", target_id=formation.pk)

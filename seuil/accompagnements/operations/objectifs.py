"""What the convention asks of an operator for a year."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Objectif
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.rules.choix import ObjectifSaisi, why_bad_objectif
from seuil.acteurs.models import Agent, Arrondissement, Organisation, TypeOrganisation
from seuil.acteurs.rules import why_not
from seuil.audit.operations import Author
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal


class ObjectifDejaFixe(Refusal):
    message = "L’objectif de cet opérateur est déjà fixé pour l’année."


class OperateurInconnu(Refusal):
    message = "Cet organisme n’est pas un opérateur de l’équipe mobile du département."


class ObjectifFaux(Refusal):
    """What is asked cannot be; the text says why."""


class ObjectifReserve(Refusal):
    message = "Les objectifs sont tenus par le secrétariat de la CCAPEX et l’administrateur."


class ObjectifTermine(Refusal):
    message = "Cette convention a déjà pris fin."


@transaction.atomic
def create_objectif(
    *,
    operateur: Organisation,
    saisie: ObjectifSaisi,
    arrondissement: Arrondissement | None = None,
    by: Author,
    on: date,
) -> Objectif:
    """Fix what the convention asks for a year.

    Raises ObjectifReserve, OperateurInconnu, ObjectifDejaFixe, ObjectifFaux.
    """
    _check(operateur, saisie, arrondissement, by)
    if Objectif.objects.filter(operateur=operateur, annee=saisie.annee).exists():
        raise ObjectifDejaFixe
    with acting_as_machine("objectifs", on=on):
        objectif = Objectif.objects.create(
            departement_id=operateur.departement_id,
            operateur=operateur,
            arrondissement=arrondissement,
            **asdict(saisie),
        )
    record("objectif.fixe", by, on, "objectif", objectif.pk)
    return objectif


@transaction.atomic
def adjust_objectif(
    *,
    objectif: Objectif,
    saisie: ObjectifSaisi,
    arrondissement: Arrondissement | None = None,
    by: Author,
    on: date,
) -> Objectif:
    """Correct what the convention asks; the journal keeps what was written.

    Raises as create_objectif.
    """
    locked = _lock(objectif)
    _check(locked.operateur, saisie, arrondissement, by)
    same = Objectif.objects.filter(operateur=locked.operateur_id, annee=saisie.annee)
    if same.exclude(pk=locked.pk).exists():
        raise ObjectifDejaFixe
    asked = {**asdict(saisie), "arrondissement_id": arrondissement.pk if arrondissement else None}
    avant = {k: getattr(locked, k) for k, v in asked.items() if getattr(locked, k) != v}
    if not avant:
        return locked
    for name in avant:
        setattr(locked, name, asked[name])
    with acting_as_machine("objectifs", on=on):
        locked.save(update_fields=list(avant))
    record(
        "objectif.corrige", by, on, "objectif", locked.pk, **{k: v or "" for k, v in avant.items()}
    )
    return locked


@transaction.atomic
def end_objectif(*, objectif: Objectif, fin_le: date, by: Author, on: date) -> Objectif:
    """Say on which day the convention stops: no household is entrusted in a month that follows.

    Raises ObjectifReserve, ObjectifFaux, ObjectifTermine.
    """
    locked = _lock(objectif)
    _check_may(locked.operateur, by)
    if locked.fin_le is not None:
        raise ObjectifTermine
    if fin_le.year != locked.annee:
        raise ObjectifFaux(f"La fin d’une convention de {locked.annee} tombe dans cette année.")
    locked.fin_le = fin_le
    with acting_as_machine("objectifs", on=on):
        locked.save(update_fields=["fin_le"])
    record("objectif.termine", by, on, "objectif", locked.pk, fin_le=fin_le.isoformat())
    return locked


def _lock(objectif: Objectif) -> Objectif:
    # Read before it is locked: the policies let each one read it, the machine alone write it.
    return Objectif.objects.select_related("operateur").get(pk=objectif.pk)


def _check(
    operateur: Organisation,
    saisie: ObjectifSaisi,
    arrondissement: Arrondissement | None,
    by: Author,
) -> None:
    _check_may(operateur, by)
    if operateur.type != TypeOrganisation.OPERATEUR or operateur.ferme_le:
        raise OperateurInconnu
    if reason := why_bad_objectif(saisie=saisie, arrondissement=arrondissement is not None):
        raise ObjectifFaux(reason)


def _check_may(operateur: Organisation, by: Author) -> None:
    if not isinstance(by, Agent):
        return
    if by.departement_id != operateur.departement_id:
        raise OperateurInconnu
    if why_not(by.profil, "annuaire.tenir"):
        raise ObjectifReserve

"""What the convention asks of an operator for a year."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Objectif
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.rules.choix import ObjectifSaisi
from seuil.acteurs.models import Arrondissement, Organisation, TypeOrganisation
from seuil.audit.operations import Author
from seuil.kernel.refusal import Refusal


class ObjectifDejaFixe(Refusal):
    message = "L’objectif de cet opérateur est déjà fixé pour l’année."


class OperateurInconnu(Refusal):
    message = "Cet organisme n’est pas un opérateur de l’équipe mobile du département."


@transaction.atomic
def create_objectif(
    *,
    operateur: Organisation,
    saisie: ObjectifSaisi,
    arrondissement: Arrondissement | None = None,
    by: Author,
    on: date,
) -> Objectif:
    """Fix what the convention asks for a year. Raises OperateurInconnu, ObjectifDejaFixe."""
    if operateur.type != TypeOrganisation.OPERATEUR:
        raise OperateurInconnu
    if Objectif.objects.filter(operateur=operateur, annee=saisie.annee).exists():
        raise ObjectifDejaFixe
    objectif = Objectif.objects.create(
        departement_id=operateur.departement_id,
        operateur=operateur,
        arrondissement=arrondissement,
        **asdict(saisie),
    )
    record("objectif.fixe", by, on, "objectif", objectif.pk)
    return objectif

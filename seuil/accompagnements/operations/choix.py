"""The choice of the month: prepared, adjusted, signed."""

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction

from seuil.accompagnements.models import Choix, ChoixLigne, Mandat
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.operations.objectifs import OperateurInconnu
from seuil.accompagnements.rules.priorites import Candidat
from seuil.acteurs.models import Agent, Organisation, TypeOrganisation
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class ChoixDejaSigne(Refusal):
    message = "Le choix du mois est signé : il ne se modifie plus."


class ChoixVide(Refusal):
    message = "Aucun dossier n’est retenu : il n’y a rien à confier à l’opérateur."


class DossierNonEligible(Refusal):
    message = (
        "Ce dossier n’est pas éligible : parc privé, stade suivi par l’équipe mobile, ménage sans"
        " suivi social, sans dossier confié en cours ni clos depuis moins de six mois, audience à"
        " plus de sept jours."
    )


@transaction.atomic
def prepare_choix(*, operateur: Organisation, mois: date, by: Agent, on: date) -> Choix:
    """Return the choice of a month for an operator, begun if it was not.

    Raises OperateurInconnu.
    """
    if (
        operateur.type != TypeOrganisation.OPERATEUR
        or operateur.departement_id != by.departement_id
    ):
        raise OperateurInconnu
    choix, created = Choix.objects.get_or_create(
        operateur=operateur,
        mois=mois.replace(day=1),
        defaults={"departement_id": operateur.departement_id},
    )
    if created:
        record("choix.prepare", by, on, "choix", choix.pk)
    return choix


@transaction.atomic
def adjust_choix(
    *, choix: Choix, dossier: Dossier, retenu: bool, candidat: Candidat | None, by: Agent, on: date
) -> ChoixLigne:
    """Add a dossier to the choice, or remove it, whatever was computed.

    Raises ChoixDejaSigne, DossierNonEligible (added while it may not be).
    """
    lock_open_choix(choix)
    if retenu and candidat is None:
        raise DossierNonEligible
    ligne, _ = ChoixLigne.objects.update_or_create(
        choix=choix,
        dossier=dossier,
        defaults={
            "retenu": retenu,
            "score": candidat.score if candidat else 0,
            "criteres": [c.as_dict() for c in candidat.criteres] if candidat else [],
        },
    )
    kind = "choix.dossier_ajoute" if retenu else "choix.dossier_retire"
    record(kind, by, on, "dossier", dossier.pk, choix=str(choix.pk))
    return ligne


@transaction.atomic
def sign_choix(*, choix: Choix, retenus: Collection[Candidat], by: Agent, on: date) -> list[Mandat]:
    """Sign the choice: keep what was shown of each dossier and open its mandate.

    Raises ChoixDejaSigne, ChoixVide, DossierNonEligible (entrusted elsewhere meanwhile).
    """
    signed = lock_open_choix(choix)
    if not retenus:
        raise ChoixVide
    ChoixLigne.objects.bulk_create(
        [
            ChoixLigne(
                choix=signed,
                dossier_id=c.dossier_id,
                retenu=True,
                score=c.score,
                criteres=[critere.as_dict() for critere in c.criteres],
            )
            for c in retenus
        ],
        update_conflicts=True,
        unique_fields=["choix", "dossier"],
        update_fields=["retenu", "score", "criteres"],
    )
    # A dossier added before, and no longer eligible today, is not entrusted.
    ChoixLigne.objects.filter(choix=signed, retenu=True).exclude(
        dossier__in=[c.dossier_id for c in retenus]
    ).update(retenu=False)
    try:
        with transaction.atomic():
            mandats = Mandat.objects.bulk_create(
                [
                    Mandat(
                        dossier_id=c.dossier_id,
                        operateur_id=signed.operateur_id,
                        choix=signed,
                        stade=c.stade,
                        transmis_le=on,
                    )
                    for c in retenus
                ]
            )
    except IntegrityError as error:
        raise DossierNonEligible(
            "Un des dossiers retenus vient d’être confié par ailleurs : relisez la proposition."
        ) from error
    signed.signe_le = on
    signed.signe_par = by
    signed.save(update_fields=["signe_le", "signe_par"])
    choix.signe_le, choix.signe_par = on, by
    record("choix.signe", by, on, "choix", signed.pk, mandats=len(mandats))
    return mandats


def lock_open_choix(choix: Choix) -> Choix:
    """Return the choice, locked until the end of the transaction. Raises ChoixDejaSigne."""
    locked = Choix.objects.select_for_update().get(pk=choix.pk)
    if locked.signe_le is not None:
        raise ChoixDejaSigne
    return locked

"""A value corrected on screen: what is computed from it is computed as if it had been right."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Correction, Dossier, Logement, Personne
from seuil.dossiers.models.groupes import GROUPES, find_ligne
from seuil.dossiers.operations import corrections
from seuil.dossiers.operations.bailleurs import set_cle_bailleur
from seuil.dossiers.operations.dossiers import set_cle
from seuil.dossiers.queries import list_dossiers_du_bailleur
from seuil.dossiers.rules import FaitAjuste, compute_cle
from seuil.kernel.contexte import acting_as_machine
from seuil.recherche.operations import refresh_mentions
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def adjust_fait(
    *, dossier: Dossier, saisie: FaitAjuste, by: Agent, on: date
) -> Sequence[Correction]:
    """Correct one row of a dossier that the author reaches, and recompute what it entails.

    Raises HabilitationRefusee, DossierInaccessible, LigneDisparue, FaitModifie, ValeursRefusees,
    DateAVenir.
    """
    _require(dossier, saisie.groupe, by, on)
    done = corrections.adjust_fait(dossier=dossier, saisie=saisie, by=by, on=on)
    if done:
        _recompute(dossier, saisie, on)
    return done


def _recompute(dossier: Dossier, saisie: FaitAjuste, on: date) -> None:
    with acting_as_machine("correction", on=on, departement=dossier.departement_id):
        if saisie.groupe in {"personne", "logement"}:
            refresh_cle(dossier=dossier)
        if saisie.groupe == "bailleur":
            _refresh_bailleur(dossier, saisie, on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)


def _refresh_bailleur(dossier: Dossier, saisie: FaitAjuste, on: date) -> None:
    """Recompute the files that share the landlord: they are found by it, and its nature counts."""
    bailleur: Any = find_ligne(groupe=GROUPES["bailleur"], dossier=dossier, ligne=saisie.ligne)
    set_cle_bailleur(bailleur=bailleur)
    shared = list_dossiers_du_bailleur(bailleur=bailleur)
    if "nature" in saisie.valeurs:
        refresh_dossiers(dossier_ids=shared, on=on)
    else:
        refresh_mentions(dossier_ids=shared)


def refresh_cle(*, dossier: Dossier) -> bool:
    """Give a file the key of its name and address as they are now; False when another has it."""
    people = Personne.objects.filter(dossier=dossier, qualite="titulaire").order_by("rang")
    person, home = people.first(), Logement.objects.filter(dossier=dossier).first()
    if person is None or home is None:
        return True
    cle = compute_cle(
        nom=person.nom, prenom=person.prenom, adresse=home.adresse, commune=home.commune_id
    )
    return set_cle(dossier=dossier, cle=cle)


@transaction.atomic
def add_fait(
    *, dossier: Dossier, groupe: str, valeurs: Mapping[str, Any], by: Agent, on: date
) -> Model:
    """Add a row to a dossier that the author reaches.

    Raises HabilitationRefusee, DossierInaccessible, ValeursRefusees, DateAVenir.
    """
    _require(dossier, groupe, by, on)
    row = corrections.add_fait(dossier=dossier, groupe=groupe, valeurs=valeurs, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return row


def _require(dossier: Dossier, groupe: str, by: Agent, on: date) -> None:
    require_dossier(
        by=by,
        on=on,
        verbe="dossier.completer",
        dossier_id=dossier.pk,
        categorie=GROUPES[groupe].categorie,
    )

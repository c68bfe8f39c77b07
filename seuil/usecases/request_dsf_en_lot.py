"""Many households are referred at once to the bodies that make their diagnoses."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.queries import list_dsf_en_cours
from seuil.dossiers.models import Dossier
from seuil.kernel.tables import get_column
from seuil.travail.queries import Filtres, list_lignes
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@dataclass(frozen=True, slots=True)
class LotDemande:
    """What of a batch was recorded, what already was, and why the rest was not, one by one."""

    demandes: tuple[Dsf, ...]
    # Asked today by the same agent of the same body: the batch was sent twice.
    deja: tuple[Dsf, ...]
    refus: Mapping[UUID, str]


DEJA_DEMANDE = "Un diagnostic est déjà en cours : il n’est pas demandé deux fois."
SANS_ORGANISME = "Aucun service n’est désigné pour ce ménage : ouvrez son dossier."
NON_ATTENDU = (
    "Aucune demande de diagnostic n’est attendue de vous pour ce ménage :"
    " si elle est utile, faites-la depuis son dossier."
)
LONGUEUR: int = get_column(Dsf, "organisme").max_length
TROP_LONG = f"Le nom du service est trop long : {LONGUEUR} caractères au plus."


@transaction.atomic
def request_dsf_en_lot(*, organismes: Mapping[UUID, str], by: Agent, on: date) -> LotDemande:
    """Record the requests that the agent’s queue waits for, each to its body; tell the others.

    Sent twice, each is recorded once. Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="dsf.demander")
    open_ = set(
        Dossier.objects.visible_to(by, on=on, categorie="dsf", operation="ecrire")
        .filter(pk__parmi=list(organismes))
        .values_list("pk", flat=True)
    )
    attendus = _list_attendus(open_, by, on)
    named = {pk: nom for pk, nom in organismes.items() if pk in attendus and _fits(nom)}
    new = operations.request_dsf_en_lot(organismes=named, by=by, on=on)
    refresh_dossiers(dossier_ids=[d.dossier_id for d in new], on=on)
    done = {d.dossier_id for d in new}
    en_cours = {d.dossier_id: d for d in list_dsf_en_cours(dossier_ids=open_ - done)}
    deja = tuple(
        d for pk, d in en_cours.items()
        if (d.par_id, d.demande_le, d.organisme) == (by.pk, on, organismes[pk])
    )  # fmt: skip
    done |= {d.dossier_id for d in deja}
    left = {pk: nom for pk, nom in organismes.items() if pk not in done}
    return LotDemande(tuple(new), deja, dict(_explain(left, open_, en_cours)))


def _list_attendus(ids: Collection[UUID], by: Agent, on: date) -> set[UUID]:
    """Return the households for whom the agent is to ask: not those only to be filed."""
    filtres = Filtres(genre="dsf_a_obtenir", menages=frozenset(ids))
    return {ligne.dossier_id for ligne in list_lignes(agent=by, on=on, filtres=filtres)}


def _fits(nom: str) -> bool:
    return bool(nom.strip()) and len(nom) <= LONGUEUR


def _explain(
    left: Mapping[UUID, str], open_: Collection[UUID], en_cours: Collection[UUID]
) -> Iterator[tuple[UUID, str]]:
    """Yield why each was not recorded."""
    for pk, nom in left.items():
        if pk not in open_:
            yield pk, DossierInaccessible.message
        elif pk in en_cours:
            yield pk, DEJA_DEMANDE
        elif not nom.strip():
            yield pk, SANS_ORGANISME
        else:
            yield pk, NON_ATTENDU if _fits(nom) else TROP_LONG

"""What tells households apart, of files that may be one with what is typed."""

from collections.abc import Collection, Mapping
from uuid import UUID

from seuil.dossiers.models import Coordonnee, Dossier, Logement, Personne
from seuil.dossiers.rules.proches import Identite

_TITULAIRES = ("titulaire", "co_titulaire")


def get_identites(*, dossier_ids: Collection[UUID]) -> dict[UUID, list[Identite]]:
    """Return the holders of the lease of some files, each with the place and the phones.

    For what compares a whole list: the caller has checked who asks.
    """
    ids = list(dossier_ids)
    homes = {h.dossier_id: h for h in Logement.objects.filter(dossier__id__parmi=ids)}
    phones: dict[UUID, set[str]] = {}
    known = Coordonnee.objects.filter(dossier__id__parmi=ids, type="telephone", fin="")
    for pk, value in known.values_list("dossier_id", "valeur"):
        phones.setdefault(pk, set()).add(value)
    found: dict[UUID, list[Identite]] = {}
    people = Personne.objects.filter(dossier__id__parmi=ids, qualite__in=_TITULAIRES)
    for p in people.order_by("-qualite", "rang"):
        home = homes.get(p.dossier_id)
        said = Identite(
            p.nom,
            p.prenom,
            home.adresse if home else "",
            home.commune_id if home else "",
            p.ne_le,
            frozenset(phones.get(p.dossier_id, ())),
        )
        found.setdefault(p.dossier_id, []).append(said)
    return found


def get_ouverts_a_la_main(*, departement: str) -> Mapping[UUID, list[Identite]]:
    """Return who the files opened by hand are about, to which a list is compared."""
    rows = Dossier.objects.filter(departement=departement, limite_le=None, ouverture__isnull=False)
    return get_identites(dossier_ids=list(rows.values_list("pk", flat=True)))

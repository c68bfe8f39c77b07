"""The geography: official code, local divisions."""

import csv
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from seuil.acteurs.models import (
    Arrondissement,
    Commune,
    Decoupage,
    Departement,
    NatureDecoupage,
    Organisation,
    Rattachement,
    Secteur,
)
from seuil.acteurs.queries import refresh_geography
from seuil.acteurs.rules import LONGUEUR_NOM, SecteurLu
from seuil.audit.operations import Author, record_event
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.refusal import Refusal

_DATA = Path(__file__).parents[1] / "data"
_COMMUNE_FIELDS = (
    "nom",
    "departement",
    "arrondissement",
    "epci",
    "codes_postaux",
    "population",
    "latitude",
    "longitude",
)


class NomRefuse(Refusal):
    message = f"Donnez un nom de {LONGUEUR_NOM} caractères au plus."


class DecoupageDejaConnu(Refusal):
    message = "Un découpage porte déjà ce nom dans le département."


class SecteurDejaConnu(Refusal):
    message = "Un secteur porte déjà ce nom dans ce découpage."


class CommuneDejaRattachee(Refusal):
    def __init__(self, communes: Collection[str]) -> None:
        super().__init__(f"Déjà dans un autre secteur de ce découpage : {', '.join(communes)}.")


class HorsDepartement(Refusal):
    message = "Cette commune ou cet organisme n’est pas du département du découpage."


@transaction.atomic
def import_geography(*, departements: Collection[str] | None = None) -> None:
    """Load or refresh the official départements, arrondissements and communes.

    `departements` limits the communes to those codes; None loads the country. Source: code
    officiel géographique (INSEE) via Etalab, licence ouverte 2.0.
    """
    Departement.objects.bulk_create(
        (Departement(code=r["code"], nom=r["nom"]) for r in _rows("departements.csv")),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom"],
    )
    known = set(Departement.objects.values_list("code", flat=True))
    Arrondissement.objects.bulk_create(
        (
            Arrondissement(code=r["code"], nom=r["nom"], departement_id=r["departement"])
            for r in _rows("arrondissements.csv")
            if r["departement"] in known
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["nom", "departement"],
    )
    arrondissements = set(Arrondissement.objects.values_list("code", flat=True))
    epci = {r["code"]: r["nom"] for r in _rows("epci.csv")}
    Commune.objects.bulk_create(
        (
            Commune(
                code=r["code"],
                nom=r["nom"],
                departement_id=r["departement"],
                arrondissement_id=r["arrondissement"]
                if r["arrondissement"] in arrondissements
                else None,
                epci=epci.get(r["epci"], "")[:120],
                codes_postaux=[c for c in r["codes_postaux"].replace("|", " ").split() if c],
                population=int(r["population"] or 0),
                latitude=float(r["latitude"]) if r["latitude"] else None,
                longitude=float(r["longitude"]) if r["longitude"] else None,
            )
            for r in _rows("communes.csv")
            if r["departement"] in (known if departements is None else set(departements))
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_COMMUNE_FIELDS,
        batch_size=5000,
    )
    refresh_geography()


@transaction.atomic
def create_decoupage(
    *, departement: str, nature: NatureDecoupage | str, nom: str, by: Author, on: date
) -> Decoupage:
    """Add a local division, without secteur yet. Raises NomRefuse, DecoupageDejaConnu."""
    nom = _check_nom(nom)
    if Decoupage.objects.filter(departement=departement, nom=nom).exists():
        raise DecoupageDejaConnu
    decoupage = Decoupage.objects.create(
        departement_id=departement, nature=NatureDecoupage(nature), nom=nom
    )
    _record_decoupage("decoupage.cree", decoupage, by, on)
    return decoupage


@transaction.atomic
def adjust_decoupage(*, decoupage: Decoupage, nom: str, by: Author, on: date) -> Decoupage:
    """Change the name of a local division. Raises NomRefuse, DecoupageDejaConnu."""
    nom = _check_nom(nom)
    same = Decoupage.objects.filter(departement=decoupage.departement_id, nom=nom)
    if same.exclude(pk=decoupage.pk).exists():
        raise DecoupageDejaConnu
    decoupage.nom = nom
    decoupage.save(update_fields=["nom"])
    _record_decoupage("decoupage.renomme", decoupage, by, on)
    return decoupage


@transaction.atomic
def create_secteur(
    *,
    decoupage: Decoupage,
    nom: str,
    communes: Collection[str],
    organisation: Organisation | None = None,
    by: Author,
    on: date,
) -> Secteur:
    """Add a secteur and the communes it holds.

    Raises NomRefuse, SecteurDejaConnu, HorsDepartement, CommuneDejaRattachee.
    """
    # Two people who place the same commune wait for one another.
    Decoupage.objects.select_for_update().get(pk=decoupage.pk)
    nom = _check_nom(nom)
    if decoupage.secteurs.filter(nom=nom).exists():
        raise SecteurDejaConnu
    _check_departement(decoupage, organisation, communes)
    taken = Rattachement.objects.filter(decoupage=decoupage, commune__in=communes)
    if names := list(
        taken.order_by(*list_alphabet("commune__nom")).values_list("commune__nom", flat=True)
    ):
        raise CommuneDejaRattachee(names)
    secteur = _write_secteur(decoupage, nom, organisation, communes)
    record_event(kind="secteur.cree", by=by, on=on, target_type="secteur", target_id=secteur.pk)
    return secteur


@transaction.atomic
def adjust_secteur(
    *, secteur: Secteur, nom: str, organisation: Organisation | None, by: Author, on: date
) -> Secteur:
    """Change the name of a secteur and the organisation that works there.

    Raises NomRefuse, SecteurDejaConnu, HorsDepartement.
    """
    nom = _check_nom(nom)
    if secteur.decoupage.secteurs.filter(nom=nom).exclude(pk=secteur.pk).exists():
        raise SecteurDejaConnu
    _check_departement(secteur.decoupage, organisation, ())
    secteur.nom, secteur.organisation = nom, organisation
    secteur.save(update_fields=["nom", "organisation"])
    record_event(kind="secteur.modifie", by=by, on=on, target_type="secteur", target_id=secteur.pk)
    return secteur


@transaction.atomic
def replace_secteurs(
    *, decoupage: Decoupage, secteurs: Sequence[SecteurLu], by: Author, on: date
) -> None:
    """Write the secteurs of a division in the place of those it had. Raises HorsDepartement.

    The journal keeps what was there before.
    """
    Decoupage.objects.select_for_update().get(pk=decoupage.pk)
    communes = [code for s in secteurs for code in s.communes]
    _check_departement(decoupage, None, communes)
    known = {o.nom: o for o in Organisation.objects.filter(departement=decoupage.departement_id)}
    if {s.organisme for s in secteurs} - {"", *known}:
        raise HorsDepartement
    Rattachement.objects.filter(decoupage=decoupage).delete()
    decoupage.secteurs.all().delete()
    for lu in secteurs:
        _write_secteur(decoupage, lu.nom, known.get(lu.organisme), lu.communes)
    details = {"secteurs": len(secteurs), "communes": len(communes)}
    _record_decoupage("decoupage.secteurs_importes", decoupage, by, on, details)


def _write_secteur(
    decoupage: Decoupage, nom: str, organisation: Organisation | None, communes: Collection[str]
) -> Secteur:
    secteur = Secteur.objects.create(decoupage=decoupage, nom=nom, organisation=organisation)
    Rattachement.objects.bulk_create(
        Rattachement(decoupage=decoupage, secteur=secteur, commune_id=code) for code in communes
    )
    return secteur


def _check_nom(nom: str) -> str:
    nom = " ".join(nom.split())
    if not 0 < len(nom) <= LONGUEUR_NOM:
        raise NomRefuse
    return nom


def _check_departement(
    decoupage: Decoupage, organisation: Organisation | None, communes: Collection[str]
) -> None:
    departement = decoupage.departement_id
    found = Commune.objects.filter(departement=departement, pk__in=communes).count()
    if found != len(set(communes)) or (
        organisation is not None and organisation.departement_id != departement
    ):
        raise HorsDepartement


def _record_decoupage(
    kind: str,
    decoupage: Decoupage,
    by: Author,
    on: date,
    details: dict[str, Any] | None = None,
) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type="decoupage", target_id=decoupage.pk, details=details
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

"""What a table holds, for its policies: the card of its model, checked against the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.acteurs.matrice import load_matrice
from seuil.kernel.cartes import Carte, CarteFautive, Model, list_domain_models, read_carte
from seuil.kernel.tables import get_table

PORTEES = frozenset({
    "reference", "compte", "departement", "dossier", "acces", "bailleur", "ligne", "tache",
    "journal", "categorie", "titulaire", "machine", "deposee",
})  # fmt: skip
# What they hold is said by no category: the directory, the accounts, the file itself, its links.
_SANS_CATEGORIE = frozenset({
    "reference", "compte", "dossier", "acces", "journal", "titulaire", "machine",
})  # fmt: skip
_DEPARTEMENT = frozenset({"departement", "bailleur", "tache", "dossier", "acces", "deposee"})


@dataclass(frozen=True, slots=True)
class Protegee:
    """What a table holds, for the policies: see `Rls` in kernel/cartes.py."""

    table: str
    portee: str
    categorie: str
    # Foreign key from the table to the first of its parents, and that parent; empty: to the file.
    parent: tuple[str, str] | None
    par_valeur: tuple[str, Mapping[str, str]] | None
    departement: str
    organisation_seule: bool
    # Says where the dwelling is.
    commune: bool

    @property
    def categories(self) -> tuple[str, ...]:
        """All that its rows may hold, what most of them do first."""
        special = set(self.par_valeur[1].values()) if self.par_valeur else set()
        return (self.categorie, *sorted(special - {self.categorie}))


def list_tables() -> list[Protegee]:
    """Return every table of the domain. Raises CarteFautive."""
    return [read_table(m) for m in list_domain_models()]


def read_table(model: Model) -> Protegee:
    """Return what a model says of its table. Raises CarteFautive."""
    carte = read_carte(model)
    rls = carte.rls
    _check(carte)
    columns = {f.name: str(f.column) for f in carte.meta.concrete_fields}
    compared = rls.portee in _DEPARTEMENT or rls.departement_direct
    first = carte.meta.get_field(rls.chemin[0]) if rls.chemin else None
    return Protegee(
        table=carte.table,
        portee=rls.portee,
        categorie=rls.categorie,
        parent=(first.column, get_table(first.related_model)) if first else None,
        par_valeur=rls.par_valeur,
        departement=columns.get("departement", "") if compared else "",
        organisation_seule=rls.organisation_seule,
        commune="commune_code" in columns,
    )


def _check(carte: Carte) -> None:
    rls, label = carte.rls, carte.meta.label
    if rls.portee not in PORTEES:
        raise CarteFautive(f"{label} : {rls.portee} inconnu")
    categories = {rls.categorie, *(rls.par_valeur[1].values() if rls.par_valeur else ())} - {""}
    if rls.portee not in _SANS_CATEGORIE and not categories:
        raise CarteFautive(f"{label} : aucune catégorie")
    if categories - set(load_matrice().categories):
        raise CarteFautive(f"{label} : catégorie absente de la matrice")

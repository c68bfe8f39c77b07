"""A local division arrives as a file: one line for each commune, kept whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from seuil.acteurs.models import Commune, Decoupage, Departement, NatureDecoupage, Organisation
from seuil.acteurs.operations.territoires import (
    DecoupageDejaConnu,
    create_decoupage,
    replace_secteurs,
)
from seuil.acteurs.rules import LigneDecoupage, SecteurLu, read_secteurs
from seuil.audit.operations import Author
from seuil.engines.tabular import Cell, Row, normalise_header, read_table
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal

# What a column may be called, without accent.
_COLONNES = {
    "secteur": ("secteur", "agence", "territoire"),
    "commune": ("commune", "code insee", "insee", "code commune", "commune code insee"),
    "organisme": ("organisme", "organisation"),
}
_MONTRES = 30


class DepartementInconnu(Refusal):
    message = "Ce département n’est pas dans la base : vérifiez son code."


class ColonnesAbsentes(Refusal):
    message = (
        "Le fichier doit avoir une colonne « secteur » et une colonne « commune » (code INSEE) ;"
        " la colonne « organisme » est facultative."
    )


class NatureDifferente(Refusal):
    message = "Un découpage d’une autre nature porte déjà ce nom : donnez-en un autre."


class DecoupageRefuse(Refusal):
    """Lines cannot be read: nothing was kept."""

    def __init__(self, lignes: Sequence[str]) -> None:
        self.lignes = list(lignes[:_MONTRES])
        if len(lignes) > _MONTRES:
            reste = write_pluriel(len(lignes) - _MONTRES, "autre ligne refusée")
            self.lignes.append(f"… et {reste}.")
        super().__init__("\n".join([*self.lignes, "Rien n’a été enregistré."]))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoupageSaisi:
    """The file of a division, and what is said of it; `remplacer` writes over its namesake."""

    fichier: Path
    nom_fichier: str
    departement: str
    nature: NatureDecoupage | str
    nom: str
    remplacer: bool = False


@transaction.atomic
def import_decoupage(*, saisi: DecoupageSaisi, by: Author, on: date) -> Decoupage:
    """Create a local division from a file.

    Raises FileRefused, DepartementInconnu, ColonnesAbsentes, DecoupageRefuse, NomRefuse,
    DecoupageDejaConnu, NatureDifferente.
    """
    departement = saisi.departement
    if not Departement.objects.filter(pk=departement).exists():
        raise DepartementInconnu
    found = _find_namesake(saisi)
    secteurs = _read_secteurs(saisi)
    if found and not saisi.remplacer:
        raise DecoupageDejaConnu
    if found and found.nature != saisi.nature:
        raise NatureDifferente
    decoupage = found or create_decoupage(
        departement=departement, nature=saisi.nature, nom=_clean(saisi.nom), by=by, on=on
    )
    replace_secteurs(decoupage=decoupage, secteurs=secteurs, by=by, on=on)
    return decoupage


def _find_namesake(saisi: DecoupageSaisi) -> Decoupage | None:
    return Decoupage.objects.filter(departement=saisi.departement, nom=_clean(saisi.nom)).first()


def _clean(nom: str) -> str:
    return " ".join(nom.split())


def _read_secteurs(saisi: DecoupageSaisi) -> list[SecteurLu]:
    communes = Commune.objects.filter(departement=saisi.departement).order_by()
    organismes = Organisation.objects.filter(departement=saisi.departement).order_by()
    secteurs, refus = read_secteurs(
        lignes=_read_lignes(saisi.fichier, saisi.nom_fichier),
        departement=saisi.departement,
        communes=set(communes.values_list("pk", flat=True)),
        organismes=set(organismes.values_list("nom", flat=True)),
    )
    if refus:
        raise DecoupageRefuse(refus)
    return secteurs


def _read_lignes(fichier: Path, nom_fichier: str) -> list[LigneDecoupage]:
    known = [name for names in _COLONNES.values() for name in names]
    table = read_table(fichier, name=nom_fichier, known_headers=known)
    headers = [normalise_header(h) for h in table.headers]
    columns = {
        field: next((i for i, h in enumerate(headers) if h in names), None)
        for field, names in _COLONNES.items()
    }
    secteur, commune = columns["secteur"], columns["commune"]
    if secteur is None or commune is None:
        raise ColonnesAbsentes
    return [
        LigneDecoupage(
            numero=row.line,
            secteur=_read_text(row, secteur),
            # A spreadsheet that took the code for a number dropped its zero.
            commune=_read_text(row, commune).upper().zfill(5) if _read_text(row, commune) else "",
            organisme=_read_text(row, columns["organisme"]),
        )
        for row in table.rows
    ]


def _read_text(row: Row, column: int | None) -> str:
    cell: Cell = row.cells[column] if column is not None and column < len(row.cells) else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else " ".join(str(cell).split())

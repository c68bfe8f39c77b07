"""The directory arrives as a table: read whole, what is refused told, the rest written at once."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from seuil.acteurs.models import Agent, TypeOrganisation
from seuil.acteurs.operations import organisations
from seuil.acteurs.queries import Connu, get_territoire, list_connus
from seuil.acteurs.rules import Noms, OrganismeSaisi, fold_nom, split_liste, why_bad_siret
from seuil.engines.tabular import CellRefused, parse_telephone
from seuil.kernel.accord import write_pluriel
from seuil.usecases.receive_tableau import Colonnes, Ligne, Refus, Tableau

COLONNES: Colonnes = {
    "type": ("type", "type d organisme", "categorie"),
    "nom": ("nom", "organisme", "nom de l organisme", "structure", "denomination"),
    "siret": ("siret", "n siret", "numero siret"),
    "adresse": ("adresse", "adresse postale"),
    "telephone": ("telephone", "tel", "numero de telephone"),
    "courriel": ("courriel", "email", "e mail", "mail", "adresse electronique"),
    "horaires": ("horaires", "heures d ouverture", "ouverture"),
    "communes": ("communes", "commune", "code insee", "codes insee", "insee", "perimetre"),
    "secteur": ("secteur", "secteurs", "decoupage", "agence", "arrondissement", "epci"),
}
EXIGEES = ("type", "nom")
_LONGUEURS = {"nom": 150, "adresse": 250, "horaires": 300, "courriel": 254}
_TOUT = {"tout le departement", "departement", "tout"}


@dataclass(slots=True)
class Lecture:
    """What a table says of the directory, before anything is written."""

    tableau: Tableau
    nouveaux: list[OrganismeSaisi] = field(default_factory=list)
    # The organisation, and what it says today of the columns that change.
    changes: list[tuple[Connu, dict[str, Any]]] = field(default_factory=list)
    inchanges: int = 0
    refus: list[Refus] = field(default_factory=list)

    @property
    def a_corriger(self) -> str:
        """The refused lines alone, to be mended and sent again; empty without any."""
        numeros = {r.numero for r in self.refus}
        return self.tableau.write(numeros) if numeros else ""


def prepare_organisations(*, tableau: Tableau, by: Agent) -> Lecture:
    """Compare a table with the directory of the agent's département; write nothing."""
    lecture = Lecture(tableau)
    lecteur = _Lecteur(by)
    groups: dict[str, list[Ligne]] = defaultdict(list)
    for ligne in tableau.lignes:
        groups[fold_nom(ligne["nom"])].append(ligne)
    for lignes in groups.values():
        refus = list(lecteur.refuse(lignes))
        if refus:
            lecture.refus += refus
            told = {r.numero for r in refus}
            lecture.refus += [
                Refus(li.numero, "nom", li["nom"], f"Corrigez d’abord la ligne {min(told)}.")
                for li in lignes
                if li.numero not in told
            ]
            continue
        lecteur.sort(lignes, lecture)
    lecture.refus.sort(key=lambda r: r.numero)
    return lecture


def import_organisations(*, lecture: Lecture, by: Agent, on: date) -> int:
    """Write what a reading accepted, whole; return how many sheets. Raises as the operation."""
    changes = {connu.pk: champs for connu, champs in lecture.changes}
    return organisations.import_organisations(
        departement=by.departement_id,
        nouveaux=lecture.nouveaux,
        changes=changes,
        by=by,
        on=on,
    )


class _Lecteur:
    """What the directory and the geography hold, by what a table may call them."""

    def __init__(self, by: Agent) -> None:
        territoire = get_territoire(agent=by)
        self._noms = Noms({code: nom for code, (nom, _) in territoire.communes.items()})
        self._secteurs: dict[str, list[str]] = {}
        for division in territoire.divisions:
            for nom, codes in division.list_communes().items():
                self._secteurs.setdefault(fold_nom(nom), codes)
        self._types = {
            fold_nom(text): value
            for value, label in TypeOrganisation.choices
            for text in (value, value.replace("_", " "), str(label), str(label).split(" (")[0])
        }
        connus = list_connus(departement=by.departement_id)
        self._par_nom = {fold_nom(c.nom): c for c in connus}
        self._par_siret = {c.siret: c for c in connus if c.siret}
        # SIRET → folded name that took it in this very table.
        self._pris: dict[str, str] = {}

    def refuse(self, lignes: Sequence[Ligne]) -> Iterator[Refus]:
        """Yield why the lines of one organisation are refused."""
        for ligne in lignes:
            found = next(self._refuse(ligne, lignes[0]), None)
            if found:
                yield Refus(ligne.numero, *found)

    def _refuse(self, ligne: Ligne, first: Ligne) -> Iterator[tuple[str, str, str]]:
        nom = fold_nom(ligne["nom"])
        if not nom:
            yield "nom", "", "Écrivez le nom de l’organisme."
        for colonne, longueur in _LONGUEURS.items():
            if len(ligne[colonne]) > longueur:
                yield (
                    colonne,
                    ligne[colonne][:40],
                    f"Raccourcissez : {write_pluriel(longueur, 'caractère')} au plus.",
                )
        type_ = self._types.get(fold_nom(ligne["type"]))
        if type_ is None:
            yield "type", ligne["type"], "Écrivez un des types de la liste, comme « CCAS »."
        yield from self._refuse_siret(ligne, nom)
        connu = self._par_nom.get(nom)
        if connu and type_ and connu.type != type_:
            label = TypeOrganisation(connu.type).label
            yield "type", ligne["type"], f"L’annuaire le connaît comme « {label} »."
        if connu and connu.ferme:
            yield "nom", ligne["nom"], "Cet organisme est fermé : rouvrez-le d’abord."
        yield from self._refuse_contact(ligne)
        for colonne in ("type", "siret", "telephone", "courriel"):
            if ligne[colonne] and first[colonne] and ligne[colonne] != first[colonne]:
                yield colonne, ligne[colonne], f"La ligne {first.numero} dit autre chose."
        yield from self._refuse_perimetre(ligne)

    def _refuse_siret(self, ligne: Ligne, nom: str) -> Iterator[tuple[str, str, str]]:
        siret = _read_siret(ligne["siret"])
        if not siret:
            return
        if reason := why_bad_siret(siret):
            yield "siret", ligne["siret"], reason
        other, connu = self._par_siret.get(siret), self._par_nom.get(nom)
        if other and connu and other.pk != connu.pk:
            yield "siret", ligne["siret"], f"Ce SIRET est déjà celui de « {other.nom} »."
        if self._pris.setdefault(siret, nom) != nom:
            yield "siret", ligne["siret"], "Un autre organisme de ce tableau a ce SIRET."

    def _refuse_contact(self, ligne: Ligne) -> Iterator[tuple[str, str, str]]:
        try:
            parse_telephone(ligne["telephone"])
        except CellRefused as refusal:
            yield "telephone", ligne["telephone"], str(refusal)
        if ligne["courriel"]:
            try:
                validate_email(ligne["courriel"])
            except ValidationError:
                yield "courriel", ligne["courriel"], "Écrivez une adresse comme nom@domaine.fr."

    def _refuse_perimetre(self, ligne: Ligne) -> Iterator[tuple[str, str, str]]:
        for texte, remede in self._noms.read(_list(ligne["communes"]))[1]:
            yield "communes", texte, remede
        for texte in split_liste(_list(ligne["secteur"])):
            if fold_nom(texte) not in self._secteurs:
                yield "secteur", texte, "Aucun découpage n’a ce secteur : reprenez son nom."

    def sort(self, lignes: Sequence[Ligne], lecture: Lecture) -> None:
        """File an organisation whose lines are right: new, changed, or as it was."""
        said = self._merge(lignes)
        connu = self._par_nom.get(fold_nom(said["nom"])) or self._par_siret.get(
            said.get("siret", "")
        )
        if connu is None:
            lecture.nouveaux.append(OrganismeSaisi(**said))
            return
        # Another way of writing the same name is no change.
        if fold_nom(said["nom"]) == fold_nom(connu.nom):
            del said["nom"]
        champs = {
            k: v for k, v in said.items() if k != "type" and v != connu.champs.get(k, connu.nom)
        }
        if champs:
            lecture.changes.append((connu, champs))
        else:
            lecture.inchanges += 1

    def _merge(self, lignes: Sequence[Ligne]) -> dict[str, Any]:
        """Return what the lines say together; a column empty everywhere says nothing."""
        first: dict[str, str] = {}
        codes: set[str] = set()
        told = tout = False
        for ligne in lignes:
            for colonne, texte in ligne.cellules.items():
                if texte:
                    first.setdefault(colonne, texte)
            communes = self._noms.read(_list(ligne["communes"]))[0]
            secteurs = split_liste(_list(ligne["secteur"]))
            codes.update(communes)
            codes.update(c for t in secteurs for c in self._secteurs[fold_nom(t)])
            told = told or bool(communes or secteurs)
            tout = tout or fold_nom(ligne["communes"]) in _TOUT
        said: dict[str, Any] = {
            k: first[k] for k in ("nom", "adresse", "courriel", "horaires") if k in first
        }
        said["type"] = self._types[fold_nom(first["type"])]
        if "siret" in first:
            said["siret"] = _read_siret(first["siret"])
        if "telephone" in first:
            said["telephone"] = parse_telephone(first["telephone"]) or ""
        if told or tout:
            said["communes"] = tuple(sorted(codes))
        return said


def _list(texte: str) -> str:
    return "" if fold_nom(texte) in _TOUT else texte


def _read_siret(texte: str) -> str:
    digits = re.sub(r"[\s.]", "", texte)
    # A spreadsheet that took it for a number dropped its zero.
    return digits.zfill(14) if digits.isdigit() and len(digits) == 13 else digits

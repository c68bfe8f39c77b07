"""A public directory is read: sheets created, or completed where nobody typed anything."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from seuil.acteurs.models import TypeOrganisation
from seuil.acteurs.operations.sources import FicheLue, SourceLue, import_fiches
from seuil.acteurs.queries import Connu, list_codes_communes, list_connus, list_fiches_publiques
from seuil.acteurs.rules import OrganismeSaisi, compute_completion, fold_nom
from seuil.audit.operations import Author
from seuil.engines.tabular import read_flow
from seuil.kernel.refusal import Refusal
from seuil.usecases._guichets import (
    CREES_SANS_PERIMETRE,
    Guichet,
    GuichetRefuse,
    find_wanted,
    read_guichet,
)
from seuil.usecases.receive_tableau import Refus

# Several answer for one commune: none of them is given anything to do there by that alone.
_PLUSIEURS = frozenset({TypeOrganisation.ASSOCIATION, TypeOrganisation.PCB, TypeOrganisation.AUTRE})
_D_UNE_COMMUNE = frozenset({TypeOrganisation.COMMUNE, TypeOrganisation.CCAS})


class DepartementInconnu(Refusal):
    message = "Ce département n’est pas établi dans cette instance : lancez d’abord seuil instance."


@dataclass(frozen=True, slots=True)
class Ecart:
    """What a sheet says and the directory does not: a person typed it, it stays."""

    nom: str
    colonne: str
    tenu: str
    dit: str


@dataclass(slots=True)
class LectureAnnuaire:
    """What a public directory says for a département, before anything is written."""

    departement: str
    source: SourceLue
    nouveaux: list[FicheLue] = field(default_factory=list)
    changes: list[FicheLue] = field(default_factory=list)
    inchanges: int = 0
    # Desks that are of no use here, or doubles of a town hall.
    laisses: int = 0
    ecarts: list[Ecart] = field(default_factory=list)
    refus: list[Refus] = field(default_factory=list)


def prepare_annuaire(*, path: Path, departement: str, source: SourceLue) -> LectureAnnuaire:
    """Compare the file of a directory with that of a département; write nothing.

    Raises FileRefused, DepartementInconnu.
    """
    communes = list_codes_communes(departement=departement)
    if not communes:
        raise DepartementInconnu
    rows = read_flow(path, name=source.fichier, wanted=find_wanted(source.nature, [departement]))
    lecture = LectureAnnuaire(departement, source)
    found = [*_read(rows, lecture, communes)]
    lecteur = _Lecteur(departement, source.nature)
    for guichet in _drop_annexes(found, lecture):
        lecteur.sort(guichet, lecture)
    lecture.refus.sort(key=lambda r: r.numero)
    return lecture


def import_annuaire(*, lecture: LectureAnnuaire, by: Author, on: date) -> int:
    """Write what a reading accepted, whole; return how many sheets."""
    return import_fiches(
        departement=lecture.departement,
        source=lecture.source,
        fiches=[*lecture.nouveaux, *lecture.changes],
        by=by,
        on=on,
    )


def _read(
    rows: list[tuple[int, dict[str, Any]]], lecture: LectureAnnuaire, communes: frozenset[str]
) -> Iterator[Guichet]:
    for numero, row in rows:
        try:
            guichet = read_guichet(lecture.source.nature, numero, row, communes)
        except GuichetRefuse as refusal:
            lecture.refus.append(Refus(numero, refusal.colonne, refusal.texte, refusal.remede))
            continue
        if guichet is None:
            lecture.laisses += 1
        else:
            yield guichet


def _drop_annexes(found: list[Guichet], lecture: LectureAnnuaire) -> Iterator[Guichet]:
    """Keep one town hall by commune: annexes bear its code too."""
    seen: set[str] = set()
    for guichet in sorted(found, key=lambda g: (g.annexe, len(g.nom), g.identifiant)):
        town = guichet.communes[0] if guichet.communes else ""
        if guichet.type == TypeOrganisation.COMMUNE and town:
            if town in seen:
                lecture.laisses += 1
                continue
            seen.add(town)
        yield guichet


class _Lecteur:
    """What the directory of a département holds, by what a desk may be known by."""

    def __init__(self, departement: str, nature: str) -> None:
        connus = list_connus(departement=departement)
        par_pk = {c.pk: c for c in connus}
        self._fiches = list_fiches_publiques(departement=departement, nature=nature)
        self._par_id = {ident: par_pk[pk] for (pk, ident) in self._fiches}
        self._par_siret = {c.siret: c for c in connus if c.siret}
        self._par_nom = {fold_nom(c.nom): c for c in connus}
        self._par_commune = {
            (c.type, c.champs["communes"][0]): c
            for c in connus
            if c.type in _D_UNE_COMMUNE and len(c.champs["communes"]) == 1
        }
        # Sheets that a desk of this directory is already, names and SIRET that this file added.
        self._liees = {pk for (pk, _) in self._fiches}
        self._neufs: set[str] = set()
        # Type → communes that somebody answers for; the empty text: the whole département.
        self._servies: dict[str, set[str]] = defaultdict(set)
        for c in connus:
            if not c.ferme:
                self._servies[c.type].update(c.champs["communes"] or ("",))

    def sort(self, guichet: Guichet, lecture: LectureAnnuaire) -> None:
        """File a desk: a new sheet, one to complete, one that says it already, or refused."""
        connu = self._find(guichet)
        why = self._refuse(guichet, connu)
        if why:
            lecture.refus.append(Refus(guichet.numero, why[0], guichet.nom[:60], why[1]))
        elif connu is None:
            self._add(guichet, lecture)
        elif connu.ferme:
            lecture.laisses += 1
        else:
            self._complete(guichet, connu, lecture)

    def _find(self, guichet: Guichet) -> Connu | None:
        if known := self._par_id.get(guichet.identifiant):
            return known
        if known := self._par_siret.get(guichet.champs.get("siret", "")):
            return known if known.type == guichet.type else None
        if len(guichet.communes) == 1:
            known = self._par_commune.get((guichet.type, guichet.communes[0]))
        return known or self._par_nom.get(fold_nom(guichet.nom))

    def _refuse(self, guichet: Guichet, connu: Connu | None) -> tuple[str, str] | None:
        """Return the column for which a desk is not taken, and what to do; nothing when it is."""
        double = "Un autre guichet a déjà cette fiche, ce nom ou ce SIRET : ajoutez-le à l’écran."
        if connu is not None:
            if connu.type != guichet.type:
                label = TypeOrganisation(connu.type).label
                return "type", f"L’annuaire le connaît comme « {label} » : corrigez sa fiche."
            other_desk = connu.pk in self._liees and guichet.identifiant not in self._par_id
            return ("nom", double) if other_desk and guichet.type not in _D_UNE_COMMUNE else None
        if self._neufs & {fold_nom(guichet.nom), guichet.champs.get("siret", "")}:
            return "nom", double
        if other := self._par_siret.get(guichet.champs.get("siret", "")):
            return "siret", f"Ce SIRET est déjà celui de « {other.nom} »."
        return self._refuse_perimetre(guichet)

    def _refuse_perimetre(self, guichet: Guichet) -> tuple[str, str] | None:
        """Refuse a desk that would answer for everybody, or where another one already does."""
        if not guichet.perimetre and guichet.type not in CREES_SANS_PERIMETRE:
            return "communes", "Le fichier ne dit pas où il intervient : ajoutez-le à l’écran."
        others = self._servies[guichet.type]
        if guichet.type in _PLUSIEURS or not (
            "" in others or others & set(guichet.communes or ("",))
        ):
            return None
        label = TypeOrganisation(guichet.type).label
        return "communes", f"Un autre organisme « {label} » y répond déjà : voyez sa fiche."

    def _add(self, guichet: Guichet, lecture: LectureAnnuaire) -> None:
        saisi = OrganismeSaisi(type=guichet.type, nom=guichet.nom, **guichet.champs)
        lecture.nouveaux.append(
            FicheLue(identifiant=guichet.identifiant, champs=guichet.champs, nouveau=saisi)
        )
        self._servies[guichet.type].update(guichet.communes or ("",))
        self._neufs |= {fold_nom(guichet.nom), guichet.champs.get("siret", "")} - {""}

    def _complete(self, guichet: Guichet, connu: Connu, lecture: LectureAnnuaire) -> None:
        self._liees.add(connu.pk)
        avant = self._fiches.get((connu.pk, guichet.identifiant), {})
        tenus = {**connu.champs, "siret": connu.siret}
        ecrits, autres = compute_completion(dits=guichet.champs, avant=avant, tenus=tenus)
        lecture.ecarts += [
            Ecart(connu.nom, c, _say(tenus[c]), _say(guichet.champs[c])) for c in autres
        ]
        if not ecrits and (connu.pk, guichet.identifiant) in self._fiches:
            lecture.inchanges += 1
            return
        lecture.changes.append(
            FicheLue(
                identifiant=guichet.identifiant, champs={**avant, **ecrits}, pk=connu.pk,
                changes=ecrits,
            )
        )  # fmt: skip


def _say(value: object) -> str:
    return f"{len(value)} communes" if isinstance(value, tuple | list) else str(value or "(vide)")

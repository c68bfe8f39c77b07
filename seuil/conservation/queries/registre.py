"""The register of processing, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from seuil.acteurs.matrice import load_matrice
from seuil.conservation.queries.tables import name_field
from seuil.conservation.rules import Conservation, Regle, load_conservation, write_duree
from seuil.kernel.cartes import CLASSES, Carte, list_cartes


@dataclass(frozen=True, slots=True)
class Traitement:
    """One line of the register of processing: whose data, why, on what basis, who, how long."""

    finalite: str
    bases: Sequence[str]
    profils: Sequence[str]
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Destinataire:
    """Who receives or reads a category, and why."""

    profil: str
    lit: Sequence[str]
    recoit: Sequence[str]
    finalites: Sequence[str]


@dataclass(frozen=True, slots=True)
class TableDecrite:
    """A table: what it holds by class, and the rule that erases it."""

    nom: str
    contenu: Sequence[tuple[str, Sequence[str]]]
    regle: Regle
    duree: str

    @property
    def is_personnelle(self) -> bool:
        return bool(self.contenu)


@dataclass(frozen=True, slots=True)
class Registre:
    """What the public page, the documentation and the AIPD say: all of it from the code."""

    traitements: Sequence[Traitement]
    destinataires: Sequence[Destinataire]
    regles: Sequence[tuple[Regle, str, str]]
    tables: Sequence[TableDecrite]
    categories: Mapping[str, str]
    conservation: Conservation


def get_registre(*, departement: str = "") -> Registre:
    """Return the register of purposes, recipients, categories and durations.

    From the matrix, `class Privacy` of each model and the rules of retention. Names nobody.
    """
    matrice, conservation = load_matrice(), load_conservation(departement)
    traitements = []
    for code, libelle in matrice.finalites.items():
        rules = [(p, r) for p in matrice.profils.values() for r in p.regles if r.finalite == code]
        alone = [p for p in matrice.profils.values() if p.finalite == code]
        if not rules and not alone:
            continue
        read = {c for _, r in rules for c in r.operations}
        bases = dict.fromkeys([*(r.base for _, r in rules), *(p.base for p in alone)])
        traitements.append(
            Traitement(
                finalite=libelle,
                bases=[matrice.bases[b] for b in bases],
                profils=[*dict.fromkeys(p.libelle for p in (*(p for p, _ in rules), *alone))],
                categories=[label for c, label in matrice.categories.items() if c in read],
            )
        )
    return Registre(
        traitements=traitements,
        destinataires=list_destinataires_prevus(),
        regles=[
            (r, conservation.evenements[r.evenement], write_duree(r.mois))
            for r in conservation.regles.values()
        ],
        tables=[_describe_table(carte, conservation) for carte in list_cartes()],
        categories=matrice.categories,
        conservation=conservation,
    )


def list_destinataires_prevus() -> list[Destinataire]:
    """Return, for each profile of the matrix, the categories it reads or receives, and why."""
    matrice = load_matrice()

    def words(codes: Collection[str]) -> list[str]:
        return [label for code, label in matrice.categories.items() if code in codes]

    found = []
    for profil in matrice.profils.values():
        reads = {c for r in profil.regles for c in r.operations if r.allows(c, "lire")}
        gets = {c for r in profil.regles for c in r.operations if r.allows(c, "recevoir")} - reads
        finalites = dict.fromkeys(matrice.finalites[r.finalite] for r in profil.regles)
        if reads or gets:
            found.append(Destinataire(profil.libelle, words(reads), words(gets), [*finalites]))
    return found


def _describe_table(carte: Carte, conservation: Conservation) -> TableDecrite:
    regle = conservation.regles[carte.privacy.retention]
    return TableDecrite(
        nom=str(carte.meta.verbose_name).capitalize(),
        contenu=[
            (label, sorted(name_field(model=carte.model, field=f) for f in carte.classes[code]))
            for code, label in CLASSES.items()
            if code in carte.classes and code != "technique"
        ],
        regle=regle,
        duree=write_duree(regle.mois),
    )

"""The matrix of accesses: matrice.yaml, read strictly, closed by default.

Profile × categories × relation to the dossier × stages × operation → allowed, with its purpose and
its legal basis. Both enforcements are drawn from it: queries (`list_portees`) and the tables that
PostgreSQL's row-level security reads (`list_lignes`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from seuil.strict_yaml import Table, read_table, read_text

OPERATIONS = ("lire", "ecrire", "recevoir")
# Stands for any category: the dossier is known to whoever reads some of it.
DOSSIER = "dossier"
# Lists received come before the dossiers, requests of the people stand beside them.
_SANS_DOSSIER = frozenset({"listes", "droits"})
# Whoever writes reads what it wrote.
JOURS_APRES_MAX = 365
_IMPLIED = {"ecrire": ("lire", "ecrire"), "lire": ("lire",), "recevoir": ("recevoir",)}


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to be concerned by a dossier; `lien`: by a dated link, which may be ended."""

    code: str
    libelle: str
    lien: bool = False
    # Types of organisation that serve the whole département when the directory names no commune.
    sans_commune: tuple[str, ...] = ()
    # How long it holds once what was due is done.
    jours_apres: int = 0
    # The same said of somebody else; the label when nothing else is written.
    tiers: str = ""


@dataclass(frozen=True, slots=True)
class Regle:
    """What a profile may do with categories of the dossiers it has a relation with.

    Stages are ranks, both included.
    """

    relation: str
    operations: Mapping[str, frozenset[str]]
    de: int
    a: int
    finalite: str
    base: str

    def allows(self, categorie: str, operation: str) -> bool:
        return operation in self.operations.get(categorie, ())

    @property
    def knows_dossier(self) -> bool:
        """Tell whether the rule lets know that the dossier exists: it reads some of it."""
        return any("lire" in ops for c, ops in self.operations.items() if c not in _SANS_DOSSIER)


@dataclass(frozen=True, slots=True)
class Profil:
    """Who: a role, in some types of organisation; `verbes` are the pages, `regles` the data."""

    code: str
    libelle: str
    role: str
    organismes: tuple[str, ...] | None
    verbes: frozenset[str]
    regles: tuple[Regle, ...]
    finalite: str = ""
    base: str = ""
    limites: bool = False

    @property
    def code_remis(self) -> bool:
        """Tell whether the profile signs in by a code, without an account."""
        return not self.role


@dataclass(frozen=True, slots=True)
class Portee:
    """Through which relation, from and to which stage, a profile reaches a category."""

    relation: str
    de: int
    a: int


@dataclass(frozen=True, slots=True)
class Matrice:
    """The whole file."""

    version: int
    empreinte: str
    categories: Mapping[str, str]
    stades: tuple[str, ...]
    relations: Mapping[str, Relation]
    bases: Mapping[str, str]
    finalites: Mapping[str, str]
    verbes: Mapping[str, str]
    profils: Mapping[str, Profil]
    _by_role: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def find_profil(self, role: str, organisme: str) -> Profil | None:
        """Return the profile of a role in a type of organisation; None when the file has none."""
        code = self._by_role.get((role, organisme)) or self._by_role.get((role, ""))
        return self.profils.get(code) if code else None


def load_matrice() -> Matrice:
    """Return the matrix shipped with the product.

    Raises FichierIllisible, naming the line, on anything unknown, missing or contradictory.
    """
    return _load()


@cache
def _load() -> Matrice:
    path = Path(__file__).parent / "matrice.yaml"
    return parse_matrice(path.read_bytes())


def parse_matrice(raw: str | bytes, *, fichier: str = "matrice.yaml") -> Matrice:
    """Parse the matrix from YAML text; see load_matrice."""
    text = read_text(raw, fichier=fichier)
    data = read_table(text=text, fichier=fichier)
    data.check_keys((
        "version", "categories", "stades", "relations", "bases", "finalites", "verbes", "profils",
    ))  # fmt: skip
    known = _Known(
        categories=_read_texts(data.table("categories")),
        stades=data.texts("stades"),
        relations=_read_relations(data.table("relations")),
        bases=_read_texts(data.table("bases")),
        finalites=_read_texts(data.table("finalites")),
        verbes=_read_texts(data.table("verbes")),
    )
    if len(set(known.stades)) != len(known.stades):
        data.refuse("stades", "une liste de stades différents est attendue")
    table = data.table("profils")
    profils = {code: _read_profil(table, code, known) for code in table}
    return Matrice(
        version=data.count("version"),
        empreinte=hashlib.sha256(text.encode()).hexdigest(),
        categories=known.categories,
        stades=known.stades,
        relations=known.relations,
        bases=known.bases,
        finalites=known.finalites,
        verbes=known.verbes,
        profils=profils,
        _by_role=_index_roles(table, profils),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    categories: Mapping[str, str]
    stades: tuple[str, ...]
    relations: Mapping[str, Relation]
    bases: Mapping[str, str]
    finalites: Mapping[str, str]
    verbes: Mapping[str, str]


def _read_texts(table: Table) -> dict[str, str]:
    return {key: table.text(key) for key in table}


def _read_relations(table: Table) -> dict[str, Relation]:
    relations = {}
    for code in table:
        entry = table.table(code)
        entry.check_keys(("libelle",), ("tiers", "lien", "sans_commune", "jours_apres"))
        days = 0
        if "jours_apres" in entry:
            days = entry.count("jours_apres", minimum=0, maximum=JOURS_APRES_MAX)
        relations[code] = Relation(
            code,
            entry.text("libelle"),
            entry.flag("lien"),
            entry.texts("sans_commune", default=()),
            days,
            entry.text("tiers", default=""),
        )
    return relations


def _read_profil(table: Table, code: str, known: _Known) -> Profil:
    entry = table.table(code)
    entry.check_keys(
        ("libelle", "verbes", "regles"),
        ("role", "code", "organismes", "limites", "finalite", "base"),
    )
    if bool(entry.get("role")) == entry.flag("code"):
        entry.refuse("role", "un profil a un rôle, ou se connecte par un code, pas les deux")
    verbes = entry.texts("verbes", among=known.verbes, default=(), unknown="verbe inconnu")
    organismes = entry.get("organismes")
    regles = tuple(_read_regle(rule, known) for rule in entry.tables("regles", default=()))
    if not regles:
        for key, among in (("finalite", known.finalites), ("base", known.bases)):
            entry.choice(key, among)
    _check_regles(entry, regles)
    return Profil(
        code=code,
        libelle=entry.text("libelle"),
        role=entry.text("role", default=""),
        organismes=None if organismes in (None, "autres") else entry.texts("organismes"),
        verbes=frozenset(verbes),
        regles=regles,
        finalite=entry.text("finalite", default=""),
        base=entry.text("base", default=""),
        limites=entry.flag("limites"),
    )


def _read_regle(rule: Table, known: _Known) -> Regle:
    rule.check_keys(
        ("relation", "finalite", "base"), ("lire", "ecrire", "recevoir", "des", "jusqu_a")
    )
    relation = rule.choice("relation", known.relations)
    operations: dict[str, frozenset[str]] = {}
    for operation in OPERATIONS:
        for categorie in rule.texts(operation, default=()):
            if categorie not in known.categories:
                rule.refuse(operation, f"catégorie inconnue, {categorie}")
            if operation in operations.get(categorie, ()):
                rule.refuse(operation, f"la catégorie {categorie} est écrite deux fois")
            operations[categorie] = operations.get(categorie, frozenset()).union(
                _IMPLIED[operation]
            )
    if not operations:
        rule.refuse("relation", "la règle ne donne rien\N{NO-BREAK SPACE}: lire, ecrire, recevoir")
    stades = [rule.choice(key, known.stades, default="") for key in ("des", "jusqu_a")]
    if any(stades) and known.relations[relation].lien:
        rule.refuse("relation", "un lien daté s’ouvre au bon moment\N{NO-BREAK SPACE}: sans stade")
    de = known.stades.index(stades[0]) if stades[0] else 0
    a = known.stades.index(stades[1]) if stades[1] else len(known.stades) - 1
    if a < de:
        rule.refuse("jusqu_a", "ce stade vient avant celui de «\N{NO-BREAK SPACE}des »")
    return Regle(
        relation=relation,
        operations=operations,
        de=de,
        a=a,
        finalite=rule.choice("finalite", known.finalites),
        base=rule.choice("base", known.bases),
    )


def _check_regles(entry: Table, regles: tuple[Regle, ...]) -> None:
    """Refuse two rules of one relation, and a dossier reached without its identity."""
    relations = [r.relation for r in regles]
    for relation in relations:
        if relations.count(relation) > 1:
            entry.refuse("regles", f"deux règles pour la relation {relation}")
    for regle in regles:
        read = {c for c in regle.operations if regle.allows(c, "lire")} - _SANS_DOSSIER
        # A household signs in to its own dossier, a landlord by code to one lease: no name needed.
        if read and "identite" not in read and not entry.flag("code"):
            entry.refuse("regles", f"la relation {regle.relation} lit un dossier sans son identité")


def _index_roles(table: Table, profils: Mapping[str, Profil]) -> dict[tuple[str, str], str]:
    """Return role and type of organisation → profile; the type is empty for all the others."""
    index: dict[tuple[str, str], str] = {}
    for code, profil in profils.items():
        if profil.code_remis:
            continue
        for organisme in profil.organismes or ("",):
            taken = index.setdefault((profil.role, organisme), code)
            if taken != code:
                table.refuse(code, f"le profil {taken} a déjà ce rôle et ce type d’organisme")
    return index


@cache
def list_portees(profil: str, categorie: str, operation: str = "lire") -> tuple[Portee, ...]:
    """Return how a profile reaches a category; empty for whatever the file does not name."""
    found = load_matrice().profils.get(profil)
    if found is None:
        return ()
    return tuple(
        Portee(r.relation, r.de, r.a)
        for r in found.regles
        if (r.knows_dossier if categorie == DOSSIER else r.allows(categorie, operation))
    )


def list_lignes(matrice: Matrice) -> Iterable[tuple[str, str, str, str, int, int]]:
    """Yield the lines of PostgreSQL's table: profile, category, operation, relation, from, to."""
    for profil in matrice.profils.values():
        for regle in profil.regles:
            if regle.knows_dossier:
                yield profil.code, DOSSIER, "lire", regle.relation, regle.de, regle.a
            for categorie, operations in regle.operations.items():
                for operation in sorted(operations):
                    yield (
                        profil.code, categorie, operation, regle.relation, regle.de, regle.a,
                    )  # fmt: skip


__all__ = [
    "Matrice", "Portee", "Profil", "Regle", "Relation", "list_lignes",
    "list_portees", "load_matrice", "parse_matrice",
]  # fmt: skip

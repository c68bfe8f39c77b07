"""The card of a table: what its model says of it, once, for whoever protects, keeps or gives it.

`class Rls`: what a row holds and how it hangs on a file, for the policies and the journal.
`class Privacy`: whose data each column is, how long it is kept, what of it tells of the household.
Nothing is listed elsewhere: what forgets a key that matters is refused (docs/protection.md).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.apps import apps
from django.db import models

from seuil.kernel.tables import get_meta, list_columns

Model = type[models.Model]
# Classes of `class Privacy`, in words; `technique` is not personal.
CLASSES: Mapping[str, str] = {
    "identite": "identité",
    "contact": "adresse et coordonnées",
    "finance": "situation financière",
    "social": "situation sociale",
    "procedure": "procédure",
    "agent": "agents habilités",
    "technique": "technique",
}
# Longer than that, a text may say anything: a person reads it before it is given.
_LONG = 100
_LIBRES = (models.TextField, models.JSONField)


class CarteFautive(ValueError):
    """A model does not say of its table what must be said, or says what nobody understands."""


@dataclass(frozen=True, slots=True)
class Fait:
    """A dated fact that a row is, for how long its file is kept.

    `le` names the column of its day (null: no fact yet); `type` and `sens` those of what it says.
    `contact`: it shows that the household was in touch, or was met. `si`, `sauf`: of the rows where
    each column named has one of the values, or of all the others.
    """

    nature: str
    le: str
    type: str = ""
    sens: str = ""
    contact: bool = False
    si: Mapping[str, Collection[str]] = field(default_factory=dict)
    sauf: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def colonnes(self) -> set[str]:
        """The columns that it names."""
        return {self.le, self.type, self.sens, *self.si, *self.sauf} - {""}


@dataclass(frozen=True, slots=True)
class Rls:
    """What `class Rls` may say."""

    portee: str = "categorie"
    # Of the matrix; see also `par_valeur`: a column and, by its value, another category.
    categorie: str = ""
    par_valeur: tuple[str, Mapping[str, str]] | None = None
    # Foreign keys from the table to the one that names its file, in order.
    chemin: tuple[str, ...] = ()
    # Kept to the organisation that wrote it.
    organisation_seule: bool = False
    # Compared by its own column `departement`: read by the thousand.
    departement_direct: bool = False
    # Why the journal does not follow its changes; columns whose change alone is no line.
    non_suivie: str = ""
    # Columns that the web server writes and never reads; `travaux_lisent`: the worker does.
    secretes: frozenset[str] = frozenset()
    travaux_lisent: bool = False
    muettes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Privacy:
    """What `class Privacy` may say, besides the class of each column."""

    # The rule of conservation/regles.yaml that erases it.
    retention: str = ""
    # Required of a table with a civil date that is erased with its file.
    faits: tuple[Fait, ...] | None = None
    # Columns whose every value is about somebody else, and why; of such rows only (`tiers_si`).
    # Required of a table of the file with a free text.
    tiers: Mapping[str, str] | tuple[()] | None = None
    tiers_si: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carte:
    """All that a model says of its table."""

    model: Model
    rls: Rls
    privacy: Privacy
    classes: Mapping[str, Collection[str]]

    @property
    def meta(self) -> Any:
        """Django's own description of the table."""
        return get_meta(self.model)

    @property
    def table(self) -> str:
        """Its name in the database."""
        return str(self.meta.db_table)

    @property
    def libres(self) -> list[str]:
        """Its columns of free text: whoever writes one may name anybody."""
        return [f.name for f in self.meta.concrete_fields if is_libre(f)]

    def find_tiers(self, row: models.Model, name: str) -> str:
        """Return why a value is about somebody else; empty when it is not, or is empty."""
        why = dict(self.privacy.tiers or ()).get(name, "")
        concerned = all(getattr(row, c) in v for c, v in self.privacy.tiers_si.items())
        return why if concerned and getattr(row, name) else ""


def is_libre(column: Any) -> bool:
    """Tell whether a column holds a free text."""
    long = isinstance(column, models.CharField) and (column.max_length or 0) > _LONG
    return isinstance(column, _LIBRES) or (long and not column.choices)


def list_domain_models(*, liens: bool = False) -> list[Model]:
    """Return the tables of the product; with `liens`, those of many-to-many links too."""
    found = apps.get_models(include_auto_created=liens)
    return [m for m in found if m.__module__.startswith("seuil.") and get_meta(m).managed]


def list_cartes() -> list[Carte]:
    """Return the card of every table of the domain. Raises CarteFautive."""
    return [read_carte(m) for m in list_domain_models()]


def read_carte(model: Model) -> Carte:
    """Return what a model says of its table. Raises CarteFautive, naming all that is wrong."""
    carte = parse_carte(model)
    reasons = [*why_bad_privacy(carte), *why_bad_rls(carte)]
    if reasons:
        raise CarteFautive(f"{get_meta(model).label} : {', '.join(reasons)}")
    return carte


def parse_carte(model: Model) -> Carte:
    """Return what a model says, right or not. Raises CarteFautive on a key that means nothing."""
    rls, privacy = _read_keys(model, "Rls"), _read_keys(model, "Privacy")
    classes = {k: privacy.pop(k) for k in list(privacy) if k in CLASSES}
    for name, given, known in (("Rls", rls, Rls), ("Privacy", privacy, Privacy)):
        strange = set(given) - {f.name for f in fields(known)}
        if strange:
            told = ", ".join(sorted(strange))
            raise CarteFautive(f"{get_meta(model).label} : {name} : {told} inconnu")
    return Carte(model, Rls(**rls), Privacy(**privacy), classes)


def _read_keys(model: Model, name: str) -> dict[str, Any]:
    said = model.__dict__.get(name)
    if said is None:
        raise CarteFautive(f"{get_meta(model).label} : pas de class {name}")
    return {k: v for k, v in vars(said).items() if not k.startswith("_")}


def why_bad_privacy(carte: Carte) -> Iterator[str]:
    """Yield what `class Privacy` forgets or misnames."""
    privacy, columns = carte.privacy, {f.name: f for f in carte.meta.concrete_fields}
    if not privacy.retention:
        yield "pas de retention"
    erased = privacy.retention == "dossier" and not carte.rls.non_suivie
    dated = any(type(f) is models.DateField for f in columns.values())
    if erased and dated and privacy.faits is None:
        yield "Privacy.faits : dire quels faits datés, () s’il n’y en a pas"
    if erased and carte.libres and privacy.tiers is None:
        yield "Privacy.tiers : dire quels textes nomment autrui, () s’il n’y en a pas"
    named = {c for fait in privacy.faits or () for c in fait.colonnes}
    named |= {*(privacy.tiers or ()), *privacy.tiers_si}
    for name in sorted(named - set(columns)):
        yield f"Privacy : {name} n’est pas une colonne"
    for fait in privacy.faits or ():
        if type(columns.get(fait.le)) is not models.DateField:
            yield f"Privacy.faits : {fait.nature} n’a pas de jour"


def why_bad_rls(carte: Carte) -> Iterator[str]:
    """Yield what `class Rls` forgets or misnames."""
    rls, columns = carte.rls, {f.name for f in carte.meta.concrete_fields}
    last = list_parents(carte)[-1]
    hangs = last is not None and any(
        f.name == "dossier" and f.remote_field for f in list_columns(last)
    )
    if (rls.chemin or rls.portee == "categorie") and not hangs:
        yield "Rls.chemin : ne mène pas à une table qui a son dossier"
    needed = {"organisation"} if rls.organisation_seule else set()
    needed |= {"departement"} if rls.departement_direct else set()
    needed |= {rls.par_valeur[0]} if rls.par_valeur else set()
    for name in sorted((needed | rls.muettes | rls.secretes) - columns):
        yield f"Rls : {name} n’est pas une colonne"


def list_parents(carte: Carte) -> list[Model | None]:
    """Return the table, then those that its way to a file goes through; None where it is lost."""
    found: list[Model | None] = [carte.model]
    for name in carte.rls.chemin:
        here = found[-1]
        fields_ = {f.name: f.related_model for f in list_columns(here)} if here else {}
        target: Any = fields_.get(name)
        found.append(target)
    return found

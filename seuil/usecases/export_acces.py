"""Give a person the data kept about them (RGPD, art. 15), with other people masked."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.timezone import localtime

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.conservation.models import DemandeDroit
from seuil.conservation.queries.demandes import list_personnes
from seuil.conservation.queries.lecteurs import Lecteur, list_lecteurs
from seuil.conservation.queries.registre import Destinataire, list_destinataires_prevus
from seuil.conservation.queries.tables import (
    get_categorie,
    list_personnelles,
    list_rows,
    list_rows_du_dossier,
    name_field,
)
from seuil.conservation.rules import Communication, Regle, load_conservation
from seuil.dossiers.models import Bailleur, Dossier, Personne
from seuil.kernel.accord import write_heure
from seuil.kernel.cartes import is_libre, read_carte
from seuil.kernel.contexte import acting_as_machine
from seuil.kernel.refusal import Refusal
from seuil.kernel.tables import get_column, get_meta, list_columns
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.limit_dossier import record_exercice


class PersonneInconnue(Refusal):
    """No person of that number in the household."""


@dataclass(frozen=True, slots=True)
class Donnee:
    """One value: where it is, what it is called, what it says; withheld when `retenu` says why."""

    table: str
    champ: str
    ligne: int
    libelle_table: str
    libelle: str
    valeur: str
    retenu: str = ""
    a_relire: bool = False


@dataclass(frozen=True, slots=True)
class Remise:
    """The pack: the person's data, what is withheld and why, who reads it, what for, how long."""

    numero: str
    personne: str
    faite_le: date
    donnees: Sequence[Donnee]
    retenues: Sequence[str]
    destinataires: Sequence[Destinataire]
    lecteurs: Sequence[Lecteur]
    regles: Sequence[Regle]
    documents: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def export_acces(
    *,
    dossier: Dossier,
    personne: int,
    by: Author,
    on: date,
    masquer: Collection[str] = (),
    inscrire: bool = True,
) -> Remise:
    """Return all the data declared personal of one person of a file, other people masked.

    Other adults of the household, the landlord's own number, whoever is named as present, agents
    (by their function), and what `masquer` adds. `inscrire` adds the request to the register.
    Raises HabilitationRefusee, PersonneInconnue.
    """
    if isinstance(by, Agent):
        require_verbe(by=by, verbe="rgpd.exercer")
    with acting_as_machine("rgpd", on=on, departement=dossier.departement_id):
        people = list_personnes(dossier=dossier)
        if not 1 <= personne <= len(people):
            numbers = ", ".join(
                f"{i} ({p.get_qualite_display().lower()})" for i, p in enumerate(people, 1)
            )
            raise PersonneInconnue(
                f"Ce dossier n’a pas de personne n°\N{NO-BREAK SPACE}{personne}. Choisissez"
                f" parmi\N{NO-BREAK SPACE}: {numbers}."
            )
        remise = _Recueil(dossier, people, people[personne - 1], masquer).make(on)
        record_event(
            kind="dossier.remis", by=by, on=on, target_type="dossier", target_id=dossier.pk
        )
    if inscrire:
        record_exercice(
            dossier=dossier,
            droit=DemandeDroit.Droit.ACCES,
            motif="Données remises",
            by=by,
            on=on,
            demandeur=remise.personne,
        )
    return remise


class _Recueil:
    """Gathers the data of one person of a file, table by table."""

    def __init__(
        self, dossier: Dossier, people: Sequence[Personne], personne: Personne,
        masquer: Collection[str],
    ) -> None:  # fmt: skip
        self.dossier = dossier
        self.personne = personne
        self.conservation = load_conservation(dossier.departement_id)
        self.tiers = [p for p in people if p.pk != personne.pk and _is_tiers(p, personne)]
        self.numbers: dict[tuple[str, str], int] = {}
        self.masquer = masquer
        self.mask = _Masque({})
        self.reasons: dict[str, None] = {}

    def make(self, on: date) -> Remise:
        rows = list_rows_du_dossier(dossier_id=self.dossier.pk)
        bail = getattr(self.dossier, "bail", None)
        rows[Bailleur] = [bail.bailleur_id] if bail and bail.bailleur_id else []
        demandes = DemandeDroit.objects.filter(dossier=self.dossier)
        rows[DemandeDroit] = list(demandes.order_by("pk").values_list("pk", flat=True))
        found = {m: list_rows(model=m, keys=keys) for m, keys in rows.items()}
        for model, lines in found.items():
            for n, row in enumerate(lines, 1):
                self.numbers[model.__name__, str(row.pk)] = n
        self.mask = _Masque(self._list_tokens(found))
        donnees = [d for model, lines in found.items() for d in self._read_table(model, lines)]
        regles = dict.fromkeys(
            read_carte(m).privacy.retention for m, lines in found.items() if lines
        )
        documents = [str(pk) for m, keys in rows.items() if m.__name__ == "Document" for pk in keys]
        return Remise(
            numero=self.dossier.numero,
            personne=str(self.personne),
            faite_le=on,
            donnees=donnees,
            retenues=list(self.reasons),
            destinataires=list_destinataires_prevus(),
            lecteurs=list_lecteurs(
                dossier=self.dossier,
                categorie="identite",
                depuis=self.dossier.ouvert_le,
                on=on,
            ),
            regles=[self.conservation.regles[code] for code in regles],
            documents=documents,
        )

    def _read_table(
        self, model: type[models.Model], lines: Sequence[models.Model]
    ) -> Iterable[Donnee]:
        columns = list_personnelles(model=model)
        label = str(get_meta(model).verbose_name).capitalize()
        make = partial(Donnee, table=model.__name__.lower(), libelle_table=label)
        for name in columns:
            if not lines:
                libelle = name_field(model=model, field=name)
                yield make(champ=name, ligne=0, libelle=libelle, valeur="aucune donnée")
        for n, row in enumerate(lines, 1):
            for name in columns:
                libelle = name_field(model=model, field=name)
                why = self._why_withheld(row, name)
                if why:
                    self.reasons[f"{label}, {libelle}\N{NO-BREAK SPACE}: {why}"] = None
                    yield make(champ=name, ligne=n, libelle=libelle, valeur="", retenu=why)
                    continue
                text = self._write(row, name)
                free = is_libre(get_column(model, name)) and bool(text)
                valeur = self.mask.apply(text)
                yield make(champ=name, ligne=n, libelle=libelle, valeur=valeur, a_relire=free)

    def _why_withheld(self, row: models.Model, name: str) -> str:
        kept: Communication | None = self.conservation.communications.get(get_categorie(row=row))
        if kept and not kept.remise:
            return f"{kept.motif} ({kept.source})"
        if isinstance(row, Personne) and row.pk in {p.pk for p in self.tiers}:
            return "" if name in {"dossier", "qualite", "rang"} else "concerne une autre personne"
        return read_carte(type(row)).find_tiers(row, name)

    def _write(self, row: models.Model, name: str) -> str:
        column: Any = get_column(row, name)
        if column.is_relation:
            return self._write_relation(column, getattr(row, column.attname))
        if column.choices:
            return str(getattr(row, f"get_{name}_display")())
        value = getattr(row, name)
        if isinstance(value, UUID):
            return self._write_identifiant(value)
        return _write_value(value)

    def _write_relation(self, column: Any, value: Any) -> str:
        if value is None:
            return ""
        model = column.related_model
        if model is Dossier:
            return self.dossier.numero
        if model is Agent:
            agent = Agent.objects.filter(pk=value).first()
            return agent.get_role_display() if agent else ""
        number = self.numbers.get((model.__name__, str(value)))
        name = str(get_meta(model).verbose_name)
        if number:
            return f"{name} n°\N{NO-BREAK SPACE}{number}"
        found = model._base_manager.filter(pk=value).first()
        return str(found) if found is not None and "__str__" in vars(model) else name

    def _write_identifiant(self, value: UUID) -> str:
        """Name the fact that starts a date: « acte n° 2 »."""
        for (model, key), number in self.numbers.items():
            if key == str(value):
                return f"{model.lower()} n°\N{NO-BREAK SPACE}{number}"
        return "référence interne"

    def _list_tokens(
        self, found: Mapping[type[models.Model], Sequence[models.Model]]
    ) -> dict[str, str]:
        """Return what is masked in every text, and what is written instead.

        Agents by their whole name; by their name alone for those who worked on the file.
        """
        workers = {
            getattr(row, f.attname)
            for model, lines in found.items()
            for f in list_columns(model)
            if f.related_model is Agent
            for row in lines
        }
        mine = {_fold(w) for w in (self.personne.nom, self.personne.prenom)}
        tokens: dict[str, str] = {}
        agents = Agent.objects.filter(departement=self.dossier.departement_id)
        for agent in agents.order_by("pk"):
            told = f"[{agent.get_role_display().lower()}]"
            tokens[f"{agent.prenom} {agent.nom}"] = told
            tokens[f"{agent.nom} {agent.prenom}"] = told
            if agent.pk in workers:
                tokens[agent.nom] = told
            tokens[agent.courriel] = told
        for p in self.tiers:
            for name in (f"{p.prenom} {p.nom}", f"{p.nom} {p.prenom}", p.nom, p.prenom):
                if _fold(name) not in mine:
                    tokens[name] = "[autre personne]"
        bail = getattr(self.dossier, "bail", None)
        landlord = bail.bailleur if bail else None
        if landlord and landlord.nature == "physique":
            tokens |= {landlord.telephone: "[bailleur]", landlord.courriel: "[bailleur]"}
        tokens |= dict.fromkeys(self.masquer, "[masqué]")
        return {k: v for k, v in tokens.items() if len(k.strip()) > 1 and _fold(k) not in mine}


def _is_tiers(other: Personne, personne: Personne) -> bool:
    """Tell whether another person of the household is a third party for the one who asks.

    The children of the holder of the lease are not.
    """
    holders = {Personne.Qualite.TITULAIRE, Personne.Qualite.CO_TITULAIRE}
    return not (other.qualite == Personne.Qualite.ENFANT and personne.qualite in holders)


def _write_value(value: object) -> str:  # noqa: PLR0911 - one answer by type
    """Write a value for a person: dates as they are said, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        le = localtime(value)
        return f"{le:%d/%m/%Y} à {write_heure(le.time())}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list):
        return "\N{NO-BREAK SPACE}; ".join(_write_value(v) for v in value)
    if isinstance(value, dict):
        return "\N{NO-BREAK SPACE}; ".join(f"{k} = {_write_value(v)}" for k, v in value.items())
    return str(value)


def _fold(text: str) -> str:
    """Return a text letter for letter, in lower case and without accents."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower()[:1] or c for c in text)


class _Masque:
    """Replaces names in texts, whatever their case and accents; the longest first."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self.by_token = {_fold(t): told for t, told in tokens.items()}
        ordered = sorted(self.by_token, key=len, reverse=True)
        self.pattern = (
            re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)")
            if ordered
            else None
        )

    def apply(self, text: str) -> str:
        if self.pattern is None or not text:
            return text
        parts, last = [], 0
        for found in self.pattern.finditer(_fold(text)):
            parts += [text[last : found.start()], self.by_token[found.group()]]
            last = found.end()
        return "".join([*parts, text[last:]])

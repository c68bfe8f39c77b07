"""What public directories say of a local desk, in our words: one `Guichet`, or why not."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from seuil.acteurs.models import NatureSource, TypeOrganisation
from seuil.acteurs.rules import why_bad_siret
from seuil.engines.tabular import CellRefused, Wanted, parse_telephone

T = TypeOrganisation
# Code of a kind of desk → ours. Former codes stay: a file may be old.
_TYPES_DILA: Mapping[str, str] = {
    "mairie": T.COMMUNE, "mairie_com": T.COMMUNE, "ccas": T.CCAS, "cias": T.CCAS,
    "prefecture": T.PREFECTURE, "sous_pref": T.SOUS_PREFECTURE, "cg": T.CONSEIL_DEPARTEMENTAL,
    "ddets": T.DDETS, "ddcs": T.DDETS, "ddcspp": T.DDETS, "ddetspp": T.DDETS,
    "caf": T.CAF, "msa": T.MSA, "adil": T.ADIL, "cdad": T.AVOCATS,
    "tgi": T.TRIBUNAL, "tj": T.TRIBUNAL, "tribunal_judiciaire": T.TRIBUNAL,
    "banque_de_france": T.BANQUE_DE_FRANCE, "bdf": T.BANQUE_DE_FRANCE,
}  # fmt: skip
_TYPES_INCLUSION: Mapping[str, str] = {
    "unccas": T.CCAS, "points-conseil-budget": T.PCB, "cresus": T.ASSOCIATION, "caf": T.CAF,
    "mutualite-sociale-agricole": T.MSA, "departements": T.CONSEIL_DEPARTEMENTAL,
    "siao": T.SIAO, "action-logement": T.ACTION_LOGEMENT, "points-justice": T.AVOCATS,
}  # fmt: skip
# What a desk without a perimeter may become; of the others one desk would answer for everybody.
CREES_SANS_PERIMETRE = frozenset({T.CCAS, T.PCB, T.ASSOCIATION})
_ANNEXE = re.compile(r"annexe|délégu|delegu|quartier|mobile", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guichet:
    """A desk as a public directory writes it."""

    numero: int
    identifiant: str
    type: str
    nom: str
    # Column → value, of those that it says.
    champs: Mapping[str, Any]
    # The directory says whom it serves; otherwise only where it is.
    perimetre: bool = True

    @property
    def communes(self) -> tuple[str, ...]:
        return tuple(self.champs.get("communes", ()))

    @property
    def annexe(self) -> bool:
        return bool(_ANNEXE.search(self.nom))


class GuichetRefuse(Exception):
    """A desk is not one of ours, or cannot be read; the text says which column and what to do."""

    def __init__(self, colonne: str, texte: str, remede: str) -> None:
        super().__init__(remede)
        self.colonne, self.texte, self.remede = colonne, texte, remede


def find_wanted(nature: str, departements: Iterable[str]) -> Wanted:
    """Return what is to be read of the file of a directory, for some départements."""
    prefixes = tuple(sorted(departements))
    if nature == NatureSource.DILA:
        columns: tuple[str, ...] = (
            "id", "nom", "siret", "pivot", "code_insee_commune", "telephone", "adresse_courriel",
            "adresse",
        )  # fmt: skip
        return Wanted(columns, ("pivot", "code_insee_commune"), prefixes)
    columns = ("source", "id", "nom", "siret", "code_insee", "adresse", "complement_adresse",
               "code_postal", "commune", "telephone", "courriel", "reseaux_porteurs")  # fmt: skip
    return Wanted(columns, ("code_insee",), prefixes)


def read_guichet(
    nature: str, numero: int, row: Mapping[str, Any], communes: frozenset[str]
) -> Guichet | None:
    """Return the desk that an object describes; None when it is of no kind of ours.

    `communes`: those of the département. Raises GuichetRefuse.
    """
    readers: dict[str, Callable[..., Guichet | None]] = {
        NatureSource.DILA: _read_dila,
        NatureSource.INCLUSION: _read_inclusion,
    }
    return readers[nature](numero, row, communes)


def _read_dila(numero: int, row: Mapping[str, Any], communes: frozenset[str]) -> Guichet | None:
    pivots = [p for p in _list(row.get("pivot")) if isinstance(p, dict)]
    types = [t for p in pivots if (t := _TYPES_DILA.get(_text(p.get("type_service_local"))))]
    if not types:
        return None
    served = {_text(code) for p in pivots for code in _list(p.get("code_insee_commune"))} or {
        _text(row.get("code_insee_commune"))
    }
    adresses = [a for a in _list(row.get("adresse")) if isinstance(a, dict)]
    parts = ("complement1", "complement2", "numero_voie", "service_distribution")
    adresse = _write_adresse(adresses[0] if adresses else {}, parts, "nom_commune")
    return _build(
        numero,
        row,
        type=types[0],
        identifiant=_text(row.get("id")),
        adresse=adresse,
        telephone=_first(row.get("telephone")),
        courriel=_first(row.get("adresse_courriel")),
        communes=tuple(sorted(served & communes)),
    )


def _read_inclusion(
    numero: int, row: Mapping[str, Any], communes: frozenset[str]
) -> Guichet | None:
    reseaux = [_text(r) for r in _list(row.get("reseaux_porteurs"))]
    types = [t for r in reseaux if (t := _TYPES_INCLUSION.get(r))]
    if not types:
        return None
    own = _text(row.get("code_insee"))
    of_town = types[0] == T.CCAS and own in communes
    return _build(
        numero,
        row,
        type=types[0],
        identifiant=f"{_text(row.get('source'))}:{_text(row.get('id'))}",
        adresse=_write_adresse(row, ("adresse", "complement_adresse"), "commune"),
        telephone=_first(row.get("telephone")),
        courriel=_first(row.get("courriel")),
        communes=(own,) if of_town else (),
    )


def _build(
    numero: int, row: Mapping[str, Any], *, type: str, identifiant: str, **said: Any
) -> Guichet | None:
    nom = _text(row.get("nom"))
    if not identifiant.strip(":") or len(identifiant) > 150:
        raise GuichetRefuse("id", identifiant[:40], "L’identifiant manque ou est trop long.")
    if not nom or len(nom) > 150:
        raise GuichetRefuse("nom", nom[:40], "Le nom manque, ou dépasse 150 caractères.")
    champs = {k: v for k, v in said.items() if v}
    champs |= _read_contact(champs)
    siret = re.sub(r"\D", "", _text(row.get("siret")))
    # A SIRET that is false is not known: the rest of the desk is right all the same.
    if siret and why_bad_siret(siret) is None:
        champs["siret"] = siret
    return Guichet(
        numero=numero, identifiant=identifiant, type=type, nom=nom, champs=champs,
        perimetre="communes" in champs,
    )  # fmt: skip


def _read_contact(champs: Mapping[str, Any]) -> dict[str, str]:
    read: dict[str, str] = {}
    if telephone := champs.get("telephone"):
        try:
            read["telephone"] = parse_telephone(telephone) or ""
        except CellRefused as refusal:
            raise GuichetRefuse("telephone", telephone[:40], str(refusal)) from refusal
    if courriel := champs.get("courriel"):
        try:
            validate_email(courriel)
        except ValidationError as error:
            remede = "Ce n’est pas une adresse électronique."
            raise GuichetRefuse("courriel", courriel[:40], remede) from error
    return read


def _write_adresse(row: Mapping[str, Any], parts: Iterable[str], ville: str) -> str:
    street = [_text(row.get(p)) for p in parts]
    town = f"{_text(row.get('code_postal'))} {_text(row.get(ville))}".strip()
    return ", ".join(p for p in (*street, town) if p)[:250]


def _first(value: object) -> str:
    for part in _list(value):
        if text := _text(part.get("valeur") if isinstance(part, dict) else part):
            return text.split(";")[0].strip()
    return ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""

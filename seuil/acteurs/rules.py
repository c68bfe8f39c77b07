"""Who may do what: the rules of acces.yaml, read strictly and closed by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PERIMETRES = ("departement", "instruction", "mandat", "affectation", "aucun")


class AccesIllisible(ValueError):  # noqa: N818 - an answer, not a failure of the program
    """acces.yaml is not well formed; the message names the place."""


@dataclass(frozen=True, slots=True)
class Acces:
    """What one role may do, on which dossiers, and on what legal basis."""

    perimetre: str
    verbes: frozenset[str]
    basis: str


@cache
def load_acces() -> Mapping[str, Acces]:
    """Return the rules by role.

    Raises AccesIllisible on an unknown key, verb or perimeter.
    """
    return parse_acces((Path(__file__).parent / "acces.yaml").read_text(encoding="utf-8"))


def parse_acces(text: str) -> Mapping[str, Acces]:
    """Parse the rules from YAML text; see load_acces."""
    data = yaml.safe_load(text)
    if set(data) != {"verbes", "roles"}:
        raise AccesIllisible(f"acces.yaml : clés inattendues {sorted(set(data))}")
    known = set(data["verbes"])
    rules = {}
    for role, entry in data["roles"].items():
        if set(entry) != {"perimetre", "basis", "verbes"}:
            raise AccesIllisible(f"acces.yaml, {role} : clés attendues perimetre, basis, verbes")
        if entry["perimetre"] not in PERIMETRES:
            raise AccesIllisible(f"acces.yaml, {role} : périmètre inconnu {entry['perimetre']}")
        unknown = set(entry["verbes"]) - known
        if unknown:
            raise AccesIllisible(f"acces.yaml, {role} : verbe inconnu {', '.join(sorted(unknown))}")
        rules[role] = Acces(entry["perimetre"], frozenset(entry["verbes"]), entry["basis"])
    return rules


def get_perimetre(role: str) -> str:
    """Return which dossiers a role reaches; an unknown role reaches none."""
    acces = load_acces().get(role)
    return acces.perimetre if acces else "aucun"


def why_not(role: str, verbe: str) -> str | None:
    """Return the French reason why a role may not do `verbe`, or None when it may."""
    acces = load_acces().get(role)
    if acces and verbe in acces.verbes:
        return None
    return "Votre rôle ne permet pas cette action. Le secrétariat de la CCAPEX peut vous orienter."

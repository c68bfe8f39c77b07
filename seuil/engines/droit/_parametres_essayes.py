"""The parameters that someone tries over those in force: their values change, not their count."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from seuil.engines.droit._essai import list_parameter_files
from seuil.engines.droit._model import Regle
from seuil.engines.droit._parametres import check_lignes, load_in_force, read_regles
from seuil.strict_yaml import FichierIllisible, read_file

# How a rule is counted goes with the engine's code, who reads its dates with the accesses.
_FIXES = ("formule", "sens", "debut", "transition", "echeance", "categorie")


def read_essai(path: Path) -> Mapping[str, Regle]:
    """Read one parameter file, or a folder of them, over the rules in force.

    A trial changes the values of a rule, never how it is counted: the engine's code goes with it.
    Raises FichierIllisible, naming file and line.
    """
    in_force, essayees = load_in_force(), read_regles(path)
    if not essayees:
        raise FichierIllisible(f"{path.name} : aucun fichier de paramètre (.yaml) dans ce dossier.")
    for regle in essayees.values():
        if regle.id in in_force:
            _check_fixed(path, regle, in_force[regle.id])
    merged = {**in_force, **essayees}
    check_lignes(merged)
    return MappingProxyType(dict(sorted(merged.items())))


def _check_fixed(path: Path, regle: Regle, known: Regle) -> None:
    for key in _FIXES:
        if getattr(regle, key) != getattr(known, key):
            file = next(f for f in list_parameter_files(path) if f.stem == regle.id)
            read_file(file, fichier=file.name).refuse(
                key, f"un essai ne change pas cette clé, en vigueur « {getattr(known, key)} »"
            )


def list_essayees(essai: Mapping[str, Regle]) -> tuple[str, ...]:
    """List the rules that a trial reads from its own files."""
    in_force = load_in_force()
    return tuple(r for r, regle in essai.items() if regle is not in_force.get(r))

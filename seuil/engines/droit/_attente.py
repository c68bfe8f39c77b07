"""What still waits for a text: one file to fill, and the parameters that it completes.

A version that waits has questions instead of a value. The file has one block for each rule, written
as the version is; filled, it gives back the whole parameter file of each rule.
"""

import re
from collections.abc import Iterator, Mapping

from seuil.engines.droit._model import Regle, Version
from seuil.engines.droit._parametres import load_in_force, read_fichier
from seuil.strict_yaml import FichierIllisible

_MARGE = "    "
_BLOC = re.compile(r"^([A-Za-z0-9]+):[ ]*\n((?:[ ]{4}.*\n|[ ]*\n)+)", re.MULTILINE)
_TETE = """\
# Textes à lire : une règle par bloc. Remplacez « a_obtenir » et « questions » par la valeur (« n »
# et « unit », « seuils » ou « texte »), dites certitude, date de vérification et référence.
# Laissez un bloc tel quel, ou effacez-le, s’il attend encore.
"""


def list_attentes() -> Iterator[tuple[Regle, Version]]:
    """List the versions in force that wait for a text, with their rule."""
    for regle in load_in_force().values():
        for version in regle.versions:
            if version.questions:
                yield regle, version


def write_gabarit() -> str:
    """Write the one file to fill: every version that waits, as its parameter writes it."""
    blocs = [f"{regle.id}:\n{_find_bloc(regle, version)[1]}" for regle, version in list_attentes()]
    return "\n".join([_TETE, *blocs])


def fill_attentes(text: str) -> Mapping[str, str]:
    """Return the whole parameter file of each rule that the file fills, by rule.

    Raises FichierIllisible, naming the rule, when a block answers to nothing that waits.
    """
    waiting = {regle.id: (regle, version) for regle, version in list_attentes()}
    filled = {}
    for regle_id, bloc in _BLOC.findall(text):
        if regle_id not in waiting:
            raise FichierIllisible(
                f"« {regle_id} » n’attend aucun texte : « seuil droit attente » liste ce qui "
                "attend."
            )
        regle, version = waiting[regle_id]
        marked, plain = _find_bloc(regle, version)
        if bloc.strip() != plain.strip():
            filled[regle_id] = read_fichier(regle_id).replace(marked, _mark(bloc))
    return filled


def _find_bloc(regle: Regle, version: Version) -> tuple[str, str]:
    """Return the lines of a version in its file, as they are and without their dash."""
    debut = version.valid_from.isoformat() if version.valid_from else "null"
    text = read_fichier(regle.id)
    start = text.index(f"  - valid_from: {debut}\n")
    end = text.find("\n  - ", start + 1)
    marked = text[start:] if end < 0 else text[start : end + 1]
    return marked, marked.replace("  - ", _MARGE, 1)


def _mark(bloc: str) -> str:
    """Give a block back the dash of a version, and one line end."""
    return bloc.rstrip().replace(_MARGE, "  - ", 1) + "\n"

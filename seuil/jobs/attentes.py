"""`seuil droit attente` and `seuil droit remplir`: the texts that a jurist has still to read."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seuil.engines import droit
from seuil.jobs.sortie import write_json
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal
from seuil.strict_yaml import FichierIllisible


class RemplissageImpossible(Refusal):
    """The file to fill, or the folder to write to, was not given or cannot be used."""


def print_attentes(*, gabarit: bool, as_json: bool = False) -> int:
    """Print what waits for a text, or the one file to fill."""
    if gabarit:
        print(droit.write_gabarit(), end="")
        return 0
    if as_json:
        write_json({"attentes": [_describe(*attente) for attente in droit.list_attentes()]})
        return 0
    for regle, version in droit.list_attentes():
        print(f"{regle.id} — {regle.libelle}, {droit.write_periode(version)}")
        print(f"  À lire : {version.a_obtenir}")
        for question in version.questions:
            print(f"  {question}")
    return 0


def _describe(regle: droit.Regle, version: droit.Version) -> dict[str, Any]:
    return {
        "regle": regle.id,
        "libelle": regle.libelle,
        "depuis": version.valid_from,
        "ligne": version.ligne,
        "a_obtenir": version.a_obtenir,
        "questions": list(version.questions),
    }


def fill_parameters(arguments: argparse.Namespace) -> int:
    """Write in a folder the parameters that a filled file completes, and read them strictly."""
    fichier, dossier = arguments.parametres, arguments.vers
    if fichier is None or dossier is None:
        raise RemplissageImpossible(
            "Il manque --parametres FICHIER (le gabarit rempli) ou --vers DOSSIER (où écrire les "
            "paramètres)."
        )
    try:
        filled = droit.fill_attentes(fichier.read_text(encoding="utf-8"))
        write_files(dossier, filled)
    except FichierIllisible as refusal:
        raise RemplissageImpossible(str(refusal)) from refusal
    except (OSError, UnicodeDecodeError) as refusal:
        raise RemplissageImpossible(f"Ce fichier ne se laisse pas lire : {fichier}.") from refusal
    if arguments.as_json:
        write_json({"regles": sorted(filled), "dossier": str(dossier)})
        return 0
    print(
        f"{write_pluriel(len(filled), 'règle complétée')} dans {dossier} :"
        f" {', '.join(sorted(filled)) or 'aucune'}"
    )
    print("À essayer : seuil droit effet --parametres DOSSIER --departement CODE")
    return 0


def write_files(dossier: Path, filled: Mapping[str, str]) -> None:
    """Write each file, then read them all as the engine would."""
    dossier.mkdir(parents=True, exist_ok=True)
    for regle, text in filled.items():
        (dossier / f"{regle}.yaml").write_text(text, encoding="utf-8")
    if filled:
        droit.read_essai(dossier)

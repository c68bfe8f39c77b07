"""`seuil importer`: a list of acts, from the command line."""

import argparse
from pathlib import Path
from typing import Any

from seuil.engines.tabular import FileRefused
from seuil.jobs.sortie import add_json, write_json
from seuil.kernel.refusal import Refusal

TYPES = (
    "commandement", "assignation", "audience", "jugement", "cql", "rfp", "cfp", "expulsion",
)  # fmt: skip
_SHOWN = 20
# A program reads the same keys whether the file was read or refused whole.
_REFUSED: dict[str, Any] = {
    "lus": 0, "acceptes": 0, "refuses": 0, "doublons": 0, "a_verifier": 0,
    "dossiers_ouverts": 0, "dossiers_rattaches": 0, "lignes": [],
}  # fmt: skip


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("importer", help="importer une liste d’actes (CSV, XLSX, ODS)")
    parser.add_argument("fichier", type=Path, metavar="FICHIER")
    parser.add_argument("--type", required=True, choices=TYPES, dest="type_acte")
    parser.add_argument("--departement", required=True, help="code officiel : 33, 2A, 974")
    parser.add_argument("--source", default="", help="d’où vient la liste (par défaut : le type)")
    parser.add_argument(
        "--simuler", action="store_true", help="tout lire et compter, ne rien garder"
    )
    add_json(parser)
    parser.set_defaults(run=run, needs_database=True)


def run(arguments: argparse.Namespace) -> int:
    """Import the list and print what was done of each row. Returns 0, or 1 when it is refused."""
    try:
        report = _import(arguments)
    except (FileRefused, Refusal) as refusal:
        if not arguments.as_json:
            raise
        remede = getattr(refusal, "remede", "")
        message = refusal.message if isinstance(refusal, FileRefused) else str(refusal)
        refused = _REFUSED | {"erreur": message, "remede": remede}
        write_json(refused)
        return 1
    if arguments.as_json:
        write_json(report)
    else:
        _print_report(report)
    return 0


def _import(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.db import DatabaseError

    from seuil.acteurs.models import Departement
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.territoires import import_geography
    from seuil.kernel.clock import today
    from seuil.usecases.import_liste import import_liste

    departement = arguments.departement
    try:
        if not Departement.objects.filter(communes__departement=departement).exists():
            import_geography(departements=[departement])
    except DatabaseError as error:
        raise BaseAbsente from error
    compte_rendu = import_liste(
        fichier=_checked(arguments.fichier),
        nom_fichier=arguments.fichier.name,
        type_acte=arguments.type_acte,
        source=arguments.source or f"import {arguments.type_acte}",
        departement=departement,
        by=Machine("importer", departement),
        on=today(departement),
        simulate=arguments.simuler,
    )
    return {
        **compte_rendu.compte,
        "simulation": arguments.simuler,
        "avertissements": compte_rendu.lot.lecture["avertissements"],
        "lignes": [
            {"ligne": x.numero, "etat": x.etat, "motifs": [m.as_dict() for m in x.motifs]}
            for x in compte_rendu.lues
        ],
    }


class FichierAbsent(Refusal):
    def __init__(self, path: Path) -> None:
        super().__init__(f"Fichier introuvable : {path}. Vérifiez le chemin et le nom.")


class BaseAbsente(Refusal):
    message = "La base de données n’est pas prête : lancez d’abord « seuil migrer »."


def _checked(path: Path) -> Path:
    if not path.is_file():
        raise FichierAbsent(path)
    return path


def _print_report(report: dict[str, Any]) -> None:
    if report["simulation"]:
        print("Simulation : rien n’a été gardé.")
    for warning in report["avertissements"]:
        print(f"Attention : {warning}")
    lus, acceptes, refuses = report["lus"], report["acceptes"], report["refuses"]
    doublons, ouverts = report["doublons"], report["dossiers_ouverts"]
    rattaches = report["dossiers_rattaches"]
    print(
        f"{lus} {_agree(lus, 'ligne lue', 'lignes lues')} :"
        f" {acceptes} {_agree(acceptes, 'acceptée', 'acceptées')},"
        f" {refuses} {_agree(refuses, 'refusée', 'refusées')},"
        f" {doublons} déjà {_agree(doublons, 'connue', 'connues')},"
        f" {report['a_verifier']} à vérifier."
    )
    ouvert = ("dossier à ouvrir", "dossiers à ouvrir") if report["simulation"] else (
        "dossier ouvert", "dossiers ouverts"
    )  # fmt: skip
    print(
        f"{ouverts} {_agree(ouverts, *ouvert)},"
        f" {rattaches} {_agree(rattaches, 'ligne rattachée', 'lignes rattachées')}"
        " à un dossier existant."
    )
    told = [x for x in report["lignes"] if x["etat"] in {"refuse", "a_verifier"}]
    for line in told[:_SHOWN]:
        for motif in line["motifs"]:
            column = f", colonne « {motif['colonne']} »" if motif["colonne"] else ""
            print(f"  ligne {line['ligne']}{column} : {motif['motif']} {motif['remede']}")
    if len(told) > _SHOWN:
        rest = len(told) - _SHOWN
        print(f"  … et {rest} {_agree(rest, 'autre ligne', 'autres lignes')} (voir --json).")


def _agree(count: int, one: str, many: str) -> str:
    """Return the word in the number that French gives it: zero is singular."""
    return one if count < 2 else many

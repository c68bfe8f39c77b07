"""`seuil annuaire`, `seuil territoire`: read the public files that fill a département."""

import argparse
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from seuil.jobs.sortie import add_json, write_json
from seuil.kernel.accord import write_pluriel

# As in NatureSource: the parser needs no Django.
DIRECTORIES = ("dila", "inclusion")
_SHOWN = 50
_JOUR = re.compile(r"(20[0-9]{2})[-_]?(0[1-9]|1[0-2])[-_]?([0-3][0-9])")


def add_arguments(commands: Any) -> None:
    """Declare the command and its service."""
    parser = commands.add_parser("annuaire", help="remplir l’annuaire depuis un fichier public")
    services = parser.add_subparsers(required=True, metavar="SERVICE")
    importer = services.add_parser(
        "importer", help="lire l’annuaire de l’administration (DILA) ou data·inclusion"
    )
    add_file(importer)
    importer.add_argument(
        "--source", choices=DIRECTORIES, default="dila", help="d’où vient le fichier"
    )
    importer.add_argument(
        "--simuler", action="store_true", help="dire ce qui changerait, sans rien garder"
    )
    importer.set_defaults(run=run, needs_database=True)
    parser = commands.add_parser("territoire", help="lire le parc locatif des communes (INSEE)")
    services = parser.add_subparsers(required=True, metavar="SERVICE")
    importer = services.add_parser(
        "importer", help="lire la base des logements par commune (base-cc-logement)"
    )
    add_file(importer)
    importer.set_defaults(run=run_territoire, needs_database=True)


def add_file(parser: argparse.ArgumentParser) -> None:
    """Declare the file, its day and the départements that are read in it."""
    parser.add_argument("fichier", type=Path, metavar="FICHIER")
    parser.add_argument(
        "--departement", action="append", help="code officiel ; tous ceux de l’instance sinon"
    )
    parser.add_argument("--date", help="date du fichier (AAAA-MM-JJ) ; sinon celle de son nom")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read the file for each département; tell what was created, completed, left, refused."""
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.sources import SourceLue
    from seuil.kernel.clock import today
    from seuil.usecases.import_annuaire import import_annuaire, prepare_annuaire

    fichier_le = find_date(arguments)
    source = SourceLue(arguments.source, arguments.fichier.name[:150], fichier_le)
    reports = []
    for code in list_departements(arguments):
        lecture = prepare_annuaire(path=arguments.fichier, departement=code, source=source)
        if not arguments.simuler:
            import_annuaire(lecture=lecture, by=Machine("annuaire", code), on=today(code))
        reports.append(_report(lecture))
    if arguments.as_json:
        write_json({"simulation": arguments.simuler, "departements": reports})
        return 0
    if arguments.simuler:
        print("Simulation : rien n’a été gardé.")
    for report in reports:
        _print(report)
    return 0


def run_territoire(arguments: argparse.Namespace) -> int:
    """Read the rented stock of the communes of each département; tell what was read."""
    from seuil.acteurs.operations.machine import Machine
    from seuil.kernel.clock import today
    from seuil.usecases.import_territoire import import_territoire, prepare_territoire

    fichier_le = find_date(arguments)
    reports: list[dict[str, Any]] = []
    for code in list_departements(arguments):
        lecture = prepare_territoire(
            path=arguments.fichier,
            departement=code,
            fichier=arguments.fichier.name[:150],
            fichier_le=fichier_le,
        )
        import_territoire(lecture=lecture, by=Machine("territoire", code), on=today(code))
        reports.append(
            {
                "departement": code,
                "communes": len({p.commune for p in lecture.parcs}),
                "annees": lecture.annees,
                "refus": _list_refus(lecture.refus),
            }
        )
    if arguments.as_json:
        write_json({"departements": reports})
        return 0
    for report in reports:
        annees = ", ".join(str(a) for a in report["annees"])
        lues = write_pluriel(report["communes"], "commune lue", "communes lues")
        print(f"Département {report['departement']} : {lues}, pour {annees}.")
        _print_refus(report["refus"], "ligne")
    return 0


def list_departements(arguments: argparse.Namespace) -> Sequence[str]:
    """Return the départements asked, or those of the instance. Raises Refusal without any."""
    from seuil.acteurs.queries import list_departements_tenus
    from seuil.kernel.refusal import Refusal

    found: Sequence[str] = arguments.departement or list_departements_tenus()
    if not found:
        raise Refusal("Aucun département n’est établi : lancez d’abord « seuil instance ».")
    return found


def find_date(arguments: argparse.Namespace) -> date:
    """Return the day of a file that is there: as told, of its name, or when it was written."""
    from seuil.kernel.refusal import Refusal

    fichier: Path = arguments.fichier
    if not fichier.is_file():
        raise Refusal(f"Le fichier « {fichier} » n’existe pas ou ne se lit pas.")
    named = _JOUR.search(fichier.name)
    said = arguments.date or ("-".join(named.groups()) if named else "")
    try:
        if said:
            return date.fromisoformat(said)
    except ValueError as error:
        if arguments.date:
            raise Refusal("Écrivez la date du fichier ainsi : --date 2026-11-30.") from error
    return datetime.fromtimestamp(fichier.stat().st_mtime, tz=UTC).date()


def _report(lecture: Any) -> dict[str, Any]:
    return {
        "departement": lecture.departement,
        "nouveaux": len(lecture.nouveaux),
        "completes": len(lecture.changes),
        "a_jour": lecture.inchanges,
        "laisses": lecture.laisses,
        "differences": [
            {"organisme": e.nom, "colonne": e.colonne, "annuaire": e.tenu, "fichier": e.dit}
            for e in lecture.ecarts
        ],
        "refus": _list_refus(lecture.refus),
    }


def _list_refus(refus: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"rang": r.numero, "colonne": r.colonne, "texte": r.texte, "remede": r.remede}
        for r in refus
    ]


# Key of a report → how one is told, then several.
_COMPTES = {
    "nouveaux": ("organisme ajouté", "organismes ajoutés"),
    "completes": ("fiche complétée ou rapprochée", "fiches complétées ou rapprochées"),
    "a_jour": ("fiche déjà à jour", "fiches déjà à jour"),
    "laisses": ("guichet laissé", "guichets laissés"),
}


def _print(report: dict[str, Any]) -> None:
    counts = [write_pluriel(report[key], *words) for key, words in _COMPTES.items()]
    counts.append(write_pluriel(len(report["refus"]), "guichet refusé", "guichets refusés"))
    print(f"Département {report['departement']} : {', '.join(counts)}.")
    if report["differences"]:
        print("Saisi par une personne, donc gardé :")
    for e in report["differences"][:_SHOWN]:
        print(
            f"  {e['organisme']}, {e['colonne']} : « {e['annuaire']} » gardé,"
            f" le fichier dit « {e['fichier']} »."
        )
    _print_rest(len(report["differences"]), "autre différence", "autres différences")
    _print_refus(report["refus"], "guichet")


def _print_refus(refus: Sequence[Mapping[str, Any]], quoi: str) -> None:
    for r in refus[:_SHOWN]:
        lieu = f"{quoi} n° {r['rang']}, {r['colonne']}"
        print(f"  {lieu}, « {r['texte']} » : {r['remede']}")
    _print_rest(len(refus), "autre refus", "autres refus")


def _print_rest(count: int, one: str, many: str) -> None:
    if count > _SHOWN:
        print(f"  … et {write_pluriel(count - _SHOWN, one, many)} (voir --json).")

"""`seuil decoupages`: import a local division of a département."""

import argparse
from pathlib import Path
from typing import Any

from seuil.kernel.accord import write_pluriel

# As in NatureDecoupage: the parser needs no Django.
NATURES = ("agence_solidarite", "ccapex_territoriale", "secteur_operateur", "autre")


def add_arguments(commands: Any) -> None:
    """Declare the command and its service."""
    parser = commands.add_parser("decoupages", help="tenir les découpages du département")
    services = parser.add_subparsers(required=True, metavar="SERVICE")
    importer = services.add_parser(
        "importer",
        help="importer un découpage : secteur, commune (code INSEE), organisme facultatif",
    )
    importer.add_argument("fichier", type=Path, metavar="FICHIER")
    importer.add_argument("--departement", required=True, help="code officiel : 33, 2A, 974")
    importer.add_argument("--nature", required=True, choices=NATURES)
    importer.add_argument("--nom", required=True, help="nom du découpage")
    importer.add_argument(
        "--remplacer", action="store_true", help="remplacer le découpage de ce nom, s’il existe"
    )
    importer.set_defaults(run=run, needs_database=True)


def run(arguments: argparse.Namespace) -> int:
    """Import the division, whole or not at all, and tell what it holds."""
    from seuil.acteurs.models import Departement
    from seuil.acteurs.operations.machine import Machine
    from seuil.acteurs.operations.territoires import import_geography
    from seuil.kernel.clock import today
    from seuil.kernel.refusal import Refusal
    from seuil.usecases.import_decoupage import DecoupageSaisi, import_decoupage

    departement, fichier = arguments.departement, arguments.fichier
    if not fichier.is_file():
        raise Refusal(f"Le fichier « {fichier} » n’existe pas ou ne se lit pas.")
    if not Departement.objects.filter(communes__departement=departement).exists():
        import_geography(departements=[departement])
    decoupage = import_decoupage(
        saisi=DecoupageSaisi(
            fichier=fichier,
            nom_fichier=fichier.name,
            departement=departement,
            nature=arguments.nature,
            nom=arguments.nom,
            remplacer=arguments.remplacer,
        ),
        by=Machine("decoupages", departement),
        on=today(departement),
    )
    secteurs, communes = decoupage.secteurs.count(), decoupage.rattachements.count()
    print(
        f"Découpage « {decoupage} » : {write_pluriel(secteurs, 'secteur')},"
        f" {write_pluriel(communes, 'commune')}."
    )
    return 0

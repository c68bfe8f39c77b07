"""`seuil rgpd`: retention applied, and the rights of the people, from the command line."""

import argparse
import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seuil.jobs.droit import read_date
from seuil.jobs.places import find_departement
from seuil.jobs.sortie import add_json, write_json
from seuil.kernel.refusal import Refusal

if TYPE_CHECKING:
    from seuil.dossiers.models import Dossier
    from seuil.usecases.purge_dossiers import Bilan

_NBSP = "\N{NO-BREAK SPACE}"
_SHOWN = 20


class DossierIntrouvable(Refusal):
    def __init__(self, numero: str) -> None:
        super().__init__(
            f"Aucun dossier ne porte le numéro {numero}. Il s’écrit comme 33-2026-000123."
        )


class DateFuture(Refusal):
    message = (
        "Une purge ne s’applique pas à une date à venir\N{NO-BREAK SPACE}: ajoutez --simuler pour"
        " voir ce qui partira ce jour-là."
    )


class SortieRefusee(Refusal):
    """The folder of the pack cannot be used."""


def add_arguments(commands: Any) -> None:
    """Declare the commands."""
    parser = commands.add_parser(
        "rgpd",
        help="durées de conservation et droits des personnes",
        description="Applique les durées de conservation, et répond aux personnes sur leurs"
        " données. Chaque geste laisse une ligne au journal et au registre des demandes.",
    )
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    purge = _declare(
        actions, "purge", "effacer ce dont la durée est passée", _run_purge, dossier=False
    )
    purge.add_argument("--departement", required=True, help="code officiel : 33, 2A, 974")
    purge.add_argument("--simuler", action="store_true", help="compter, ne rien effacer")
    purge.add_argument("--au", type=read_date, help="comme si l’on était ce jour, AAAA-MM-JJ")
    add_json(purge)
    acces = _declare(actions, "acces", "remettre à une personne ses données", _run_acces)
    acces.add_argument(
        "--personne", required=True, type=int, metavar="N", help="1 : le premier titulaire du bail"
    )
    acces.add_argument(
        "--sortie", required=True, type=Path, metavar="DOSSIER", help="où écrire les fichiers"
    )
    acces.add_argument(
        "--masquer", action="append", default=[], metavar="TEXTE",
        help="autre nom à masquer dans les textes ; se répète",
    )  # fmt: skip
    acces.add_argument(
        "--pieces", action="store_true", help="copier aussi les pièces jointes, à relire avant"
    )
    rectification = _declare(
        actions, "rectification", "corriger une donnée fausse", _run_rectification
    )
    for name, told in (
        ("--table", "table de la donnée : personne, logement, dette…"),
        ("--champ", "champ à corriger : nom, adresse, montant…"),
        ("--valeur", "valeur juste ; une date s’écrit AAAA-MM-JJ"),
        ("--motif", "pourquoi"),
    ):
        rectification.add_argument(name, required=True, help=told)
    rectification.add_argument("--ligne", default="", help="identifiant, s’il y a plusieurs lignes")
    limitation = _declare(
        actions, "limitation", "limiter le traitement d’un dossier", _run_limitation
    )
    gel = _declare(actions, "gel", "geler la conservation d’un dossier", _run_gel)
    for action in (limitation, gel):
        choice = action.add_mutually_exclusive_group(required=True)
        choice.add_argument("--motif", default="", help="pourquoi")
        choice.add_argument("--lever", action="store_true", help="y mettre fin")


def _declare(
    actions: Any,
    name: str,
    told: str,
    run: Callable[[argparse.Namespace], int],
    *,
    dossier: bool = True,
) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(
        name, help=told, description=f"{told[0].upper()}{told[1:]}."
    )
    if dossier:
        action.add_argument("--dossier", required=True, metavar="NUMÉRO", help="33-2026-000123")
    action.set_defaults(run=run, needs_database=True)
    return action


def _run_purge(arguments: argparse.Namespace) -> int:
    from seuil.dossiers.operations.dossiers import get_departement
    from seuil.kernel.clock import now, today
    from seuil.usecases.purge_dossiers import purge_dossiers

    departement = get_departement(find_departement(arguments.departement) or "").pk
    on = arguments.au or today(departement)
    if on > today(departement) and not arguments.simuler:
        raise DateFuture
    bilan = purge_dossiers(departement=departement, on=on, at=now(), simulate=arguments.simuler)
    if arguments.as_json:
        write_json(_describe(bilan, on))
    else:
        _print_bilan(bilan, on)
    return 0


def _describe(bilan: "Bilan", on: date) -> dict[str, Any]:
    return {
        "departement": bilan.departement,
        "au": on.isoformat(),
        "simulation": bilan.simule,
        "dossiers": bilan.dossiers,
        "lignes": bilan.lignes,
        "regles": bilan.regles,
        "fichiers": bilan.fichiers,
        "retenus": [
            {
                "numero": r.numero,
                "retenues": [
                    asdict(x) | {"jusqu_au": x.jusqu_au.isoformat() if x.jusqu_au else None}
                    for x in r.retenues
                ],
            }
            for r in bilan.retenus
        ],
    }


def _print_bilan(bilan: "Bilan", on: date) -> None:
    from seuil.conservation.rules import load_conservation, write_duree

    conservation = load_conservation(bilan.departement)
    done = "à effacer" if bilan.simule else "effacés"
    print(f"Conservation au {on:%d/%m/%Y}, département {bilan.departement}")
    if bilan.simule:
        print(f"Simulation{_NBSP}: rien n’est effacé.")
    for regle in conservation.regles.values():
        if regle.par != "purge":
            continue
        count = bilan.dossiers if regle.code == "dossier" else bilan.regles.get(regle.code, 0)
        duree = write_duree(regle.mois) or "sans délai"
        evenement = conservation.evenements[regle.evenement]
        print(f"\n{regle.code} — {regle.libelle}")
        print(f"  {duree} après{_NBSP}: {evenement}")
        print(f"  {done}{_NBSP}: {count}")
        if regle.code == "dossier":
            for table, nombre in sorted(bilan.lignes.items()):
                print(f"    {table}{_NBSP}: {nombre}")
            print(f"    fichiers des pièces{_NBSP}: {bilan.fichiers}")
    _print_retenus(bilan)


def _print_retenus(bilan: "Bilan") -> None:
    if not bilan.retenus:
        return
    print(f"\nDurée passée, mais retenus{_NBSP}: {len(bilan.retenus)}")
    for retenu in bilan.retenus[:_SHOWN]:
        for retenue in retenu.retenues:
            until = f", jusqu’au {retenue.jusqu_au:%d/%m/%Y}" if retenue.jusqu_au else ""
            print(f"  {retenu.numero}{_NBSP}: {retenue.libelle}{until}")
    if len(bilan.retenus) > _SHOWN:
        print(f"  … et {len(bilan.retenus) - _SHOWN} autres (voir --json).")


def _find_dossier(numero: str) -> "Dossier":
    from seuil.conservation.queries.demandes import find_dossier_du_departement
    from seuil.kernel.clock import today
    from seuil.kernel.contexte import acting_as_machine

    departement = numero.strip().split("-")[0]
    with acting_as_machine("rgpd", on=today(departement), departement=departement):
        dossier = find_dossier_du_departement(departement=departement, numero=numero)
    if dossier is None:
        raise DossierIntrouvable(numero)
    return dossier


def _run_acces(arguments: argparse.Namespace) -> int:
    from seuil.acteurs.operations.machine import Machine
    from seuil.kernel.clock import today
    from seuil.usecases._remise import list_fichiers
    from seuil.usecases.export_acces import export_acces

    dossier = _find_dossier(arguments.dossier)
    folder = _prepare(arguments.sortie)
    remise = export_acces(
        dossier=dossier,
        personne=arguments.personne,
        masquer=arguments.masquer,
        by=Machine("rgpd", dossier.departement_id),
        on=today(dossier.departement_id),
    )
    for name, content in list_fichiers(remise):
        _write(folder / name, content)
    copied = _copy_pieces(dossier, remise.documents, folder) if arguments.pieces else 0
    print(f"{len(remise.donnees)} données, {len(remise.retenues)} retenues, écrites dans {folder}")
    for retenue in remise.retenues:
        print(f"  non remis{_NBSP}: {retenue}")
    free = sorted({f"{d.libelle_table}, {d.libelle}" for d in remise.donnees if d.a_relire})
    if free:
        print(f"À relire avant de remettre (textes libres){_NBSP}: {' ; '.join(free)}")
        print("Un nom de tiers y reste ? Recommencez avec --masquer.")
    if remise.documents:
        told = f"{copied} copiées, à relire" if copied else "non copiées (--pieces les copie)"
        print(f"Pièces jointes{_NBSP}: {len(remise.documents)}, {told}")
    return 0


def _prepare(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SortieRefusee(f"{folder} existe déjà et n’est pas vide{_NBSP}: choisissez un autre.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SortieRefusee(
            f"{folder} ne peut pas être créé{_NBSP}: vérifiez le chemin."
        ) from error
    return folder


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _copy_pieces(dossier: "Dossier", documents: Any, folder: Path) -> int:
    from django.conf import settings

    copied = 0
    for n, name in enumerate(documents, 1):
        source = Path(settings.SEUIL_DOCUMENTS) / dossier.departement_id / name
        if source.is_file():
            shutil.copyfile(source, folder / f"piece-{n}")
            (folder / f"piece-{n}").chmod(0o600)
            copied += 1
    return copied


def _run_rectification(arguments: argparse.Namespace) -> int:
    from seuil.acteurs.operations.machine import Machine
    from seuil.kernel.clock import today
    from seuil.usecases.rectify_fait import rectify_fait

    dossier = _find_dossier(arguments.dossier)
    done = rectify_fait(
        dossier=dossier,
        table=arguments.table,
        champ=arguments.champ,
        valeur=arguments.valeur,
        motif=arguments.motif,
        ligne=arguments.ligne,
        by=Machine("rgpd", dossier.departement_id),
        on=today(dossier.departement_id),
    )
    print(f"Corrigé{_NBSP}: {done.champ}, dossier {dossier.numero}.")
    print("L’ancienne valeur n’est pas gardée.")
    if done.cle_inchangee:
        print(
            "Un autre dossier a déjà ce nom et cette adresse : la clé de rapprochement reste"
            " l’ancienne. Vérifiez s’il s’agit du même ménage."
        )
    print(f"À prévenir (RGPD, art. 19){_NBSP}:")
    for lecteur in done.lecteurs:
        print(f"  {lecteur.organisation}{_NBSP}: {lecteur.pourquoi}")
    if not done.lecteurs:
        print("  aucun organisme")
    return 0


def _run_limitation(arguments: argparse.Namespace) -> int:
    from seuil.usecases.limit_dossier import lift_limite, limit_dossier

    dossier, who = _find_dossier(arguments.dossier), _who(arguments.dossier)
    if arguments.lever:
        lift_limite(dossier=dossier, **who)
        print(
            f"Limitation levée{_NBSP}: le dossier {dossier.numero} est rendu à ceux qui le suivent."
        )
        return 0
    limit_dossier(dossier=dossier, motif=arguments.motif, **who)
    print(
        f"Traitement limité{_NBSP}: le dossier {dossier.numero} n’est plus lu que du délégué à la"
        " protection des données, et n’est compté nulle part."
    )
    return 0


def _run_gel(arguments: argparse.Namespace) -> int:
    from seuil.conservation.operations import end_gel, record_gel
    from seuil.kernel.contexte import acting_as_machine

    dossier, who = _find_dossier(arguments.dossier), _who(arguments.dossier)
    with acting_as_machine("rgpd", on=who["on"], departement=dossier.departement_id):
        if arguments.lever:
            end_gel(dossier=dossier, **who)
        else:
            record_gel(dossier=dossier, motif=arguments.motif, **who)
    print(
        f"Gel levé{_NBSP}: les durées courent de nouveau pour le dossier {dossier.numero}."
        if arguments.lever
        else f"Conservation gelée{_NBSP}: le dossier {dossier.numero} ne sera pas effacé."
    )
    return 0


def _who(numero: str) -> dict[str, Any]:
    from seuil.acteurs.operations.machine import Machine
    from seuil.kernel.clock import today

    departement = numero.strip().split("-")[0]
    return {"by": Machine("rgpd", departement), "on": today(departement)}

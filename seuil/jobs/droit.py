"""`seuil droit` and `seuil delai`: the law engine on the command line, without any database."""

import argparse
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from seuil.engines import droit
from seuil.kernel.refusal import Refusal

CAS = Path(__file__).resolve().parents[2] / "tests" / "droit" / "cases"
CERTITUDES = {
    "sure": "date certaine",
    "contested": "date discutée, plusieurs lectures se défendent",
    "to_check": "date à vérifier",
}


class DemandeIncomplete(Refusal):
    """A fact that the computation needs was not given."""


def add_arguments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both commands."""
    _declare_droit(commands.add_parser(
        "droit",
        help="calculer une date de la procédure, expliquée",
        description="Calcule la date d’une règle. « seuil droit regles » liste les règles, "
        "« seuil droit verifier » rejoue tous les cas du banc d’essai.",
    ))  # fmt: skip
    _declare_delai(commands.add_parser(
        "delai",
        help="compter un délai, sans règle de droit",
        description="Compte une durée à partir d’un jour, ce jour exclu (code de procédure "
        "civile, articles 640 à 642).",
    ))  # fmt: skip


def read_date(text: str) -> date:
    """Read an ISO date. Raises ArgumentTypeError, in French."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n’est pas une date : écrire AAAA-MM-JJ, par exemple 2026-03-26, et une "
            "date qui existe"
        ) from None


def _declare_droit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("regle", metavar="RÈGLE", help="A1, C2, F4… ou verifier, regles")
    parser.add_argument("--depuis", type=read_date, help="jour du fait de départ, AAAA-MM-JJ")
    parser.add_argument("--bail", type=read_date, help="date du bail")
    parser.add_argument("--reconduit", type=read_date, help="date de sa dernière reconduction")
    parser.add_argument("--clause", help="délai écrit dans le bail, « 2 mois » ou « 6 semaines »")
    parser.add_argument("--delai-annonce", help="délai annoncé par le commandement de payer")
    parser.add_argument("--prefet-saisi", type=read_date, help="saisine du préfet (F1, EX)")
    parser.add_argument(
        "--delais-jusqu-au", type=read_date, help="fin des délais accordés par le juge (G7, EX)"
    )
    parser.add_argument("--concours", type=read_date, help="concours accordé le (EX)")
    parser.add_argument("--commune", help="code Insee de la commune")
    parser.add_argument("--departement", help="code du département")
    parser.add_argument("--json", action="store_true", help="résultat en JSON")
    parser.add_argument(
        "--cas", type=Path, default=CAS, help="avec « verifier », dossier des cas à rejouer"
    )
    parser.set_defaults(run=_run_droit, needs_database=False)


def _declare_delai(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--depuis", type=read_date, help="jour de départ, AAAA-MM-JJ")
    parser.add_argument("--duree", help="« 15 jours », « 6 semaines », « 1 mois 15 jours »")
    parser.add_argument("--franc", action="store_true", help="le dernier jour ne compte pas")
    parser.add_argument("--ouvres", action="store_true", help="compter des jours ouvrés")
    parser.add_argument(
        "--sans-642", action="store_true", help="ne pas reporter un samedi, dimanche ou jour férié"
    )
    parser.add_argument("--commune", help="code Insee de la commune")
    parser.add_argument("--departement", help="code du département")
    parser.add_argument("--json", action="store_true", help="résultat en JSON")
    parser.set_defaults(run=_run_delai, needs_database=False)


def _run_droit(arguments: argparse.Namespace) -> int:
    if arguments.regle == "verifier":
        return verify(arguments.cas)
    if arguments.regle == "regles":
        return _print_regles()
    try:
        resultat = _compute(arguments)
    except (
        droit.RegleInconnue, droit.DateHorsPeriode, droit.LieuInconnu, droit.DureeIllisible,
        droit.TreveFixeeLocalement,
    ) as refusal:  # fmt: skip
        raise DemandeIncomplete(str(refusal)) from refusal
    if arguments.json:
        print(json.dumps(resultat.as_dict(), ensure_ascii=False, indent=2))
    else:
        _print_resultat(resultat)
    return 0


def _compute(arguments: argparse.Namespace) -> droit.Resultat:
    regle, _ = droit.find_regle(arguments.regle)
    if arguments.depuis is None:
        raise DemandeIncomplete(
            f"Il manque --depuis AAAA-MM-JJ : {regle.debut_libelle} ({regle.libelle})."
        )
    place = {"commune": arguments.commune, "departement": arguments.departement}
    if regle.formule == "execution":
        return droit.compute_execution(
            cql_le=arguments.depuis,
            prefet_saisi_le=arguments.prefet_saisi,
            delais_jusqu_au=arguments.delais_jusqu_au,
            cfp_le=arguments.concours,
            **place,
        )
    return droit.compute(
        arguments.regle,
        depuis=arguments.depuis,
        bail=arguments.bail,
        clause=arguments.clause,
        reconduit_le=arguments.reconduit,
        delai_annonce=arguments.delai_annonce,
        prefet_saisi_le=arguments.prefet_saisi,
        delais_jusqu_au=arguments.delais_jusqu_au,
        **place,
    )


def _print_resultat(resultat: droit.Resultat) -> None:
    print(f"{resultat.regle} — {resultat.libelle}")
    if resultat.date:
        print(f"{droit.write_date(resultat.date)} ({resultat.date.isoformat()})")
    elif resultat.plage:
        print(f"de {resultat.plage[0]} à {resultat.plage[1]}")
    elif resultat.a_obtenir:
        print("À déterminer")
    print(CERTITUDES[resultat.certitude].capitalize())
    print()
    print(resultat.explication)
    print()
    for reference in resultat.references:
        print(f"{reference.titre}\n  {reference.url}")


def _print_regles() -> int:
    for regle in droit.regles().values():
        lignes = ", ".join(v.ligne for v in regle.versions if v.ligne and v.ligne != regle.id)
        print(f"{regle.id:5} {regle.libelle}" + (f" ({lignes})" if lignes else ""))
    return 0


def verify(folder: Path) -> int:
    """Replay every case of a folder and print those that are wrong; 1 when one is."""
    counts: Counter[str] = Counter()
    try:
        for verdict in droit.check_cases(folder):
            counts[verdict.etat] += 1
            if verdict.etat == "faux":
                print(f"FAUX  {verdict.regle} : {verdict.cas}")
                print("\n".join(f"      {ecart}" for ecart in verdict.ecarts))
    except (droit.CasIllisible, droit.RegleInconnue) as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    print(
        f"{sum(counts.values())} cas : {counts['juste']} justes, {counts['discute']} discutés "
        f"(justes, deux lectures montrées), {counts['faux']} faux"
    )
    return 1 if counts["faux"] else 0


def _run_delai(arguments: argparse.Namespace) -> int:
    for name, example in (("depuis", "AAAA-MM-JJ"), ("duree", "« 6 semaines »")):
        if getattr(arguments, name) is None:
            raise DemandeIncomplete(f"Il manque --{name} {example}.")
    try:
        calcul = droit.add_duree(
            arguments.depuis,
            arguments.duree,
            franc=arguments.franc,
            ouvres=arguments.ouvres,
            roll=not arguments.sans_642,
            commune=arguments.commune,
            departement=arguments.departement,
        )
    except (droit.DateHorsPeriode, droit.LieuInconnu, droit.DureeIllisible) as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    if arguments.json:
        print(json.dumps(calcul.as_dict(), ensure_ascii=False, indent=2), file=sys.stdout)
    else:
        print(f"{droit.write_date(calcul.date)} ({calcul.date.isoformat()})")
        print("\n".join((*calcul.etapes, *([calcul.note] if calcul.note else []))))
    return 0

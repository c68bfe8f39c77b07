"""`seuil droit` and `seuil delai`: the law engine on the command line.

No database is read, but by `seuil droit effet`, which counts the dates of the open dossiers.
"""

import argparse
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seuil.engines import droit
from seuil.jobs.attentes import fill_parameters, print_attentes
from seuil.jobs.places import find_commune, find_departement
from seuil.jobs.sortie import add_json, write_json
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal
from seuil.kernel.texte import fold_alphabet
from seuil.strict_yaml import FichierIllisible

if TYPE_CHECKING:
    from seuil.echeances.rules.effets import EffetDuDroit

CAS = Path(__file__).resolve().parents[2] / "tests" / "droit" / "cases"
CERTITUDES = {
    "sure": "date certaine",
    "contested": "date discutée, plusieurs lectures se défendent",
    "to_check": "date à vérifier",
}
COMMANDES = ("regles", "verifier", "effet", "attente", "remplir")
# Leases and commandements write « deux mois », « six (6) semaines », « 2mois ».
_DELAI_ECRIT = re.compile(r"(\w+?)\s*(?:\((\w+)\)\s*)?(mois|semaines?|jours?)\.?")
_NOMBRES = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12,
}  # fmt: skip


class DemandeIncomplete(Refusal):
    """A fact that the computation needs was not given."""


def add_arguments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both commands."""
    _declare_droit(commands.add_parser(
        "droit",
        help="calculer une date de la procédure, expliquée",
        description="Calcule la date d’une règle. « seuil droit regles » liste les règles, "
        "« seuil droit verifier » rejoue tous les cas du banc d’essai, « seuil droit effet » "
        "compte les dates des dossiers ouverts que d’autres paramètres feraient bouger.",
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


def read_heure(text: str) -> time:
    """Read an hour of the day. Raises ArgumentTypeError, in French."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"« {text} » n’est pas une heure : écrire HH:MM, par exemple 14:30"
        ) from None


def read_deux_mois(text: str) -> str:
    """Read what the judge made of the two months: suppressed, accent or not, or a length."""
    return droit.SUPPRIMES if fold_alphabet(text.strip()) == droit.SUPPRIMES else text


def _declare_droit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "regle", metavar="RÈGLE", help="A1, C2, F4… ou verifier, regles, effet, attente, remplir"
    )
    parser.add_argument("--depuis", type=read_date, help="jour du fait de départ, AAAA-MM-JJ")
    parser.add_argument("--bail", type=read_date, help="date du bail")
    parser.add_argument("--reconduit", type=read_date, help="sa dernière reconduction tacite")
    parser.add_argument("--renouvele", type=read_date, help="son dernier renouvellement exprès")
    parser.add_argument(
        "--nature-bail", choices=tuple(droit.NATURES), help="habitation, faute de précision"
    )
    parser.add_argument("--clause", help="délai écrit dans le bail, « 2 mois », « 6 semaines »…")
    parser.add_argument("--delai-annonce", help="délai annoncé par le commandement de payer")
    parser.add_argument("--prefet-saisi", type=read_date, help="saisine du préfet (F1, EX)")
    parser.add_argument(
        "--deux-mois",
        type=read_deux_mois,
        help="ce que le juge en a fait (F1, EX) : « supprimés », « 1 mois », « 5 mois »",
    )
    parser.add_argument("--refus", type=read_date, help="refus exprès du concours (G7)")
    parser.add_argument(
        "--domicile", help="de l’appelant : code du département, ou etranger (E4, E5, E6, E11, E12)"
    )
    parser.add_argument(
        "--aj-demandee", type=read_date, help="aide juridictionnelle demandée le (recours)"
    )
    parser.add_argument(
        "--aj-depart", type=read_date, help="jour où le délai repart (décision définitive, avocat)"
    )
    parser.add_argument(
        "--delais-jusqu-au", type=read_date, help="fin des délais accordés par le juge (G7, EX)"
    )
    parser.add_argument(
        "--cql-recu", type=read_date, help="commandement de quitter reçu par le préfet (G3, G7)"
    )
    parser.add_argument(
        "--bailleur", choices=tuple(droit.BAILLEURS), help="nature du bailleur (L4, L4b)"
    )
    parser.add_argument("--notifie", type=read_date, help="décision notifiée le (K3)")
    parser.add_argument("--concours", type=read_date, help="concours accordé le (EX)")
    parser.add_argument("--commune", help="code Insee de la commune")
    parser.add_argument("--departement", help="code du département")
    add_json(parser)
    parser.add_argument(
        "--cas", type=Path, default=CAS, help="avec « verifier », dossier des cas à rejouer"
    )
    parser.add_argument(
        "--parametres",
        type=Path,
        metavar="FICHIER_OU_DOSSIER",
        help="avec « effet », les paramètres à essayer ; avec « remplir », le gabarit rempli",
    )
    parser.add_argument(
        "--gabarit", action="store_true", help="avec « attente », le fichier unique à remplir"
    )
    parser.add_argument(
        "--vers", type=Path, metavar="DOSSIER", help="avec « remplir », où écrire les paramètres"
    )
    parser.set_defaults(run=_run_droit, needs_database=lambda a: a.regle == "effet")


def _declare_delai(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--depuis", type=read_date, help="jour de départ, AAAA-MM-JJ")
    parser.add_argument(
        "--duree",
        help="« 15 jours », « 6 semaines », « 1 mois 15 jours », « 3 jours ouvrables » ou "
        "« 48 heures »",
    )
    parser.add_argument("--heure", type=read_heure, help="heure de départ, HH:MM, pour des heures")
    parser.add_argument("--franc", action="store_true", help="le dernier jour ne compte pas")
    parser.add_argument("--ouvres", action="store_true", help="compter des jours ouvrés")
    parser.add_argument(
        "--sans-642", action="store_true", help="ne pas reporter un samedi, dimanche ou jour férié"
    )
    parser.add_argument("--commune", help="code Insee de la commune")
    parser.add_argument("--departement", help="code du département")
    add_json(parser)
    parser.set_defaults(run=_run_delai, needs_database=False)


def _run_droit(arguments: argparse.Namespace) -> int:
    if arguments.regle == "verifier":
        return verify(arguments.cas, as_json=arguments.as_json)
    if arguments.regle == "regles":
        return _print_regles(as_json=arguments.as_json)
    if arguments.regle == "effet":
        return _run_effet(arguments)
    if arguments.regle == "attente":
        return print_attentes(gabarit=arguments.gabarit, as_json=arguments.as_json)
    if arguments.regle == "remplir":
        return fill_parameters(arguments)
    try:
        resultat = _compute(arguments)
    except (
        droit.RegleInconnue, droit.DateHorsPeriode, droit.LieuInconnu, droit.DureeIllisible,
        droit.TreveFixeeLocalement, droit.FaitsContradictoires,
    ) as refusal:  # fmt: skip
        raise DemandeIncomplete(str(refusal)) from refusal
    if arguments.as_json:
        write_json(resultat.as_dict())
    else:
        _print_resultat(resultat)
    return 0


def _compute(arguments: argparse.Namespace) -> droit.Resultat:
    regle = droit.find_regle(arguments.regle, autres=COMMANDES)[0]
    if arguments.depuis is None:
        raise DemandeIncomplete(
            f"Il manque --depuis AAAA-MM-JJ : {regle.debut_libelle} ({regle.libelle})."
        )
    place = _read_place(arguments)
    if regle.formule == "execution":
        return droit.compute_execution(
            cql_le=arguments.depuis,
            prefet_saisi_le=arguments.prefet_saisi,
            deux_mois=_read_deux_mois(arguments.deux_mois),
            delais_jusqu_au=arguments.delais_jusqu_au,
            cfp_le=arguments.concours,
            nature_bail=arguments.nature_bail,
            **place,
        )
    return droit.compute(
        arguments.regle,
        depuis=arguments.depuis,
        bail=arguments.bail,
        clause=_read_delai("la clause du bail (--clause)", arguments.clause, regle),
        reconduit_le=arguments.reconduit,
        renouvele_le=arguments.renouvele,
        nature_bail=arguments.nature_bail,
        delai_annonce=_read_delai(
            "le commandement (--delai-annonce)", arguments.delai_annonce, regle
        ),
        prefet_saisi_le=arguments.prefet_saisi,
        delais_jusqu_au=arguments.delais_jusqu_au,
        cql_recu_le=arguments.cql_recu,
        deux_mois=_read_deux_mois(arguments.deux_mois),
        refus_le=arguments.refus,
        domicile=arguments.domicile,
        aj_demandee_le=arguments.aj_demandee,
        aj_depart_le=arguments.aj_depart,
        notifie_le=arguments.notifie,
        bailleur=arguments.bailleur,
        **place,
    )


def _read_place(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "commune": find_commune(arguments.commune),
        "departement": find_departement(arguments.departement),
    }


def _read_deux_mois(text: str | None) -> str | None:
    """Read « supprimés », or a length however an act writes it."""
    if text is None or text.lower().startswith("supprim"):
        return text and droit.SUPPRIMES
    return _write_delai(text) or text


def _read_delai(where: str, text: str | None, regle: droit.Regle) -> str | None:
    """Read the delay that an act writes as the engine writes it; None to a rule that asks none."""
    if text is None or regle.formule != "clause_resolutoire":
        return None
    delai = _write_delai(text)
    if delai is None:
        raise DemandeIncomplete(
            f"Le délai que dit {where} doit être une durée, « 2 mois » ou « 6 semaines » par "
            f"exemple, et non « {text} »."
        )
    return delai


def _write_delai(text: str) -> str | None:
    found = _DELAI_ECRIT.fullmatch(text.strip().lower())
    if found is None:
        return None
    number, again, unit = found.groups()
    n = _read_nombre(number)
    if n is None or (again is not None and _read_nombre(again) != n):
        return None
    return droit.write_duree(n, unit if unit == "mois" else f"{unit.rstrip('s')}s")


def _read_nombre(word: str) -> int | None:
    return int(word) if word.isdecimal() else _NOMBRES.get(word)


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


def _print_regles(*, as_json: bool = False) -> int:
    if as_json:
        write_json(
            {
                "regles": [
                    {
                        "regle": r.id,
                        "libelle": r.libelle,
                        "lignes": sorted({v.ligne for v in r.versions if v.ligne}),
                    }
                    for r in droit.regles().values()
                ]
            }
        )
        return 0
    for regle in droit.regles().values():
        lignes = ", ".join(v.ligne for v in regle.versions if v.ligne and v.ligne != regle.id)
        print(f"{regle.id:5} {regle.libelle}" + (f" ({lignes})" if lignes else ""))
    return 0


def _run_effet(arguments: argparse.Namespace) -> int:
    """Print what other parameters would do to the dates of the open dossiers; nothing is kept."""
    from seuil.dossiers.operations.dossiers import get_departement
    from seuil.echeances.queries.effets import list_effets
    from seuil.echeances.rules.effets import list_effets_utiles
    from seuil.kernel.clock import today
    from seuil.kernel.contexte import counting

    essai = _read_essai(arguments.parametres)
    if not arguments.departement:
        raise DemandeIncomplete("Il manque --departement, par exemple --departement 33.")
    departement = get_departement(find_departement(arguments.departement) or "")
    with counting("effet", on=today(departement.pk)):
        effets = list_effets(departement=departement.pk, essai=essai)
    utiles = list_effets_utiles(effets, essai)
    if arguments.as_json:
        report = {
            "departement": departement.pk,
            "dates": sum(e.dates for e in effets),
            "bougent": sum(e.bougent for e in utiles),
            "perdues": sum(e.perdues for e in utiles),
            "regles": [
                {**asdict(e), "dans_les_parametres": e.regle in droit.list_essayees(essai)}
                for e in utiles
            ],
        }
        write_json(report)
    else:
        _print_effets(utiles)
    return 0


def _read_essai(path: Path | None) -> Mapping[str, droit.Regle]:
    if path is None:
        raise DemandeIncomplete("Il manque --parametres FICHIER_OU_DOSSIER.")
    if not path.exists():
        raise DemandeIncomplete(f"Aucun fichier ni dossier à cet endroit : {path}.")
    try:
        return droit.read_essai(path)
    except FichierIllisible as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    except OSError as refusal:
        raise DemandeIncomplete(f"Ce fichier ne se laisse pas lire : {path}.") from refusal


def _print_effets(effets: Sequence["EffetDuDroit"]) -> None:
    for e in effets:
        print(f"{e.regle} — {e.libelle}")
        parts = [f"dates : {e.dates}", f"bougent : {e.bougent}"]
        if e.bougent:
            parts.append(f"de {e.minimum:+} à {e.maximum:+} jours (médiane {e.mediane:+})")
        parts += [f"perdent leur date : {e.perdues}", f"autre certitude : {e.certitude_change}"]
        print(f"  {', '.join(parts)}")
    if not any(e.bougent or e.perdues for e in effets):
        print("Aucune date ne bouge.")
    print("Rien n’est enregistré.")


def verify(folder: Path, *, as_json: bool = False) -> int:
    """Replay every case of a folder and print those that are wrong; 1 when one is."""
    counts: Counter[str] = Counter()
    wrong = []
    try:
        for verdict in droit.check_cases(folder):
            counts[verdict.etat] += 1
            if verdict.etat == "faux":
                wrong.append(verdict)
    except (droit.CasIllisible, droit.RegleInconnue) as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    if as_json:
        write_json(
            {
                "cas": sum(counts.values()),
                **{etat: counts[etat] for etat in ("juste", "discute", "faux")},
                "ecarts": [
                    {"regle": v.regle, "cas": v.cas, "ecarts": list(v.ecarts)} for v in wrong
                ],
            }
        )
        return 1 if wrong else 0
    for verdict in wrong:
        print(f"FAUX  {verdict.regle} : {verdict.cas}")
        print("\n".join(f"      {ecart}" for ecart in verdict.ecarts))
    print(
        f"{sum(counts.values())} cas : {write_pluriel(counts['juste'], 'juste')},"
        f" {write_pluriel(counts['discute'], 'discuté')} (deux lectures montrées),"
        f" {counts['faux']} faux"
    )
    return 1 if counts["faux"] else 0


def _run_delai(arguments: argparse.Namespace) -> int:
    for name, example in (("depuis", "AAAA-MM-JJ"), ("duree", "« 6 semaines »")):
        if getattr(arguments, name) is None:
            raise DemandeIncomplete(f"Il manque --{name} {example}.")
    if droit.is_heures(arguments.duree):
        return _print_heures(arguments)
    try:
        calcul = droit.add_duree(
            arguments.depuis,
            arguments.duree,
            franc=arguments.franc,
            ouvres=arguments.ouvres,
            roll=not arguments.sans_642,
            **_read_place(arguments),
        )
    except (droit.DateHorsPeriode, droit.LieuInconnu, droit.DureeIllisible) as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    if arguments.as_json:
        write_json(calcul.as_dict())
    else:
        print(f"{droit.write_date(calcul.date)} ({calcul.date.isoformat()})")
        print("\n".join((*calcul.etapes, *([calcul.note] if calcul.note else []))))
    return 0


def _print_heures(arguments: argparse.Namespace) -> int:
    """Print the end of a delay in hours, which needs the hour it starts from."""
    if arguments.heure is None:
        raise DemandeIncomplete("Il manque --heure HH:MM : des heures se comptent d’heure à heure.")
    try:
        end, step = droit.add_heures(
            datetime.combine(arguments.depuis, arguments.heure), arguments.duree
        )
    except (droit.DateHorsPeriode, droit.DureeIllisible) as refusal:
        raise DemandeIncomplete(str(refusal)) from refusal
    if arguments.as_json:
        write_json({"date": end.date().isoformat(), "heure": f"{end:%H:%M}", "etapes": [step]})
    else:
        print(f"{droit.write_date(end.date())} à {end:%H h %M} ({end:%Y-%m-%dT%H:%M})\n{step}")
    return 0

"""`seuil impaye`: on which day are arrears an impayé, and why; no database is needed."""

import argparse
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from seuil.engines import droit
from seuil.jobs.sortie import add_json, write_json
from seuil.kernel.refusal import Refusal

_NBSP = "\N{NO-BREAK SPACE}"
_MOIS = re.compile(r"\d{4}-\d{2}")
_CERTITUDES = {
    "sure": "réponse certaine",
    "contested": "réponse discutée",
    "to_check": "réponse à vérifier",
}


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "impaye", help="dire quel jour un impayé est constitué (CAF, MSA), et pourquoi"
    )
    parser.add_argument("--loyer", metavar="EUROS", help="loyer mensuel hors charges")
    parser.add_argument("--charges", metavar="EUROS", help="charges mensuelles")
    parser.add_argument("--aide", metavar="EUROS", help="aide au logement mensuelle (0 si aucune)")
    payee = parser.add_mutually_exclusive_group()
    payee.add_argument(
        "--tiers-payant", action="store_true", default=None, help="l’aide est versée au bailleur"
    )
    payee.add_argument(
        "--aide-au-menage",
        action="store_false",
        dest="tiers_payant",
        help="l’aide est versée au ménage",
    )
    parser.add_argument("--rls", metavar="EUROS", help="réduction de loyer de solidarité")
    parser.add_argument("--terme", choices=("avance", "echu"), default="", help="loyer payable")
    parser.add_argument("--jour", metavar="N", help="jour d’échéance écrit dans le bail")
    parser.add_argument(
        "--premier-impaye",
        metavar="AAAA-MM-JJ",
        help="échéance du premier terme impayé, ou AAAA-MM pour le loyer d’un mois (avec --terme)",
    )
    parser.add_argument(
        "--dette",
        metavar="AAAA-MM-JJ=EUROS",
        action="append",
        default=[],
        help="dette constatée ce jour-là (option répétable)",
    )
    parser.add_argument("--au", metavar="AAAA-MM-JJ", help="jour où l’on répond (aujourd’hui)")
    add_json(parser)
    parser.set_defaults(run=run, needs_database=False)


def run(arguments: argparse.Namespace) -> int:
    """Print the explained answer. Returns 0, or 1 when a value is refused."""
    try:
        situation, au = _read_situation(arguments), _read_au(arguments.au)
        _refuse_future(situation, au)
        result = droit.compute_impaye(situation, au=au)
    except (_OptionRefusee, droit.MontantIllisible, droit.SituationInvalide) as refusal:
        raise ValeurRefusee(str(refusal)) from refusal
    except droit.DateHorsPeriode as refusal:
        raise ValeurRefusee(f"--au{_NBSP}: {refusal}") from refusal
    if arguments.as_json:
        write_json(result.as_dict())
    else:
        _print(result)
    return 0


class _OptionRefusee(ValueError):
    """A value of the command line is not readable; the message names the option."""


class ValeurRefusee(Refusal):
    """A value of the command line is refused; the message names the option."""


def _read_situation(arguments: argparse.Namespace) -> droit.SituationLocative:
    return droit.SituationLocative(
        loyer=_read_optional("--loyer", arguments.loyer),
        charges=_read_optional("--charges", arguments.charges),
        aide=_read_optional("--aide", arguments.aide),
        tiers_payant=arguments.tiers_payant,
        rls=_read_optional("--rls", arguments.rls) or Decimal(0),
        terme=arguments.terme,
        premier_impaye_le=_read_premier(arguments),
        releves=tuple(_read_dette(text) for text in arguments.dette),
    )


def _refuse_future(situation: droit.SituationLocative, au: date) -> None:
    days = [("--dette", releve.le) for releve in situation.releves]
    if situation.premier_impaye_le is not None:
        days.append(("--premier-impaye", situation.premier_impaye_le))
    for option, le in days:
        if le > au:
            raise _OptionRefusee(
                f"{option}{_NBSP}: le {droit.write_date(le)} est après le jour où l’on répond, le"
                f" {droit.write_date(au)} (--au)."
            )


def _read_optional(option: str, text: str | None) -> Decimal | None:
    return None if text is None else _read_montant(option, text)


def _read_montant(option: str, text: str) -> Decimal:
    """Read « 1 234,56 », « 550 », « 550.5 € »."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    refusal = _OptionRefusee(
        f"{option}{_NBSP}: «{_NBSP}{text}{_NBSP}» n’est pas un montant en euros. Exemple{_NBSP}:"
        " 1234,56."
    )
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", plain):
        raise refusal
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise refusal from None


def _read_date(option: str, text: str) -> date:
    try:
        # date.fromisoformat also reads « 20260501 » and « 2026-W18-5 ».
        le = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        le = None
    if le is None:
        raise _OptionRefusee(
            f"{option}{_NBSP}: «{_NBSP}{text}{_NBSP}» n’est pas une date. Écrivez-la sous la forme"
            " AAAA-MM-JJ."
        )
    _refuse_year(option, le)
    return le


def _refuse_year(option: str, le: date) -> None:
    try:
        droit.is_ouvre(le)  # the engine alone knows which years its calendars hold
    except droit.DateHorsPeriode as refusal:
        raise _OptionRefusee(f"{option}{_NBSP}: {refusal}") from refusal


def _read_dette(text: str) -> droit.Releve:
    le, equals, montant = text.partition("=")
    if not equals:
        raise _OptionRefusee(
            f"--dette{_NBSP}: «{_NBSP}{text}{_NBSP}» est attendu sous la forme AAAA-MM-JJ=MONTANT."
        )
    return droit.Releve(_read_date("--dette", le), _read_montant("--dette", montant))


def _read_premier(arguments: argparse.Namespace) -> date | None:
    # The day of the lease is read first: a wrong one is refused even when nothing needs it.
    jour, text = _read_jour(arguments.jour), arguments.premier_impaye
    if text is None:
        return None
    if not _MOIS.fullmatch(text):
        return _read_date("--premier-impaye", text)
    if not arguments.terme:
        raise _OptionRefusee(
            f"--premier-impaye{_NBSP}: un mois ne suffit pas, dites avec --terme si le loyer est"
            " payable d’avance ou à terme échu."
        )
    mois = _read_date("--premier-impaye", f"{text}-01")
    return droit.exigible_le(mois, terme=arguments.terme, jour=jour)


def _read_jour(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,2}", text) or not 1 <= int(text) <= 31:
        raise _OptionRefusee(f"--jour{_NBSP}: un jour du mois est attendu, de 1 à 31.")
    return int(text)


def _read_au(text: str | None) -> date:
    from seuil.kernel.clock import today

    return today() if text is None else _read_date("--au", text)


def _print(result: droit.ImpayeConstitue) -> None:
    print(result.titre)
    if result.pas_avant_le:
        print(f"Pas avant le {droit.write_date(result.pas_avant_le)}.")
    print(f"Certitude{_NBSP}: {_CERTITUDES[result.certitude]} (version {result.parametre}).")
    _print_list("Pourquoi", result.etapes, str)
    _print_list(
        "Autres dates défendables",
        result.autres,
        lambda autre: f"{droit.write_date(autre.date)}{_NBSP}: {autre.motif}",
    )
    _print_list("À obtenir", result.a_obtenir, str)
    _print_list("Ce qui en découle", result.suites, _write_suite)
    _print_list("Ce qui changerait la réponse", result.changerait, str)
    if result.note:
        print(f"Note{_NBSP}: {result.note}")
    _print_list("Textes", result.references, lambda r: f"{r.titre}\n    {r.url}")


def _write_suite(suite: Any) -> str:
    day = f" au plus tard le {droit.write_date(suite.date)}" if suite.date else ""
    return f"{suite.libelle}{day}. {suite.note}"


def _print_list(title: str, items: Any, write: Callable[[Any], str]) -> None:
    if items:
        print(f"{title}{_NBSP}:")
        for item in items:
            print(f"  - {write(item)}")

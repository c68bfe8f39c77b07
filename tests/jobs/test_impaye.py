"""`seuil impaye`, as a social worker or another program runs it: no database."""

import json

import pytest

from seuil.jobs.cli import main

BASE = ("impaye", "--loyer", "550", "--charges", "40", "--aide", "210", "--tiers-payant")


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    code = main([*BASE, *options])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_answer_is_explained_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--dette", "2026-05-01=1 500,00 €", "--au", "2026-11-21")

    assert (code, err) == (0, "")
    assert out.startswith("Impayé constitué au plus tard le 1er mai 2026.")
    assert "2 × (550,00\xa0€ de loyer + 40,00\xa0€ de charges − 210,00\xa0€" in out
    assert "au plus tard le 1er juillet 2026" in out
    assert "article R824-1" in out


def test_the_json_holds_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--dette", "2026-05-01=760", "--au", "2026-11-21", "--json")

    answer = json.loads(out)
    assert (answer["statut"], answer["date"]) == ("constitue", "2026-05-01")
    assert (answer["seuil"], answer["base"]) == ("760.00", "net")
    assert answer["certitude"] == "sure"


def test_the_law_of_2027_is_to_check_here_as_in_the_rule_of_the_same_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, debt, _ = run(capsys, "--dette", "2027-03-01=450.01", "--au", "2027-03-01", "--json")
    main(["droit", "H1", "--depuis", "2027-03-01", "--json"])
    rule = json.loads(capsys.readouterr().out)

    answer = json.loads(debt)
    assert (answer["statut"], answer["date"]) == ("constitue", "2027-03-01")
    assert answer["certitude"] == rule["certitude"] == "to_check"
    assert "son texte est à relire" in answer["note"]


def test_the_month_of_a_rent_gives_its_due_day(capsys: pytest.CaptureFixture[str]) -> None:
    month = ("--premier-impaye", "2026-05", "--au", "2026-09-30", "--json")

    _, avance, _ = run(capsys, *month, "--terme", "avance", "--jour", "5")
    _, echu, _ = run(capsys, *month, "--terme", "echu")

    assert json.loads(avance)["date"] == "2026-06-05"
    assert json.loads(echu)["date"] == "2026-07-01"


def test_without_a_day_the_answer_is_that_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    today, _, _ = run(capsys, "--dette", "2026-11-21=5000")
    tomorrow, _, err = run(capsys, "--dette", "2026-11-22=5000")

    assert (today, tomorrow) == (0, 1)
    assert "--dette\xa0: le 22 novembre 2026 est après le jour où l’on répond" in err


def test_no_aid_is_told_from_an_unknown_aid(capsys: pytest.CaptureFixture[str]) -> None:
    facts = ("--loyer", "550", "--charges", "0", "--dette", "2026-05-01=1500", "--au", "2026-11-21")

    main(["impaye", *facts, "--aide", "0"])
    none = capsys.readouterr().out
    main(["impaye", *facts])
    unknown = capsys.readouterr().out

    assert none.startswith("Sans objet")
    assert "À obtenir" in unknown
    assert "réponse à vérifier" in unknown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--charges", "douze"), "--charges\xa0: «\xa0douze\xa0» n’est pas un montant"),
        (("--rls=-5",), "--rls\xa0: «\xa0-5\xa0»"),
        (("--dette", "2026-05-01=12,345"), "--dette\xa0: «\xa012,345\xa0»"),
        (("--dette", "2026-02-30=12"), "--dette\xa0: «\xa02026-02-30\xa0» n’est pas une date"),
        (("--dette", "2026-05-01"), "--dette\xa0: «\xa02026-05-01\xa0» est attendu"),
        (("--premier-impaye", "20260501"), "--premier-impaye\xa0: «\xa020260501\xa0»"),
        (("--premier-impaye", "2026-05"), "--premier-impaye\xa0: un mois ne suffit pas"),
        (("--premier-impaye", "2026-05", "--terme", "echu", "--jour", "40"), "--jour\xa0:"),
        (("--aide", "0", "--jour", "45"), "--jour\xa0: un jour du mois est attendu, de 1 à 31"),
        (("--dette", "2026-05-01=1500", "--jour", "0"), "--jour\xa0:"),
        (("--premier-impaye", "1800-01-05"), "--premier-impaye\xa0: L’année 1800 est hors"),
        (("--premier-impaye", "1949-12-31"), "--premier-impaye\xa0: L’année 1949"),
        (("--premier-impaye", "9999-12", "--terme", "echu"), "--premier-impaye\xa0: L’année 9999"),
        (("--aide", "0", "--dette", "1949-12-31=5"), "--dette\xa0: L’année 1949"),
        (("--au", "1800-01-01"), "--au\xa0: L’année 1800"),
        (("--au", "demain"), "--au\xa0: «\xa0demain\xa0»"),
        (("--au", "2016-08-31"), "--au\xa0: Avant le 1er septembre 2016"),
        (("--au", "2095-01-01"), "--au\xa0: L’année 2095"),
    ],
)
def test_a_value_that_is_not_readable_is_refused_by_its_option(
    options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *options)
    as_json = main([*BASE, "--json", *options])

    assert (code, out) == (1, "")
    assert message in err
    assert as_json == 1
    assert message in json.loads(capsys.readouterr().out)["erreur"]

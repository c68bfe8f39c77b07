"""`seuil droit` and `seuil delai`: dates on the command line, refusals that say what is missing."""

import json
from pathlib import Path

import pytest

from seuil.engines import droit
from seuil.jobs.cli import main

CASES = Path(__file__).parents[1] / "droit" / "cases"


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """Run a command with --json and return what it prints."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "date"),
    [
        (("A1", "--depuis", "2024-03-26", "--bail", "2024-01-01"), "2024-05-07"),
        (("A1", "--depuis", "2023-09-22", "--bail", "2016-06-21"), "2023-11-22"),
        (("A1", "--depuis", "2024-05-06", "--clause", "2 mois"), "2024-07-06"),
        (("C1", "--depuis", "2025-12-30"), "2026-02-28"),
        (("C2", "--depuis", "2026-12-14"), "2026-11-01"),
        (("C5", "--depuis", "2026-11-02"), "2026-11-24"),
        (("E4", "--depuis", "2026-03-03"), "2026-04-03"),
        (("E4", "--depuis", "2026-03-03", "--departement", "67"), "2026-04-07"),
        (("F4", "--depuis", "2025-12-24"), "2026-03-31"),
        (("G7", "--depuis", "2025-10-15"), "2026-04-01"),
        (("G12", "--depuis", "2026-06-10"), "2026-08-10"),
        (("H1", "--depuis", "2027-02-01"), "2027-05-01"),
        (("I4", "--depuis", "2026-02-28"), "2028-02-28"),
        (("K2", "--depuis", "2026-03-01", "--departement", "33"), "2026-09-01"),
        (("K3", "--depuis", "2026-03-02"), "2026-07-03"),
        (("EX", "--depuis", "2026-01-15", "--concours", "2026-03-20"), "2026-04-01"),
        (("F1", "--depuis", "2026-01-15", "--prefet-saisi", "2026-04-20"), "2026-06-20"),
        (("F1", "--depuis", "2026-05-11", "--deux-mois", "supprimés"), "2026-05-11"),
        (("EX", "--depuis", "2026-05-11", "--deux-mois", "un mois"), "2026-06-12"),
        (("G7", "--depuis", "2026-04-10", "--refus", "2026-05-04"), "2026-05-04"),
        (("L4", "--depuis", "2026-03-02", "--bailleur", "prive"), "2026-04-02"),
        (("L4", "--depuis", "2026-03-02", "--bailleur", "social"), "2026-03-17"),
        (("A1", "--depuis", "2026-03-02", "--clause", "trois mois"), "2026-06-02"),
        (
            ("A1", "--depuis", "2026-03-02", "--bail", "2016-09-01", "--renouvele", "2024-09-01"),
            "2026-04-13",
        ),
        (
            ("E4", "--depuis", "2026-03-03", "--departement", "33", "--domicile", "974"),
            "2026-05-04",
        ),
        (
            ("E4", "--depuis", "2026-03-03", "--departement", "974", "--domicile", "974"),
            "2026-04-03",
        ),
        (
            (
                "E4",
                "--depuis",
                "2026-03-03",
                "--aj-demandee",
                "2026-03-20",
                "--aj-depart",
                "2026-06-01",
            ),
            "2026-07-01",
        ),
    ],
)
def test_a_rule_gives_its_date_in_json(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], date: str
) -> None:
    found = ask(capsys, "droit", *arguments)

    assert found["date"] == date
    assert found["regle"] == arguments[0]
    assert found["certitude"] in {"sure", "contested", "to_check"}
    assert found["references"]
    assert all(set(autre) == {"date", "motif"} for autre in found["autres"])
    assert "→" in found["explication"] or arguments[0] == "F4" or "supprimés" in arguments
    assert found["version"] in found["explication"]


def test_a_rule_is_found_whatever_the_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(capsys, "droit", "k5B", "--depuis", "2026-03-02")["regle"] == "K5b"


def test_a_range_is_given_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "droit", "D6", "--depuis", "2025-01-01")

    assert found["date"] is None
    assert found["plage"] == ["1 mois", "1 an"]


def test_the_text_says_the_count_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["droit", "A1", "--depuis", "2024-03-26", "--bail", "2024-01-01"]) == 0

    printed = capsys.readouterr().out
    assert "7 mai 2024 (2024-05-07)" in printed
    assert "6 semaines à compter du 26 mars 2024 → 7 mai 2024" in printed
    assert "Date certaine" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["droit", "ZZ", "--depuis", "2026-01-01"], 1, "La règle « ZZ » n’existe pas"),
        (["droit", "A11", "--depuis", "2026-01-01"], 1, "Vouliez-vous dire A1"),
        (["droit", "A1"], 1, "signification du commandement de payer"),
        (["droit", "A1", "--depuis", "2026-02-30"], 2, "« 2026-02-30 » n’est pas une date"),
        (["droit", "A1", "--depuis", "hier"], 2, "--depuis"),
        (["droit", "A1", "--depuis", "2026-01-01", "--clause", "3 ans"], 1, "« 2 mois »"),
        (["droit", "A1", "--depuis", "2026-01-01", "--clause", "lune"], 1, "du bail (--clause)"),
        (["droit", "A1", "--depuis", "2026-01-01", "--clause", "deux (3) mois"], 1, "« 2 mois »"),
        (
            ["droit", "A1", "--depuis", "2026-01-01", "--delai-annonce", "trois lunes"],
            1,
            "le commandement (--delai-annonce) doit être une durée",
        ),
        (
            ["droit", "F1", "--depuis", "2026-01-15", "--prefet-saisi", "2026-01-10"],
            1,
            "Ces dates se contredisent",
        ),
        (
            ["droit", "A1", "--depuis", "2026-01-01", "--nature-bail", "commercial"],
            1,
            "L145-41 du code de commerce",
        ),
        (
            ["droit", "L4b", "--depuis", "2026-01-01", "--bailleur", "prive"],
            1,
            "ne vaut que pour un bailleur social",
        ),
        (["droit", "C5", "--depuis", "2020-01-01"], 1, "à partir du 8 janvier 2021"),
        (["droit", "A1b", "--depuis", "2020-01-01"], 1, "Demandez « A1 »"),
        (["droit", "E4", "--depuis", "2026-01-01", "--commune", "Lyon"], 1, "code commune"),
        (["droit", "A1", "--depui", "2026-01-01", "--fou"], 2, "option inconnue"),
        (["droit", "remplir"], 1, "Il manque --parametres"),
        (["droit"], 2, "il manque RÈGLE"),
        (["delai", "--duree", "15 jours"], 1, "Il manque --depuis"),
        (["delai", "--depuis", "2026-01-01"], 1, "Il manque --duree"),
        (["delai", "--depuis", "2026-01-01", "--duree", "une lune"], 1, "durée lisible"),
        (["delai", "--depuis", "2026-01-01", "--duree", "48 heures"], 1, "Il manque --heure"),
        (
            ["delai", "--depuis", "2026-01-01", "--duree", "48 heures", "--heure", "midi"],
            2,
            "n’est pas une heure",
        ),
        (["delai", "--depuis", "2089-01-01", "--duree", "9 ans"], 1, "hors des calendriers"),
        (["foo"], 2, "commande inconnue"),
    ],
)
def test_a_bad_question_is_refused_in_french(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    try:
        assert main(arguments) == code
    except SystemExit as end:
        assert end.code == code  # noqa: PT017 - argparse exits by itself

    printed = capsys.readouterr()
    assert message.replace("\N{NO-BREAK SPACE}", " ") in printed.err.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "Traceback" not in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("arguments", "date"),
    [
        (("--depuis", "2024-02-07", "--duree", "10 jours"), "2024-02-19"),
        (("--depuis", "2017-02-12", "--duree", "1 mois 15 jours"), "2017-03-27"),
        (("--depuis", "2023-10-12", "--duree", "15 jours", "--franc"), "2023-10-30"),
        (("--depuis", "2026-11-02", "--duree", "15 jours", "--ouvres"), "2026-11-24"),
        (("--depuis", "2025-12-31", "--duree", "2 mois", "--sans-642"), "2026-02-28"),
        (("--depuis", "2025-12-31", "--duree", "2 mois"), "2026-03-02"),
        (("--depuis", "2026-03-03", "--duree", "1 mois", "--commune", "67482"), "2026-04-07"),
    ],
)
def test_a_bare_duration_is_counted(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], date: str
) -> None:
    found = ask(capsys, "delai", *arguments)

    assert found["date"] == date
    assert "→" in found["explication"]


DELAI = ("delai", "--depuis", "2026-03-03", "--duree", "1 mois")
E4 = ("droit", "E4", "--depuis", "2026-03-03")
EX = ("droit", "EX", "--depuis", "2026-01-15")


@pytest.mark.parametrize("command", [DELAI, E4, EX])
@pytest.mark.parametrize(
    ("option", "code", "message"),
    [
        ("--commune", "99999", "La commune 99999 n’existe pas dans le code officiel géographique"),
        ("--commune", "33999", "Vérifiez le code Insee"),
        ("--commune", "33000", "C’est un code postal : donnez le code Insee, 33063 (Bordeaux)."),
        ("--commune", "01300", "C’est un code postal, commun à "),
        ("--commune", "75121", "La commune 75121 n’existe pas"),
        ("--departement", "99", "Le département 99 n’existe pas dans le code officiel"),
        ("--departement", "96", "Exemples : 33, 2A, 974."),
        ("--departement", "00", "Le département 00"),
        ("--departement", "20", "Vouliez-vous dire 2A ou 2B ?"),
        ("--departement", "979", "Le département 979"),
        ("--departement", "1", "Vouliez-vous dire 01 ?"),
        ("--departement", "Gironde", "« Gironde » n’est pas un code de département"),
    ],
)
def test_a_place_that_does_not_exist_is_refused(
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    option: str,
    code: str,
    message: str,
) -> None:
    assert main([*command, option, code]) == 1

    printed = capsys.readouterr()
    assert message.replace("\N{NO-BREAK SPACE}", " ") in printed.err.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert printed.out == ""


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--commune", "33063"),
        ("--commune", " 2a004 "),
        ("--commune", "75111"),
        ("--commune", "97801"),
        ("--departement", "2a"),
        ("--departement", " 2B "),
        ("--departement", "977"),
        ("--departement", "978"),
        ("--departement", "988"),
    ],
)
def test_a_place_that_exists_is_read_as_it_is_typed(
    capsys: pytest.CaptureFixture[str], option: str, code: str
) -> None:
    assert ask(capsys, *DELAI, option, code)["date"] == "2026-04-03"
    assert ask(capsys, *E4, option, code)["date"] == "2026-04-03"


def test_a_place_typed_with_spaces_keeps_its_holidays(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(capsys, *DELAI, "--departement", " 67 ")["date"] == "2026-04-07"
    assert ask(capsys, *DELAI, "--commune", "67482 ", "--departement", "67")["date"] == "2026-04-07"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("deux mois", "2 mois"),
        ("Deux (2) mois", "2 mois"),
        ("2 (deux) mois.", "2 mois"),
        ("2mois", "2 mois"),
        ("six semaines", "6 semaines"),
        (" 6 Semaines ", "6 semaines"),
        ("SIX\N{NO-BREAK SPACE}SEMAINES", "6 semaines"),
    ],
)
@pytest.mark.parametrize("option", ["--clause", "--delai-annonce"])
def test_a_delay_is_read_as_leases_write_it(
    capsys: pytest.CaptureFixture[str], option: str, written: str, read: str
) -> None:
    facts = ("droit", "A1", "--depuis", "2024-05-06", "--bail", "2022-01-01", option)
    other = "6 semaines" if read == "2 mois" else "2 mois"

    assert ask(capsys, *facts, written) == ask(capsys, *facts, read)
    assert ask(capsys, *facts, written) != ask(capsys, *facts, other)


def test_an_unknown_rule_is_refused_without_the_list_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["droit", "A11", "--depuis", "2026-01-01"]) == 1
    near = capsys.readouterr().err
    assert main(["droit", "regle"]) == 1
    command = capsys.readouterr().err

    assert "« seuil droit regles » liste les règles." in near.replace("\N{NO-BREAK SPACE}", " ")
    assert len(near) < 150
    assert "Vouliez-vous dire regles" in command


def test_the_benchmark_is_replayed_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["droit", "verifier"]) == 0

    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("0 faux")
    assert "discutés" in printed


def test_a_wrong_case_is_shown_with_what_was_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "G3.yaml").write_text(
        "- {cas: Un mois, depuis: 2026-01-05, date: 2026-02-05, certitude: sure}\n",
        encoding="utf-8",
    )

    assert main(["droit", "verifier", "--cas", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "FAUX  G3" in printed
    assert "2026-02-05 attendue, 2026-03-05 obtenue" in printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {depuis: 2026-01-05}\n", "G3.yaml, ligne 1, « cas » : la clé manque"),
        ("- {cas: Sans jour}\n", "« depuis » : la clé manque"),
        (
            "- {cas: X, depuis: 2026-01-05, dat: 2026-02-05, certitude: sure}\n",
            "« dat » : clé inconnue",
        ),
        ("- {cas: X, depuis: 2026-01-05}\n", "« certitude » : un cas dit sa certitude"),
        ("cas: X\n", "une liste de fiches"),
        ("- {cas: [\n", "illisible"),
    ],
)
def test_a_case_badly_written_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "G3.yaml").write_text(text, encoding="utf-8")

    assert main(["droit", "verifier", "--cas", str(tmp_path)]) == 1
    err = capsys.readouterr().err.replace("\N{NO-BREAK SPACE}", " ")
    assert "G3.yaml" in err
    assert message in err


def test_the_rules_are_listed_with_the_lines_of_the_law_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["droit", "regles"]) == 0

    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(droit.regles())
    assert "(A1a, A1b)" in printed


@pytest.mark.parametrize(
    ("duree", "expected"),
    [
        ("3 jours ouvrables", "2026-05-05"),
        ("3 jours ouvrés", "2026-05-06"),
        ("1 jour ouvrable", "2026-05-02"),
    ],
)
def test_a_delay_in_worked_days_is_counted_without_saturday_or_with_it(
    capsys: pytest.CaptureFixture[str], duree: str, expected: str
) -> None:
    found = ask(capsys, "delai", "--depuis", "2026-04-30", "--duree", duree, "--sans-642")

    assert found["date"] == expected


def test_a_delay_in_hours_runs_from_hour_to_hour(capsys: pytest.CaptureFixture[str]) -> None:
    """The préfet decides within 48 hours (loi 2007-290, article 38), a Sunday too."""
    asked = ["delai", "--depuis", "2026-05-01", "--heure", "14:30", "--duree", "48 heures"]
    found = ask(capsys, *asked)

    assert (found["date"], found["heure"]) == ("2026-05-03", "14:30")


def test_what_waits_for_a_text_is_read_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    attentes = {a["regle"]: a for a in ask(capsys, "droit", "attente")["attentes"]}

    assert attentes["H2"]["depuis"] == "2027-01-01"
    assert attentes["H2"]["questions"]


def test_what_waits_for_a_text_is_listed_with_its_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["droit", "attente"]) == 0

    printed = capsys.readouterr().out
    assert "H2 — Signalement de l’impayé par le bailleur" in printed
    assert "2026-84" in printed
    assert "?" in printed


def test_the_file_that_a_jurist_fills_gives_the_parameters(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["droit", "attente", "--gabarit"]) == 0
    gabarit = capsys.readouterr().out
    start = gabarit.index("H8:\n")
    begin, end = gabarit.index("    a_obtenir", start), gabarit.index("    certainty", start)
    fichier = tmp_path / "rempli.yaml"
    fichier.write_text(
        gabarit[:begin] + "    n: 4\n    unit: mois\n" + gabarit[end:], encoding="utf-8"
    )

    asked = ["droit", "remplir", "--parametres", str(fichier), "--vers", str(tmp_path / "p")]
    assert main(asked) == 0
    assert "1 règle complétée" in capsys.readouterr().out.replace("\u00a0", " ")
    assert "n: 4" in (tmp_path / "p" / "H8.yaml").read_text(encoding="utf-8")

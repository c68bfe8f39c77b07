"""Paste from a spreadsheet: shown before anything is recorded, refused line by line, once."""

import time
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from python_calamine import load_workbook

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import SuiviSocial
from tests.factories.base import BORDEAUX, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all
from tests.web.tableau.test_tableau import TABLEAU, answer, fill, last

ClientDe = Callable[[object], StrictClient]
COLLER = "/tableau/coller/"


@pytest.fixture
def ccas(gironde: str) -> Organisation:
    found = make_organisation(type="ccas", nom="CCAS de Bordeaux")
    found.communes.set([BORDEAUX])
    return found


@pytest.fixture
def agent(ccas: Organisation) -> Agent:
    return make_agent(role="partenaire", organisation=ccas, prenom="Anne", nom="Martin")


def paste(client: StrictClient, text: str) -> str:
    return client.post(COLLER, {"texte": text}).content.decode()


def confirm(client: StrictClient, page: str) -> object:
    from tests.harness.html import parse_html

    (sealed,) = select_all(parse_html(page), "[name=confirme]")
    return client.post(COLLER, {"confirme": sealed.attrs["value"]})


def test_a_pasted_table_is_shown_then_recorded_once(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, second, third, *_ = rows = fill(on, 4)
    client = client_de(agent)
    text = "\n".join(
        [
            "Dossier\tMénage\tCommune\tConnu ?\tMesure\tDepuis",
            f"{first.numero}\t\t\tConnu\t\t",
            "\tClaude Alpha01\tBORDEAUX\tsuivi\tASLL\t15/03/2026",
            f"{third.numero}\t\t\tnon\t\t",
            f"{rows[3].numero}\t\t\t\t\t",
        ]
    )

    page = paste(client, text)

    assert not SuiviSocial.objects.exists()
    assert "suivi, ASLL, depuis 03/2026" in page
    assert "1\u00a0ligne sans réponse" in page
    confirm(client, page)
    assert [last(d, ccas).situation for d in rows[:3]] == ["connu", "connu", "inconnu"]
    assert last(second, ccas).depuis_le == date(2026, 3, 1)
    # The same preview sent again, the same text pasted again: nothing more.
    confirm(client, page)
    again = paste(client, text)
    assert "3\u00a0lignes inchangées" in again
    assert "Rien à enregistrer" in again
    assert SuiviSocial.objects.count() == 3


@pytest.mark.parametrize(
    ("cells", "column", "remedy"),
    [
        ("33-2026-999999\t\t\tconnu\t\t", "Dossier", "Aucun ménage de votre tableau n’a ce numéro"),
        ("\tAlpha00 Claude\t\tconnu\t\t", "Ménage", "Donnez le numéro du dossier, ou le nom"),
        ("\tAlpha00 Claude\tLibourne\tconnu\t\t", "Ménage", "vérifiez l’orthographe"),
        ("{n}\t\t\tpeut-être\t\t", "Connu ?", "écrivez connu, suivi ou inconnu"),
        ("{n}\t\t\tsuivi\tASLL\tmars", "Depuis", "écrivez 03/2026"),
        ("{n}\t\t\tinconnu\tASLL\t", "Mesure", "choisissez « suivi »"),
        ("{n}\t\t\tconnu\t\t\n{n}\t\t\tinconnu\t\t", "Dossier", "aussi à la ligne 2"),
    ],
)
def test_what_is_not_understood_names_its_line_its_column_and_what_to_do(
    agent: Agent, on: date, client_de: ClientDe, cells: str, column: str, remedy: str
) -> None:
    (dossier,) = fill(on, 1)
    head = "Dossier\tMénage\tCommune\tConnu ?\tMesure\tDepuis\n"

    page = paste(client_de(agent), head + cells.format(n=dossier.numero))

    assert remedy in page
    assert f'data-label="Colonne">{column}<' in page


def test_of_two_lines_that_contradict_each_other_none_is_recorded(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, other = fill(on, 2)
    client = client_de(agent)
    lines = [f"{first.numero}\tconnu", f"{other.numero}\tconnu", f"{first.numero}\tinconnu"]

    page = paste(client, "\n".join(["Dossier\tConnu ?", *lines]))

    assert "aussi à la ligne 4" in page
    assert "aussi à la ligne 2" in page
    assert "Enregistrer 1\u00a0réponse" in page
    confirm(client, page)
    assert last(other, ccas).situation == "connu"
    assert not SuiviSocial.objects.filter(dossier=first).exists()


def test_the_same_answer_on_two_lines_is_recorded_once(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)
    line = f"{dossier.numero}\tconnu"

    page = paste(client, f"Dossier\tConnu ?\n{line}\n{line}")

    assert "Enregistrer 1\u00a0réponse" in page
    assert confirm(client, page).status_code == 302  # type: ignore[attr-defined]
    assert last(dossier, ccas).situation == "connu"


def test_a_household_of_another_organisation_is_not_known_here(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    fill(on, 1)
    other = make_dossier(nom="ALPHA99")
    make_acte(dossier=other, survenu_le=on)

    page = paste(client_de(agent), f"Dossier\tConnu ?\n{other.numero}\tconnu")

    assert "Aucun ménage de votre tableau n’a ce numéro" in page
    assert "ALPHA99" not in page


def test_without_titles_nothing_is_guessed(agent: Agent, on: date, client_de: ClientDe) -> None:
    (dossier,) = fill(on, 1)

    response = client_de(agent).post(COLLER, {"texte": f"{dossier.numero}\tconnu"})

    assert response.status_code == 422
    assert "collez aussi la ligne de titres" in response.content.decode()


def test_an_answer_given_meanwhile_stops_the_whole_paste(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, second = fill(on, 2)
    client = client_de(agent)
    page = paste(client, f"Dossier\tConnu ?\n{first.numero}\tinconnu\n{second.numero}\tinconnu")
    collegue = make_agent(role="partenaire", organisation=ccas, prenom="Paul")
    answer(client_de(collegue), first, "connu")

    response = confirm(client, page)

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert SuiviSocial.objects.count() == 1
    assert last(first, ccas).situation == "connu"


def test_a_preview_of_somebody_else_records_nothing(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    page = paste(client_de(agent), f"Dossier\tConnu ?\n{dossier.numero}\tconnu")
    other = make_agent(role="partenaire", organisation=ccas, prenom="Paul")

    response = confirm(client_de(other), page)

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "fait par un autre compte" in response.content.decode()  # type: ignore[attr-defined]
    assert not SuiviSocial.objects.exists()


def test_a_preview_refused_says_why(
    agent: Agent, on: date, client_de: ClientDe, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)
    page = paste(client, f"Dossier\tConnu ?\n{dossier.numero}\tconnu")

    spoiled = client.post(COLLER, {"confirme": "abc"}).content.decode()
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 3601)
    late = confirm(client, page).content.decode()  # type: ignore[attr-defined]

    assert "L’aperçu est arrivé incomplet ou modifié." in spoiled
    assert "L’aperçu a plus d’une heure." in late
    assert not SuiviSocial.objects.exists()


def test_what_was_pasted_is_taken_back_at_once(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, second = fill(on, 2)
    client = client_de(agent)
    lines = f"{first.numero}\tconnu\n{second.numero}\tinconnu"
    confirm(client, paste(client, f"Dossier\tConnu ?\n{lines}"))

    (lot,) = select_all(read(client.get(TABLEAU)), "[name=lot]")
    client.post("/tableau/annuler/", {"lot": lot.attrs["value"]})

    assert [last(d, ccas).situation for d in (first, second)] == ["", ""]


def test_the_workbook_holds_what_is_shown_and_pastes_back(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, second = fill(on, 2)
    client = client_de(agent)
    answer(client, first, "suivi", mesure="ASLL", depuis="03/2026")

    response = client.post("/tableau/export/", {"semaine": ""})
    sheet = load_workbook(BytesIO(response.content)).get_sheet_by_index(0)
    cells = [[str(c) if c is not None else "" for c in row] for row in sheet.to_python()]

    shown = read(client.get(TABLEAU))
    numbers = [e.attrs["id"][2:] for e in select_all(shown, "[data-menage]")]
    assert [row[0] for row in cells if row[0] in numbers] == numbers
    filled = [[*row[:6], "inconnu", *row[7:]] if row[0] == second.numero else row for row in cells]
    page = paste(client, "\n".join("\t".join(row) for row in filled))
    assert "1\u00a0ligne inchangée" in page
    confirm(client, page)
    assert last(second, ccas).situation == "inconnu"

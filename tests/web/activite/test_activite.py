"""The activity of the month on the screen and in its export."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from seuil.accompagnements.models import Mandat, Objectif
from seuil.acteurs.models import Agent, Organisation
from seuil.conservation.models import Edition
from seuil.indicateurs.rules.activite import INDICATEURS
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, select, select_all

SignIn = Callable[[object], StrictClient]


@pytest.fixture
def mandat(operateur: Organisation, travailleur_social: Agent, on: date) -> Mandat:
    """A household met twice in the month, called once, and its landlord joined."""
    mandat = make_mandat(
        operateur=operateur,
        transmis_le=on - timedelta(days=40),
        repondu_le=on - timedelta(days=38),
        referent_social=travailleur_social,
    )
    for days, fields in (
        (10, {}),
        (3, {}),
        (2, {"canal": "telephone", "resultat": "absent"}),
        (1, {"avec": "bailleur", "canal": "telephone"}),
    ):
        make_contact(
            dossier=mandat.dossier,
            par=travailleur_social,
            survenu_le=on - timedelta(days=days),
            **fields,
        )
    return mandat


@pytest.fixture
def clos(operateur: Organisation, travailleur_social: Agent, on: date) -> Mandat:
    return make_mandat(
        operateur=operateur,
        transmis_le=on - timedelta(days=90),
        repondu_le=on - timedelta(days=88),
        clos_le=on - timedelta(days=5),
        motif_cloture="objectifs",
        denouement="relogement",
        notifie_le=on - timedelta(days=5),
    )


def table_of(page: Element, caption: str) -> Element:
    return next(t for t in select_all(page, "table") if select_all(t, "caption")[0].text == caption)


def totals(page: Element) -> dict[str, str]:
    """Indicator → total, as read on the screen."""
    rows = select_all(table_of(page, "Indicateurs de la convention"), "tr")[1:]
    found = {}
    for row in rows:
        head = select_all(row, "th")[0].text.split(" Définition")[0]
        found[head] = select_all(row, "td")[0].text.split(" :")[0]
    return found


@pytest.mark.parametrize(
    "role", ["gestionnaire", "travailleur_social", "juriste", "administrateur"]
)
@pytest.mark.parametrize("page", ["activite", "activite_xlsx"])
def test_a_role_without_the_verb_is_refused_the_figures(
    role: str, page: str, client_de: SignIn, request: pytest.FixtureRequest
) -> None:
    assert client_de(request.getfixturevalue(role)).get(reverse(page)).status_code == 403


def test_the_secretariat_reads_totals_means_and_definitions(
    mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    page = read(client_de(secretaire).get(reverse("activite")))

    found = totals(page)
    assert found["Ménages rencontrés"] == "1"
    assert found["Tentatives et échanges"] == "4"
    assert found["Bailleurs contactés"] == "1"
    assert len(found) == len(INDICATEURS)
    main = select(page, "main").text
    assert "Calculé le samedi 21 novembre 2026 à" in main
    for indicateur in INDICATEURS:
        assert indicateur.definition in main


def test_a_day_of_the_chart_opens_on_its_dossiers(
    mandat: Mandat, secretaire: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(secretaire)

    page = read(client.get(reverse("activite"), {"indicateur": "menages_rencontres"}))

    days = select_all(select(page, "#par-jour"), "a")
    assert len(days) == 2
    opened = read(client.get(days[-1].attrs["href"]))
    assert mandat.dossier.numero in select(opened, "table").text
    assert "mercredi 18 novembre 2026" in select(opened, "h1").text


@pytest.mark.parametrize("code", [i.code for i in INDICATEURS])
def test_each_total_opens_on_as_many_lines(
    code: str, mandat: Mandat, clos: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    client = client_de(secretaire)
    libelle = next(i.libelle for i in INDICATEURS if i.code == code)
    total = int(totals(read(client.get(reverse("activite"))))[libelle])

    page = read(client.get(reverse("activite_dossiers", args=[code]), {"mois": "2026-11"}))

    tables = select_all(page, "table")
    lines = len(select_all(tables[0], "tr")) - 1 if tables else 0
    assert lines == total


def test_the_charge_de_mission_sees_figures_without_any_link_nor_any_dossier(
    mandat: Mandat, clos: Mandat, charge_mission: Agent, client_de: SignIn
) -> None:
    client = client_de(charge_mission)

    answer = client.get(reverse("activite"))

    page = read(answer)
    content = answer.content.decode()
    assert totals(page)["Tentatives et échanges"] == "4"
    assert "FICTIF" not in content
    assert mandat.dossier.numero not in content
    assert clos.dossier.numero not in content
    assert not [a for a in select_all(page, "a") if "/dossiers/" in a.attrs.get("href", "")]
    closures = table_of(page, "Clôtures par motif et dénouement").text
    assert "moins de cinq ménages" in closures
    assert "Relogement" not in closures
    opened = client.get(reverse("activite_dossiers", args=["tentatives"]))
    assert opened.status_code == 404


def test_the_export_of_the_charge_de_mission_counts_closures_without_naming_them(
    clos: Mandat, charge_mission: Agent, client_de: SignIn
) -> None:
    answer = client_de(charge_mission).get(reverse("activite_xlsx"))

    book = load_workbook(BytesIO(answer.content))
    cells = [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    # One closure alone: its outcome would name somebody.
    assert "Autres motifs" in cells
    assert "Relogement" not in cells
    assert not [cell for cell in cells if clos.dossier.numero in cell]


def test_the_export_has_the_figures_of_the_screen(
    mandat: Mandat, clos: Mandat, secretaire: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(secretaire)

    page = read(client.get(reverse("activite")))
    answer = client.get(reverse("activite_xlsx"))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="activite-2026-11.xlsx"'
    book = load_workbook(BytesIO(answer.content))
    assert book.sheet_names == [
        "Indicateurs", "Douze mois", "Par lieu", "Par jour", "Clôtures", "Définitions",
    ]  # fmt: skip
    rows = book.get_sheet_by_name("Indicateurs").to_python()
    start = next(n for n, row in enumerate(rows) if row[0] == "Indicateur")
    exported = {str(row[0]): str(int(row[1])) for row in rows[start + 1 :]}
    assert exported == totals(page)
    days = book.get_sheet_by_name("Par jour").to_python()
    assert days[-1][0] == on
    closures = book.get_sheet_by_name("Clôtures").to_python()
    assert clos.dossier.numero in closures[-1]


def test_the_chief_reads_its_own_operator_only(
    mandat: Mandat, chef_equipe: Agent, client_de: SignIn
) -> None:
    other = make_organisation(type="operateur", nom="Autre équipe")

    page = read(client_de(chef_equipe).get(reverse("activite"), {"operateur": str(other.pk)}))

    assert "Autre équipe" not in select(page, "main").text
    assert totals(page)["Tentatives et échanges"] == "4"


def test_one_operator_can_be_chosen(mandat: Mandat, secretaire: Agent, client_de: SignIn) -> None:
    other = make_organisation(type="operateur", nom="Autre équipe")
    client = client_de(secretaire)

    every = read(client.get(reverse("activite")))
    one = read(client.get(reverse("activite"), {"operateur": str(other.pk)}))

    assert totals(every)["Tentatives et échanges"] == "4"
    assert totals(one)["Tentatives et échanges"] == "0"


def test_a_dossier_that_the_chief_no_longer_opens_is_counted_and_not_named(
    clos: Mandat, chef_equipe: Agent, client_de: SignIn
) -> None:
    client = client_de(chef_equipe)

    behind = read(client.get(reverse("activite_dossiers", args=["clotures"]), {"mois": "2026-11"}))
    month = read(client.get(reverse("activite"), {"mois": "2026-11"}))
    book = load_workbook(BytesIO(client.get(reverse("activite_xlsx")).content))

    closures = [str(c) for row in book.get_sheet_by_name("Clôtures").to_python() for c in row]
    for text in (behind.text, month.text, " ".join(closures)):
        assert clos.dossier.numero not in text
    assert "1\u00a0ligne de dossiers que vous ne pouvez plus ouvrir" in behind.text
    assert "1\u00a0clôture de dossier que vous ne pouvez plus ouvrir" in month.text
    assert "Relogement" in closures


def test_a_month_to_come_says_that_nothing_is_counted_yet(
    mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    page = read(client_de(secretaire).get(reverse("activite"), {"mois": "2026-12"}))

    assert "Ce mois n’a pas commencé" in page.text


@pytest.mark.parametrize(
    ("jour", "shown"),
    [
        ("2026-12-01", "novembre 2026"),
        ("2026-12-02", "décembre 2026"),
        # A Sunday: the month begins on Monday the 2nd.
        ("2026-11-01", "octobre 2026"),
        ("2026-11-02", "octobre 2026"),
    ],
)
def test_before_a_month_has_a_day_of_work_the_last_whole_one_is_shown_and_named(
    charge_mission: Agent, client_de: SignIn, monkeypatch: pytest.MonkeyPatch, jour: str, shown: str
) -> None:
    monkeypatch.setenv("SEUIL_TODAY", jour)
    client = client_de(charge_mission)

    page = read(client.get(reverse("activite")))

    assert shown in select(page, "h1").text
    whole = f"voici le dernier mois entier, {shown}" in page.text
    assert whole == (not jour.startswith("2026-12-02"))
    asked = read(client.get(reverse("activite") + f"?mois={jour[:7]}"))
    assert "dernier mois entier" not in asked.text


@pytest.mark.parametrize("query", [{"mois": "n’importe"}, {"jour": "32"}, {"operateur": "x"}])
def test_a_strange_address_still_answers(
    query: dict[str, str], mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    client = client_de(secretaire)

    assert client.get(reverse("activite"), query).status_code == 200
    opened = client.get(reverse("activite_dossiers", args=["tentatives"]), query)
    assert opened.status_code == 200
    assert client.get(reverse("activite_dossiers", args=["inconnu"]), query).status_code == 404


def test_each_indicator_has_its_curve_said_in_words_and_its_twelve_months(
    mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    page = read(client_de(secretaire).get(reverse("activite"), {"mois": "2026-11"}))

    curves = select_all(table_of(page, "Indicateurs de la convention"), "img")
    assert len(curves) == len(INDICATEURS)
    assert all(c.attrs["src"].startswith("data:image/svg+xml;base64,") for c in curves)
    assert "Douze mois" in curves[0].attrs["alt"]
    months = table_of(page, "Douze mois, en nombres")
    assert len(select_all(months, "td")) == 12 * len(INDICATEURS)
    assert "Le mois est en cours" in select(page, "main").text


def test_the_objective_of_the_year_is_a_gauge(
    mandat: Mandat, operateur: Organisation, secretaire: Agent, client_de: SignIn
) -> None:
    Objectif.objects.create(
        departement_id=operateur.departement_id,
        operateur=operateur,
        annee=2026,
        cible_annuelle=300,
        volume_mensuel=25,
    )

    page = read(client_de(secretaire).get(reverse("activite")))

    assert "Objectif 2026\N{NO-BREAK SPACE}: 1 sur 300" in select(page, "#objectif").text
    row = select_all(table_of(page, "Indicateurs de la convention"), "tr")[1]
    assert "25 par mois" in row.text


def test_a_place_opens_on_its_dossiers_and_a_place_that_is_none_is_told(
    mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    client = client_de(secretaire)
    page = read(client.get(reverse("activite"), {"indicateur": "menages_rencontres"}))

    link = select_all(table_of(page, "Ménages rencontrés, par intercommunalité"), "a")[0]
    opened = read(client.get(link.attrs["href"]))

    assert mandat.dossier.numero in select(opened, "table").text
    address = reverse("activite_dossiers", args=["menages_rencontres"])
    wrong = read(client.get(address, {"zone": "Nulle part"}))
    assert "n’existe pas ici" in wrong.text


def test_the_charge_de_mission_reads_no_place_of_less_than_five(
    mandat: Mandat, charge_mission: Agent, client_de: SignIn
) -> None:
    page = read(client_de(charge_mission).get(reverse("activite")))

    places = table_of(page, "Ménages rencontrés, par intercommunalité")
    assert "Tous les lieux, réunis" in places.text
    assert mandat.dossier.logement.commune.epci not in select(page, "main").text
    # No map can be drawn of what is all gathered.
    assert not select_all(page, "figure")


def test_the_team_reads_its_own_work_not_the_commandements_of_the_territory(
    mandat: Mandat, chef_equipe: Agent, client_de: SignIn
) -> None:
    page = read(client_de(chef_equipe).get(reverse("activite")))

    assert "Commandements de payer" not in select(page, "main").text


def test_a_month_is_published_then_its_changes_are_told(
    mandat: Mandat, secretaire: Agent, chef_equipe: Agent, travailleur_social: Agent,
    client_de: SignIn, on: date,
) -> None:  # fmt: skip
    client = client_de(secretaire)
    before = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    month = f"{before:%Y-%m}"
    publish = reverse("activite_publier")

    page = read(client.get(reverse("activite"), {"mois": month}))
    assert "Publier les chiffres" in page.text
    assert client.post(publish, {"mois": month}).status_code == 302
    published = read(client.get(reverse("activite"), {"mois": month}))
    assert "Rien n’a changé depuis la dernière édition." in published.text
    # Sent twice, it publishes once.
    client.post(publish, {"mois": month})
    (edition,) = Edition.objects.all()

    make_contact(dossier=mandat.dossier, par=travailleur_social, survenu_le=before)
    moved = read(client.get(reverse("activite"), {"mois": month}))
    assert "l’édition publiée, elle, ne change pas" in moved.text
    frozen = read(client.get(reverse("activite_edition", args=[edition.pk])))
    assert "ces chiffres ne changent plus" in frozen.text
    assert client_de(chef_equipe).post(publish, {"mois": month}).status_code == 404


def test_longer_periods_are_read_by_whoever_reads_the_figures(
    mandat: Mandat, charge_mission: Agent, client_de: SignIn, on: date
) -> None:
    page = read(client_de(charge_mission).get(reverse("activite_periodes")))

    assert f"Année {on.year}" in page.text
    assert "par qui a fait la démarche" in page.text

"""The agenda: who sees what, month edges, filters, days with hundreds of hearings."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.echeances.models import Echeance, Situation
from seuil.kernel.models import new_id
from seuil.travail.models import Tache
from seuil.web.agenda.queries import PAR_CASE, PAR_PAGE
from tests.factories.base import make_acces, make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, select, select_all

ClientDe = Callable[[object], StrictClient]
DECEMBRE = date(2026, 12, 1)


def make_audience(nom: str, le: date, heure: time | None = None, **fields: object) -> object:
    """Return a dossier with a hearing, as the act and the projection write it."""
    dossier = make_dossier(nom=nom, stade="assignation", **fields)  # type: ignore[arg-type]
    make_acte(
        dossier=dossier,
        type="assignation",
        survenu_le=min(le, date(2026, 10, 1)),
        audience_le=le,
        audience_heure=heure,
        juridiction="Tribunal judiciaire de Bordeaux",
        montant=Decimal("4321.99"),
    )
    Situation.objects.filter(dossier=dossier).update(audience_le=le)
    return dossier


def make_echeance(dossier: object, regle: str, le: date, **fields: object) -> Echeance:
    return Echeance.objects.create(
        dossier=dossier,
        departement="33",
        regle=regle,
        source_id=new_id(),
        source_type="acte",
        debut_le=date(2026, 10, 1),
        le=le,
        certitude=fields.pop("certitude", "sure"),
        parametre=regle,
        **fields,
    )


def make_tache(dossier: object, due_le: date, **fields: object) -> Tache:
    return Tache.objects.create(
        dossier=dossier,
        departement="33",
        genre=fields.pop("genre", "dsf_a_obtenir"),
        source_id=new_id(),
        role=fields.pop("role", "secretariat"),
        visible_le=date(2026, 1, 1),
        due_le=due_le,
        legale=True,
        **fields,
    )


def month(client: StrictClient, mois: date = DECEMBRE, query: str = "") -> Element:
    return read(client.get(reverse("agenda_mois", args=[mois]) + query))


def days(page: Element) -> dict[str, list[str]]:
    """Return, by day, the words of its events."""
    return {
        select_all(cell, "time")[0].attrs["datetime"]: [
            e.text for e in select_all(cell, ".seuil-rdv")
        ]
        for cell in select_all(page, "td")
        if select_all(cell, ".seuil-rdv")
    }


def test_a_hearing_is_shown_with_its_hour_its_household_and_its_dossier(
    secretaire: Agent, client_de: ClientDe
) -> None:
    dossier = make_audience("ALPHA", date(2026, 12, 14), time(9, 30))

    page = month(client_de(secretaire))

    (words,) = days(page)["2026-12-14"]
    assert words.startswith("9\u00a0h\u00a030 Audience ALPHA Claude Bordeaux, ")
    assert dossier.numero in words
    assert "Tribunal judiciaire de Bordeaux" in words
    assert "4321" not in page.text
    links = [e.attrs["href"] for e in select_all(page, "[data-ligne]")]
    assert links == [reverse("dossier", args=[dossier.numero])]


def test_the_first_and_the_last_day_belong_to_their_month(
    secretaire: Agent, client_de: ClientDe
) -> None:
    for nom, le in (
        ("VEILLE", date(2026, 11, 30)),
        ("PREMIER", date(2026, 12, 1)),
        ("DERNIER", date(2026, 12, 31)),
        ("LENDEMAIN", date(2027, 1, 1)),
    ):
        make_audience(nom, le)
    client = client_de(secretaire)

    assert list(days(month(client))) == ["2026-12-01", "2026-12-31"]
    assert list(days(month(client, date(2027, 1, 1)))) == ["2027-01-01"]
    assert list(days(month(client, date(2026, 11, 1)))) == ["2026-11-30"]


def test_previous_next_and_today_keep_the_filters(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    query = "?qui=moi&quoi=legale"

    december = [e.attrs.get("href") for e in month(client, query=query).walk()]
    here = read(client.get(reverse("agenda")))

    assert f"/agenda/2026-11/{query}" in december
    assert f"/agenda/2027-01/{query}" in december
    assert f"/agenda/{query}" in december
    assert select(here, "h1").text == "Agenda, novembre 2026"
    today = select(here, "td[aria-current=date]")
    assert select(today, "time").attrs["datetime"] == on.isoformat()


@pytest.mark.parametrize(
    "address", ["2026-13", "2026-00", "0000-01", "1999-12", "2026-02-30", "2026-12-32", "demain"]
)
def test_a_month_or_a_day_that_does_not_exist_is_not_found_in_french(
    address: str, secretaire: Agent, client_de: ClientDe
) -> None:
    response = client_de(secretaire).get(f"/agenda/{address}/")

    assert response.status_code == 404
    assert "introuvable" in response.content.decode().lower()


@pytest.mark.parametrize("mois", [date(2000, 1, 1), date(2099, 12, 1), date(2028, 2, 1)])
def test_the_first_the_last_and_a_leap_month_open(
    mois: date, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    assert select(month(client, mois), "h1").text.endswith(str(mois.year))
    last = mois.replace(day=29 if mois.month == 2 else 31)
    assert client.get(reverse("agenda_jour", args=[last])).status_code == 200


@pytest.mark.parametrize("role", ["charge_mission", "administrateur", "dihal"])
@pytest.mark.parametrize(
    "address", ["/agenda/", "/agenda/2026-12/", "/agenda/2026-12-14/", "/agenda/abonnement/"]
)
def test_a_role_without_dossier_has_no_agenda_and_no_entry(
    role: str, address: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    make_audience("ALPHA", date(2026, 12, 14))
    client = client_de(request.getfixturevalue(role))

    assert client.get(address).status_code == 404
    menu = select(read(client.get(reverse("annuaire"))), "#navigation")
    assert "Agenda" not in menu.text


@pytest.mark.parametrize(
    "role", ["secretaire", "gestionnaire", "chef_equipe", "travailleur_social", "juriste"]
)
def test_each_role_sees_the_hearings_of_the_dossiers_it_may_read_and_no_other(
    role: str, operateur: object, on: date, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    agent = request.getfixturevalue(role)
    links = {
        "gestionnaire": {"relation": "instruction", "role": "gestionnaire"},
        "chef_equipe": {"relation": "mandat", "organisation": operateur},
        "travailleur_social": {"relation": "affectation", "agent": agent},
        "juriste": {"relation": "affectation", "agent": agent},
    }
    open_, closed = (make_audience(n, date(2026, 12, 14)) for n in ("OUVERT", "FERME"))
    make_echeance(open_, "C6", date(2026, 12, 4))
    make_echeance(closed, "C6", date(2026, 12, 4))
    if role in links:
        make_acces(dossier=open_, debut_le=on, **links[role])
        # A link that ended yesterday opens nothing.
        make_acces(
            dossier=closed,
            debut_le=on - timedelta(days=30),
            fin_le=on,
            **links[role],
        )
    client = client_de(agent)

    query = "?qui=service&quoi=tout"
    text = month(client, query=query).text
    day = client.get(reverse("agenda_jour", args=[date(2026, 12, 14)]) + query).content.decode()

    for words in (text, day):
        assert "OUVERT" in words
        assert ("FERME" in words) == (role == "secretaire")
    assert text.count("OUVERT") == 2


def test_another_departement_is_not_in_the_agenda(secretaire: Agent, client_de: ClientDe) -> None:
    other = make_audience("AILLEURS", date(2026, 12, 14), departement_id="35", commune="33063")
    make_echeance(other, "C6", date(2026, 12, 4))
    Tache.objects.filter(pk=make_tache(other, date(2026, 12, 3)).pk).update(departement="35")

    assert days(month(client_de(secretaire), query="?quoi=tout")) == {}


def test_the_secretariat_opens_on_the_hearings_and_others_on_everything(
    secretaire: Agent, chef_equipe: Agent, operateur: object, on: date, client_de: ClientDe
) -> None:
    dossier = make_audience("ALPHA", date(2026, 12, 14))
    make_echeance(dossier, "C6", date(2026, 12, 4), certitude="contested")
    make_acces(dossier=dossier, relation="mandat", organisation=operateur, debut_le=on)

    assert list(days(month(client_de(secretaire)))) == ["2026-12-14"]
    shown = days(month(client_de(chef_equipe)))
    assert list(shown) == ["2026-12-04", "2026-12-14"]
    assert "(date discutée)" in shown["2026-12-04"][0]


def test_the_prefecture_opens_on_what_waits_for_it(
    gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    waiting, other = (make_audience(n, date(2026, 12, 14)) for n in ("ATTEND", "RIEN"))
    for dossier in (waiting, other):
        make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=on)
    make_tache(waiting, date(2026, 12, 20), role="gestionnaire", genre="decision_cfp")
    client = client_de(gestionnaire)

    first = month(client)
    everything = month(client, query="?qui=service")

    assert list(days(first)) == ["2026-12-14", "2026-12-20"]
    assert "RIEN Claude" not in first.text
    assert "RIEN Claude" in everything.text


@pytest.mark.parametrize(
    ("quoi", "expected"),
    [
        ("audience", ["Audience"]),
        ("legale", ["Fin du délai pour payer (clause résolutoire)"]),
        ("convention", ["Premier retour de l’équipe mobile"]),
        ("tache", ["Obtenir le diagnostic social et financier"]),
        (
            "tout",
            [
                "Audience",
                "Fin du délai pour payer (clause résolutoire)",
                "Premier retour de l’équipe mobile",
                "Obtenir le diagnostic social et financier",
            ],
        ),
        ("autre-chose", ["Audience"]),
    ],
)
def test_a_kind_can_be_kept_alone_and_the_law_comes_before_the_rest(
    quoi: str, expected: list[str], secretaire: Agent, client_de: ClientDe
) -> None:
    le = date(2026, 12, 14)
    dossier = make_audience("ALPHA", le)
    make_tache(dossier, le)
    make_echeance(dossier, "EM1", le)
    make_echeance(dossier, "A1", le)
    client = client_de(secretaire)

    (shown,) = days(month(client, query=f"?quoi={quoi}")).values()
    day = read(client.get(reverse("agenda_jour", args=[le]) + f"?quoi={quoi}"))

    assert [words.partition(" ALPHA")[0] for words in shown] == expected
    assert [e.text for e in select_all(day, ".seuil-rdv")] == expected


def test_a_deadline_that_is_already_a_task_is_said_once(
    secretaire: Agent, client_de: ClientDe
) -> None:
    dossier = make_dossier(nom="ALPHA")
    make_echeance(dossier, "C6", date(2026, 12, 4))
    make_tache(dossier, date(2026, 12, 4), regle="C6")
    client = client_de(secretaire)

    assert len(days(month(client, query="?quoi=tout"))["2026-12-04"]) == 1
    assert len(days(month(client, query="?quoi=legale"))["2026-12-04"]) == 1


def test_the_end_of_the_truce_is_no_event_of_a_dossier(
    secretaire: Agent, client_de: ClientDe
) -> None:
    make_echeance(make_dossier(), "F4", date(2027, 3, 31))

    assert days(month(client_de(secretaire), date(2027, 3, 1), "?quoi=tout")) == {}


def test_me_keeps_what_waits_for_me(secretaire: Agent, client_de: ClientDe) -> None:
    mine = make_audience("ATTEND", date(2026, 12, 14))
    make_audience("RIEN", date(2026, 12, 15))
    make_tache(mine, date(2026, 12, 20))

    assert list(days(month(client_de(secretaire), query="?qui=moi"))) == ["2026-12-14"]


def test_a_worker_has_nothing_to_choose_between_me_and_my_service(
    travailleur_social: Agent, client_de: ClientDe
) -> None:
    page = month(client_de(travailleur_social))

    assert select_all(page, "ul[aria-label=Qui]") == []
    assert "Les dossiers qui vous sont affectés" in page.text


def test_a_deferred_hearing_moves_to_its_new_day_with_its_new_hour(
    secretaire: Agent, client_de: ClientDe
) -> None:
    dossier = make_audience("ALPHA", date(2026, 11, 10), time(9))
    make_acte(
        dossier=dossier, type="audience", survenu_le=date(2026, 12, 15), audience_heure=time(14)
    )
    Situation.objects.filter(dossier=dossier).update(audience_le=date(2026, 12, 15))
    client = client_de(secretaire)

    assert days(month(client, date(2026, 11, 1))) == {}
    (words,) = days(month(client))["2026-12-15"]
    assert words.startswith("14\u00a0h Audience")


def test_an_empty_month_says_so_and_proposes_everything(
    secretaire: Agent, client_de: ClientDe
) -> None:
    page = month(client_de(secretaire))

    assert "Rien en décembre 2026 pour ce filtre" in page.text
    assert select_all(page, "a[href=?qui=service&quoi=tout]")


def test_a_day_with_two_hundred_hearings_stays_usable_at_a_constant_cost(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    le = date(2026, 12, 14)
    pages = [reverse("agenda_mois", args=[le]), reverse("agenda_jour", args=[le])]
    for index in range(10):
        make_audience(f"PEU{index}", le, time(9))
    few = []
    for address in pages:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        few.append(len(queries))
    for index in range(182):
        make_audience(f"NOM{index}", le, time(10))

    many, shown = [], []
    for address in pages:
        with CaptureQueriesContext(connection) as queries:
            shown.append(read(client.get(address)))
        many.append(len(queries))

    assert many == few
    grid, day = shown
    assert len(days(grid)["2026-12-14"]) == PAR_CASE
    assert f"et {192 - PAR_CASE}\u00a0autres" in grid.text
    assert "192\u00a0événements , de 1 à 50, page 1 sur 4" in day.text
    assert len(select_all(day, "[data-ligne]")) == PAR_PAGE


def test_the_pages_of_a_day_go_through_every_kind_without_loss(
    secretaire: Agent, client_de: ClientDe
) -> None:
    le = date(2026, 12, 14)
    for index in range(49):
        make_audience(f"NOM{index}", le)
    for index in range(3):
        make_echeance(make_dossier(nom=f"LEGALE{index}"), "A1", le)
        make_tache(make_dossier(nom=f"TACHE{index}"), le)
    client = client_de(secretaire)

    seen: list[str] = []
    for number in (1, 2):
        page = read(client.get(reverse("agenda_jour", args=[le]) + f"?quoi=tout&page={number}"))
        seen += [e.text for e in select_all(page, "[data-ligne]")]

    assert len(seen) == len(set(seen)) == 55
    assert client.get(reverse("agenda_jour", args=[le]) + "?page=99999999").status_code == 200


def test_what_is_printed_is_whole(secretaire: Agent, client_de: ClientDe) -> None:
    le = date(2026, 12, 15)
    for n in range(9):
        make_tache(make_dossier(nom=f"NOM{n}"), le)
    client = client_de(secretaire)

    short = month(client, query="?quoi=tout&qui=service")
    whole = month(client, query="?quoi=tout&qui=service&tout=1")

    assert "et 4\u00a0autres" in short.text
    assert "Tout afficher, pour imprimer" in short.text
    assert not select_all(short, "[data-imprimer]")
    assert all(f"NOM{n}" in whole.text for n in range(9))
    assert "autres" not in select(whole, "table").text
    assert select_all(whole, "[data-imprimer]")

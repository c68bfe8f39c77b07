"""The week's table: one gesture per household, corrected, taken back, seen by a colleague."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Dossier, SuiviSocial
from seuil.dossiers.operations.menage import ReponseEntreTemps
from seuil.dossiers.rules import SuiviRepondu
from seuil.echeances.models import SituationSuivi
from seuil.travail.models import Tache
from seuil.usecases.record_reponses import record_reponses
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import BORDEAUX, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all
from tests.harness.htmx import assert_fragment_equals_reload
from tests.harness.service import write_url

ClientDe = Callable[[object], StrictClient]
TABLEAU = "/tableau/"
REPONDRE = "/tableau/repondre/"
HTMX = {"HX-Request": "true"}


def fill(on: date, n: int, *, jours: int = 10, debut: int = 0) -> list[Dossier]:
    """Open households whose commandement came so many days ago."""
    found = []
    for i in range(debut, debut + n):
        dossier = make_dossier(nom=f"ALPHA{i:02}", prenom="Claude")
        make_acte(dossier=dossier, survenu_le=on - timedelta(days=jours))
        found.append(dossier)
    refresh_dossiers(dossier_ids=[d.pk for d in found], on=on)
    return found


@pytest.fixture
def ccas(gironde: str) -> Organisation:
    found = make_organisation(type="ccas", nom="CCAS de Bordeaux")
    found.communes.set([BORDEAUX])
    return found


@pytest.fixture
def agent(ccas: Organisation) -> Agent:
    return make_agent(role="partenaire", organisation=ccas, prenom="Anne", nom="Martin")


@pytest.fixture
def collegue(ccas: Organisation) -> Agent:
    return make_agent(role="partenaire", organisation=ccas, prenom="Paul", nom="Durand")


@pytest.fixture(autouse=True)
def caf_presente(caf: Organisation, partenaire: Agent) -> None:
    """The CAF has an account: it owes its own answer beside the CCAS's."""


def answer(client: StrictClient, dossier: Dossier, situation: str, **sent: str) -> object:
    data = {"numero": dossier.numero, "situation": situation, **sent}
    return client.post(REPONDRE, data, headers=HTMX)


def last(dossier: Dossier, organisation: object) -> SuiviSocial:
    return SuiviSocial.objects.get(dossier=dossier, organisation=organisation, remplace_par=None)


def asked(organisation: object) -> set[str]:
    found = Tache.objects.filter(organisation=organisation)  # type: ignore[misc]
    return set(found.values_list("dossier__numero", flat=True))


def test_it_is_the_first_page_of_who_owes_answers(agent: Agent, client_de: ClientDe) -> None:
    client = client_de(agent)

    assert client.get("/").headers["Location"] == TABLEAU
    page = read(client.get(TABLEAU))
    assert "Aucun ménage n’attend de réponse" in page.text
    (main,) = select_all(page, "main")
    assert reverse("a_faire") in {a.attrs["href"] for a in select_all(main, "a")}


def test_the_secretariat_has_no_table(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)

    assert client.get(TABLEAU).status_code == 404
    assert "Tableau" not in [a.text for a in select_all(read(client.get("/aujourdhui/")), "a")]


def test_one_gesture_records_the_answer_and_ends_the_duty(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, other = fill(on, 2)
    client = client_de(agent)
    page = read(client.get(TABLEAU))
    assert "0 / 2 répondus" in page.text
    assert len(select_all(page, "[data-menage]")) == 2

    line = answer(client, first, "connu", semaine="2026-11-09").content.decode()  # type: ignore[attr-defined]

    assert 'value="connu" aria-pressed="true"' in line
    assert "Anne Martin" in line
    assert "✓" in line
    said = last(first, ccas)
    assert (said.situation, said.accompagne, said.par, said.constate_le) == (
        "connu", False, agent, on,
    )  # fmt: skip
    assert asked(ccas) == {other.numero}
    assert SituationSuivi.objects.get(dossier=first).suivi == "connu"
    assert "1 / 2 répondus" in read(client.get(TABLEAU)).text


def test_the_line_and_the_count_are_those_of_a_reload(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    (dossier, _) = fill(on, 2)
    client = client_de(agent)
    semaine = {"semaine": "2026-11-09"}
    sent = {"numero": dossier.numero, "situation": "suivi", "mesure": "ASLL", **semaine}

    assert_fragment_equals_reload(
        client, TABLEAU, reverse("tableau_repondre"), f"#m-{dossier.numero}", data=sent
    )
    compte = reverse("tableau_compte")
    assert_fragment_equals_reload(client, TABLEAU, f"{compte}?semaine=2026-11-09", "#compte")


def test_without_a_script_the_button_sends_and_comes_back_to_the_line(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    sent = {"numero": dossier.numero, "situation": "inconnu", "semaine": "2026-11-09"}

    response = client_de(agent).post(REPONDRE, sent)

    assert response.status_code == 302
    assert response.headers["Location"].endswith(f"?semaine=2026-11-09#m-{dossier.numero}")
    assert last(dossier, ccas).situation == "inconnu"


def test_a_measure_alone_says_that_the_household_is_followed(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)

    answer(client_de(agent), dossier, "", mesure="ASLL", depuis="03/2026")

    said = last(dossier, ccas)
    assert (said.situation, said.accompagne, said.mesure) == ("connu", True, "ASLL")
    assert said.depuis_le == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("depuis", "told"), [("demain", "n’est pas un mois"), ("12/2099", "Ce mois est à venir")]
)
def test_what_is_refused_is_told_in_the_line_and_kept_as_typed(
    agent: Agent, on: date, client_de: ClientDe, depuis: str, told: str
) -> None:
    (dossier,) = fill(on, 1)

    line = answer(client_de(agent), dossier, "suivi", depuis=depuis).content.decode()  # type: ignore[attr-defined]

    assert told in line
    assert f'value="{depuis}"' in line
    assert not SuiviSocial.objects.exists()


def test_a_correction_keeps_the_former_answer_and_its_author(
    agent: Agent, collegue: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    answer(client_de(agent), dossier, "connu")
    first = last(dossier, ccas)

    line = answer(client_de(collegue), dossier, "inconnu", vu=str(first.pk)).content.decode()  # type: ignore[attr-defined]

    assert "avant, le 21/11 : connu par Anne Martin" in line
    now = last(dossier, ccas)
    assert (now.situation, now.par, now.remplace) == ("inconnu", collegue, first)
    assert SituationSuivi.objects.get(dossier=dossier).suivi == "inconnu"


def test_of_two_colleagues_at_once_the_second_reads_both_values(
    agent: Agent, collegue: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    answer(client_de(agent), dossier, "connu")

    line = answer(client_de(collegue), dossier, "inconnu").content.decode()  # type: ignore[attr-defined]

    assert "Anne Martin a répondu « connu » entre-temps, vous venez de choisir « inconnu »." in line
    assert SuiviSocial.objects.count() == 1
    # The line now holds the colleague's answer: the same gesture again replaces it.
    answer(client_de(collegue), dossier, "inconnu", vu=str(last(dossier, ccas).pk))
    assert last(dossier, ccas).situation == "inconnu"


def test_what_differs_is_told_even_when_the_word_is_the_same(
    agent: Agent, collegue: Agent, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    answer(client_de(agent), dossier, "suivi", mesure="ASLL", depuis="03/2026")

    line = answer(client_de(collegue), dossier, "suivi", mesure="MASP").content.decode()  # type: ignore[attr-defined]

    assert "Anne Martin a répondu « suivi, ASLL, depuis 03/2026 » entre-temps" in line
    assert "vous venez de choisir « suivi, MASP »" in line


def test_ones_own_answer_in_another_window_is_no_colleague_s(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (first,) = fill(on, 1)
    client = client_de(agent)
    answer(client, first, "connu")

    line = answer(client, first, "inconnu").content.decode()  # type: ignore[attr-defined]

    assert "Vous avez répondu « connu » entre-temps dans une autre fenêtre" in line
    assert last(first, ccas).situation == "connu"
    with pytest.raises(ReponseEntreTemps, match="Vous avez répondu autrement entre-temps dans une"):
        record_reponses(reponses=[SuiviRepondu(first.pk, "inconnu")], by=agent, on=on)


def test_one_s_own_withdrawal_in_another_window_is_told_as_such(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)
    client.post("/tableau/autres/", {"numero": [dossier.numero]})
    seen = SuiviSocial.objects.get().pk
    (lot,) = select_all(read(client.get(TABLEAU)), "[name=lot]")
    client.post("/tableau/annuler/", {"lot": lot.attrs["value"]})

    line = answer(client, dossier, "connu", vu=str(seen)).content.decode()  # type: ignore[attr-defined]

    assert "Vous avez retiré la réponse entre-temps dans une autre fenêtre" in line


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_instant_the_second_reads_the_first(
    agent: Agent, collegue: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)
    client.get(TABLEAU)

    with psycopg.connect(write_url()) as other:
        # The colleague's answer is written, and not over: ours finds none, then waits for it.
        other.execute(
            "INSERT INTO dossiers_suivisocial (id, dossier_id, situation, accompagne, service,"
            " mesure, constate_le, source, organisation_id, par_id)"
            " VALUES (gen_random_uuid(), %s, 'connu', true, '', 'ASLL', %s, 'CCAS', %s, %s)",
            [dossier.pk, on, ccas.pk, collegue.pk],
        )
        end = threading.Thread(target=lambda: (time.sleep(1), other.commit()))
        end.start()
        line = answer(client, dossier, "inconnu").content.decode()  # type: ignore[attr-defined]
        end.join()

    assert "Paul Durand a répondu « suivi, ASLL » entre-temps" in line
    assert last(dossier, ccas).par == collegue


def test_the_same_answer_from_both_is_one(
    agent: Agent, collegue: Agent, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    answer(client_de(agent), dossier, "connu")

    line = answer(client_de(collegue), dossier, "connu").content.decode()  # type: ignore[attr-defined]

    assert "entre-temps" not in line
    assert SuiviSocial.objects.count() == 1


def test_all_the_others_are_shown_then_unknown_then_taken_back(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, *others = fill(on, 4)
    client = client_de(agent)
    answer(client, first, "connu")

    shown = read(client.get("/tableau/autres/"))
    numbers = [b.attrs["value"] for b in select_all(shown, "[name=numero]")]
    assert sorted(numbers) == sorted(d.numero for d in others)
    client.post("/tableau/autres/", {"numero": numbers[:2]})

    assert last(first, ccas).situation == "connu"
    assert SuiviSocial.objects.filter(situation="inconnu").count() == 2
    page = read(client.get(TABLEAU))
    (lot,) = select_all(page, "[name=lot]")
    client.post("/tableau/annuler/", {"lot": lot.attrs["value"]})

    assert asked(ccas) == {d.numero for d in others}
    assert not SituationSuivi.objects.filter(suivi="inconnu").exists()
    assert "1 / 4 répondus" in read(client.get(TABLEAU)).text
    # Answered again after all, it counts again.
    again = last(others[0], ccas) if numbers[0] == others[0].numero else None
    answer(client, others[0], "connu", vu=str(again.pk) if again else "")
    assert others[0].numero not in asked(ccas)


def test_only_what_this_session_gave_at_once_is_taken_back_at_once(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    first, second, third = rows = fill(on, 3)
    # As the demonstration writes them: by the agent, at once, from no page.
    record_reponses(
        reponses=[SuiviRepondu(d.pk, "connu") for d in (first, second)], by=agent, on=on
    )
    client = client_de(agent)
    assert not select_all(read(client.get(TABLEAU)), "[name=lot]")
    client.post("/tableau/autres/", {"numero": [third.numero]})

    (lot,) = select_all(read(client.get(TABLEAU)), "[name=lot]")
    client.post("/tableau/annuler/", {"lot": str(last(first, ccas).pk)})
    assert [last(d, ccas).situation for d in rows] == ["connu", "connu", "inconnu"]

    client.post("/tableau/annuler/", {"lot": lot.attrs["value"]})
    assert [last(d, ccas).situation for d in rows] == ["connu", "connu", ""]


def test_each_batch_takes_back_its_own(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    rows = fill(on, 4)
    client, shown = client_de(agent), []
    for pair in (rows[:2], rows[2:]):
        client.post("/tableau/autres/", {"numero": [d.numero for d in pair]})
        (lot,) = select_all(read(client.get(TABLEAU)), "[name=lot]")
        shown.append(lot.attrs["value"])

    client.post("/tableau/annuler/", {"lot": shown[0]})

    assert [last(d, ccas).situation for d in rows] == ["", "", "inconnu", "inconnu"]
    # The other is still offered, beside its own button.
    (lot,) = select_all(read(client.get(TABLEAU)), "[name=lot]")
    assert lot.attrs["value"] == shown[1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "lot", ["", "zzz", "9999-12-31T23:59:59", "2026-11-21T10:00", "0" * 32, "'"]
)
def test_a_batch_that_does_not_exist_takes_nothing_back(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe, lot: str
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)
    client.post("/tableau/autres/", {"numero": [dossier.numero]})

    page = client.post("/tableau/annuler/", {"lot": lot}, follow=True).content.decode()

    assert "Plus rien à annuler" in page
    assert last(dossier, ccas).situation == "inconnu"


def test_the_caf_answers_for_itself_and_makes_nobody_known_to_social_services(
    caf: Organisation, partenaire: Agent, ccas: Organisation, agent: Agent, on: date,
    client_de: ClientDe,
) -> None:  # fmt: skip
    (dossier,) = fill(on, 1)
    answer(client_de(agent), dossier, "inconnu")
    client = client_de(partenaire)

    answer(client, dossier, "connu")

    assert last(dossier, caf).situation == "connu"
    assert SituationSuivi.objects.get(dossier=dossier).suivi == "inconnu"
    # Still open to it, to be read again and corrected.
    assert dossier.numero in client.get(TABLEAU).content.decode()
    answer(client, dossier, "suivi", vu=str(last(dossier, caf).pk), mesure="RSA")
    assert SituationSuivi.objects.get(dossier=dossier).suivi == "connu"


def test_a_household_of_another_table_is_not_found(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    elsewhere = make_dossier(nom="BETA")

    assert answer(client_de(agent), elsewhere, "connu").status_code == 404  # type: ignore[attr-defined]


def test_unanswered_first_late_weeks_told_fifty_by_page(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    rows = fill(on, 52)
    fill(on, 1, jours=40, debut=60)
    client = client_de(agent)
    answer(client, rows[0], "connu")

    page = read(client.get(TABLEAU))

    lines = select_all(page, "[data-menage]")
    assert len(lines) == 50
    assert rows[0].numero not in [line.attrs["id"][2:] for line in lines]
    assert "1 / 52 répondus" in page.text
    assert "en retard" in " ".join(a.text for a in select_all(page, ".fr-tag"))
    second = client.get(f"{TABLEAU}?page=2").content.decode()
    assert rows[0].numero in second


def test_the_day_an_answer_was_due_stays_once_it_is_given(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    client = client_de(agent)

    def due() -> list[str]:
        return [c.text for c in select_all(read(client.get(TABLEAU)), "[data-label='À rendre']")]

    before = due()
    answer(client, dossier, "connu")

    assert before == due() != [""]


def test_a_new_act_asks_again_and_tells_what_was_said(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1, jours=30)
    client = client_de(agent)
    SuiviSocial.objects.create(
        dossier=dossier, situation="connu", constate_le=on - timedelta(days=20), source="CCAS",
        organisation=ccas, par=agent,
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    assert asked(ccas) == set()
    make_acte(dossier=dossier, survenu_le=on - timedelta(days=3))
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)

    page = client.get(TABLEAU).content.decode()

    assert dossier.numero in page
    assert "avant, le 01/11 : connu par Anne Martin" in page
    assert 'aria-pressed="true"' not in page


def test_the_number_of_queries_does_not_grow_with_the_rows(
    agent: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(agent)
    fill(on, 3)
    client.get(TABLEAU)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(TABLEAU)
    fill(on, 30, debut=3)
    with CaptureQueriesContext(connection) as many:
        client.get(TABLEAU)

    assert len(many) == len(few)


def test_the_duty_leads_to_its_line(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    tache = Tache.objects.get(organisation=ccas)
    client = client_de(agent)

    address = reverse("devoir_rendre", args=[dossier.numero, tache.devoir, tache.source_id])
    page = read(client.get(address))
    offered = [a.attrs["href"] for a in select_all(select(page, "main"), "a")]
    (line,) = [url for url in offered if url.startswith("/tableau/menage/")]
    response = client.get(line, follow=True)

    assert response.redirect_chain[-1][0].endswith(f"#m-{dossier.numero}")
    assert response.status_code == 200


def test_what_is_told_on_the_dossier_is_the_same_answer(
    agent: Agent, ccas: Organisation, on: date, client_de: ClientDe
) -> None:
    (dossier,) = fill(on, 1)
    sent = {"situation": "connu", "constate_le": on.isoformat(), "service": "Polyclinique"}

    response = client_de(agent).post(reverse("suivi_ajouter", args=[dossier.numero]), sent)

    assert response.status_code == 302
    assert asked(ccas) == set()
    assert (last(dossier, ccas).par, last(dossier, ccas).service) == (agent, "Polyclinique")
    assert "1 / 1 répondus" in read(client_de(agent).get(TABLEAU)).text

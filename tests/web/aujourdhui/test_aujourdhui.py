"""Aujourd’hui: one row per household, actions in it, the batch and its undoing."""

from collections.abc import Callable
from datetime import date, time, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id
from seuil.travail.models import Diligence, Tache
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import (
    make_acces,
    make_acte,
    make_agent,
    make_dossier,
    make_organisation,
)
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, select, select_all
from tests.harness.htmx import get_fragment

ClientDe = Callable[[object], StrictClient]
DAY = timedelta(days=1)


def make_tache(
    *,
    due_le: date,
    genre: str = "dsf_a_obtenir",
    role: str = "secretariat",
    legale: bool = True,
    caduque_le: date | None = None,
) -> Tache:
    dossier = make_dossier(nom=f"NOM{due_le:%d%m}")
    make_acces(
        dossier=dossier, relation="instruction", role="gestionnaire", debut_le=date(2026, 1, 1)
    )
    return Tache.objects.create(
        dossier=dossier,
        departement="33",
        genre=genre,
        source_id=new_id(),
        role=role,
        visible_le=date(2026, 1, 1),
        due_le=due_le,
        caduque_le=caduque_le,
        legale=legale,
    )


def make_assigne(on: date, *, jours: int, nom: str = "ALPHA") -> Dossier:
    """Return a household heard in some days, as its facts make it."""
    dossier = make_dossier(nom=nom)
    make_acte(
        dossier=dossier, type="assignation", survenu_le=on - 40 * DAY,
        audience_le=on + jours * DAY, juridiction="Tribunal de Libourne",
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dossier


def rows_of(page: Element) -> list[Element]:
    return select_all(page, ".seuil-jour__ligne")


def list_page(client: StrictClient, query: str = "") -> Element:
    return read(client.get(reverse("a_faire") + query))


def groups_of(page: Element) -> list[str]:
    return [e.text for e in select_all(select(page, ".seuil-jour__groupes"), "a")]


def test_the_hearing_of_tomorrow_comes_before_what_is_two_years_late(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on - 80 * DAY, genre="avis_prolongation", legale=False)
    make_assigne(on, jours=1, nom="DEMAIN")
    make_assigne(on, jours=5, nom="SEMAINE")

    first, second, *rest = rows_of(list_page(client_de(secretaire)))

    assert "Demain" in first.text
    assert "DEMAIN" in first.text
    assert "Audience Tribunal de Libourne" in first.text
    assert "DSF jamais demandé" in first.text
    assert "disparaît quand le diagnostic est demandé" in first.text
    assert "SEMAINE" in second.text
    assert "Recueillir l’avis" in rest[-1].text


def test_the_former_address_leads_here_with_its_filters(
    secretaire: Agent, client_de: ClientDe
) -> None:
    answer = client_de(secretaire).get("/a-faire/?genre=devoir")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "/aujourdhui/?genre=devoir"


def test_red_is_for_legal_dates_lost_or_near(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on + 3 * DAY)
    make_tache(due_le=on + 20 * DAY)
    make_tache(due_le=on - 5 * DAY, genre="avis_prolongation", legale=False)

    page = list_page(client_de(secretaire))

    assert select_all(page, ".seuil-date--perdue") == []
    assert len(select_all(page, ".seuil-date--proche")) == 1


def test_all_means_all_and_filters_are_tags_that_are_removed(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_assigne(on, jours=20)
    make_tache(due_le=on, genre="avis_prolongation", legale=False)
    client = client_de(secretaire)

    every = list_page(client)
    kind = list_page(client, "?genre=avis_prolongation")
    near = list_page(client, "?jours=7")

    assert len(rows_of(every)) == 2
    assert len(rows_of(kind)) == 1
    (tag,) = select_all(select(kind, ".seuil-jour__filtres"), "[aria-current]")
    assert tag.attrs["href"] == reverse("a_faire")
    assert rows_of(near) == []
    assert "Voir toute la liste" in near.text


def test_a_filter_that_does_not_exist_is_told(secretaire: Agent, client_de: ClientDe) -> None:
    page = list_page(client_de(secretaire), "?genre=inconnu&commune=99999")

    assert "Nature\u00a0: «\u00a0inconnu\u00a0» ne peut pas être appliqué" in page.text
    assert "Commune\u00a0: «\u00a099999\u00a0» ne peut pas être appliqué" in page.text


def test_a_request_moves_the_household_to_what_one_waits_for(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS de Libourne")
    dossier = make_assigne(on, jours=20)
    client = client_de(secretaire)
    asked = {
        "dossiers": dossier.numero, "organisme": "MDS de Libourne",
        "suite": reverse("a_faire") + "?genre=dsf_a_obtenir",
    }  # fmt: skip
    (row,) = rows_of(list_page(client, "?genre=dsf_a_obtenir"))
    assert "à la MDS de Libourne" in row.text

    fragment = read(get_fragment(client, reverse("aujourdhui_dsf_demander"), data=asked))

    assert rows_of(fragment) == []
    assert "1\u00a0demande de diagnostic enregistrée" in fragment.text
    (waiting,) = rows_of(list_page(client, "?groupe=attente&genre=dsf_a_recevoir"))
    assert "DSF demandé aujourd’hui à la MDS de Libourne, pas reçu" in waiting.text
    # Asked again from another tab: told, recorded once, and undone as the first.
    lot = select(fragment, "[name=lot]").attrs["value"]
    again = read(get_fragment(client, reverse("aujourdhui_dsf_demander"), data=asked))
    assert "C’était déjà enregistré\u00a0: 1\u00a0demande de diagnostic" in again.text
    assert "Un diagnostic est déjà en cours" not in again.text
    assert select(again, "[name=lot]").attrs["value"] == lot
    assert Dsf.objects.count() == 1


def test_near_the_hearing_what_was_asked_is_the_readers_own_again(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_assigne(on, jours=3)
    Dsf.objects.create(dossier=dossier, demande_le=on, organisme="MDS", par=secretaire)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    client = client_de(secretaire)

    (row,) = rows_of(list_page(client, "?genre=dsf_a_recevoir"))
    assert "carence" in row.text
    answer = client.post(
        reverse("aujourdhui_dsf_noter"), {"dossier": dossier.numero, "fin": "carence"}
    )

    assert answer.status_code == 302
    assert Dsf.objects.get().fin == "carence"
    assert rows_of(list_page(client, "?genre=dsf_a_recevoir")) == []


def test_a_batch_is_shown_by_service_then_recorded_then_undone(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    dossiers = [make_assigne(on, jours=3 + i, nom=f"ALPHA{i}") for i in range(4)]
    known = dossiers.pop()
    Dsf.objects.create(dossier=known, demande_le=on, organisme="CCAS", par=secretaire)
    client = client_de(secretaire)
    suite = reverse("a_faire") + "?jours=7"
    coches = [d.numero for d in (*dossiers, known)]

    apercu = read(client.post(reverse("aujourdhui_dsf"), {"dossier": coches, "suite": suite}))
    assert Dsf.objects.count() == 1
    form = {
        "suite": suite,
        "organisme": select(apercu, "#organisme-1").attrs["value"],
        "dossiers": select_all(apercu, "[name=dossiers]")[0].attrs["value"],
    }
    page = read(client.post(reverse("aujourdhui_dsf_demander"), form, follow=True))

    assert "3\u00a0demandes de diagnostic enregistrées" in page.text
    # What could not be recorded is said, row by row.
    assert f"Dossier {known.numero}\u00a0: Un diagnostic est déjà en cours" in page.text
    assert Dsf.objects.count() == 4
    undo = {"suite": suite, "lot": select(page, "[name=lot]").attrs["value"]}
    undone = read(client.post(reverse("aujourdhui_annuler"), undo, follow=True))
    assert "3\u00a0ménages sont revenus dans la liste" in undone.text
    assert [d.dossier_id for d in Dsf.objects.all()] == [known.pk]
    assert Event.objects.filter(kind="dsf.demande_retiree").count() == 3
    assert "plus rien à annuler" in read(
        client.post(reverse("aujourdhui_annuler"), undo, follow=True)
    ).text  # fmt: skip


def ask(client: StrictClient, *dossiers: Dossier, organisme: str = "MDS", **more: str) -> Element:
    sent = {"dossiers": " ".join(d.numero for d in dossiers), "organisme": organisme, **more}
    return read(client.post(reverse("aujourdhui_dsf_demander"), sent, follow=True))


def read_taches(*dossiers: Dossier) -> list[tuple[object, ...]]:
    columns = ("dossier", "genre", "source_id", "due_le", "caduque_le", "role")
    return sorted(Tache.objects.filter(dossier__in=dossiers).values_list(*columns), key=str)


def test_each_undo_button_undoes_what_it_stands_beside(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    first, second = make_assigne(on, jours=5), make_assigne(on, jours=6, nom="BETA")
    passed = make_assigne(on, jours=-3, nom="PASSEE")
    client = client_de(secretaire)
    lots = [select(ask(client, asked), "[name=lot]").attrs["value"] for asked in (first, second)]
    client.post(reverse("aujourdhui_classer"), {"dossier": [passed.numero]})

    # From the tab of the first batch, once two others were made elsewhere.
    client.post(reverse("aujourdhui_annuler"), {"lot": lots[0]})

    assert [d.dossier_id for d in Dsf.objects.all()] == [second.pk]
    assert Diligence.objects.count() == 1
    for lot in ("", "autre", lots[0]):
        page = read(client.post(reverse("aujourdhui_annuler"), {"lot": lot}, follow=True))
        assert "Il n’y a plus rien à annuler ici" in page.text
    assert (Dsf.objects.count(), Diligence.objects.count()) == (1, 1)
    client.post(reverse("aujourdhui_annuler"), {"lot": lots[1]})
    assert not Dsf.objects.exists()


def test_a_batch_of_another_session_is_not_undone_and_it_is_told(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    page = ask(client_de(secretaire), make_assigne(on, jours=5))
    sent = {"lot": select(page, "[name=lot]").attrs["value"]}
    assert "tant que votre session est ouverte" in page.text

    told = read(client_de(secretaire).post(reverse("aujourdhui_annuler"), sent, follow=True))

    assert "votre session n’est plus la même" in told.text
    assert Dsf.objects.count() == 1


def test_only_the_households_of_the_queue_are_asked_for(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    live = make_assigne(on, jours=9, nom="VIVE")
    passed = make_assigne(on, jours=-3, nom="PASSEE")
    others = [make_dossier(nom=f"AUTRE{i}") for i in range(7)]
    before = read_taches(live, passed)
    client = client_de(secretaire)

    page = ask(client, live, passed, *others)

    assert [d.dossier_id for d in Dsf.objects.all()] == [live.pk]
    assert page.text.count("Aucune demande de diagnostic n’est attendue de vous") == 5
    assert "3\u00a0autres demandes n’ont pas été enregistrées" in page.text
    # Undone, everything is as it was: what was only to be filed still is.
    sent = {"lot": select(page, "[name=lot]").attrs["value"]}
    client.post(reverse("aujourdhui_annuler"), sent)
    assert read_taches(live, passed) == before
    assert groups_of(list_page(client))[-1] == "Caduc, à classer 1"


def test_a_batch_confirmed_twice_is_told_and_undone_once(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    dossiers = [make_assigne(on, jours=5 + i, nom=f"ALPHA{i}") for i in range(3)]
    client = client_de(secretaire)

    pages = [ask(client, *dossiers), ask(client, *dossiers)]

    assert "C’était déjà enregistré\u00a0: 3\u00a0demandes de diagnostic" in pages[1].text
    first, second = (select(page, "[name=lot]").attrs["value"] for page in pages)
    assert first == second
    client.post(reverse("aujourdhui_annuler"), {"lot": first})
    assert not Dsf.objects.exists()
    assert "annuler" not in {e.attrs.get("id") for e in list_page(client).walk()}


def test_a_body_out_of_the_directory_is_told_before_it_is_recorded(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    dossier = make_assigne(on, jours=5)
    client = client_de(secretaire)

    told = ask(client, dossier, organisme="MDS de Libourne")

    assert "«\u00a0MDS de Libourne\u00a0»\u00a0: ce service n’est pas dans l’annuaire" in told.text
    assert not Dsf.objects.exists()
    names = ("dossiers", "organisme", "hors_annuaire")
    sent = {n: select(told, f"[name={n}]").attrs["value"] for n in names}
    # From a row, which has no preview, the list comes back.
    asked = {"dossiers": dossier.numero, "organisme": "MDS de Libourne"}
    row = read(get_fragment(client, reverse("aujourdhui_dsf_demander"), data=asked))
    assert "n’est plus dans l’annuaire\u00a0: rien n’est enregistré" in row.text
    assert not Dsf.objects.exists()
    # Another name than the one that was told is told in its turn.
    other = read(client.post(reverse("aujourdhui_dsf_demander"), {**sent, "organisme": "MDS Sud"}))
    assert "«\u00a0MDS Sud\u00a0»\u00a0: ce service n’est pas dans l’annuaire" in other.text
    assert not Dsf.objects.exists()
    client.post(reverse("aujourdhui_dsf_demander"), sent)
    assert Dsf.objects.get().organisme == "MDS de Libourne"


def test_a_name_too_long_is_refused_and_never_cut(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    page = ask(client_de(secretaire), make_assigne(on, jours=5), organisme="M" * 151)

    assert "Le nom du service est trop long\u00a0: 150 caractères au plus" in page.text
    assert not Dsf.objects.exists()


def test_the_whole_list_is_asked_in_one_batch(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_organisation(type="conseil_departemental", nom="MDS")
    for i in range(60):
        make_assigne(on, jours=10 + i % 20, nom=f"ALPHA{i}")
    client = client_de(secretaire)

    asked = {"tout": "1", "genre": "dsf_a_obtenir"}
    apercu = read(client.post(reverse("aujourdhui_dsf"), asked))

    assert "Demander 60\u00a0diagnostics" in apercu.text
    numeros = select_all(apercu, "[name=dossiers]")[0].attrs["value"].split()
    sent = {"organisme": "MDS", "dossiers": " ".join(numeros)}
    client.post(reverse("aujourdhui_dsf_demander"), sent)
    assert Dsf.objects.count() == 60


def test_what_has_no_object_any_more_is_filed_and_put_back(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_assigne(on, jours=-3, nom="PASSEE")
    client = client_de(secretaire)
    page = list_page(client, "?groupe=caduc")
    (row,) = rows_of(page)
    assert "PASSEE" in row.text
    assert groups_of(page)[-1] == "Caduc, à classer 1"
    suite = reverse("a_faire") + "?groupe=caduc"

    sent = {"dossier": [dossier.numero], "suite": suite}
    after = read(client.post(reverse("aujourdhui_classer"), sent, follow=True))

    assert rows_of(after) == []
    assert "1\u00a0tâche classée" in after.text
    kept = Diligence.objects.get()
    assert (kept.par, kept.faite_le, kept.sans_objet) == (secretaire, on, True)
    # What still has an object is never filed, whoever asks.
    live = make_assigne(on, jours=9, nom="VIVE")
    client.post(reverse("aujourdhui_classer"), {"dossier": [live.numero]})
    assert Diligence.objects.count() == 1
    lot = select(after, "[name=lot]").attrs["value"]
    client.post(reverse("aujourdhui_annuler"), {"suite": suite, "lot": lot})
    assert not Diligence.objects.exists()
    assert len(rows_of(list_page(client, "?groupe=caduc"))) == 1


def test_the_secretariat_sees_what_waits_beside_its_list(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_dossier(nom="ARRIVE", ouvert_le=on)
    make_assigne(on, jours=2)

    cards = [
        e.text
        for e in select_all(select(list_page(client_de(secretaire)), ".seuil-jour__tete"), "a")
    ]

    assert cards[0] == "1 audience sans DSF dans les 7 jours"
    assert cards[-1] == "1 dossier ouvert depuis hier"


def test_the_gestionnaire_sees_the_clock_of_the_two_months(
    gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    for days in (2, 30, -10):
        make_tache(
            due_le=on + days * DAY, genre="decision_cfp", role="gestionnaire",
            caduque_le=on + (days + 90) * DAY,
        )  # fmt: skip

    page = list_page(client_de(gestionnaire))

    cards = [e.text for e in select_all(select(page, ".seuil-jour__tete"), "a")]
    assert cards == [
        "1 délai de deux mois tombe sous 7 jours",
        "1 réquisition à instruire",
        "1 refus implicite né, à classer",
    ]
    assert len(rows_of(page)) == 2


def test_an_empty_list_says_so(gestionnaire: Agent, client_de: ClientDe) -> None:
    page = client_de(gestionnaire).get(reverse("a_faire")).content.decode()

    assert "Rien à faire aujourd’hui" in page


def test_one_comes_back_to_the_same_list(
    gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on + DAY, genre="decision_cfp", role="gestionnaire")
    suite = reverse("a_faire") + "?genre=decision_cfp"

    (row,) = rows_of(list_page(client_de(gestionnaire), "?genre=decision_cfp"))

    (button,) = select_all(row, ".fr-btn")
    assert button.attrs["href"].endswith("suite=" + quote(suite, safe=""))


def test_pages_of_fifty_cost_a_constant_number_of_queries(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    make_tache(due_le=on)
    client.get(reverse("a_faire"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("a_faire"))
    for index in range(55):
        make_tache(due_le=on + index * DAY)

    with CaptureQueriesContext(connection) as many:
        page = list_page(client)
    second = list_page(client, "?page=2")

    assert len(many) == len(few)
    assert len(rows_of(page)) == 50
    assert len(rows_of(second)) == 6


@pytest.mark.parametrize("name", ["aujourdhui_dsf", "aujourdhui_dsf_demander"])
def test_who_may_not_ask_is_refused(name: str, gestionnaire: Agent, client_de: ClientDe) -> None:
    assert client_de(gestionnaire).post(reverse(name), {}).status_code == 404


@pytest.mark.parametrize("role", ["travailleur_social", "juriste"])
def test_who_goes_on_the_road_sees_the_seven_days_and_may_keep_one_person(
    gironde: str, on: date, client_de: ClientDe, operateur: Organisation, role: str
) -> None:
    people = {r: make_agent(role=r, organisation=operateur, nom=r.upper())
              for r in ("travailleur_social", "juriste")}  # fmt: skip
    dossier = make_dossier(nom="ALPHA")
    make_acte(
        dossier=dossier, type="assignation", survenu_le=on - timedelta(days=40),
        audience_le=on + timedelta(days=2), audience_heure=time(9, 30),
    )  # fmt: skip
    make_mandat(
        operateur=operateur, dossier=dossier, repondu_le=on - timedelta(days=8),
        referent_social=people["travailleur_social"], referent_juridique=people["juriste"],
    )  # fmt: skip
    social = people["travailleur_social"]
    make_contact(dossier=dossier, par=social, survenu_le=on, prochain_le=on + timedelta(days=5))
    make_contact(
        dossier=make_dossier(nom="BETA"), par=social, survenu_le=on,
        prochain_le=on + timedelta(days=5),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    client = client_de(people[role])

    page = read(client.get(reverse("a_faire")))
    mine = read(client.get(reverse("a_faire"), {"personne": str(people[role].pk)}))
    agenda = read(client.get(reverse("agenda") + "?quoi=rendez_vous")).text

    week = select(page, ".seuil-jour__semaine").text
    assert "9\u00a0h\u00a030, Audience — ALPHA" in week
    assert "Contact prévu avec le ménage — ALPHA" in week
    assert "BETA" not in week + agenda
    assert "Contact prévu avec le ménage" in agenda
    assert f"Retirer le filtre Dominique {role.upper()}" in str(mine)


def test_a_date_told_is_in_the_agenda_and_the_last_told_prevails(
    gironde: str, on: date, secretaire: Agent, client_de: ClientDe
) -> None:
    dossier, fait = make_dossier(nom="ALPHA"), new_id()
    for days, told in ((3, 9), (1, 11)):
        dossier.dates_annoncees.create(
            regle="A1", fait_id=fait, annoncee_le=on.replace(day=told),
            dite_le=on - timedelta(days=days), a_qui="menage", moyen="courrier", source="Essai",
            notee_par=secretaire,
        )  # fmt: skip

    page = read(client_de(secretaire).get(reverse("agenda") + "?quoi=annonce"))

    shown = [a.text for a in select_all(page, ".seuil-rdv")]
    assert len(shown) == 1
    assert "Date annoncée" in shown[0]

"""The tab « Régularité », the page of an act, the sentences for the diagnosis."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.diagnostics.models import ConstatRegularite
from seuil.diagnostics.operations import ConstatRefuse
from seuil.diagnostics.rules import ConstatSaisi
from seuil.dossiers.models import Bailleur, Dossier
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.record_constats import record_constats
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier
from tests.factories.diagnostics import make_constat
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(
    gironde: str, operateur: Organisation, travailleur_social: Agent, juriste: Agent, on: date
) -> Dossier:
    """A dossier entrusted to the team, whose assignation by a company came too early."""
    found = make_dossier(nom="ALPHA", bailleur="Société des Exemples")
    Bailleur.objects.filter(baux__dossier=found).update(nature="morale")
    make_mandat(
        operateur=operateur,
        dossier=found,
        transmis_le=on - timedelta(days=20),
        repondu_le=on - timedelta(days=18),
        referent_social=travailleur_social,
        referent_juridique=juriste,
    )
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 3, 10))
    make_acte(dossier=found, type="saisine_ccapex", survenu_le=date(2026, 7, 20))
    make_acte(dossier=found, type="dalo", survenu_le=date(2026, 7, 20), sens="recours")
    return found


@pytest.fixture
def assignation(dossier: Dossier) -> Acte:
    return make_acte(
        dossier=dossier,
        type="assignation",
        survenu_le=date(2026, 9, 7),
        recu_le=date(2026, 9, 9),
        audience_le=date(2026, 12, 15),
    )


def page_of(acte: Acte) -> str:
    return reverse("regularite_constater", args=[acte.dossier.numero, acte.pk])


def tab_of(dossier: Dossier) -> str:
    return reverse("dossier_onglet", args=[dossier.numero, "regularite"])


def vu_at(client: StrictClient, acte: Acte) -> str:
    return select(read(client.get(page_of(acte))), "#id_vu_at").attrs.get("value", "")


def test_the_tab_shows_acts_newest_first_what_is_computed_and_what_is_missing(
    dossier: Dossier, assignation: Acte, juriste: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(juriste).get(tab_of(dossier)))
    text = select(page, "#onglet").text

    titles = [h.text for h in select_all(page, "h3")]
    assert titles == ["Assignation du 7 septembre 2026", "Commandement de payer du 10 mars 2026"]
    assert "prématurée de 13\u00a0jours" in text
    assert "Conséquence possible\u00a0: irrecevabilité de la demande" in text
    assert "À obtenir\u00a0: la date de remise de l’assignation au greffe." in text
    assert "3\u00a0questions sur 16 répondues, 1\u00a0irrégularité" in text
    assert "legifrance.gouv.fr" in client_de(juriste).get(tab_of(dossier)).content.decode()


def test_a_dossier_without_act_to_check_says_so(secretaire: Agent, client_de: ClientDe) -> None:
    page = client_de(secretaire).get(tab_of(make_dossier())).content.decode()

    assert "Aucun acte à contrôler" in page


@pytest.mark.parametrize("role", ["juriste", "chef_equipe", "secretaire"])
def test_who_may_answer_saves_all_answers_of_an_act_at_once(
    role: str,
    dossier: Dossier,
    assignation: Acte,
    on: date,
    client_de: ClientDe,
    request: pytest.FixtureRequest,
) -> None:
    agent = request.getfixturevalue(role)
    client = client_de(agent)

    page = client.post(
        page_of(assignation),
        {
            "reponse_R-ASS-10": "regulier",
            "reponse_R-ASS-16": "irregulier",
            "observation_R-ASS-16": "Aucun avis de passage.",
        },
        follow=True,
    )
    tab = select(read(page), "#onglet").text

    assert "Vos réponses sont enregistrées" in page.content.decode()
    assert "Aucun avis de passage." in tab
    assert "5\u00a0questions sur 16 répondues, 2\u00a0irrégularités" in tab
    found = {
        (c.question, c.reponse, c.constate_le, c.par_id)
        for c in ConstatRegularite.objects.filter(acte=assignation)
    }
    assert found == {
        ("R-ASS-10", "regulier", on, agent.pk),
        ("R-ASS-16", "irregulier", on, agent.pk),
    }
    event = Event.objects.get(kind="regularite.constat")
    assert event.target_id == str(dossier.pk)
    assert event.details == {"acte": str(assignation.pk), "questions": ["R-ASS-10", "R-ASS-16"]}


def test_answers_sent_again_unchanged_say_that_nothing_changed(
    assignation: Acte, juriste: Agent, client_de: ClientDe
) -> None:
    client = client_de(juriste)
    answers = {"reponse_R-ASS-10": "regulier"}
    client.post(page_of(assignation), answers, follow=True)

    page = client.post(page_of(assignation), answers, follow=True).content.decode()

    assert "Rien n’a changé" in page
    assert "Vos réponses sont enregistrées" not in page
    assert ConstatRegularite.objects.filter(acte=assignation).count() == 1


@pytest.mark.parametrize("role", ["travailleur_social", "gestionnaire"])
def test_who_may_only_read_has_no_button_and_no_form(
    role: str,
    dossier: Dossier,
    assignation: Acte,
    on: date,
    client_de: ClientDe,
    request: pytest.FixtureRequest,
) -> None:
    make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=on)
    client = client_de(request.getfixturevalue(role))

    page = client.get(tab_of(dossier))
    answers = [client.get(page_of(assignation)), client.post(page_of(assignation), {})]

    assert "prématurée de 13" in page.content.decode()
    assert page_of(assignation) not in page.content.decode()
    assert [a.status_code for a in answers] == [404, 404]


@pytest.mark.parametrize("role", ["charge_mission", "administrateur", "partenaire"])
def test_who_reads_no_dossier_finds_nothing(
    role: str,
    dossier: Dossier,
    assignation: Acte,
    client_de: ClientDe,
    request: pytest.FixtureRequest,
) -> None:
    client = client_de(request.getfixturevalue(role))
    addresses = [
        tab_of(dossier), page_of(assignation), reverse("regularite_texte", args=[dossier.numero]),
    ]  # fmt: skip

    assert [client.get(a).status_code for a in addresses] == [404] * 3


def test_an_act_of_another_dossier_is_not_found(
    dossier: Dossier, assignation: Acte, juriste: Agent, secretaire: Agent, client_de: ClientDe
) -> None:
    other = make_dossier()
    foreign = make_acte(dossier=other, type="assignation", survenu_le=date(2026, 9, 7))
    crossed = reverse("regularite_constater", args=[dossier.numero, foreign.pk])
    body = {"reponse_R-ASS-10": "regulier"}

    assert client_de(secretaire).post(crossed, body).status_code == 404
    assert client_de(juriste).post(crossed, body).status_code == 404
    assert client_de(juriste).get(page_of(foreign)).status_code == 404
    unknown = reverse("regularite_constater", args=[dossier.numero, uuid4()])
    assert client_de(secretaire).get(unknown).status_code == 404
    assert not ConstatRegularite.objects.exists()


def test_an_act_without_checklist_has_no_page(
    dossier: Dossier, juriste: Agent, client_de: ClientDe
) -> None:
    dalo = Acte.objects.get(dossier=dossier, type="dalo")

    assert client_de(juriste).get(page_of(dalo)).status_code == 404


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(
    assignation: Acte, juriste: Agent, client_de: ClientDe
) -> None:
    response = client_de(juriste).post(
        page_of(assignation),
        {
            "reponse_R-ASS-10": "regulier",
            "observation_R-ASS-16": "Sans réponse choisie.",
            "reponse_R-ASS-6": "peut-être",
            "reponse_R-ASS-9": "irregulier",
            "observation_R-ASS-9": "z" * 1001,
        },
    )
    text = response.content.decode()

    assert response.status_code == 422
    assert "Choisissez une réponse pour garder l’observation." in text
    assert "Choisissez une réponse de la liste." in text
    assert "L’observation dépasse 1000 caractères" in text
    assert "Sans réponse choisie." in text
    kept = select_all(read(response), "input[name=reponse_R-ASS-10]")
    assert [i.attrs["value"] for i in kept if "checked" in i.attrs] == ["regulier"]
    assert not ConstatRegularite.objects.exists()


def test_a_changed_answer_is_added_and_the_former_one_stays_visible(
    dossier: Dossier, assignation: Acte, juriste: Agent, on: date, client_de: ClientDe
) -> None:
    make_constat(
        acte=assignation, question="R-ASS-10", par=juriste, constate_le=on - timedelta(days=3),
        observation="Première lecture.",
    )  # fmt: skip
    client = client_de(juriste)

    client.post(
        page_of(assignation),
        {"vu_at": vu_at(client, assignation), "reponse_R-ASS-10": "regulier"},
    )

    page = select(read(client.get(tab_of(dossier))), "#onglet").text
    assert "Équipe\u00a0: Régulier" in page
    assert "Avant\u00a0: Irrégulier" in page
    assert "Première lecture." in page
    assert ConstatRegularite.objects.filter(question="R-ASS-10").count() == 2


def test_the_database_refuses_to_change_a_finding(
    assignation: Acte, juriste: Agent, on: date
) -> None:
    constat = make_constat(acte=assignation, question="R-ASS-10", par=juriste, constate_le=on)

    with (
        pytest.raises((ProgrammingError, InternalError), match="never changed"),
        transaction.atomic(),
    ):
        ConstatRegularite.objects.filter(pk=constat.pk).update(reponse="regulier")


def test_saving_twice_the_same_answers_writes_them_once(
    assignation: Acte, juriste: Agent, client_de: ClientDe
) -> None:
    client = client_de(juriste)
    body = {"reponse_R-ASS-10": "regulier", "observation_R-ASS-10": "Vu."}

    client.post(page_of(assignation), body)
    # Sent again by a second click, then from the page as it is now.
    client.post(page_of(assignation), body)
    client.post(page_of(assignation), body | {"vu_at": vu_at(client, assignation)})

    assert ConstatRegularite.objects.count() == 1
    assert Event.objects.filter(kind="regularite.constat").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_page_left_open_never_undoes_the_answer_of_a_colleague(
    assignation: Acte, operateur: Organisation, juriste: Agent, on: date, client_de: ClientDe
) -> None:
    colleague = make_agent(role="juriste", organisation=operateur)
    make_acces(dossier=assignation.dossier, relation="affectation", agent=colleague, debut_le=on)
    first, second = client_de(juriste), client_de(colleague)
    first.post(page_of(assignation), {"reponse_R-ASS-10": "regulier"})
    seen = vu_at(first, assignation)

    second.post(page_of(assignation), {"vu_at": seen, "reponse_R-ASS-10": "irregulier"})
    # The first one still shows the former answer, and answers something else.
    first.post(
        page_of(assignation),
        {"vu_at": seen, "reponse_R-ASS-10": "regulier", "reponse_R-ASS-16": "regulier"},
    )

    rows = ConstatRegularite.objects.order_by("created_at", "id")
    assert [(c.question, c.reponse, c.par_id) for c in rows] == [
        ("R-ASS-10", "regulier", juriste.pk),
        ("R-ASS-10", "irregulier", colleague.pk),
        ("R-ASS-16", "regulier", juriste.pk),
    ]


def test_a_person_may_contradict_the_engine_and_both_are_shown(
    dossier: Dossier, assignation: Acte, juriste: Agent, on: date, client_de: ClientDe
) -> None:
    make_constat(
        acte=assignation, question="R-ASS-1", par=juriste, constate_le=on, reponse="regulier",
        observation="Signalement à la CAF du 3 mars.",
    )  # fmt: skip
    client = client_de(juriste)

    tab = select(read(client.get(tab_of(dossier))), "#onglet").text
    dsf = client.get(reverse("dossier_onglet", args=[dossier.numero, "dsf"])).content.decode()

    assert "Calcul\u00a0: Irrégulier." in tab
    assert "Équipe\u00a0: Régulier" in tab
    assert "ne concluent pas de même" in tab
    assert "à trancher avant de reprendre" in dsf


def test_the_dsf_tab_and_the_plain_text_give_the_decided_findings(
    dossier: Dossier, assignation: Acte, juriste: Agent, on: date, client_de: ClientDe
) -> None:
    make_constat(
        acte=assignation, question="R-ASS-16", par=juriste, constate_le=on,
        observation="Confidence du ménage.",
    )  # fmt: skip
    client = client_de(juriste)

    tab = read(client.get(reverse("dossier_onglet", args=[dossier.numero, "dsf"])))
    texte = client.get(reverse("regularite_texte", args=[dossier.numero]))
    body = texte.content.decode()

    assert "Régularité des actes (à reprendre dans le diagnostic)" in select(tab, "#onglet").text
    assert texte.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    assert len(lines) == 4
    assert "prématurée de 13" in lines[0]
    assert "n’a pas été remise selon les formes" in lines[1]
    assert "notifiée au préfet dans le délai" in lines[2]
    assert all("avis de l’équipe, le juge apprécie" in line for line in lines)
    assert "Confidence" not in body
    assert "Confidence" not in select(tab, "#onglet").text


def test_rights_are_checked_under_the_page(
    dossier: Dossier,
    assignation: Acte,
    travailleur_social: Agent,
    operateur: Organisation,
    juriste: Agent,
    on: date,
) -> None:
    saisis = [ConstatSaisi("R-ASS-10", "regulier")]
    stranger = make_agent(role="juriste", organisation=operateur)
    other = make_acte(dossier=make_dossier(), type="assignation", survenu_le=date(2026, 9, 7))

    with pytest.raises(HabilitationRefusee):
        record_constats(
            dossier=dossier, acte=assignation, saisis=saisis, by=travailleur_social, on=on
        )
    with pytest.raises(DossierInaccessible):
        record_constats(dossier=dossier, acte=assignation, saisis=saisis, by=stranger, on=on)
    with pytest.raises(ConstatRefuse, match="pas de ce dossier"):
        record_constats(dossier=dossier, acte=other, saisis=saisis, by=juriste, on=on)
    with pytest.raises(ConstatRefuse, match="ne se pose pas"):
        record_constats(
            dossier=dossier,
            acte=assignation,
            saisis=[*saisis, ConstatSaisi("R-EXP-1", "regulier")],
            by=juriste,
            on=on,
        )
    assert not ConstatRegularite.objects.exists()


def test_the_number_of_queries_does_not_grow_with_acts_and_findings(
    dossier: Dossier,
    assignation: Acte,
    secretaire: Agent,
    on: date,
    client_de: ClientDe,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_de(secretaire)
    client.get(tab_of(dossier))
    with django_assert_max_num_queries(40) as few:
        client.get(tab_of(dossier))
    for days in range(1, 6):
        acte = make_acte(
            dossier=dossier, type="cql", survenu_le=date(2026, 10, 1) + timedelta(days=days)
        )
        make_constat(acte=acte, question="R-CQL-3", par=secretaire, constate_le=on)

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(tab_of(dossier))

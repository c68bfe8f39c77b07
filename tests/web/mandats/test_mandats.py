"""The list of mandates and the page of one, for those who follow them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from seuil.accompagnements.models import Contrat, Demarche, Mandat, Prolongation, Rapport
from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Coordonnee
from seuil.echeances.models import Situation
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.web.mandats.forms import DEMARCHES_MAX, read_lines
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, read_vus, select, select_all

SignIn = Callable[[object], StrictClient]
FORMS = (
    "mandat_repondre", "mandat_affecter", "rapport_rendre", "contrat_signer",
    "prolongation_enregistrer", "cloture",
)  # fmt: skip
LIGNE = {"objectif": "Déposer la demande.", "acteur": "menage", "pour_le": "2026-12-15"}


def make_followed(
    operateur: Organisation, *, nom: str, transmis_le: date, on: date, **fields: object
) -> Mandat:
    """Return a mandate whose dossier has its act, and whose deadlines are computed."""
    dossier = make_dossier(nom=nom, ouvert_le=transmis_le - timedelta(days=20))
    make_acte(dossier=dossier, survenu_le=transmis_le - timedelta(days=20))
    mandat = make_mandat(operateur=operateur, dossier=dossier, transmis_le=transmis_le, **fields)  # type: ignore[arg-type]
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return mandat


@pytest.fixture
def recu(operateur: Organisation, on: date) -> Mandat:
    return make_followed(operateur, nom="RECU", transmis_le=on - timedelta(days=3), on=on)


@pytest.fixture
def suivi(operateur: Organisation, travailleur_social: Agent, juriste: Agent, on: date) -> Mandat:
    return make_followed(
        operateur,
        nom="SUIVI",
        transmis_le=on - timedelta(days=20),
        on=on,
        repondu_le=on - timedelta(days=18),
        referent_social=travailleur_social,
        referent_juridique=juriste,
    )


def words(element: Element) -> str:
    return element.text.replace("\u00a0", " ").replace("\u202f", " ")


def contrat_data(on: date, *lignes: dict[str, str]) -> dict[str, str]:
    data = {
        "objectif": "Rester dans le logement.",
        "signe_le": on.isoformat(),
        "demarches-TOTAL_FORMS": str(len(lignes)),
        "demarches-INITIAL_FORMS": "0",
    }
    for index, ligne in enumerate(lignes):
        data |= {f"demarches-{index}-{name}": value for name, value in ligne.items()}
    return data


# --- Who sees what -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["gestionnaire", "charge_mission", "administrateur"])
def test_a_role_outside_the_team_finds_neither_list_nor_mandate(
    role: str, suivi: Mandat, client_de: SignIn, request: pytest.FixtureRequest
) -> None:
    client = client_de(request.getfixturevalue(role))

    assert client.get(reverse("mandats")).status_code == 404
    assert client.get(reverse("mandat", args=[suivi.pk])).status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_the_mandate_of_another_operator_is_not_found(
    form: str, suivi: Mandat, client_de: SignIn
) -> None:
    stranger = make_agent(
        role="chef_equipe", organisation=make_organisation(type="operateur", nom="Autre équipe")
    )

    answer = client_de(stranger).get(reverse(form, args=[suivi.pk]))

    assert answer.status_code == 404
    assert "SUIVI" not in answer.content.decode()


def test_a_worker_sees_its_own_mandates_only(
    suivi: Mandat, recu: Mandat, travailleur_social: Agent, client_de: SignIn
) -> None:
    client = client_de(travailleur_social)

    text = select(read(client.get(reverse("mandats"))), "main").text

    assert suivi.dossier.numero in text
    assert recu.dossier.numero not in text
    assert client.get(reverse("mandat", args=[recu.pk])).status_code == 404


# --- The list ------------------------------------------------------------------------------------


def test_the_chief_sees_what_to_answer_the_load_and_what_runs(
    suivi: Mandat, recu: Mandat, chef_equipe: Agent, travailleur_social: Agent, client_de: SignIn
) -> None:
    page = read(client_de(chef_equipe).get(reverse("mandats")))

    captions = [e.text for e in select_all(page, "caption")]
    assert captions == ["Charge de chacun", "Réponse attendue (1)", "En cours (1)"]
    load = select_all(page, "table")[0].text
    assert f"{travailleur_social} 1" in load
    assert reverse("mandat_repondre", args=[recu.pk]) in {
        e.attrs.get("href") for e in select_all(page, "a")
    }


def test_a_line_gives_phone_next_date_and_last_attempt(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    Coordonnee.objects.create(
        dossier=suivi.dossier, type="telephone", valeur="0612345678", valide_du=on, source="CAF"
    )
    make_contact(
        dossier=suivi.dossier,
        par=travailleur_social,
        survenu_le=on - timedelta(days=2),
        resultat="absent",
        prochain_le=on + timedelta(days=1),
    )

    page = read(client_de(travailleur_social).get(reverse("mandats")))

    row = select_all(select_all(page, "table")[-1], "tr")[1]
    assert [e.attrs["href"] for e in select_all(row, "a")][1] == "tel:0612345678"
    # The first return was due fifteen days after the transmission: it is late, hence first.
    assert "lundi 16 novembre 2026 (en retard de 5 jours)" in words(row)
    assert "Rendre compte des actions engagées" in words(row)
    assert "19/11/2026 — Absent ou sans réponse prochain : dimanche 22 novembre 2026" in words(row)


def test_mandates_come_by_next_date(
    operateur: Organisation, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    for nom, days in (("TARDIF", 2), ("PRESSE", 9)):
        make_followed(
            operateur,
            nom=nom,
            transmis_le=on - timedelta(days=days),
            on=on,
            repondu_le=on - timedelta(days=days),
            referent_social=travailleur_social,
        )

    page = read(client_de(travailleur_social).get(reverse("mandats")))

    text = select(page, "main").text.upper()
    assert text.index("PRESSE") < text.index("TARDIF")


def test_one_state_at_a_time_can_be_read_and_an_empty_one_says_so(
    suivi: Mandat, recu: Mandat, chef_equipe: Agent, client_de: SignIn
) -> None:
    client = client_de(chef_equipe)

    page = read(client.get(reverse("mandats"), {"etat": "a_repondre"}))
    empty = read(client.get(reverse("mandats"), {"etat": "clos"}))

    assert recu.dossier.numero in page.text
    assert suivi.dossier.numero not in page.text
    assert "Aucun dossier dans cet état." in empty.text


def test_the_list_asks_as_many_queries_for_one_mandate_as_for_ten(
    operateur: Organisation,
    suivi: Mandat,
    chef_equipe: Agent,
    client_de: SignIn,
    on: date,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_de(chef_equipe)
    with django_assert_max_num_queries(100) as few:
        client.get(reverse("mandats"))
    for number in range(9):
        make_followed(operateur, nom=f"AUTRE{number}", transmis_le=on, on=on)

    with django_assert_max_num_queries(len(few)):
        client.get(reverse("mandats"))


# --- Answer and assign ---------------------------------------------------------------------------


def test_accepting_leads_to_assigning_then_to_the_mandate(
    recu: Mandat, chef_equipe: Agent, travailleur_social: Agent, client_de: SignIn
) -> None:
    client = client_de(chef_equipe)

    accepted = client.post(reverse("mandat_repondre", args=[recu.pk]), {"reponse": "accepte"})
    page = read(client.get(accepted.url))
    assigned = client.post(accepted.url, {"referent_social": str(travailleur_social.pk)})

    assert accepted.url == reverse("mandat_affecter", args=[recu.pk])
    assert f"{travailleur_social} — 0 en cours" in words(select(page, "#id_referent_social"))
    assert assigned.url == reverse("mandat", args=[recu.pk])
    recu.refresh_from_db()
    assert recu.referent_social == travailleur_social
    assert client_de(travailleur_social).get(assigned.url).status_code == 200


def test_the_answer_is_asked_beside_the_household_and_its_hearing(
    recu: Mandat, chef_equipe: Agent, client_de: SignIn, on: date
) -> None:
    Situation.objects.filter(dossier=recu.dossier).update(audience_le=on + timedelta(days=12))

    answer = client_de(chef_equipe).get(reverse("mandat_repondre", args=[recu.pk]))

    assert answer.status_code == 200
    assert "jeudi 3 décembre 2026 (dans 12 jours)" in words(read(answer))


def test_a_refusal_without_reason_is_not_recorded(
    recu: Mandat, chef_equipe: Agent, client_de: SignIn
) -> None:
    answer = client_de(chef_equipe).post(
        reverse("mandat_repondre", args=[recu.pk]), {"reponse": "refuse"}
    )

    assert answer.status_code == 422
    assert "Dites pourquoi le dossier est refusé." in read(answer).text
    assert "Choisissez la raison du refus." in read(answer).text
    recu.refresh_from_db()
    assert recu.reponse == ""


def test_after_a_refusal_the_dossier_is_closed_to_the_operator_and_the_reason_read_by_the_ddets(
    recu: Mandat, chef_equipe: Agent, secretaire: Agent, client_de: SignIn
) -> None:
    client = client_de(chef_equipe)

    answer = client.post(
        reverse("mandat_repondre", args=[recu.pk]),
        {
            "reponse": "refuse",
            "nature": "deja_suivi",
            "motif": "Ménage déjà suivi par le CCAS.",
        },
    )

    assert answer.url == reverse("mandats")
    assert client.get(reverse("mandat", args=[recu.pk])).status_code == 404
    page = read(client_de(secretaire).get(reverse("mandat", args=[recu.pk])))
    assert "ménage déjà suivi par un service ; Ménage déjà suivi par le CCAS." in words(page)


def test_assigning_nobody_is_refused(suivi: Mandat, chef_equipe: Agent, client_de: SignIn) -> None:
    answer = client_de(chef_equipe).post(
        reverse("mandat_affecter", args=[suivi.pk]),
        {"referent_social": "", "referent_juridique": ""},
    )

    assert answer.status_code == 422
    assert "Choisissez au moins une personne." in read(answer).text


def test_an_assignment_in_two_tabs_is_never_lost(
    suivi: Mandat, chef_equipe: Agent, juriste: Agent, client_de: SignIn
) -> None:
    """The second is refused with both values; sent again, knowing, it replaces."""
    make = {"role": "travailleur_social", "organisation": chef_equipe.organisation}
    one, two = make_agent(nom="Premier", **make), make_agent(nom="Second", **make)
    client, address = client_de(chef_equipe), reverse("mandat_affecter", args=[suivi.pk])
    seen = read_vus(read(client.get(address)))
    asked = {"referent_juridique": str(juriste.pk), "vus": seen}
    assert client.post(address, {**asked, "referent_social": str(one.pk)}).status_code == 302

    refused = client.post(address, {**asked, "referent_social": str(two.pk)})

    assert refused.status_code == 422
    page = read(refused)
    told = " ".join(e.text for e in select_all(page, ".fr-alert"))
    assert "Premier" in told
    assert "Second" in told
    suivi.refresh_from_db()
    assert suivi.referent_social == one
    knowing = read_vus(page)
    again = {**asked, "vus": knowing, "referent_social": str(two.pk)}
    assert client.post(address, again).status_code == 302
    suivi.refresh_from_db()
    assert suivi.referent_social == two


# --- Reports, contract, extension, closure -------------------------------------------------------


def test_the_page_explains_each_date(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn
) -> None:
    page = read(client_de(travailleur_social).get(reverse("mandat", args=[suivi.pk])))

    why = [e.text for e in select_all(page, "details") if "Pourquoi cette date" in e.text]
    assert why
    assert "SUIVI Claude" in select(page, "h1").text
    assert "SCI des Exemples" in select(page, "main").text


def test_the_secretariat_reads_a_mandate_without_the_operator_s_buttons(
    suivi: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    page = read(client_de(secretaire).get(reverse("mandat", args=[suivi.pk])))

    links = {e.attrs.get("href", "") for e in select_all(select(page, "main"), "a")}
    assert reverse("prolongation_enregistrer", args=[suivi.pk]) in links
    assert reverse("cloture", args=[suivi.pk]) not in links
    assert reverse("rapport_rendre", args=[suivi.pk]) not in links


def test_the_next_report_due_is_proposed_and_recorded(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    url = reverse("rapport_rendre", args=[suivi.pk])

    answer = client.post(
        url, {"genre": "premier_retour", "texte": "Deux passages.", "rendu_le": on.isoformat()}
    )

    assert answer.url == reverse("mandat", args=[suivi.pk])
    assert Rapport.objects.get().texte == "Deux passages."
    for query, proposed in (({}, "evaluation"), ({"genre": "bilan"}, "bilan")):
        page = read(client.get(url, query))
        chosen = [e.attrs["value"] for e in select_all(page, "input") if "checked" in e.attrs]
        assert chosen == [proposed]
    assert "Deux passages." in read(client.get(answer.url)).text


def test_a_refused_report_keeps_its_text(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("rapport_rendre", args=[suivi.pk]),
        {
            "genre": "premier_retour",
            "texte": "Un texte long à retaper.",
            "rendu_le": (on + timedelta(days=9)).isoformat(),
        },
    )

    assert answer.status_code == 422
    assert "Un texte long à retaper." in select(read(answer), "#id_texte").text
    assert not Rapport.objects.exists()


def test_a_line_is_added_to_the_contract_without_script_and_without_loss(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    data = contrat_data(on, {"genre": "fsl", "objectif": "Demander le FSL"}) | {"ajouter": "oui"}

    page = read(
        client_de(travailleur_social).post(reverse("contrat_signer", args=[suivi.pk]), data)
    )

    assert select(page, "#id_demarches-TOTAL_FORMS").attrs["value"] == "2"
    assert select(page, "#id_demarches-0-objectif").attrs["value"] == "Demander le FSL"
    assert select(page, "#id_objectif").attrs["value"] == "Rester dans le logement."
    assert not select_all(page, "#erreurs")
    assert not Contrat.objects.exists()


def test_a_contract_without_demarche_is_refused_in_the_words_of_the_page(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("contrat_signer", args=[suivi.pk]), contrat_data(on, {})
    )

    assert answer.status_code == 422
    text = read(answer).text
    assert "Remplissez au moins une démarche." in text
    assert "formulaire" not in text.lower()


def test_a_number_of_lines_that_is_no_number_adds_the_first_line(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("contrat_signer", args=[suivi.pk]),
        {"ajouter": "oui", "demarches-TOTAL_FORMS": "²"},
    )

    assert select(read(answer), "#id_demarches-TOTAL_FORMS").attrs["value"] == "1"


def test_the_contract_is_signed_with_its_demarches_and_printed(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    empty = {"genre": "", "objectif": "", "acteur": "", "pour_le": ""}

    answer = client.post(
        reverse("contrat_signer", args=[suivi.pk]),
        contrat_data(on, LIGNE | {"genre": "fsl"}, LIGNE | {"genre": "dls"}, empty),
    )

    assert answer.url == reverse("mandat", args=[suivi.pk])
    assert set(Demarche.objects.values_list("genre", flat=True)) == {"fsl", "dls"}
    printed = read(client.get(reverse("contrat", args=[suivi.pk])))
    assert "Fonds de solidarité pour le logement" in printed.text
    assert "Signatures" in printed.text


def test_a_contract_with_an_incomplete_demarche_is_refused_and_kept(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("contrat_signer", args=[suivi.pk]),
        contrat_data(on, {"genre": "fsl", "objectif": "Demander le FSL"}),
    )

    page = read(answer)
    assert answer.status_code == 422
    assert "Une démarche est à compléter" in page.text
    assert select(page, "#id_demarches-0-objectif").attrs["value"] == "Demander le FSL"
    assert not Contrat.objects.exists()


def test_a_contract_is_printed_blank_or_as_typed_before_it_is_signed(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)

    blank = read(client.get(reverse("contrat", args=[suivi.pk])))
    typed = contrat_data(on, LIGNE | {"genre": "fsl"}) | {"imprimer": "oui"}
    draft = read(client.post(reverse("contrat_signer", args=[suivi.pk]), typed))

    assert "Signatures" in blank.text
    assert "Fonds de solidarité pour le logement" in draft.text
    assert not Contrat.objects.exists()
    assert client.get(reverse("demarche_ajouter", args=[suivi.pk])).status_code == 404


def test_a_worker_says_complexity_watches_and_asks_for_more_time(
    suivi: Mandat, travailleur_social: Agent, secretaire: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    mandat = reverse("mandat", args=[suivi.pk])

    sent = (
        ("mandat_complexite", {"complexite": "complexe"}),
        ("mandat_veille", {"veille_le": on.isoformat()}),
        ("prolongation_demander", {"motif": "Relogement en cours."}),
    )
    for name, data in sent:
        assert client.get(reverse(name, args=[suivi.pk])).status_code == 200
        assert client.post(reverse(name, args=[suivi.pk]), data).url == mandat

    again = client.post(reverse("mandat_veille", args=[suivi.pk]), {"veille_le": on.isoformat()})
    assert again.status_code == 422
    page = words(read(client.get(mandat)))
    assert "Situation complexe." in page
    assert "En veille depuis le" in page
    assert "Relogement en cours. Avis attendu." in page
    assert "En veille (1)" in words(read(client.get(reverse("mandats"))))
    session = read(client_de(secretaire).get(reverse("suivis_longs")))
    assert "Relogement en cours." in session.text
    links = {a.attrs.get("href", "").partition("?")[0] for a in select_all(session, "a")}
    assert reverse("prolongation_enregistrer", args=[suivi.pk]) in links


def test_the_list_for_the_session_reads_a_constant_number_of_queries(
    operateur: Organisation, travailleur_social: Agent, secretaire: Agent, client_de: SignIn,
    on: date,
) -> None:  # fmt: skip
    client = client_de(secretaire)
    counts = []
    for _ in range(2):
        for n in range(3):
            long_ago = on - timedelta(days=200 + n)
            make_followed(
                operateur, nom="LONG", transmis_le=long_ago, on=on, repondu_le=long_ago,
                referent_social=travailleur_social,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("suivis_longs")).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_demarche_is_added_then_ended(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    client.post(
        reverse("contrat_signer", args=[suivi.pk]), contrat_data(on, LIGNE | {"genre": "fsl"})
    )
    client.post(reverse("demarche_ajouter", args=[suivi.pk]), LIGNE | {"genre": "dalo"})
    demarche = Demarche.objects.get(genre="dalo")

    answer = client.post(
        reverse("demarche_terminer", args=[demarche.pk]),
        {"etat": "faite", "terminee_le": on.isoformat()},
    )

    assert answer.url == reverse("mandat", args=[suivi.pk])
    demarche.refresh_from_db()
    assert (demarche.etat, demarche.terminee_le) == ("faite", on)


def test_the_demarche_of_another_team_is_not_found(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client_de(travailleur_social).post(
        reverse("contrat_signer", args=[suivi.pk]), contrat_data(on, LIGNE | {"genre": "fsl"})
    )
    stranger = make_agent(
        role="juriste", organisation=make_organisation(type="operateur", nom="Autre équipe")
    )
    url = reverse("demarche_terminer", args=[Demarche.objects.get().pk])

    assert client_de(stranger).get(url).status_code == 404


def test_an_extension_without_its_last_day_is_refused_then_recorded(
    suivi: Mandat, secretaire: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(secretaire)
    url = reverse("prolongation_enregistrer", args=[suivi.pk])
    data = {"avis": "poursuite", "avis_le": on.isoformat()}

    refused = client.post(url, data)
    until = (on + timedelta(days=90)).isoformat()
    accepted = client.post(url, data | {"jusqu_au": until})

    assert "Donnez le dernier jour de la poursuite." in read(refused).text
    assert accepted.status_code == 302
    assert Prolongation.objects.get().jusqu_au == on + timedelta(days=90)


def test_closing_for_silence_without_a_new_attempt_is_refused_and_says_why(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("cloture", args=[suivi.pk]),
        {"motif": "sans_nouvelles", "denouement": "inconnu", "clos_le": on.isoformat()},
    )

    page = read(answer)
    assert answer.status_code == 422
    assert "Aucune tentative n’a suivi" in select(page, "#erreurs").text
    assert "selected" in next(
        e.attrs for e in select_all(page, "option") if e.attrs["value"] == "sans_nouvelles"
    )
    suivi.refresh_from_db()
    assert suivi.clos_le is None


def test_after_the_closure_the_dossier_is_closed_to_the_team(
    suivi: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)

    answer = client.post(
        reverse("cloture", args=[suivi.pk]),
        {
            "motif": "objectifs",
            "denouement": "maintien",
            "clos_le": on.isoformat(),
            "notifie_le": on.isoformat(),
            "rapports_manquants": "Dit de vive voix.",
        },
    )

    assert answer.url == reverse("mandats")
    page = read(client.get(answer.url))
    assert f"L’accompagnement du dossier {suivi.dossier.numero} est clos." in page.text
    assert client.get(reverse("mandat", args=[suivi.pk])).status_code == 404


@pytest.mark.parametrize("asked", ["1000", "999999"])
def test_a_few_bytes_never_ask_for_a_thousand_forms(asked: str) -> None:
    data = QueryDict(f"demarches-TOTAL_FORMS={asked}&demarches-INITIAL_FORMS=0")

    lines = read_lines(data)

    assert len(lines.forms) <= DEMARCHES_MAX + 1
    assert not lines.is_valid()
    assert f"{DEMARCHES_MAX} démarches au plus" in str(lines.non_form_errors())

"""Opening a dossier by hand, ending it, forcing it for a day."""

import socket
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.connexions.models import Connexion
from seuil.connexions.operations.courriels import deposit_courriels
from seuil.dossiers.models import Acces, Dossier
from seuil.kernel.clock import now
from tests.factories.base import make_acces, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import select

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier(nom="ALPHA")


@pytest.fixture
def adil(gironde: str) -> Agent:
    home = make_organisation(type="adil", nom="ADIL de la Gironde")
    return make_agent(role="partenaire", organisation=home, prenom="Aline")


@pytest.fixture(autouse=True)
def _courriel(settings: Any) -> None:
    settings.SEUIL_COURRIEL = "courriel.interne:587"


def leave() -> None:
    deposit_courriels(cle=settings.SECRET_KEY, at=now())


def page_of(client: StrictClient, dossier: Dossier, onglet: str = "") -> int:
    address = reverse("dossier", args=[dossier.numero])
    return client.get(f"{address}{onglet}").status_code


def test_a_designated_organisation_sees_the_dossier_until_the_link_is_ended(
    dossier: Dossier, adil: Agent, secretaire: Agent, client_de: ClientDe
) -> None:
    theirs, ours = client_de(adil), client_de(secretaire)
    assert page_of(theirs, dossier) == 404

    sent = {
        "organisation": str(adil.organisation_id), "relation": "destinataire",
        "motif": "Permanence juridique demandée par le ménage",
    }  # fmt: skip
    answer = ours.post(reverse("acces_ouvrir", args=[dossier.numero]), sent)

    assert answer.status_code == 302
    assert page_of(theirs, dossier) == 200
    assert page_of(theirs, dossier, "contacts/") == 200
    assert page_of(theirs, dossier, "accompagnement/") == 404
    who = read(ours.get(reverse("dossier_onglet", args=[dossier.numero, "acces"]))).text
    assert "ADIL de la Gironde" in who
    assert "Permanence juridique" in who

    link = Acces.objects.get(relation="destinataire")
    assert ours.post(reverse("acces_fermer", args=[link.pk])).status_code == 302
    assert page_of(theirs, dossier) == 404
    kinds = Event.objects.filter(kind__startswith="acces.").order_by("created_at")
    assert list(kinds.values_list("kind", flat=True)) == ["acces.ouvert", "acces.ferme"]


def test_an_organisation_that_the_matrix_does_not_name_is_refused(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    banque = make_organisation(type="banque_de_france", nom="Banque Exemple")

    answer = client_de(secretaire).post(
        reverse("acces_ouvrir", args=[dossier.numero]),
        {"organisation": str(banque.pk), "relation": "destinataire", "motif": "Acte à venir"},
    )

    assert answer.status_code == 422
    assert not Acces.objects.exists()


@pytest.mark.parametrize(
    "fixture", ["gestionnaire", "chef_equipe", "travailleur_social", "charge_mission", "dpo"]
)
def test_only_the_secretariat_opens_and_ends(
    fixture: str,
    dossier: Dossier,
    adil: Agent,
    request: pytest.FixtureRequest,
    client_de: ClientDe,
    on: date,
) -> None:
    client = client_de(request.getfixturevalue(fixture))
    link = make_acces(
        dossier=dossier, relation="destinataire", organisation=adil.organisation, debut_le=on,
        motif="Essai",
    )  # fmt: skip

    assert client.get(reverse("acces_ouvrir", args=[dossier.numero])).status_code == 404
    assert client.post(reverse("acces_fermer", args=[link.pk])).status_code == 404
    link.refresh_from_db()
    assert link.fin_le is None


def test_an_exceptional_access_opens_a_part_of_the_dossier_and_tells_the_officer(
    dossier: Dossier, travailleur_social: Agent, dpo: Agent, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)
    assert page_of(client, dossier) == 404

    answer = client.post(
        reverse("acces_exceptionnel"),
        {"numero": f" {dossier.numero} ", "motif": "Menace de suicide au téléphone ce matin"},
    )

    assert answer.headers["Location"] == reverse("dossier", args=[dossier.numero])
    assert page_of(client, dossier) == 200
    for closed in ("dette/", "contacts/", "dsf/", "accompagnement/", "documents/"):
        assert page_of(client, dossier, closed) == 404
    leave()
    (message,) = mail.outbox
    assert message.to == [dpo.courriel]
    assert f"http://testserver{reverse('acces_exceptionnels')}" in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert dossier.numero in message.body
    assert "suicide" not in message.body
    listed = read(client_de(dpo).get(reverse("acces_exceptionnels"))).text
    assert "Menace de suicide" in listed
    assert str(travailleur_social) in listed


def test_a_mail_server_that_is_down_is_told_and_the_officer_still_sees_the_access(
    dossier: Dossier,
    travailleur_social: Agent,
    dpo: Agent,
    client_de: ClientDe,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as closed:
        # Bound and not listening: whoever connects is refused.
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()

        answer = client_de(travailleur_social).post(
            reverse("acces_exceptionnel"),
            {"numero": dossier.numero, "motif": "Menace de suicide au téléphone ce matin"},
            follow=True,
        )
        leave()

    assert answer.status_code == 200
    assert "averti" not in answer.content.decode()
    page = client_de(dpo).get(reverse("acces_exceptionnels")).content.decode()
    assert "pas encore parti : le serveur de courrier ne répond pas" in page
    assert "Courriel non parti" in caplog.text
    assert dossier.numero not in caplog.text
    assert "Menace de suicide" in read(client_de(dpo).get(reverse("acces_exceptionnels"))).text


def test_a_dossier_already_read_is_not_forced_and_whoever_forced_is_not_in_charge(
    dossier: Dossier,
    travailleur_social: Agent,
    secretaire: Agent,
    client_de: ClientDe,
) -> None:
    client = client_de(travailleur_social)
    sent = {"numero": dossier.numero, "motif": "Menace de suicide au téléphone ce matin"}

    first = client.post(reverse("acces_exceptionnel"), sent)
    again = client.post(reverse("acces_exceptionnel"), sent)
    header = read(client_de(secretaire).get(reverse("dossier", args=[dossier.numero])))

    assert (first.status_code, again.status_code) == (302, 422)
    assert "Vous lisez déjà ce dossier" in again.content.decode()
    assert Acces.objects.filter(relation="bris_de_glace").count() == 1
    assert str(travailleur_social) not in select(header, ".seuil-dossier__faits").text


def test_an_exceptional_access_ends_by_itself(
    dossier: Dossier, travailleur_social: Agent, client_de: ClientDe, on: date
) -> None:
    link = make_acces(
        dossier=dossier, relation="bris_de_glace", agent=travailleur_social, debut_le=on,
        fin_le=on + timedelta(days=2), motif="Essai d’un motif",
        expire_at=now() + timedelta(hours=1),
    )  # fmt: skip
    client = client_de(travailleur_social)
    assert page_of(client, dossier) == 200

    Acces.objects.filter(pk=link.pk).update(expire_at=now() - timedelta(seconds=1))

    assert page_of(client, dossier) == 404


@pytest.mark.parametrize(
    ("numero", "motif", "words"),
    [
        (
            "33-2026-999999",
            "Une personne est en danger immédiat",
            "Aucun dossier ne porte",
        ),
        ("{numero}", "urgent", "Dites en une phrase quel risque"),
        ("{numero}", "", "Motif"),
        ("", "Une personne est en danger immédiat", "Numéro du dossier"),
    ],
    ids=["inconnu", "motif court", "sans motif", "sans numéro"],
)
def test_a_demand_that_says_too_little_is_refused_with_what_to_do(
    numero: str,
    motif: str,
    words: str,
    dossier: Dossier,
    travailleur_social: Agent,
    client_de: ClientDe,
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("acces_exceptionnel"),
        {"numero": numero.format(numero=dossier.numero), "motif": motif},
    )

    assert answer.status_code == 422
    assert words in select(read(answer), "main").text
    assert not Acces.objects.exists()


def test_trying_numbers_one_after_the_other_is_written_in_the_journal(
    travailleur_social: Agent, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)
    for n in range(3):
        client.post(
            reverse("acces_exceptionnel"),
            {"numero": f"33-2026-99000{n}", "motif": "Une personne est en danger immédiat"},
        )

    tried = Event.objects.filter(kind="refus.acces_exceptionnel")
    assert tried.count() == 3
    assert len(set(tried.values_list("target_id", flat=True))) == 3
    assert "33-2026" not in str(list(tried.values_list("details", "target_id")))


def force(client: StrictClient, numero: str) -> int:
    sent = {"numero": numero, "motif": "Une personne est en danger immédiat"}
    return client.post(reverse("acces_exceptionnel"), sent).status_code


def test_counting_through_numbers_stops_at_five_until_the_officer_reads_them(
    travailleur_social: Agent, dpo: Agent, client_de: ClientDe
) -> None:
    numeros = [make_dossier().numero for _ in range(40)]
    client, officer = client_de(travailleur_social), client_de(dpo)

    assert [force(client, n) for n in numeros] == [302] * 5 + [422] * 35
    assert Acces.objects.filter(relation="bris_de_glace").count() == 5
    page = read(officer.get(reverse("acces_exceptionnels"))).text
    assert "Plafond d’une journée atteint" in page

    assert force(officer, numeros[9]) == 404
    answer = officer.post(reverse("acces_relire", args=[travailleur_social.pk]))

    assert answer.status_code == 302
    line = Event.objects.get(kind="acces.relu")
    assert (line.by_id, line.target_id) == (str(dpo.pk), str(travailleur_social.pk))
    assert line.details == {"acces": 5}
    assert set(Acces.objects.values_list("relu_par", flat=True)) == {dpo.pk}
    assert "à relire" not in read(officer.get(reverse("acces_exceptionnels"))).text


def test_once_read_by_the_officer_the_agent_may_take_others(
    travailleur_social: Agent, dpo: Agent, client_de: ClientDe, settings: object
) -> None:
    settings.SEUIL_EXCEPTIONNELS = 2
    client = client_de(travailleur_social)
    assert [force(client, make_dossier().numero) for _ in range(3)] == [302, 302, 422]

    client_de(dpo).post(reverse("acces_relire", args=[travailleur_social.pk]))

    assert force(client, make_dossier().numero) == 302


def test_the_day_after_the_ceiling_nothing_opens_either(
    travailleur_social: Agent, dossier: Dossier, client_de: ClientDe, on: date
) -> None:
    for hour in range(5):
        make_acces(
            dossier=dossier, relation="bris_de_glace", agent=travailleur_social,
            debut_le=on - timedelta(days=2), fin_le=on, motif="Essai d’un motif",
            expire_at=now() - timedelta(days=1, hours=hour),
        )  # fmt: skip

    assert force(client_de(travailleur_social), dossier.numero) == 422


@pytest.mark.parametrize("role", ["secretaire", "administrateur", "travailleur_social"])
def test_only_the_officer_reads_them_again(
    role: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    agent = request.getfixturevalue(role)

    answer = client_de(agent).post(reverse("acces_relire", args=[agent.pk]))

    assert answer.status_code == 404


def test_the_third_of_a_day_alerts_at_once(
    travailleur_social: Agent, dpo: Agent, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)
    for _ in range(2):
        force(client, make_dossier().numero)
    assert not Event.objects.filter(kind="alerte.acces_repetes").exists()

    force(client, make_dossier().numero)

    assert Event.objects.get(kind="alerte.acces_repetes").target_id == str(travailleur_social.pk)
    leave()
    assert [("se répètent" in m.subject) for m in mail.outbox] == [False, False, True]
    assert "répété" in read(client_de(dpo).get(reverse("acces_exceptionnels"))).text


@pytest.mark.parametrize(("minutes", "asked"), [(2, False), (4, True), (20, True)])
def test_a_proof_of_a_few_minutes_is_asked(
    minutes: int, asked: bool, dossier: Dossier, travailleur_social: Agent, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)
    Connexion.objects.update(
        preuve_at=now() - timedelta(minutes=minutes), ouverte_at=now() - timedelta(hours=1)
    )

    assert (force(client, dossier.numero) == 200) is asked
    assert Acces.objects.exists() is not asked


def test_who_counts_through_numbers_that_do_not_exist_waits(
    travailleur_social: Agent, juriste: Agent, dossier: Dossier, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)

    assert [force(client, f"33-2026-99{n:04d}") for n in range(40)] == [422] * 3 + [429] * 37

    # Nor the right one in the middle of the others; a colleague is not slowed.
    assert force(client, dossier.numero) == 429
    assert force(client_de(juriste), dossier.numero) == 302


def test_a_dossier_of_another_departement_is_not_forced(
    travailleur_social: Agent, dossier: Dossier, client_de: ClientDe
) -> None:
    home = make_organisation(type="operateur", nom="Autre", departement_id="62")
    stranger = make_agent(role="travailleur_social", organisation=home)

    answer = client_de(stranger).post(
        reverse("acces_exceptionnel"),
        {"numero": dossier.numero, "motif": "Une personne est en danger immédiat"},
    )

    assert answer.status_code == 422
    assert "Aucun dossier" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"motif": ""},
        {"expire_at": None},
        {"fin_le": None},
        {"relation": "affectation"},
    ],
    ids=["sans motif", "sans heure", "sans fin", "autre lien avec une heure"],
)
def test_the_database_refuses_an_exceptional_access_without_motive_or_end(
    fields: dict[str, object], dossier: Dossier, travailleur_social: Agent, on: date
) -> None:
    whole = {
        "relation": "bris_de_glace", "agent": travailleur_social, "debut_le": on,
        "fin_le": on + timedelta(days=2), "motif": "Essai d’un motif",
        "expire_at": now(),
    }  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        make_acces(dossier=dossier, **{**whole, **fields})


def test_everyone_reads_the_matrix_and_finds_oneself_in_it(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    client = client_de(charge_mission)

    whole = read(client.get(reverse("matrice"))).text
    one = read(client.get(reverse("matrice") + "?profil=police")).text

    assert "Chargé de mission (vous)" in whole
    assert "Secrétariat de la CCAPEX" in whole
    assert "évaluation de la police" in one
    assert "note interne du travailleur social" not in one


def test_a_limited_dossier_is_read_by_the_officer_alone(
    dossier: Dossier, secretaire: Agent, dpo: Agent, client_de: ClientDe, on: date
) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(limite_le=on)

    assert page_of(client_de(secretaire), dossier) == 404
    assert page_of(client_de(dpo), dossier) == 200


@pytest.mark.parametrize("page", ["contact_noter", "visite_noter", "dsf_demander", "dsf_noter"])
def test_a_file_open_for_a_day_offers_no_form_that_it_would_refuse(
    page: str, dossier: Dossier, travailleur_social: Agent, client_de: ClientDe
) -> None:
    client = client_de(travailleur_social)
    sent = {"numero": dossier.numero, "motif": "Danger signalé par un voisin"}
    client.post(reverse("acces_exceptionnel"), sent)
    assert page_of(client, dossier) == 200

    address = reverse(page, args=[dossier.numero])

    assert client.get(address).status_code == 404
    assert address not in client.get(reverse("dossier", args=[dossier.numero])).content.decode()

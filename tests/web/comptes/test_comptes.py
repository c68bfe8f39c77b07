"""The accounts: invite, renew, suspend, wake, by whom and on whom."""

import re
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.connexions.models import Invitation
from seuil.connexions.operations.courriels import deposit_courriels
from seuil.kernel import clock
from tests.factories.base import make_agent, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import read_vus, select, select_all
from tests.harness.service import write_url

ON = date(2026, 11, 21)
ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def admin(administrateur: Agent, client_de: ClientDe) -> StrictClient:
    return client_de(administrateur)


@pytest.fixture
def relais(operateur: Any) -> Agent:
    """An agent of the operator who invites its colleagues."""
    return make_agent(
        role="chef_equipe", organisation=operateur, administre_organisation=True, prenom="Rachel"
    )


@pytest.fixture(autouse=True)
def _domaines(request: pytest.FixtureRequest) -> None:
    """Every organisation of the tests takes addresses of x.fr."""
    for name in ("ddets", "prefecture", "operateur", "caf"):
        request.getfixturevalue(name)
    Organisation.objects.update(domaines=["x.fr"])


@pytest.fixture
def chargee(ddets: Any) -> Agent:
    """A chargée de mission to whom the invitations of her organisation were entrusted."""
    return make_agent(
        role="charge_mission", organisation=ddets, administre_organisation=True, prenom="Chantal"
    )


@pytest.fixture
def courriel(settings: Any) -> None:
    settings.SEUIL_COURRIEL = "courriel.interne:587"


def invite(client: StrictClient, organisation: Any, role: str, **fields: str) -> Any:
    data = {
        "courriel": "neuf@x.fr", "nom": "Berthelot", "prenom": "Lise",
        "organisation": str(organisation.pk), "role": role, **fields,
    }  # fmt: skip
    return client.post(reverse("compte_inviter"), data)


def leave() -> None:
    deposit_courriels(cle=settings.SECRET_KEY, at=clock.now())


def act(client: StrictClient, agent: Agent, geste: str) -> Any:
    return client.post(reverse("compte_geste", args=[agent.pk, geste]))


def link_of(response: Any) -> str:
    return link_in(response.content.decode())


def link_in(text: str) -> str:
    return re.search(r"http://testserver(/invitation/[\w-]+/)", text)[1]


def test_without_a_mail_server_a_link_is_shown_once(
    admin: StrictClient, ddets: Any, settings: Any
) -> None:
    response = invite(admin, ddets, "charge_mission")

    agent = Agent.objects.get(courriel="neuf@x.fr")
    assert admin.get(link_of(response)).status_code == 200
    assert agent.habilite_jusqu_au == date(2027, 11, 21)
    assert not agent.has_usable_password()
    page = admin.get(reverse("compte", args=[agent.pk])).content.decode()
    assert "/invitation/" not in page
    assert "Invité, lien valable" in page
    assert len(mail.outbox) == 0


@pytest.mark.usefixtures("courriel")
def test_with_a_mail_server_the_link_goes_to_its_holder_alone(
    admin: StrictClient, administrateur: Agent, dpo: Agent, caf: Any
) -> None:
    response = invite(admin, caf, "partenaire")

    assert "à envoyer" in response.content.decode()
    assert "/invitation/" not in response.content.decode()
    invited = reverse("compte", args=[Agent.objects.get(courriel="neuf@x.fr").pk])
    assert "à envoyer" in admin.get(invited).content.decode()
    leave()
    assert re.search(r"envoyé le \d\d/\d\d/\d{4} à \d+\sh\b", admin.get(invited).content.decode())
    theirs, officer = mail.outbox
    assert theirs.to == ["neuf@x.fr"]
    assert admin.get(link_in(theirs.body)).status_code == 200
    assert officer.to == [dpo.courriel]
    assert "Lise Berthelot" in officer.body
    assert str(administrateur) in officer.body
    assert "/invitation/" not in officer.body


@pytest.mark.usefixtures("courriel")
def test_a_mail_server_that_fails_shows_no_link_either(
    admin: StrictClient, caf: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.web.comptes.test_comptes.EnPanne"

    page = invite(admin, caf, "partenaire").content.decode()
    leave()

    assert "/invitation/" not in page
    assert Invitation.objects.count() == 1
    invited = reverse("compte", args=[Agent.objects.get(courriel="neuf@x.fr").pk])
    for address in (invited, reverse("comptes")):
        told = admin.get(address).content.decode()
        assert "pas encore parti : le serveur de courrier ne répond pas" in told


@pytest.mark.usefixtures("courriel")
def test_a_reset_has_its_own_words_and_names_are_written_as_they_are(
    admin: StrictClient, chef_equipe: Agent
) -> None:
    chef_equipe.nom = "N'Guyen"
    chef_equipe.set_password("lampe verte escargot pluie")
    chef_equipe.save()

    act(admin, chef_equipe, "lien-mot-de-passe")
    leave()

    (theirs,) = [m for m in mail.outbox if m.to == [chef_equipe.courriel]]
    assert theirs.subject == "Seuil : choisir un autre mot de passe"
    assert "ouvre un compte" not in theirs.body
    assert all("N'Guyen" in m.body for m in mail.outbox)


@pytest.mark.parametrize("role", ["secretaire", "dpo", "gestionnaire", "juriste", "partenaire"])
@pytest.mark.parametrize("geste", ["lien-facteurs", "lien-mot-de-passe", "lien-arrivee"])
def test_the_administrator_of_a_departement_sees_no_link_of_who_reads_dossiers(
    admin: StrictClient, request: pytest.FixtureRequest, role: str, geste: str
) -> None:
    target = request.getfixturevalue(role)
    if geste != "lien-arrivee":
        target.set_password("lampe verte escargot pluie")
        target.save()

    page = act(admin, target, geste).content.decode()

    assert "/invitation/" not in page
    assert "seuil comptes lien" in page


def test_an_agent_shows_the_link_of_a_colleague_who_reads_no_more(
    relais: Agent, operateur: Any, client_de: ClientDe
) -> None:
    response = invite(client_de(relais), operateur, "juriste")

    assert client_de(relais).get(link_of(response)).status_code == 200


class EnPanne(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, _: Any) -> int:
        raise ConnectionRefusedError


@pytest.mark.parametrize(
    ("kind", "role", "given"),
    [
        ("caf", "partenaire", True),
        ("caf", "secretariat", False),
        ("caf", "administrateur", False),
        ("operateur", "juriste", True),
        ("operateur", "administrateur", False),
        ("ddets", "administrateur", True),
        ("ddets", "secretariat", True),
        ("ddets", "juriste", False),
        ("prefecture", "gestionnaire", True),
        ("ddets", "inconnu", False),
    ],
)
def test_an_organisation_gives_only_its_roles(
    admin: StrictClient, request: pytest.FixtureRequest, kind: str, role: str, given: bool
) -> None:
    response = invite(admin, request.getfixturevalue(kind), role)

    assert Agent.objects.filter(courriel="neuf@x.fr").exists() is given
    assert (response.status_code == 200) is given


def test_an_address_already_used_is_said(admin: StrictClient, caf: Any) -> None:
    make_agent(courriel="NEUF@x.fr".lower())

    response = invite(admin, caf, "partenaire", courriel="Neuf@X.fr")

    assert response.status_code == 422
    assert "Un compte existe déjà" in response.content.decode()


def test_a_relay_invites_in_its_own_organisation_only(
    relais: Agent, operateur: Any, caf: Any, client_de: ClientDe
) -> None:
    client = client_de(relais)

    assert invite(client, caf, "partenaire").status_code == 422
    assert invite(client, operateur, "administrateur").status_code == 422
    assert not Agent.objects.filter(courriel="neuf@x.fr").exists()
    assert invite(client, operateur, "juriste").status_code == 200
    assert Agent.objects.get(courriel="neuf@x.fr").organisation == operateur


def test_a_relay_sees_and_manages_its_own_colleagues_only(
    relais: Agent, juriste: Agent, partenaire: Agent, administrateur: Agent, client_de: ClientDe
) -> None:
    client = client_de(relais)
    page = client.get(reverse("comptes")).content.decode()

    assert juriste.courriel in page
    assert partenaire.courriel not in page
    assert client.get(reverse("compte", args=[juriste.pk])).status_code == 200
    for other in (partenaire, administrateur, relais):
        assert client.get(reverse("compte", args=[other.pk])).status_code == 404
        assert act(client, other, "suspendre").status_code == 404


@pytest.mark.parametrize("geste", ["confier", "retirer", "fermer"])
def test_a_relay_does_not_name_another_nor_close(
    relais: Agent, juriste: Agent, client_de: ClientDe, geste: str
) -> None:
    assert act(client_de(relais), juriste, geste).status_code == 404
    juriste.refresh_from_db()
    assert juriste.is_active
    assert not juriste.administre_organisation


@pytest.mark.parametrize("above", ["secretaire", "dpo", "administrateur"])
@pytest.mark.parametrize(
    "geste",
    ["lien-facteurs", "lien-mot-de-passe", "lien-arrivee", "suspendre", "reveiller", "renouveler",
     "deconnecter"],
)  # fmt: skip
def test_who_may_invite_touches_nobody_above(
    chargee: Agent, request: pytest.FixtureRequest, client_de: ClientDe, above: str, geste: str
) -> None:
    target = request.getfixturevalue(above)
    assert target.organisation_id == chargee.organisation_id
    client = client_de(chargee)

    assert act(client, target, geste).status_code == 404
    assert client.get(reverse("compte", args=[target.pk])).status_code == 404
    assert target.courriel not in client.get(reverse("comptes")).content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["secretariat", "dpo", "administrateur"])
def test_who_may_invite_gives_no_role_above_its_own(
    chargee: Agent, ddets: Any, client_de: ClientDe, role: str
) -> None:
    assert invite(client_de(chargee), ddets, role).status_code == 422
    assert not Agent.objects.filter(courriel="neuf@x.fr").exists()


def test_an_account_suspended_by_the_administrator_is_not_woken_by_a_relay(
    admin: StrictClient, relais: Agent, juriste: Agent, client_de: ClientDe
) -> None:
    act(admin, juriste, "suspendre")
    client = client_de(relais)

    assert client.get(act(client, juriste, "reveiller").headers["Location"]).status_code == 200
    juriste.refresh_from_db()
    assert juriste.suspendu_motif == "decision"

    act(admin, juriste, "reveiller")
    act(client, juriste, "suspendre")
    act(client, juriste, "reveiller")
    juriste.refresh_from_db()
    assert juriste.suspendu_motif == ""


@pytest.mark.usefixtures("courriel")
@pytest.mark.parametrize("geste", ["confier", "suspendre", "renouveler", "fermer"])
def test_the_holder_and_the_officer_are_told(
    admin: StrictClient, dpo: Agent, chef_equipe: Agent, geste: str
) -> None:
    act(admin, chef_equipe, geste)
    leave()

    assert {m.to[0] for m in mail.outbox} == {dpo.courriel, chef_equipe.courriel}


@pytest.mark.parametrize(
    ("courriel", "given"),
    [("neuf@x.fr", True), ("neuf@X.FR", True), ("neuf@gmail.com", False), ("neuf@b.x.fr", False)],
)
def test_an_address_of_another_domain_is_not_invited(
    admin: StrictClient, ddets: Any, courriel: str, given: bool
) -> None:
    response = invite(admin, ddets, "secretariat", courriel=courriel)

    assert (response.status_code == 200) is given
    assert given or "Domaines acceptés" in response.content.decode()


def test_domains_written_in_two_tabs_are_never_lost(
    dpo: Agent, caf: Any, client_de: ClientDe
) -> None:
    """The second is refused with both values; sent again, knowing, it is written."""
    Organisation.objects.filter(pk=caf.pk).update(domaines=["caf.fr"])
    officer, address = client_de(dpo), reverse("comptes_domaine", args=[caf.pk])
    seen = read_vus(read(officer.get(address)))
    assert officer.post(address, {"domaines": "one.fr", "vus": seen}).status_code == 302

    refused = officer.post(address, {"domaines": "two.fr", "vus": seen})

    assert refused.status_code == 422
    page = read(refused)
    assert "one.fr" in page.text
    assert "two.fr" in page.text
    assert Organisation.objects.get(pk=caf.pk).domaines == ["one.fr"]
    current = read_vus(page)
    assert officer.post(address, {"domaines": "two.fr", "vus": current}).status_code == 302
    assert Organisation.objects.get(pk=caf.pk).domaines == ["two.fr"]


@pytest.mark.parametrize("courriel", ['"a@evil.fr"@x.fr', "mıssion@x.fr", "miſſion@x.fr", "é@x.fr"])
def test_an_address_that_only_looks_like_one_of_the_organisation_is_not_invited(
    admin: StrictClient, ddets: Any, courriel: str
) -> None:
    assert invite(admin, ddets, "secretariat", courriel=courriel).status_code == 422
    assert not Agent.objects.filter(organisation=ddets, nom="Berthelot").exists()


def test_the_officer_writes_the_domains_and_who_invites_does_not(
    admin: StrictClient, dpo: Agent, caf: Any, client_de: ClientDe
) -> None:
    Organisation.objects.filter(pk=caf.pk).update(domaines=[])
    assert "Aucun domaine" in invite(admin, caf, "partenaire").content.decode()
    address = reverse("comptes_domaine", args=[caf.pk])
    assert admin.post(address, {"domaines": "gmail.com"}).status_code == 403
    officer = client_de(dpo)
    assert officer.post(address, {"domaines": "pas un domaine"}).status_code == 422

    assert officer.post(address, {"domaines": " @X.fr; caf33.fr"}).status_code == 302

    assert Organisation.objects.get(pk=caf.pk).domaines == ["caf33.fr", "x.fr"]
    again = officer.post(address, {"domaines": "caf33.fr, x.fr", "vus": ""})
    assert again.status_code == 302
    line = Event.objects.filter(kind="organisation.domaines").earliest("pk")
    assert line.by_id == str(dpo.pk)
    assert "caf33.fr" in admin.get(reverse("comptes_domaines")).content.decode()
    assert invite(admin, caf, "partenaire").status_code == 200


def test_a_relay_does_not_touch_an_administrator_of_its_organisation(
    ddets: Any, administrateur: Agent, client_de: ClientDe
) -> None:
    relay = make_agent(role="secretariat", organisation=ddets, administre_organisation=True)

    assert act(client_de(relay), administrateur, "lien-facteurs").status_code == 404
    assert not Invitation.objects.exists()


def test_an_administrator_does_not_reach_another_departement(
    admin: StrictClient, gironde: str
) -> None:
    elsewhere = make_agent(organisation=make_organisation(nom="CCAS ailleurs", departement_id="35"))

    assert admin.get(reverse("compte", args=[elsewhere.pk])).status_code == 404
    assert act(admin, elsewhere, "suspendre").status_code == 404


@pytest.mark.parametrize("role", ["secretaire", "chef_equipe", "juriste", "partenaire"])
def test_the_others_do_not_reach_the_accounts(
    role: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    client = client_de(request.getfixturevalue(role))

    for url in (
        reverse("comptes"), reverse("compte_inviter"), reverse("compte", args=[UUID(int=7)]),
    ):  # fmt: skip
        assert client.get(url).status_code == 403
    assert reverse("comptes") not in client.get(reverse("annuaire")).content.decode()


def test_renewing_gives_a_year_and_says_who(
    admin: StrictClient, administrateur: Agent, partenaire: Agent
) -> None:
    partenaire.habilite_jusqu_au = date(2026, 12, 1)
    partenaire.save()
    assert "1\u00a0habilitation finit" in admin.get(reverse("comptes")).content.decode()

    act(admin, partenaire, "renouveler")

    partenaire.refresh_from_db()
    assert partenaire.habilite_jusqu_au == date(2027, 11, 21)
    assert (partenaire.renouvele_le, partenaire.renouvele_par) == (ON, administrateur)
    line = Event.objects.get(kind="agent.habilitation_renouvelee")
    assert line.details == {"jusqu_au": "2027-11-21"}
    page = admin.get(reverse("compte", args=[partenaire.pk])).content.decode()
    assert f"par {administrateur}" in page


def test_suspending_cuts_and_waking_opens(
    admin: StrictClient, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    act(admin, secretaire, "suspendre")
    assert client.get(reverse("dossiers")).status_code == 302

    act(admin, secretaire, "reveiller")

    assert client_de(secretaire).get(reverse("dossiers")).status_code == 200
    acts = Event.objects.filter(nature="acte").order_by("id")
    kinds = list(acts.values_list("kind", flat=True))
    assert kinds == ["agent.suspendu", "connexion.fermee", "agent.reveille"]


def test_ending_sessions_and_closing_cut_at_the_next_request(
    admin: StrictClient, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    act(admin, secretaire, "deconnecter")
    assert client.get(reverse("dossiers")).status_code == 302

    client = client_de(secretaire)
    act(admin, secretaire, "fermer")
    assert client.get(reverse("dossiers")).status_code == 302
    assert "Renouveler" not in admin.get(reverse("compte", args=[secretaire.pk])).content.decode()
    assert act(admin, secretaire, "renouveler").status_code == 302
    secretaire.refresh_from_db()
    assert secretaire.renouvele_le is None


def test_administration_of_an_organisation_is_given_and_taken_back(
    admin: StrictClient, chef_equipe: Agent, client_de: ClientDe
) -> None:
    act(admin, chef_equipe, "confier")
    client = client_de(chef_equipe)
    assert client.get(reverse("comptes")).status_code == 200
    assert reverse("comptes") in client.get(reverse("annuaire")).content.decode()

    act(admin, chef_equipe, "retirer")

    assert client.get(reverse("comptes")).status_code == 403


@pytest.mark.parametrize("geste", ["lien-mot-de-passe", "lien-facteurs"])
def test_a_lost_access_is_given_back_by_a_link(
    admin: StrictClient, charge_mission: Agent, geste: str
) -> None:
    charge_mission.set_password("lampe verte escargot pluie")
    charge_mission.save()

    response = act(admin, charge_mission, geste)

    assert "Assurez-vous d’abord" in response.content.decode()
    assert admin.get(link_of(response)).status_code == 200


@pytest.mark.parametrize(
    ("geste", "usable"),
    [("lien-arrivee", True), ("lien-facteurs", False), ("lien-mot-de-passe", False), ("x", True)],
)
def test_a_gesture_that_makes_no_sense_is_not_found(
    admin: StrictClient, secretaire: Agent, geste: str, usable: bool
) -> None:
    if usable:
        secretaire.set_password("lampe verte escargot pluie")
        secretaire.save()

    assert act(admin, secretaire, geste).status_code == 404


def test_nobody_manages_its_own_account(admin: StrictClient, administrateur: Agent) -> None:
    for geste in ("renouveler", "suspendre", "lien-facteurs", "fermer", "confier"):
        assert act(admin, administrateur, geste).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_accounts(
    admin: StrictClient, caf: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        make_agent(role="partenaire", organisation=caf)

    with django_assert_max_num_queries(14):
        admin.get(reverse("comptes"))


@pytest.mark.parametrize("fixture", ["administrateur", "relais"])
def test_what_the_form_of_an_invitation_offers_is_accepted(
    fixture: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    """Every organisation and every role that is offered; an organisation without domain is not."""
    bare = make_organisation(type="adil", nom="ADIL sans domaine")
    client = client_de(request.getfixturevalue(fixture))
    first = client.get(reverse("compte_inviter"))
    organisations = [
        o.attrs["value"]
        for o in select_all(read(first), "option")
        if o.attrs.get("value", "").count("-") == 4
    ]
    assert organisations
    assert str(bare.pk) not in organisations

    for n, organisation in enumerate(organisations):
        page = read(client.get(reverse("compte_inviter"), {"organisation": organisation}))
        roles = [o.attrs["value"] for o in select_all(select(page, "#id_role"), "option")]
        for role in filter(None, roles):
            courriel = f"neuf{n}.{role.replace('_', '-')}@x.fr"
            place = Organisation.objects.get(pk=organisation)
            assert invite(client, place, role, courriel=courriel).status_code == 200, role
            assert Agent.objects.get(courriel=courriel).role == role


def test_a_refused_invitation_says_it_at_the_field_concerned(admin: StrictClient, caf: Any) -> None:
    bare = make_organisation(type="adil", nom="ADIL sans domaine")

    for organisation, courriel, champ in (
        (caf, "neuf@ailleurs.fr", "courriel"), (bare, "neuf@x.fr", "organisation"),
    ):  # fmt: skip
        page = read(invite(admin, organisation, "partenaire", courriel=courriel))
        links = [a.attrs["href"] for a in select_all(select(page, "#erreurs"), "a")]
        assert links == [f"#id_{champ}"]


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_at_once_the_second_is_told(admin: StrictClient, caf: Any) -> None:
    with psycopg.connect(write_url()) as other:
        other.execute(
            "INSERT INTO acteurs_agent (id, password, courriel, nom, prenom, role, departement_id,"
            " organisation_id, is_active, habilite_le, habilite_jusqu_au, created_at,"
            " administre_organisation, suspendu_motif)"
            " VALUES (gen_random_uuid(), '!', 'neuf@x.fr', 'Berthelot', 'Lise', 'partenaire', '33',"
            " %s, true, %s, %s, now(), false, '')",
            [caf.pk, ON, date(2027, 11, 21)],
        )
        end = threading.Thread(target=lambda: (time.sleep(1), other.commit()))
        end.start()
        answer = invite(admin, caf, "partenaire")
        end.join()

    assert answer.status_code == 422
    assert "est passé avant le vôtre" in answer.content.decode()
    assert Agent.objects.filter(courriel="neuf@x.fr").count() == 1

"""Every page that shows a household is a line of the journal, or is not shown."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.jobs.journal import connection_string
from seuil.web.access import requires
from seuil.web.journal import LectureNonDeclaree, figures_only, hash_secret, saw
from tests.architecture.test_routes import ROUTES
from tests.audit.monde import Monde, list_addresses, make_monde, read_text
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
ROLES = ("secretariat", "chef_equipe", "travailleur_social", "gestionnaire", "partenaire",
         "charge_mission", "administrateur")  # fmt: skip
# Posted, and answered by a page or a file.
PAR_POST = {"dossiers_export": {"format": "xlsx"}}
_FAIL = """
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'non' USING ERRCODE = '%s'; END $$;
CREATE TRIGGER essai_panne BEFORE INSERT ON audit_event
  FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
"""
_REPAIR = "DROP TRIGGER essai_panne ON audit_event; DROP FUNCTION pg_temp.fail()"
_DISK = (_FAIL % "53100", _REPAIR)
_REVOKE = (
    "REVOKE EXECUTE ON FUNCTION journal.inscrire FROM seuil_appli",
    "GRANT EXECUTE ON FUNCTION journal.inscrire TO seuil_appli",
)


@pytest.fixture
def monde(gironde: str, on: date) -> Monde:
    return make_monde(on)


def open_pages(monde: Monde, client: StrictClient) -> list[tuple[str, Any]]:
    """Open every page, as its address is."""
    found = []
    for route, pattern in ROUTES:
        for address in list_addresses(pattern, route, monde):
            if pattern.name == "deconnexion":
                continue
            data = PAR_POST.get(pattern.name)
            response = client.get(address) if data is None else client.post(address, data)
            response.texte = read_text(response)
            found.append((address, response))
    return found


def seen_in(monde: Monde, text: str) -> dict[object, set[str]]:
    found = {c.dossier.pk: c.seen_in(text) for c in monde.canaris}
    return {pk: classes for pk, classes in found.items() if classes}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_its_line_and_says_neither_more_nor_less(
    monde: Monde, role: str, client_de: ClientDe
) -> None:
    agent, wrong, shown = monde.agents[role], [], 0
    client = client_de(agent)

    for address, response in open_pages(monde, client):
        seen = seen_in(monde, response.texte)
        lines = Event.objects.filter(nature="lecture", requete=response.wsgi_request.numero_requete)
        listed = {pk for line in lines for pk in line.dossiers}
        if set(seen) != listed:
            wrong.append((address, "dossiers", set(seen) ^ listed))
            continue
        shown += bool(seen)
        for line in lines:
            classes = set().union(*seen.values()) - {"numero"} if seen else set()
            reader = monde.agents["secretariat"] if "/ics/" in address else agent
            if line.by_id != str(reader.pk) or line.role != reader.role:
                wrong.append((address, "lecteur", line.by_id))
            if line.organisation != reader.organisation.nom or line.departement != "33":
                wrong.append((address, "organisme", line.organisation))
            if not classes <= set(line.categories):
                wrong.append((address, "catégories", classes - set(line.categories)))
            if len(lines) != 1:
                wrong.append((address, "lignes", len(lines)))

    assert wrong == []
    # The scan sees something, for those who have something to see; the calendar's address too.
    assert shown > {"secretariat": 30, "chef_equipe": 25, "travailleur_social": 20}.get(role, 0)


@pytest.mark.parametrize("role", ROLES)
def test_every_refusal_has_its_line_although_its_transaction_is_gone(
    monde: Monde, role: str, client_de: ClientDe
) -> None:
    client = client_de(monde.agents[role])

    refused = [
        (address, response)
        for address, response in open_pages(monde, client)
        if response.status_code in {403, 404}
    ]

    missing = [
        address
        for address, response in refused
        if not Event.objects.filter(
            nature="refus",
            by_id=str(monde.agents[role].pk),
            requete=response.wsgi_request.numero_requete,
        ).exists()
    ]
    assert missing == []
    assert len(refused) > (0 if role == "secretariat" else 5)
    told = "".join(map(str, Event.objects.filter(nature="refus").values_list()))
    assert "CANARI" not in told


def test_a_refused_dossier_is_named_by_its_number_and_a_typed_name_by_a_digest(
    monde: Monde, client_de: ClientDe
) -> None:
    client = client_de(monde.agents["charge_mission"])

    client.get(reverse("dossier", args=[monde.valeurs["numero"]]))
    client.get(reverse("dossier", args=["CANARINOM0"]))

    targets = Event.objects.filter(nature="refus").order_by("created_at", "id")
    assert list(targets.values_list("kind", "target_type", "target_id")) == [
        ("refus.introuvable", "dossier", monde.valeurs["numero"]),
        ("refus.introuvable", "dossier", hash_secret("CANARINOM0")),
    ]


def test_a_failed_sign_in_is_told_without_its_address(
    gironde: str, secretaire: Agent, client: StrictClient
) -> None:
    client.post(reverse("connexion"), {"username": secretaire.courriel, "password": "rien"})
    client.post(reverse("connexion"), {"username": "Absent@Exemple.invalid", "password": "rien"})

    lines = Event.objects.filter(kind="connexion.refusee").order_by("created_at", "id")
    # Whose account it was, when there is one; of an address without account, nothing.
    assert [line.target_id for line in lines] == [str(secretaire.pk), "inconnu"]
    assert "exemple.invalid" not in "".join(map(str, lines.values_list()))


def test_a_form_sent_from_elsewhere_is_told(secretaire: Agent) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(secretaire)

    response = client.post(reverse("dossiers_export"))

    assert response.status_code == 403
    assert Event.objects.get(nature="refus").kind == "refus.csrf"


# --- the journal cannot be written -------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "panne"),
    [("secretariat", _REVOKE), ("chef_equipe", _DISK), ("partenaire", _DISK)],
    ids=["droit retiré", "disque plein", "disque plein, partenaire"],
)
def test_nothing_is_served_when_the_journal_is_not_written_and_service_resumes(
    monde: Monde, role: str, panne: tuple[str, str], client_de: ClientDe
) -> None:
    client = client_de(monde.agents[role])
    personal = [a for a, r in open_pages(monde, client) if seen_in(monde, r.texte)]

    with connection.cursor() as cursor:
        cursor.execute(panne[0])
    wrong = []
    for address, response in open_pages(monde, client):
        text = response.texte
        if seen_in(monde, text) or "CANARI" in text:
            wrong.append((address, "donnée servie"))
        if address in personal:
            status, french = response.status_code, "momentanément indisponible" in text
            wrong += [(address, status)] if status != 503 or not french else []
    with connection.cursor() as cursor:
        cursor.execute(panne[1])
    again = [client.get(a).status_code for a in personal[:5] if "export" not in a]

    assert wrong == []
    assert set(again) == {200}
    assert len(personal) > {"partenaire": 1}.get(role, 20)


@pytest.mark.django_db(transaction=True)
def test_a_locked_journal_answers_503_within_five_seconds_then_resumes(
    on: date, client_de: ClientDe
) -> None:
    monde = make_monde(on)
    client = client_de(monde.agents["secretariat"])
    addresses = [
        reverse("dossier", args=[monde.valeurs["numero"]]),
        reverse("dossiers"),
        reverse("agenda_ics", args=[monde.valeurs["jeton"]]),
    ]

    with closing(psycopg.connect(connection_string())) as other:
        other.execute("LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
        for address in addresses:
            start = time.monotonic()
            response = client.get(address)
            assert (response.status_code, time.monotonic() - start < 5) == (503, True)
            assert seen_in(monde, read_text(response)) == {}

    assert [client.get(a).status_code for a in addresses] == [200, 200, 200]


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_is_not_recorded_when_the_journal_fails(
    on: date, client_de: ClientDe
) -> None:
    monde = make_monde(on)
    client = client_de(monde.agents["secretariat"])
    dossier = monde.canaris[0].dossier
    before = dossier.dettes.count()
    data = {"constatee_le": on.isoformat(), "montant": "1234", "source": "Essai"}
    address = reverse("dette_ajouter", args=[dossier.numero])

    with connection.cursor() as cursor:
        cursor.execute(_FAIL.replace("pg_temp.fail", "public.essai_panne") % "53100")
    try:
        refused = client.post(address, data)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_REPAIR.replace("pg_temp.fail", "public.essai_panne"))
    after = dossier.dettes.count()
    accepted = client.post(address, data)

    assert (refused.status_code, after) == (503, before)
    assert (accepted.status_code, dossier.dettes.count()) == (302, before + 1)


# --- the harness sees what is not declared ------------------------------------------------------


def test_a_page_that_shows_a_household_without_saying_which_is_seen(
    monde: Monde, client_de: ClientDe, rf: object
) -> None:
    from django.http import HttpResponse

    from seuil.dossiers.models import Personne

    def silent(request: object) -> HttpResponse:
        return HttpResponse(Personne.objects.order_by("pk").first().nom)

    def unknown(request: object) -> HttpResponse:
        saw(numeros=["33-2026-99999"])
        return HttpResponse("33-2026-99999")

    def count(request: object) -> HttpResponse:
        return HttpResponse(str(Personne.objects.order_by("pk").count()))

    request = rf.get("/")  # type: ignore[attr-defined]
    request.user, request.resolver_match = monde.agents["secretariat"], None

    with pytest.raises(LectureNonDeclaree), transaction.atomic():
        requires("dossier.lire")(silent)(request)
    with pytest.raises(LectureNonDeclaree, match="aucun dossier"), transaction.atomic():
        requires("dossier.lire")(unknown)(request)
    before = Event.objects.filter(nature="lecture").count()
    requires("dossier.lire")(figures_only(silent))(request)
    requires("dossier.lire")(count)(request)
    assert Event.objects.filter(nature="lecture").count() == before

"""What is refused is told too, and what is not declared is seen."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Dossier
from seuil.web.access import requires
from seuil.web.journal import LectureNonDeclaree, figures_only, hash_secret, saw
from tests.audit.monde import Monde, make_monde
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def monde(gironde: str, on: date) -> Monde:
    return make_monde(on)


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


def test_a_file_named_out_of_its_reader_s_reach_has_its_line_all_the_same(
    monde: Monde, rf: object
) -> None:
    """Its number is resolved with the rights of a count, not with the reader's."""
    from django.http import HttpResponse

    dossier = Dossier.objects.get(numero=monde.valeurs["numero"])
    stranger = monde.agents["charge_mission"]

    def numbered(request: object) -> HttpResponse:
        assert not Dossier.objects.exists(), "PostgreSQL hides it from this reader"
        saw(numeros=[dossier.numero])
        return HttpResponse(dossier.numero)

    request = rf.get("/")  # type: ignore[attr-defined]
    request.user, request.resolver_match = stranger, None

    requires("activite.lire")(numbered)(request)

    found = Event.objects.filter(nature="lecture", by_id=str(stranger.pk))
    assert [e.dossiers for e in found] == [[dossier.pk]]

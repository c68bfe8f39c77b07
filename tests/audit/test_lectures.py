"""Every page that shows a household is a line of the journal, or is not shown."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from seuil.audit.models import Event
from tests.audit.monde import FAIL, REPAIR, ROLES, Monde, Pages, make_monde, open_pages
from tests.conftest import ON
from tests.harness.client import StrictClient
from tests.harness.tailles import is_complete

ClientDe = Callable[[object], StrictClient]
_DISK = (FAIL % "53100", REPAIR)
_REVOKE = (
    "REVOKE EXECUTE ON FUNCTION journal.inscrire FROM seuil_appli",
    "GRANT EXECUTE ON FUNCTION journal.inscrire TO seuil_appli",
)


@pytest.fixture(scope="module")
def _monde(django_db_setup: None, django_db_blocker: Any) -> Iterator[Monde]:
    """Write the households in a transaction that never commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_monde(ON)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def pages(_monde: Monde, django_db_blocker: Any) -> dict[str, Pages]:
    """Every page, opened once by each role; its lines stay for all the tests."""
    found = {}
    with django_db_blocker.unblock():
        for role in ROLES:
            client = StrictClient()
            client.force_login(_monde.agents[role])
            found[role] = open_pages(_monde, client)
    return found


@pytest.fixture
def monde(_monde: Monde, pages: dict[str, Pages], db: None) -> Monde:
    """The households, as they were: what a test writes is undone after it (`db`)."""
    return _monde


@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_its_line_and_says_neither_more_nor_less(
    monde: Monde, role: str, pages: dict[str, Pages]
) -> None:
    agent, wrong, shown = monde.agents[role], [], 0

    for address, response in pages[role]:
        seen = monde.seen_in(response.texte)
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
    monde: Monde, role: str, pages: dict[str, Pages]
) -> None:
    refused = [
        (address, response)
        for address, response in pages[role]
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


# Whole: each role, each failure.
_PANNES = {"droit retiré": _REVOKE, "disque plein": _DISK}
_ESSAYEES = [("secretariat", "droit retiré"), ("chef_equipe", "disque plein"),
             ("partenaire", "disque plein")]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "panne"),
    [(r, p) for r in ROLES for p in _PANNES if is_complete() or (r, p) in _ESSAYEES],
)
def test_nothing_is_served_when_the_journal_is_not_written_and_service_resumes(
    monde: Monde, role: str, panne: str, pages: dict[str, Pages], client_de: ClientDe
) -> None:
    client, (broken, mended) = client_de(monde.agents[role]), _PANNES[panne]
    personal = [a for a, r in pages[role] if monde.seen_in(r.texte)]

    with connection.cursor() as cursor:
        cursor.execute(broken)
    wrong = []
    for address, response in open_pages(monde, client):
        text = response.texte
        if monde.seen_in(text) or "CANARI" in text:
            wrong.append((address, "donnée servie"))
        if address in personal:
            status, french = response.status_code, "momentanément indisponible" in text
            wrong += [(address, status)] if status != 503 or not french else []
    with connection.cursor() as cursor:
        cursor.execute(mended)
    again = [client.get(a).status_code for a in personal[:5] if "export" not in a]

    assert wrong == []
    assert set(again) <= {200}
    assert len(personal) > {"secretariat": 20, "chef_equipe": 20, "partenaire": 1}.get(role, 0)

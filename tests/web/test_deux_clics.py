"""Two clicks at once: the second is told, and does nothing."""

import threading
import time
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.conservation.models import Gel
from seuil.dossiers.models import Dossier
from seuil.usecases.limit_dossier import DejaLimite, limit_dossier
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient
from tests.harness.service import write_url

ClientDe = Callable[[object], StrictClient]
ON = date(2026, 11, 21)


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_clicks_is_told(secretaire: Agent, client_de: ClientDe) -> None:
    dossier = make_dossier()
    client = client_de(secretaire)
    address = reverse("gel", args=[dossier.numero])
    client.get(address)

    with psycopg.connect(write_url()) as other:
        # The first click wrote, and is not over: the second finds nothing, then waits for it.
        other.execute(
            "INSERT INTO conservation_gel (id, dossier_id, motif, pose_le, pose_par, leve_par)"
            " VALUES (gen_random_uuid(), %s, 'Premier envoi', %s, 'essai', '')",
            [dossier.pk, ON],
        )
        end = threading.Thread(target=lambda: (time.sleep(1), other.commit()))
        end.start()
        answer = client.post(address, {"motif": "Contentieux devant le tribunal"})
        end.join()

    assert answer.status_code == 422
    assert "est passé avant le vôtre" in answer.content.decode()
    assert Gel.objects.count() == 1


@pytest.mark.django_db
def test_of_two_limitations_at_once_one_alone_is_done(dpo: Agent) -> None:
    dossier = make_dossier()
    first, second = (Dossier.objects.get(pk=dossier.pk) for _ in range(2))
    limit_dossier(dossier=first, motif="Exactitude contestée", by=dpo, on=ON)

    # Read before the first was over: only the database knows.
    with pytest.raises(DejaLimite):
        limit_dossier(dossier=second, motif="Exactitude contestée", by=dpo, on=ON)

    assert Event.objects.filter(kind="dossier.limite").count() == 1

"""What was being typed when a session ended is given back to its author, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from seuil.connexions.models import Brouillon
from seuil.connexions.operations.perimes import delete_perimes
from seuil.connexions.operations.sessions import end_connexions
from seuil.connexions.queries import find_brouillon, list_brouillons
from seuil.dossiers.models import Coordonnee
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient, read, sign_in_strongly
from tests.harness.html import select
from tests.web.connexion.conftest import Compte, Horloge, first, make_compte

Entrer = Callable[..., StrictClient]
SAISI = {"type": "telephone", "valeur": "06 39 98 15 31", "source": "Le voisin du dessous"}


@pytest.fixture
def page(gironde: str) -> str:
    return reverse("coordonnee_ajouter", args=[make_dossier().numero])


def _type_too_late(client: StrictClient, horloge: Horloge, page: str, **fields: object) -> None:
    horloge.advance(minutes=31)
    answer = client.post(page, {**SAISI, **fields})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("connexion"))


def test_what_was_typed_is_given_back_once_signed_in_again(
    entrer: Entrer, horloge: Horloge, page: str
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page)
    assert "gardé pour vous" in client.get(reverse("connexion")).content.decode()

    entrer(client)
    shown = client.get(page)
    root = read(shown)

    assert shown.status_code == 200
    assert "Voici ce que vous aviez saisi à " in shown.content.decode()
    assert select(root, "#id_valeur").attrs["value"] == SAISI["valeur"]
    assert select(root, "#id_source").attrs["value"] == SAISI["source"]
    assert not Coordonnee.objects.exists()


def test_it_is_forgotten_once_sent_and_kept_while_refused(
    entrer: Entrer, horloge: Horloge, page: str
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page, valeur="06")
    entrer(client)

    assert client.post(page, {**SAISI, "valeur": "06"}).status_code == 422
    assert Brouillon.objects.count() == 1
    assert client.post(page, SAISI).status_code == 302

    assert not Brouillon.objects.exists()
    assert "Voici ce que" not in client.get(page).content.decode()


def test_another_account_is_given_nothing(
    entrer: Entrer, horloge: Horloge, page: str, compte: Compte
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page)
    other = make_compte(horloge, courriel="autre@ddets.exemple")
    sign_in_strongly(client, other.agent)

    assert SAISI["source"] not in client.get(page).content.decode()
    assert list_brouillons(agent=other.agent, at=horloge.at) == []


def test_a_row_moved_to_another_account_is_not_read(
    entrer: Entrer, horloge: Horloge, page: str, settings: object
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page)
    other = make_compte(horloge, courriel="autre@ddets.exemple").agent
    Brouillon.objects.update(agent=other)

    secret = settings.SECRET_KEY  # type: ignore[attr-defined]
    assert find_brouillon(agent=other, adresse=page, cle=secret, at=horloge.at) is None


def test_it_lasts_a_day(entrer: Entrer, horloge: Horloge, page: str) -> None:
    client = entrer()
    _type_too_late(client, horloge, page)
    horloge.advance(hours=24)
    entrer(client)

    assert "Voici ce que" not in client.get(page).content.decode()
    delete_perimes(at=horloge.at)
    assert not Brouillon.objects.exists()


def test_neither_passwords_nor_files_nor_marks_are_kept(
    entrer: Entrer, horloge: Horloge, page: str, compte: Compte
) -> None:
    client = entrer()
    _type_too_late(client, horloge, reverse("mot_de_passe"), ancien="x", nouveau="y", encore="y")
    assert not Brouillon.objects.exists()
    entrer(client)
    piece = SimpleUploadedFile("piece.txt", b"le contenu de la piece")
    _type_too_late(client, horloge, page, csrfmiddlewaretoken="marque", suite="/x/", piece=piece)

    from django.conf import settings

    kept = find_brouillon(agent=compte.agent, adresse=page, cle=settings.SECRET_KEY, at=horloge.at)
    assert kept is not None
    assert set(kept.champs) == set(SAISI)


def _sign_out(client: StrictClient, compte: Compte) -> None:
    client.post(reverse("deconnexion"))


def _close(client: StrictClient, compte: Compte) -> None:
    at = compte.horloge.at
    end_connexions(agent=compte.agent, motif="administrateur", by=compte.agent, on=at.date(), at=at)


def _change_password(client: StrictClient, compte: Compte) -> None:
    compte.agent.set_password("une autre phrase, longue")
    compte.agent.save(update_fields=["password"])


@pytest.mark.parametrize("end", [_sign_out, _close, _change_password])
def test_a_session_that_somebody_closed_keeps_nothing_and_says_so(
    entrer: Entrer, page: str, compte: Compte, end: Callable[[StrictClient, Compte], None]
) -> None:
    client = entrer()
    end(client, compte)

    answer = client.post(page, SAISI)

    assert answer.url.startswith(reverse("connexion"))
    shown = client.get(answer.url).content.decode()
    assert "n’a été ni enregistré ni gardé" in shown
    assert SAISI["source"] not in shown
    assert not Brouillon.objects.exists()


def test_what_is_too_long_or_secret_to_be_kept_is_told(
    entrer: Entrer, horloge: Horloge, page: str
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page, source="x" * 70_000)
    assert "ni enregistré ni gardé" in client.get(reverse("connexion")).content.decode()
    entrer(client)
    _type_too_late(client, horloge, reverse("mot_de_passe"), ancien="x", nouveau="y", encore="y")

    assert "ni enregistré ni gardé" in client.get(reverse("connexion")).content.decode()


def test_a_button_alone_and_a_sign_in_lose_nothing_that_is_told(
    entrer: Entrer, horloge: Horloge
) -> None:
    client = entrer()
    horloge.advance(minutes=31)
    client.post(reverse("deconnexion"))
    assert "ni gardé" not in client.get(reverse("connexion")).content.decode()

    first(client, "personne@ddets.exemple")

    assert "ni gardé" not in client.get(reverse("connexion")).content.decode()


def test_a_form_from_elsewhere_is_not_kept(entrer: Entrer, horloge: Horloge, page: str) -> None:
    client = entrer(StrictClient(enforce_csrf_checks=False))
    client.handler.enforce_csrf_checks = True
    horloge.advance(minutes=31)

    assert client.post(page, SAISI).status_code == 403
    assert not Brouillon.objects.exists()


def test_a_reader_of_the_base_writes_no_draft_of_another(
    horloge: Horloge, compte: Compte, gironde: str
) -> None:
    other = make_compte(horloge, courriel="autre@ddets.exemple").agent
    contexte = Contexte("agent", str(compte.agent.pk), "33", horloge.at.date())
    row = {
        "agent": other, "adresse": "0" * 64, "contenu": "gAAAA", "saisi_at": horloge.at,
    }  # fmt: skip

    with (
        pytest.raises(DatabaseError, match="nul n’écrit"),
        transaction.atomic(),
        under_policies(),
        acting_as(contexte),
    ):
        Brouillon.objects.create(**row)
    assert connection.needs_rollback is False


def test_pages_without_a_draft_ask_nothing_more(
    entrer: Entrer, horloge: Horloge, page: str
) -> None:
    client = entrer()
    _type_too_late(client, horloge, page)
    entrer(client)
    horloge.at += timedelta(seconds=1)

    assert "Voici ce que" not in client.get(reverse("dossiers")).content.decode()

"""Lists of acts: deposit, columns, preview, application, refusals."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.actes.models import Acte, Lot
from seuil.acteurs.models import Agent
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all

ClientDe = Callable[[object], StrictClient]

KNOWN = (
    "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Montant\n"
    "ALPHA;Claude;1 rue de l’Exemple;33000;Bordeaux;02/11/2026;1 234,56\n"
    "BRAVO;Dominique;2 rue de l’Exemple;33000;Bordeaux;31/02/2026;900\n"
    "CHARLIE;Camille;3 rue de l’Exemple;33000;Bordeaux;02/11/2019;900\n"
)
UNKNOWN = KNOWN.replace("Date du commandement", "Jour J")


def deposit(client: StrictClient, text: str | bytes, *, nom: str = "actes.csv") -> object:
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(
        reverse("liste_deposer"),
        {
            "type_acte": "commandement",
            "source": "Étude de l’Exemple",
            "fichier": SimpleUploadedFile(nom, content),
        },
        follow=True,
    )


def test_a_list_is_seen_before_anything_is_applied(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)

    response = deposit(client, KNOWN)
    lot = Lot.objects.get()
    refused = client.get(reverse("liste", args=[lot.pk]) + "?etat=refuse").content.decode()

    assert "vérifier avant d’appliquer" in response.content.decode()  # type: ignore[attr-defined]
    assert "31/02/2026" in refused
    assert "Date du commandement" in refused
    assert Acte.objects.count() == 0


def test_rows_to_verify_are_applied_only_when_ticked(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    deposit(client, KNOWN)
    lot = Lot.objects.get()
    page = read(client.get(reverse("liste", args=[lot.pk]) + "?etat=a_verifier"))
    boxes = [e.attrs["value"] for e in select_all(page, "[name=confirmee]")]

    client.post(reverse("liste_confirmer", args=[lot.pk]), {"visible": boxes, "confirmee": boxes})
    response = client.post(reverse("liste_appliquer", args=[lot.pk]), follow=True)

    assert len(boxes) == 1
    assert "La liste est appliquée" in response.content.decode()
    assert Acte.objects.count() == 2
    again = client.post(reverse("liste_appliquer", args=[lot.pk]), follow=True)
    assert "déjà appliquée" in again.content.decode()
    assert Acte.objects.count() == 2


def test_a_tick_removed_is_forgotten(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)
    deposit(client, KNOWN)
    lot = Lot.objects.get()
    address = reverse("liste_confirmer", args=[lot.pk])

    client.post(address, {"visible": ["4"], "confirmee": ["4"]})
    client.post(address, {"visible": ["4"]})
    client.post(reverse("liste_appliquer", args=[lot.pk]))

    assert Acte.objects.count() == 1


def test_unknown_columns_are_mapped_by_hand_and_remembered(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    response = deposit(client, UNKNOWN)
    lot = Lot.objects.get()
    page = response.content.decode()  # type: ignore[attr-defined]
    mapping = {
        "colonne-0": "nom", "colonne-1": "prenom", "colonne-2": "adresse",
        "colonne-3": "code_postal", "colonne-4": "commune", "colonne-6": "montant",
    }  # fmt: skip
    address = reverse("liste_colonnes", args=[lot.pk])

    missing = client.post(address, mapping)
    twice = client.post(address, mapping | {"colonne-5": "nom"})
    done = client.post(address, mapping | {"colonne-5": "acte_le"}, follow=True)
    second = deposit(client, UNKNOWN.replace("ALPHA", "DELTA"))

    assert "Que contient chaque colonne" in page
    assert "Jour J" in page
    assert missing.status_code == 422
    assert "Deux colonnes" in twice.content.decode()
    assert "vérifier avant d’appliquer" in done.content.decode()
    assert "vérifier avant d’appliquer" in second.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("nom", "content"),
    [("actes.pdf", b"%PDF-1.7"), ("actes.xlsx", b"PK\x03\x04 pas un classeur"), ("x.csv", b"")],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_remedy(
    nom: str, content: bytes, secretaire: Agent, client_de: ClientDe
) -> None:
    response = deposit(client_de(secretaire), content, nom=nom)

    assert response.status_code == 422  # type: ignore[attr-defined]
    page = read(response)  # type: ignore[arg-type]
    assert select_all(page, ".fr-error-text")
    # What was typed is kept; a browser never gives a file back.
    assert 'value="Étude de l’Exemple"' in response.content.decode()  # type: ignore[attr-defined]
    assert not Lot.objects.exists()


def test_an_abandoned_list_leaves_nothing(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)
    deposit(client, KNOWN)
    lot = Lot.objects.get()

    response = client.post(reverse("liste_abandonner", args=[lot.pk]), follow=True)

    assert "rien n’en a été repris" in response.content.decode()
    assert Acte.objects.count() == 0


def test_lists_do_not_exist_for_those_who_may_not_import(
    secretaire: Agent, travailleur_social: Agent, client_de: ClientDe
) -> None:
    deposit(client_de(secretaire), KNOWN)
    lot = Lot.objects.get()

    response = client_de(travailleur_social).get(reverse("liste", args=[lot.pk]))

    assert response.status_code == 404


def test_one_row_is_counted_in_the_singular_and_shows_its_amount(
    secretaire: Agent, client_de: ClientDe
) -> None:
    response = deposit(client_de(secretaire), "".join(KNOWN.splitlines(keepends=True)[:2]))

    page = read(response)  # type: ignore[arg-type]
    cards = [e.text.split(maxsplit=1)[1] for e in select_all(page, ".seuil-carte")]
    assert cards == [
        "ligne lue", "acceptée", "dossier à ouvrir", "ligne rattachée à un dossier connu",
    ]  # fmt: skip
    assert [e.text for e in select_all(page, "td") if e.attrs.get("data-label") == "Montant"] == [
        "1 234,56"
    ]


@pytest.mark.parametrize("page", ["liste_appliquer", "liste_abandonner"])
def test_the_address_of_a_button_says_what_to_do_when_it_is_opened(
    page: str, secretaire: Agent, client_de: ClientDe
) -> None:
    """As after a session that expired: signing in again leads there by GET."""
    client = client_de(secretaire)
    deposit(client, KNOWN)

    response = client.get(reverse(page, args=[Lot.objects.get().pk]))

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "appuyez de nouveau sur le bouton" in read(response).text


def test_rows_follow_their_file_once_the_list_is_applied(
    secretaire: Agent, gestionnaire: Agent, client_de: ClientDe
) -> None:
    deposit(client_de(secretaire), KNOWN)
    lot = Lot.objects.get()
    before = client_de(gestionnaire).get(reverse("liste", args=[lot.pk]) + "?etat=accepte")
    client_de(secretaire).post(reverse("liste_appliquer", args=[lot.pk]))

    # A commandement de payer: nothing is instructed by the préfecture yet.
    for etat in ("accepte", "refuse", "a_verifier"):
        page = client_de(gestionnaire).get(reverse("liste", args=[lot.pk]) + f"?etat={etat}")
        text = page.content.decode()
        assert "ALPHA" not in text
        assert "BRAVO" not in text
        assert "1 234,56" not in text
        assert "3\N{NO-BREAK SPACE}lignes de dossiers que vous n’ouvrez pas" in text
    own = client_de(secretaire).get(reverse("liste", args=[lot.pk]) + "?etat=accepte")

    # Nor before it is applied: what was received is read by those who received it.
    assert "ALPHA" not in before.content.decode()
    assert "ALPHA" in own.content.decode()


def test_a_list_is_handled_by_those_who_deposited_it(
    secretaire: Agent, gestionnaire: Agent, client_de: ClientDe
) -> None:
    deposit(client_de(secretaire), KNOWN)
    lot = Lot.objects.get()
    client = client_de(gestionnaire)

    page = client.get(reverse("liste", args=[lot.pk])).content.decode()
    answers = [
        client.post(reverse(name, args=[lot.pk]), follow=True).content.decode()
        for name in ("liste_appliquer", "liste_abandonner")
    ]

    assert reverse("liste_abandonner", args=[lot.pk]) not in page
    assert "c’est à cet organisme" in page
    assert all("déposée par un autre organisme" in answer for answer in answers)
    lot.refresh_from_db()
    assert lot.etat == Lot.Etat.A_VALIDER


def test_a_list_of_others_whose_columns_are_not_known_yet_counts_nothing(
    secretaire: Agent, gestionnaire: Agent, client_de: ClientDe
) -> None:
    deposit(client_de(secretaire), UNKNOWN)
    lot = Lot.objects.get()

    page = client_de(gestionnaire).get(reverse("liste", args=[lot.pk])).content.decode()

    assert "colonnes ne sont pas encore reconnues" in page
    assert "c’est à cet organisme" in page

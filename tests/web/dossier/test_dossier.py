"""The page of a dossier: header, tabs by role, fragments, short forms, documents."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.contacts.models import Contact
from seuil.dossiers.models import Acces, Dette, Document, Dossier
from seuil.echeances.models import SituationDette, SituationSuivi
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.web.dossier.onglets import load_onglets
from tests.factories.base import make_acces, make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select
from tests.harness.htmx import assert_fragment_equals_reload

ClientDe = Callable[[object], StrictClient]
ONGLETS = tuple(load_onglets())


@pytest.fixture
def dossier(gironde: str, on: date) -> Dossier:
    """A dossier with an assignation, a hearing in ten days and a commandement."""
    found = make_dossier(nom="ALPHA", dette=2400)
    make_acte(dossier=found, type="commandement", survenu_le=on - timedelta(days=90), montant=2400)
    make_acte(
        dossier=found,
        type="assignation",
        survenu_le=on - timedelta(days=40),
        audience_le=on + timedelta(days=10),
        juridiction="Tribunal de l’Exemple",
    )
    refresh_dossiers(dossier_ids=[found.pk], on=on)
    return found


def test_the_header_says_who_where_how_much_and_what_comes_next(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(secretaire).get(reverse("dossier", args=[dossier.numero])))

    header = select(page, ".seuil-dossier").text
    assert "ALPHA Claude" in header
    assert "Bordeaux" in header
    assert "2\u202f400,00\u00a0€" in header
    assert "audience proche" in header
    assert "Noter un contact" in header
    assert "Assignation depuis le" in header


def test_the_first_tab_is_the_timeline(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    assert_fragment_equals_reload(
        client_de(secretaire),
        reverse("dossier", args=[dossier.numero]),
        reverse("dossier_onglet", args=[dossier.numero, "chronologie"]),
        "#onglet",
    )


def test_each_deadline_says_why(dossier: Dossier, secretaire: Agent, client_de: ClientDe) -> None:
    address = reverse("dossier_onglet", args=[dossier.numero, "echeances"])

    page = client_de(secretaire).get(address).content.decode()

    assert "Pourquoi cette date" in page
    assert "legifrance.gouv.fr" in page
    assert "Fin du délai pour payer" in page


def test_the_manager_of_procedure_reads_neither_contacts_nor_contract_nor_documents(
    dossier: Dossier, gestionnaire: Agent, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_acces(
        dossier=dossier, relation=Acces.Relation.INSTRUCTION, role="gestionnaire", debut_le=on
    )
    Contact.objects.create(
        dossier=dossier, avec="menage", canal="telephone", resultat="echange", survenu_le=on,
        note="Confidence du ménage", par=secretaire, organisation=secretaire.organisation,
    )  # fmt: skip
    client = client_de(gestionnaire)

    pages = {
        onglet: client.get(reverse("dossier_onglet", args=[dossier.numero, onglet]))
        for onglet in ONGLETS
    }

    closed = {onglet for onglet, response in pages.items() if response.status_code == 404}
    assert closed == {"contacts", "accompagnement", "documents"}
    assert all("Confidence" not in r.content.decode() for r in pages.values())
    assert (
        "Confidence"
        in client_de(secretaire).get(reverse("dossier", args=[dossier.numero])).content.decode()
    )


def test_a_dossier_that_is_not_entrusted_does_not_exist(
    dossier: Dossier, travailleur_social: Agent, charge_mission: Agent, client_de: ClientDe
) -> None:
    for agent in (travailleur_social, charge_mission):
        response = client_de(agent).get(reverse("dossier", args=[dossier.numero]))

        assert response.status_code == 404
        assert "ALPHA" not in response.content.decode()


def test_the_timeline_is_filtered_by_kind(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    address = reverse("dossier_onglet", args=[dossier.numero, "chronologie"])

    page = read(client_de(secretaire).get(address + "?genre=dette"))

    assert "Dette de" in select(page, ".seuil-fil").text
    assert "Tribunal de l’Exemple" not in select(page, ".seuil-fil").text


def test_a_debt_is_added_and_shows_at_once(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    response = client_de(secretaire).post(
        reverse("dette_ajouter", args=[dossier.numero]),
        {"constatee_le": on.isoformat(), "montant": "3 150,75 €", "source": "Bailleur"},
        follow=True,
    )

    assert "3\u202f150,75\u00a0€" in select(read(response), ".seuil-dossier").text
    assert "C’est enregistré" in response.content.decode()
    assert str(SituationDette.objects.get(dossier=dossier).montant) == "3150.75"


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    tomorrow = (on + timedelta(days=1)).isoformat()
    client = client_de(secretaire)
    address = reverse("dette_ajouter", args=[dossier.numero])

    refused = client.post(
        address, {"constatee_le": tomorrow, "montant": "12,50", "source": "Bailleur"}
    )
    invalid = client.post(
        address, {"constatee_le": "31/02/2026", "montant": "douze", "source": "Bailleur"}
    )

    assert refused.status_code == 422
    assert "Cette date est à venir" in refused.content.decode()
    assert 'value="12,50"' in refused.content.decode()
    assert "Cette date n’existe pas" in invalid.content.decode()
    assert 'value="31/02/2026"' in invalid.content.decode()
    assert 'aria-invalid="true"' in invalid.content.decode()
    assert Dette.objects.filter(dossier=dossier, source="Bailleur").count() == 0


def test_a_social_follow_up_and_a_phone_number_are_added(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    client.post(
        reverse("suivi_ajouter", args=[dossier.numero]),
        {"situation": "inconnu", "constate_le": on.isoformat(), "source": "CCAS"},
    )
    bad = client.post(
        reverse("coordonnee_ajouter", args=[dossier.numero]),
        {"type": "telephone", "valeur": "05 56", "source": "Bailleur"},
    )
    client.post(
        reverse("coordonnee_ajouter", args=[dossier.numero]),
        {"type": "telephone", "valeur": "+33 5 55 00 00 00", "source": "Bailleur"},
    )

    page = client.get(reverse("dossier_onglet", args=[dossier.numero, "menage"])).content.decode()
    assert "Ce numéro n’est pas complet" in bad.content.decode()
    assert 'href="tel:0555000000"' in page
    assert "Inconnu des services sociaux" in page
    assert SituationSuivi.objects.get(dossier=dossier).suivi == "inconnu"


def test_a_decision_on_the_public_force_is_recorded_by_the_manager(
    dossier: Dossier, gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=on)
    address = reverse("acte_enregistrer", args=[dossier.numero])
    client = client_de(gestionnaire)

    without = client.post(address, {"type_acte": "cfp", "survenu_le": on.isoformat()})
    wrong = client.post(
        address, {"type_acte": "cfp", "survenu_le": on.isoformat(), "sens": "rejet"}
    )
    done = client.post(
        address,
        {"type_acte": "cfp", "survenu_le": on.isoformat(), "sens": "accord"},
        follow=True,
    )

    assert "Indiquez le sens de la décision" in without.content.decode()
    assert "Choisissez une réponse de la liste" in wrong.content.decode()
    assert "Concours accordé" in done.content.decode()


def test_a_document_is_served_as_a_download_that_cannot_run(
    dossier: Dossier, secretaire: Agent, charge_mission: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    file = SimpleUploadedFile("bail.pdf", b"%PDF-1.7 essai", "application/pdf")

    client.post(
        reverse("document_deposer", args=[dossier.numero]), {"nature": "Bail", "fichier": file}
    )
    document = Document.objects.get(dossier=dossier)
    response = client.get(reverse("document", args=[document.pk]))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 essai"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert client_de(charge_mission).get(reverse("document", args=[document.pk])).status_code == 404


@pytest.mark.parametrize(
    ("nom", "contenu"), [("page.pdf", b"<script>alert(1)</script>"), ("vide.pdf", b"")]
)
def test_a_file_that_is_not_what_it_says_is_refused(
    nom: str, contenu: bytes, dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    response = client_de(secretaire).post(
        reverse("document_deposer", args=[dossier.numero]),
        {"nature": "Bail", "fichier": SimpleUploadedFile(nom, contenu)},
    )

    assert response.status_code == 422
    assert not Document.objects.exists()

"""Several persons invited at once: seen first, refused line by line, never above one's own role."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.connexions.models import Invitation
from seuil.usecases.create_comptes import (
    COLONNES,
    EXIGEES,
    Lecture,
    TropDeComptes,
    prepare_comptes,
)
from seuil.usecases.receive_tableau import receive_texte
from tests.factories.base import make_agent
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
TETE = "Nom\tPrénom\tAdresse électronique\tRôle\tOrganisme\n"
CHEF = "Essai\tAna\tana@palier.example\tChef d’équipe\tAssociation Le Palier\n"


@pytest.fixture
def palier(operateur: Organisation) -> Organisation:
    operateur.domaines = ["palier.example"]
    operateur.save()
    return operateur


def read(text: str, by: Agent) -> Lecture:
    tableau = receive_texte(texte=TETE + text, colonnes=COLONNES, exigees=EXIGEES)
    return prepare_comptes(tableau=tableau, by=by)


def test_a_pasted_table_opens_the_accounts_once(
    administrateur: Agent, palier: Organisation, client_de: ClientDe
) -> None:
    client, url = client_de(administrateur), reverse("comptes_inviter_lot")
    text = TETE + CHEF + "Essai\tLou\tlou@palier.example\tjuriste\tASSOCIATION le palier\n"

    shown = client.post(url, {"texte": text}).content.decode()
    assert not Agent.objects.filter(organisation=palier).exists()
    done = client.post(url, {"texte": text, "appliquer": "oui"}).content.decode()
    again = client.post(url, {"texte": text, "appliquer": "oui"}).content.decode()

    assert "Ana" in shown
    assert "2\u00a0personnes invitées" in done
    # Who reads no household does not see the link of an account that does.
    assert "/invitation/" not in done
    assert "2\u00a0personnes ont déjà leur compte" in again
    roles = Agent.objects.filter(organisation=palier).values_list("role", flat=True)
    assert sorted(roles) == ["chef_equipe", "juriste"]
    assert Invitation.objects.count() == 2


def test_a_link_that_may_be_seen_is_shown_once(
    administrateur: Agent, ddets: Organisation, client_de: ClientDe
) -> None:
    ddets.domaines = ["ddets.example"]
    ddets.save()
    text = "Nom;Prénom;Courriel;Rôle;Organisme\nEssai;Ana;ana@ddets.example;Chargé de mission;\n"
    text = text.replace("mission;", f"mission;{ddets.nom}")
    sent = SimpleUploadedFile("agents.csv", text.encode())

    done = client_de(administrateur).post(
        reverse("comptes_inviter_lot"), {"fichier": sent, "appliquer": "oui"}
    )

    assert "/invitation/" in done.content.decode()


@pytest.mark.parametrize(
    ("ligne", "colonne"),
    [
        ("\tAna\ta@palier.example\tJuriste\tAssociation Le Palier", "nom"),
        ("Essai\t\ta@palier.example\tJuriste\tAssociation Le Palier", "prenom"),
        ("Essai\tAna\ta@ailleurs.example\tJuriste\tAssociation Le Palier", "courriel"),
        ("Essai\tAna\tpas une adresse\tJuriste\tAssociation Le Palier", "courriel"),
        ("Essai\tAna\tprise@palier.example\tJuriste\tAssociation Le Palier", "courriel"),
        ("Essai\tAna\tana@palier.example\tJuriste\tAssociation Le Palier", "courriel"),
        ("Essai\tAna\ta@palier.example\tSecrétariat de la CCAPEX\tAssociation Le Palier", "role"),
        ("Essai\tAna\ta@palier.example\t\tAssociation Le Palier", "role"),
        ("Essai\tAna\ta@palier.example\tJuriste\tInconnue", "organisme"),
        ("Essai\tAna\ta@caf.example\tJuriste\tCAF de la Gironde", "courriel"),
    ],
)
def test_a_line_is_refused_at_its_column_and_handed_back(
    administrateur: Agent, palier: Organisation, caf: Organisation, ligne: str, colonne: str
) -> None:
    make_agent(courriel="prise@palier.example", organisation=caf)

    lecture = read(CHEF + ligne + "\n", administrateur)

    assert [(r.numero, r.colonne) for r in lecture.refus] == [(3, colonne)]
    assert [c.saisie.nom for c in lecture.acceptes] == ["Essai"]
    assert len(lecture.a_corriger.split("\n")) == 2


def test_who_administers_its_organisation_invites_there_alone(
    palier: Organisation, caf: Organisation, on: date
) -> None:
    caf.domaines = ["caf.example"]
    caf.save()
    social = make_agent(
        role="travailleur_social", organisation=palier, administre_organisation=True
    )

    lecture = read(
        CHEF
        + "Essai\tLou\tlou@palier.example\tJuriste\t\n"
        + "Essai\tMax\tmax@caf.example\tPartenaire\tCAF de la Gironde\n",
        social,
    )

    # Never a role above its own, never elsewhere.
    assert [(r.numero, r.colonne) for r in lecture.refus] == [(2, "role"), (4, "organisme")]
    assert [c.saisie.prenom for c in lecture.acceptes] == ["Lou"]


def test_too_many_at_once_are_refused(administrateur: Agent) -> None:
    with pytest.raises(TropDeComptes):
        read("".join(f"E\tA\ta{i}@x.example\t\t\n" for i in range(201)), administrateur)


def test_a_partner_invites_nobody(partenaire: Agent, client_de: ClientDe) -> None:
    answer = client_de(partenaire).post(reverse("comptes_inviter_lot"), {"texte": TETE + CHEF})

    assert answer.status_code == 403

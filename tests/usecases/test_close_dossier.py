"""A closed file: out of lists, dates and work; found by search, which says it; opened again."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from seuil.accompagnements.queries.mandats import list_dossier_mandats
from seuil.actes.models import Ligne
from seuil.actes.rules.saisie import ActeSaisi
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Classement, Dossier
from seuil.dossiers.operations.vie import ClassementSaisi, DejaClasse, DossierClasse, PasClasse
from seuil.dossiers.rules import OuvertureSaisie
from seuil.echeances.models import Echeance, Situation
from seuil.travail.models import Tache
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.close_dossier import MandatEnCours, close_dossier, wake_dossier
from seuil.usecases.import_liste import apply_liste, deposit_liste
from seuil.usecases.open_dossier import open_dossier
from seuil.usecases.record_acte import record_acte
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient
from tests.usecases.test_open_dossier import import_rows, write_liste

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)
SOLDEE = ClassementSaisi("soldee", "attestation du bailleur")


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier(nom="ROSSIGNOL")
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 10, 27))
    make_acte(
        dossier=found, type="assignation", survenu_le=date(2026, 11, 2),
        audience_le=date(2027, 1, 25),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


def projections(dossier: Dossier) -> list[object]:
    return [
        sorted(Echeance.objects.filter(dossier=dossier).values_list("regle", "le", "debut_le")),
        list(Situation.objects.filter(dossier=dossier).values_list("stade", "stade_le")),
        sorted(Tache.objects.filter(dossier=dossier).values_list("genre", "devoir", "due_le")),
    ]


def test_it_leaves_everything_that_is_computed_and_comes_back_the_same(
    dossier: Dossier, secretaire: Agent
) -> None:
    before = projections(dossier)
    assert all(before)

    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)
    assert projections(dossier) == [[], [], []]

    wake_dossier(dossier=dossier, motif="nouvel impayé", by=secretaire, on=ON)
    assert projections(dossier) == before
    kept = Classement.objects.get()
    assert (kept.motif, kept.rouvert_motif, kept.rouvert_par) == (
        "soldee", "nouvel impayé", secretaire,
    )  # fmt: skip
    kinds = Event.objects.filter(kind__in=["dossier.classe", "dossier.rouvert"])
    assert set(kinds.values_list("kind", flat=True)) == {"dossier.classe", "dossier.rouvert"}


def test_a_recomputation_of_everything_leaves_it_closed(
    dossier: Dossier, secretaire: Agent
) -> None:
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON + DAY)

    assert projections(dossier) == [[], [], []]


def test_it_is_closed_once_and_opened_once(dossier: Dossier, secretaire: Agent) -> None:
    with pytest.raises(PasClasse):
        wake_dossier(dossier=dossier, motif="x", by=secretaire, on=ON)
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)
    with pytest.raises(DejaClasse):
        close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)
    wake_dossier(dossier=dossier, motif="x", by=secretaire, on=ON)
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)

    assert Classement.objects.filter(dossier=dossier).count() == 2


def test_a_household_that_is_followed_is_not_closed(dossier: Dossier, secretaire: Agent) -> None:
    operateur = make_organisation(type="operateur", nom="Opérateur")
    mandat = make_mandat(operateur=operateur, dossier=dossier, repondu_le=date(2026, 9, 3))

    with pytest.raises(MandatEnCours):
        close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)

    type(mandat).objects.filter(pk=mandat.pk).update(
        clos_le=ON, motif_cloture="objectifs_atteints", denouement="maintien"
    )
    assert close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)


def test_an_act_by_hand_asks_to_open_it_first(dossier: Dossier, secretaire: Agent) -> None:
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)

    with pytest.raises(DossierClasse):
        record_acte(
            dossier=dossier, saisie=ActeSaisi("cql", date(2026, 11, 20)), by=secretaire, on=ON
        )


def test_an_act_of_a_list_waits_for_a_person_and_opens_it_again(
    secretaire: Agent, gironde: str, tmp_path: Path
) -> None:
    row = {
        "nom": "ROSSIGNOL", "prenom": "Claude", "adresse": "12 avenue des Peupliers",
        "code_commune": "33063", "acte_le": "03/09/2026",
    }  # fmt: skip
    import_rows([row], secretaire, tmp_path)
    dossier = Dossier.objects.get()
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)

    liste = write_liste([row | {"acte_le": "10/11/2026"}], tmp_path)
    lot = deposit_liste(liste=liste, by=secretaire, on=ON)
    assert "classé depuis le 21/11/2026" in Ligne.objects.get(lot=lot).motifs[0]["motif"]
    assert not Situation.objects.exists()

    apply_liste(lot=lot, lignes_confirmees={2}, by=secretaire, on=ON)
    assert Classement.objects.get().rouvert_motif == "acte reçu\N{NO-BREAK SPACE}: Étude"
    assert Situation.objects.get().stade == "commandement"


def test_joining_what_comes_to_a_closed_file_opens_it_again(
    dossier: Dossier, secretaire: Agent
) -> None:
    close_dossier(dossier=dossier, saisie=SOLDEE, by=secretaire, on=ON)
    champs = {"nom": "ROSSIGNOL", "adresse": "12 rue Haute", "code_commune": "33063"}
    saisie = OuvertureSaisie(genre="appel", champs=champs, joindre=dossier.pk)

    open_dossier(saisie=saisie, by=secretaire, on=ON)

    assert Classement.objects.get().rouvert_motif == "Le ménage appelle ou se présente"
    assert Situation.objects.filter(dossier=dossier).exists()


def test_nobody_else_closes(dossier: Dossier) -> None:
    caf = make_agent(role="partenaire", organisation=make_organisation(type="caf"))
    with pytest.raises((DossierInaccessible, HabilitationRefusee)):
        close_dossier(dossier=dossier, saisie=SOLDEE, by=caf, on=ON)


def test_the_screens_say_it(
    client_de: Callable[[object], StrictClient], dossier: Dossier, secretaire: Agent
) -> None:
    client = client_de(secretaire)
    listed = reverse("dossiers")
    home = reverse("dossier", args=[dossier.numero])
    assert dossier.numero in client.get(listed).content.decode()

    sent = {"motif": "reloge", "precision": "parc social"}
    page = client.post(reverse("dossier_classer", args=[dossier.numero]), sent, follow=True)

    text = page.content.decode()
    assert "ménage relogé, parc social" in text
    assert "Dossier classé" in text
    assert dossier.numero not in client.get(listed).content.decode()
    found = client.get(reverse("recherche") + "?q=rossignol").content.decode()
    assert "ROSSIGNOL" in found
    assert "classé le 21/11/2026" in found

    again = client.post(
        reverse("dossier_rouvrir", args=[dossier.numero]), {"motif": "nouvel impayé"}, follow=True
    )
    assert "Dossier rouvert" in again.content.decode()
    assert "Ni date, ni tâche" not in client.get(home).content.decode()
    assert dossier.numero in client.get(listed).content.decode()


def test_every_mandate_is_shown_the_latest_first(
    client_de: Callable[[object], StrictClient], dossier: Dossier, secretaire: Agent
) -> None:
    old = make_organisation(type="operateur", nom="Opérateur premier")
    new = make_organisation(type="operateur", nom="Opérateur second")
    make_mandat(
        operateur=old, dossier=dossier, transmis_le=date(2025, 9, 1), repondu_le=date(2025, 9, 3),
        clos_le=date(2026, 2, 2), motif_cloture="objectifs_atteints", denouement="maintien",
    )  # fmt: skip
    make_mandat(operateur=new, dossier=dossier, repondu_le=date(2026, 9, 3))

    names = [
        str(m.operateur) for m in list_dossier_mandats(agent=secretaire, on=ON, dossier=dossier)
    ]
    client = client_de(secretaire)
    tab = client.get(reverse("dossier_onglet", args=[dossier.numero, "accompagnement"]))
    line = client.get(reverse("dossier", args=[dossier.numero])).content.decode()

    assert names == ["Opérateur second", "Opérateur premier"]
    text = tab.content.decode()
    assert text.index("Opérateur second") < text.index("Opérateur premier")
    assert "Opérateur premier" in line

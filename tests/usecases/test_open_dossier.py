"""A file opened by hand: never a silent double, never a silent merge."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.actes.models import Ligne
from seuil.actes.rules.listes import ListeSaisie
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Coordonnee, Dossier, Ouverture, Personne
from seuil.dossiers.rules import OuvertureSaisie
from seuil.echeances.models import Situation
from seuil.travail.models import Tache
from seuil.usecases._habilitation import HabilitationRefusee
from seuil.usecases.import_liste import import_liste
from seuil.usecases.open_dossier import MenagesProches, SaisieRefusee, open_dossier
from tests.factories.base import make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
ROSSIGNOL = {
    "nom": "ROSSIGNOL", "prenom": "Claude", "adresse": "12 avenue des Peupliers",
    "code_commune": "33063", "telephone": "0639981531",
}  # fmt: skip


def open_file(by: Agent, genre: str = "appel", **champs: Any) -> Dossier:
    answers = {k: champs.pop(k) for k in ("joindre", "autre_que") if k in champs}
    saisie = OuvertureSaisie(genre=genre, champs=ROSSIGNOL | champs, **answers)
    return open_dossier(saisie=saisie, by=by, on=ON)


def write_liste(rows: list[dict[str, str]], folder: Path) -> ListeSaisie:
    titles = ["Nom", "Prénom", "Adresse", "Code commune", "Date commandement", "Téléphone"]
    keys = ["nom", "prenom", "adresse", "code_commune", "acte_le", "telephone"]
    lines = [";".join(titles), *(";".join(r.get(k, "") for k in keys) for r in rows)]
    path = folder / "liste.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return ListeSaisie(
        fichier=path, nom_fichier="liste.csv", type_acte="commandement", source="Étude",
        departement="33",
    )  # fmt: skip


def import_rows(rows: list[dict[str, str]], by: Agent, folder: Path) -> Any:
    return import_liste(liste=write_liste(rows, folder), by=by, on=ON)


def test_a_household_that_calls_has_a_file_found_and_listed(
    secretaire: Agent, gironde: str
) -> None:
    dossier = open_file(secretaire)

    assert Situation.objects.get(dossier=dossier).stade == "signalement"
    assert dossier.coordonnees.get().valeur == "0639981531"
    assert (dossier.ouverture.genre, dossier.ouverture.par) == ("appel", secretaire)
    assert Event.objects.get(kind="dossier.ouvert").details == {"genre": "appel", "autre": False}
    assert not dossier.actes.exists()


def test_a_signalement_alone_raises_the_duties_of_the_first_stage(
    secretaire: Agent, gironde: str
) -> None:
    ddets = secretaire.organisation
    type(ddets).objects.filter(pk=ddets.pk).update(type="ddets")
    make_agent(role="partenaire", organisation=make_organisation(type="caf", nom="CAF"))

    dossier = open_file(
        secretaire, "signalement", acte_le=date(2026, 11, 10), recu_le=date(2026, 11, 12)
    )

    duties = set(Tache.objects.filter(dossier=dossier).values_list("devoir", flat=True))
    assert any(d.startswith("E1-") for d in duties), duties
    assert Situation.objects.get(dossier=dossier).stade_le == date(2026, 11, 10)


def test_a_commandement_on_paper_starts_the_procedure(secretaire: Agent, gironde: str) -> None:
    dossier = open_file(secretaire, "commandement", acte_le=date(2026, 11, 3), montant="1234,50")

    assert Situation.objects.get(dossier=dossier).stade == "commandement"
    assert str(dossier.dettes.get().montant) == "1234.50"


def test_what_a_list_would_refuse_is_refused(secretaire: Agent, gironde: str) -> None:
    for champs, said in (
        ({"acte_le": date(2027, 1, 1)}, "à venir"),
        ({"adresse": ""}, "vide"),
        ({"code_commune": "", "commune": "Nulle Part"}, "Commune inconnue"),
    ):
        with pytest.raises(SaisieRefusee, match=said):
            open_file(secretaire, "commandement", **{"acte_le": date(2026, 11, 3)} | champs)
    assert not Dossier.objects.exists()


VARIANTES = (
    {},
    {"nom": "Rossignol", "adresse": "12 av. des peupliers"},
    {"nom": "CLAUDE", "prenom": "Rossignol"},
    {"nom": "ROSSIGNAL", "telephone": ""},
    {"nom": "MARTIN", "prenom": "Paule", "adresse": "9 rue du Port"},
    {"adresse": "3 cours de la Marne", "telephone": ""},
    {"nom": "ROSSIGNOL DUVAL", "telephone": ""},
    {"prenom": "", "telephone": "", "adresse": "2 rue Basse"},
    {"nom": "ROSSIGNAL", "prenom": "", "telephone": ""},
)


@pytest.mark.parametrize("variante", VARIANTES)
def test_a_household_told_otherwise_is_a_question(
    secretaire: Agent, gironde: str, variante: dict[str, str]
) -> None:
    known = open_file(secretaire)

    with pytest.raises(MenagesProches) as question:
        open_file(secretaire, **variante)

    assert known.pk in question.value.dossier_ids
    assert Dossier.objects.count() == 1


def test_another_household_is_no_question(secretaire: Agent, gironde: str) -> None:
    open_file(secretaire)

    open_file(
        secretaire, nom="DUPUIS", prenom="Anne", adresse="4 rue Haute", telephone="0556010203"
    )

    assert Dossier.objects.count() == 2


def test_joined_it_adds_what_was_not_known_and_writes_over_nothing(
    secretaire: Agent, gironde: str
) -> None:
    known = make_dossier(nom="ROSSIGNOL")

    same = open_file(secretaire, "signalement", acte_le=date(2026, 11, 3), joindre=known.pk)

    assert same == known
    assert Dossier.objects.count() == 1
    assert Personne.objects.get(dossier=known).nom == "ROSSIGNOL"
    assert Coordonnee.objects.get(dossier=known).valeur == "0639981531"
    assert known.actes.get().type == "signalement"
    assert Event.objects.filter(kind="dossier.rejoint").count() == 1


def test_another_one_at_the_same_address_is_opened_with_its_reason(
    secretaire: Agent, gironde: str
) -> None:
    first = open_file(secretaire)

    second = open_file(secretaire, autre_que="le fils, même nom, deux baux")

    assert first != second
    assert second.ouverture.autre_que == "le fils, même nom, deux baux"


def test_only_the_secretariat_opens_files(gironde: str) -> None:
    caf = make_agent(role="partenaire", organisation=make_organisation(type="caf"))
    with pytest.raises(HabilitationRefusee):
        open_file(caf)
    assert not Ouverture.objects.exists()


def test_a_list_after_the_file_opened_by_hand_asks_of_a_name_that_is_near(
    secretaire: Agent, gironde: str, tmp_path: Path
) -> None:
    open_file(secretaire)

    same = ROSSIGNOL | {"acte_le": "03/11/2026"}
    near = ROSSIGNOL | {"nom": "ROSSIGNAL", "telephone": "", "acte_le": "03/11/2026"}
    done = import_rows([same, near], secretaire, tmp_path)

    assert done.compte["acceptes"] == 1
    assert Dossier.objects.count() == 1
    doubt = Ligne.objects.get(etat="a_verifier")
    assert "ouvert à la main" in doubt.motifs[0]["motif"]


_TYPED = st.sampled_from(VARIANTES)
_ARRIVALS = st.lists(st.tuples(st.sampled_from(["main", "liste"]), _TYPED), max_size=5)


@given(arrivals=_ARRIVALS)
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_same_household_ends_in_one_file_or_in_a_question(
    secretaire: Agent, gironde: str, tmp_path: Path, arrivals: Any
) -> None:
    with transaction.atomic():
        open_file(secretaire)
        questions = 0
        for way, variante in arrivals:
            if way == "main":
                try:
                    open_file(secretaire, **variante)
                except MenagesProches:
                    questions += 1
            else:
                row = ROSSIGNOL | variante | {"acte_le": "03/11/2026"}
                done = import_rows([row], secretaire, tmp_path)
                questions += done.compte["a_verifier"]
                questions += done.compte["acceptes"] + done.compte["doublons"]

        assert Dossier.objects.count() == 1
        assert questions == len(arrivals)
        transaction.set_rollback(True)


def test_on_screen_the_near_ones_are_shown_and_the_answer_is_asked(
    client_de: Callable[[object], StrictClient], secretaire: Agent, gironde: str
) -> None:
    known = open_file(secretaire)
    client = client_de(secretaire)
    address = reverse("dossier_ouvrir")
    sent = {"genre": "appel", **ROSSIGNOL, "nom": "ROSSIGNAL"}

    asked = client.post(address, sent)
    text = asked.content.decode()
    assert asked.status_code == 200
    assert known.numero in text
    assert "ressemblent" in text

    montre = {"choix": "autre", "montre": str(known.pk)}
    again = client.post(address, sent | montre)
    assert again.status_code == 422
    assert "ce qui distingue" in again.content.decode()
    assert known.numero in again.content.decode()

    joined = client.post(address, sent | montre | {"choix": str(known.pk)})
    assert joined.url == reverse("dossier", args=[known.numero])

    other = client.post(address, sent | montre | {"autre_que": "la voisine"}, follow=True)
    assert "ROSSIGNAL" in other.content.decode()
    assert Dossier.objects.count() == 2


def test_a_caller_takes_six_gestures(
    client_de: Callable[[object], StrictClient], secretaire: Agent, gironde: str
) -> None:
    client = client_de(secretaire)
    menu = client.get(reverse("dossiers")).content.decode()
    # « + Nouveau », « Un dossier », then three fields and the commune.
    assert f'href="{reverse("dossier_ouvrir")}">Un dossier' in menu
    sent = {"genre": "appel", "nom": "DUPUIS", "adresse": "4 rue Haute", "code_commune": "33063"}

    assert client.post(reverse("dossier_ouvrir"), sent).status_code == 302
    assert Dossier.objects.get().ouverture.genre == "appel"


def test_a_date_is_asked_of_what_is_written(
    client_de: Callable[[object], StrictClient], secretaire: Agent, gironde: str
) -> None:
    sent = {"genre": "signalement", **ROSSIGNOL}
    answer = client_de(secretaire).post(reverse("dossier_ouvrir"), sent)

    assert answer.status_code == 422
    assert "Indiquez la date de ce qui arrive" in answer.content.decode()

"""A date told to someone: kept as told, whatever the law or the facts become."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, DateAnnoncee, Dossier
from seuil.dossiers.operations._journal import DateAVenir
from seuil.dossiers.operations.documents import RegleSansParametre, record_date_annoncee
from seuil.dossiers.operations.dossiers import FaitDejaConnu
from seuil.dossiers.rules import AnnonceSaisie
from seuil.echeances.models import Echeance
from seuil.engines import droit
from seuil.travail.models import Tache
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acces, make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ON = date(2026, 11, 21)
ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 10, 27))
    make_acte(
        dossier=found, type="assignation", survenu_le=date(2026, 11, 2),
        audience_le=date(2027, 1, 25),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


@pytest.fixture
def client(client_de: ClientDe, secretaire: Agent) -> StrictClient:
    return client_de(secretaire)


def a1(dossier: Dossier) -> Echeance:
    return Echeance.objects.get(dossier=dossier, regle="A1")


def tell(dossier: Dossier, by: Agent, le: date, **fields: object) -> DateAnnoncee:
    values = {
        "regle": "A1", "fait_id": a1(dossier).source_id, "dite_le": date(2026, 11, 3),
        "a_qui": "menage", "moyen": "courrier", "source": "Courrier d’information", **fields,
    }  # fmt: skip
    return record_date_annoncee(
        dossier=dossier, saisie=AnnonceSaisie(annoncee_le=le, **values), by=by, on=ON
    )


def note(client: StrictClient, dossier: Dossier, **changes: str) -> HttpResponse:
    found = a1(dossier)
    values = {
        "echeance": f"A1.{found.source_id}", "annoncee_le": "2026-12-08", "a_qui": "menage",
        "dite_le": "2026-11-03", "moyen": "telephone", "source": "Accueil", **changes,
    }  # fmt: skip
    return client.post(reverse("date_annoncee_noter", args=[dossier.numero]), values)


def tab(client: StrictClient, dossier: Dossier) -> str:
    response = client.get(reverse("dossier_onglet", args=[dossier.numero, "echeances"]))
    return select(read(response), "main").text.replace("\u00a0", " ")


def try_eight_weeks(folder: Path) -> dict[str, droit.Regle]:
    text = droit.read_fichier("A1").replace("n: 6\n    unit: semaines", "n: 8\n    unit: semaines")
    (folder / "A1.yaml").write_text(text, encoding="utf-8")
    return dict(droit.read_essai(folder / "A1.yaml"))


def test_a_date_told_is_noted_from_the_deadlines(client: StrictClient, dossier: Dossier) -> None:
    link = f"?echeance=A1.{a1(dossier).source_id}"
    form = client.get(reverse("date_annoncee_noter", args=[dossier.numero]) + link)
    response = note(client, dossier)

    assert 'name="annoncee_le"' in form.content.decode()
    assert 'value="2026-12-08"' not in form.content.decode()
    assert "Fin du délai pour payer (clause résolutoire), 8 décembre 2026" in (
        select(read(form), "main").text
    )
    assert response.status_code == 302
    told = DateAnnoncee.objects.get()
    assert (told.annoncee_le, told.regle, told.moyen) == (date(2026, 12, 8), "A1", "telephone")
    assert Event.objects.filter(kind="date_annoncee.notee", target_id=dossier.pk).count() == 1


def test_the_tab_shows_the_date_told_without_warning_while_it_holds(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    tell(dossier, secretaire, date(2026, 12, 8))

    text = tab(client, dossier)

    assert "Annoncée au ménage le mardi 3 novembre 2026" in text
    assert "mardi 8 décembre 2026" in text
    assert "prévenir" not in text


def test_a_change_of_law_warns_and_touches_nothing_else(
    client: StrictClient, dossier: Dossier, secretaire: Agent, chef_equipe: Agent, tmp_path: Path
) -> None:
    told = tell(dossier, secretaire, date(2026, 12, 8))
    assigned = make_acces(
        dossier=dossier, relation="affectation", agent=chef_equipe, debut_le=date(2026, 11, 1)
    )
    before = {m: set(m.objects.values_list("pk", flat=True)) for m in (Echeance, Tache)}
    assert before[Tache]

    with droit.trying(try_eight_weeks(tmp_path)):
        for _ in ("a first time", "again"):
            refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
        text = tab(client, dossier)

    assert a1(dossier).le == date(2026, 12, 22)
    assert {m: set(m.objects.values_list("pk", flat=True)) for m in (Echeance, Tache)} == before
    assert DateAnnoncee.objects.get() == told
    assert DateAnnoncee.objects.get().annoncee_le == date(2026, 12, 8)
    assert Acces.objects.get() == assigned
    assert "La date calculée est aujourd’hui le 22 décembre 2026 : prévenir le ménage." in text
    assert "1 date annoncée n’est plus la date calculée" in text


def test_the_one_who_was_told_again_is_not_to_be_told(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    tell(dossier, secretaire, date(2026, 12, 1), dite_le=date(2026, 10, 30))
    tell(dossier, secretaire, date(2026, 12, 1), dite_le=date(2026, 10, 30), a_qui="bailleur")
    tell(dossier, secretaire, date(2026, 12, 8))

    text = tab(client, dossier)

    assert "prévenir le ménage" not in text
    assert "prévenir le bailleur" in text


def test_another_defendable_reading_is_named_as_such(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    tell(dossier, secretaire, a1(dossier).autres[0])

    assert "reste une lecture défendable : prévenir le ménage" in tab(client, dossier)


def test_the_warning_leads_to_a_form_that_knows_the_new_date(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    tell(dossier, secretaire, date(2026, 12, 1))
    page = client.get(reverse("dossier_onglet", args=[dossier.numero, "echeances"]))
    (link,) = [a for a in select_all(read(page), "a") if "a_qui=menage" in a.attrs.get("href", "")]

    form = client.get(link.attrs["href"])

    assert 'value="2026-12-08"' in form.content.decode()
    assert select(read(form), "input[checked]").attrs["value"] == "menage"


def test_a_date_gone_by_calls_for_no_warning(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    Acte.objects.filter(type="commandement").update(survenu_le=date(2026, 3, 26))
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    tell(dossier, secretaire, date(2026, 5, 26), dite_le=date(2026, 4, 1))

    text = tab(client, dossier)

    assert "La date calculée est aujourd’hui le 7 mai 2026." in text
    assert "prévenir" not in text


def test_what_was_told_stays_when_its_fact_is_gone(
    client: StrictClient, dossier: Dossier, secretaire: Agent
) -> None:
    tell(dossier, secretaire, date(2026, 12, 8))
    Acte.objects.filter(type="commandement").delete()
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    text = tab(client, dossier)

    assert "Dates annoncées qui n’ont plus d’échéance" in text
    assert "mardi 8 décembre 2026" in text


def test_the_timeline_tells_it(client: StrictClient, dossier: Dossier, secretaire: Agent) -> None:
    tell(dossier, secretaire, date(2026, 12, 8))

    page = client.get(reverse("dossier", args=[dossier.numero]))

    text = select(read(page), "main").text
    assert "Date annoncée au ménage\u00a0: 8 décembre 2026" in text
    assert "noté par Simone" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"echeance": ""}, "Choisissez une réponse"),
        ({"echeance": "A1.autre"}, "Choisissez une réponse"),
        ({"annoncee_le": "2026-02-30"}, "Cette date n’existe pas"),
        ({"dite_le": "2026-11-22"}, "Cette date est à venir"),
        ({"a_qui": ""}, "Choisissez une réponse"),
        ({"moyen": "pigeon"}, "Choisissez une réponse"),
        ({"source": " "}, "Remplissez ce champ"),
    ],
)
def test_a_faulty_note_is_refused_in_french(
    client: StrictClient, dossier: Dossier, changes: dict[str, str], message: str
) -> None:
    response = note(client, dossier, **changes)

    assert response.status_code == 422
    assert message in select(read(response), "main").text
    assert not DateAnnoncee.objects.exists()


def test_the_same_word_is_noted_once(client: StrictClient, dossier: Dossier) -> None:
    note(client, dossier)
    response = note(client, dossier)

    assert response.status_code == 422
    assert "déjà notée" in response.content.decode()
    assert DateAnnoncee.objects.count() == 1


def test_the_operation_refuses_what_the_form_would(dossier: Dossier, secretaire: Agent) -> None:
    tell(dossier, secretaire, date(2026, 12, 8))

    with pytest.raises(FaitDejaConnu):
        tell(dossier, secretaire, date(2026, 12, 8))
    with pytest.raises(DateAVenir):
        tell(dossier, secretaire, date(2026, 12, 8), dite_le=date(2026, 11, 22))
    with pytest.raises(RegleSansParametre):
        tell(dossier, secretaire, date(2026, 12, 8), regle="Z9")


@pytest.mark.parametrize("fields", [{"a_qui": "voisin"}, {"moyen": "fax"}, {"source": ""}])
def test_the_database_refuses_what_the_code_forbids(
    dossier: Dossier, secretaire: Agent, fields: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(dossier, secretaire, date(2026, 12, 8), **fields)


@pytest.mark.parametrize(
    ("role", "status"),
    [("gestionnaire", 404), ("juriste", 404), ("charge_mission", 404), ("partenaire", 404)],
)
def test_who_may_not_complete_the_dossier_notes_nothing(
    role: str, status: int, client_de: ClientDe, dossier: Dossier, request: pytest.FixtureRequest
) -> None:
    response = note(client_de(request.getfixturevalue(role)), dossier)

    assert response.status_code == status
    assert not DateAnnoncee.objects.exists()


def test_a_worker_in_charge_notes_it(
    client_de: ClientDe, travailleur_social: Agent, dossier: Dossier
) -> None:
    make_acces(dossier=dossier, relation="affectation", agent=travailleur_social, debut_le=ON)

    assert note(client_de(travailleur_social), dossier).status_code == 302


def test_the_prefecture_reads_what_was_told_and_notes_nothing(
    client_de: ClientDe, gestionnaire: Agent, secretaire: Agent, dossier: Dossier
) -> None:
    make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=ON)
    tell(dossier, secretaire, date(2026, 12, 8))

    text = tab(client_de(gestionnaire), dossier)

    assert "Annoncée au ménage" in text
    assert "Noter une date annoncée" not in text

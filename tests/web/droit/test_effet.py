"""A changed parameter: how many dates move, before it is in force; nothing is kept."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bail, Dossier
from seuil.echeances.models import Echeance
from seuil.echeances.queries.effets import list_effets
from seuil.echeances.rules.effets import EffetDuDroit, list_effets_utiles
from seuil.engines import droit
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ON = date(2026, 11, 21)
ClientDe = Callable[[object], StrictClient]
A1 = droit.read_fichier("A1")
LIGNE = A1.splitlines().index("    unit: semaines") + 1
FORMULE = A1.splitlines().index("formule: clause_resolutoire") + 1
HUIT_SEMAINES = A1.replace("    n: 6\n    unit: semaines", "    n: 8\n    unit: semaines")
AVRIL = droit.read_fichier("F4").replace(
    'valid_to: null\n    periode: {debut: "11-01", fin: "03-31"}',
    'valid_to: null\n    periode: {debut: "11-01", fin: "04-30"}',
)


def make(*actes: tuple[str, date], **fields: object) -> Dossier:
    found = make_dossier(**fields)
    for kind, le in actes:
        recu = {"recu_le": le} if kind in {"cql", "rfp"} else {}
        make_acte(dossier=found, type=kind, survenu_le=le, **recu)
    return found


def refresh(*dossiers: Dossier) -> None:
    refresh_dossiers(dossier_ids=[d.pk for d in dossiers], on=ON)


@pytest.fixture
def dossiers(gironde: str) -> list[Dossier]:
    """Three open files and one that an eviction closed."""
    made = [
        make(("commandement", date(2026, 6, 1))),
        make(("commandement", date(2026, 9, 1))),
        make(("cql", date(2026, 11, 2)), ("rfp", date(2026, 11, 3))),
        make(("commandement", date(2026, 6, 1)), ("expulsion", date(2026, 10, 1))),
    ]
    refresh(*made)
    return made


def measure(folder: Path, **files: str) -> dict[str, EffetDuDroit]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    essai = droit.read_essai(folder)
    effets = list_effets(departement="33", essai=essai)
    return {e.regle: e for e in list_effets_utiles(effets, essai)}


def send(client: StrictClient, text: str | bytes, name: str = "A1.yaml") -> HttpResponse:
    raw = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse("droit_effet"), {"fichier": SimpleUploadedFile(name, raw)})


@pytest.fixture
def client(client_de: ClientDe, secretaire: Agent) -> StrictClient:
    return client_de(secretaire)


def rows(response: HttpResponse) -> dict[str, list[str]]:
    body = select(read(response), "tbody")
    cells = [
        [c.text for c in row.walk() if c.tag in {"th", "td"}] for row in select_all(body, "tr")
    ]
    return {line[0]: line[1:] for line in cells}


def test_eight_weeks_move_the_two_open_commandements_by_fourteen_days(
    dossiers: list[Dossier], tmp_path: Path
) -> None:
    effets = measure(tmp_path, A1=HUIT_SEMAINES)

    assert set(effets) == {"A1"}
    a1 = effets["A1"]
    assert (a1.dates, a1.bougent, a1.perdues, a1.certitude_change) == (2, 2, 0, 0)
    assert (a1.minimum, a1.mediane, a1.maximum) == (14, 14, 14)


@pytest.mark.parametrize(
    ("clause", "days"),
    # Six weeks written become the new legal minimum; two months stay, being longer.
    [("", 14), ("6 semaines", 14), ("2 mois", 0)],
)
def test_the_delay_that_a_lease_writes_is_weighed_against_the_law_on_trial(
    gironde: str, tmp_path: Path, clause: str, days: int
) -> None:
    found = make(("commandement", date(2026, 9, 1)))
    Bail.objects.filter(dossier=found).update(clause_duree=clause)
    refresh(found)

    effet = measure(tmp_path, A1=HUIT_SEMAINES)["A1"]

    assert (effet.dates, effet.minimum or 0, effet.perdues) == (1, days, 0)


def test_a_delay_that_a_lease_writes_longer_than_the_law_on_trial_binds(
    gironde: str, tmp_path: Path
) -> None:
    found = make(("commandement", date(2026, 9, 1)))
    Bail.objects.filter(dossier=found).update(clause_duree="6 semaines")
    refresh(found)
    shorter = A1.replace("    n: 6\n    unit: semaines", "    n: 4\n    unit: semaines")

    effet = measure(tmp_path, A1=shorter)["A1"]

    assert (effet.dates, effet.bougent, effet.certitude_change) == (1, 0, 1)


def test_a_longer_truce_moves_what_follows_from_it(dossiers: list[Dossier], tmp_path: Path) -> None:
    effets = measure(tmp_path, F4=AVRIL)

    assert set(effets) == {"F4", "G7", "EX"}
    # The 31st of March to the 30th of April; the State is liable from the morrow.
    assert (effets["F4"].dates, effets["F4"].minimum) == (1, 30)
    assert (effets["G7"].bougent, effets["G7"].minimum) == (1, 30)
    # Neither the 1st nor the 2nd of May, a holiday and a Sunday in 2027.
    assert (effets["EX"].bougent, effets["EX"].minimum) == (1, 32)


def test_a_truce_inside_one_year_is_understood(dossiers: list[Dossier], tmp_path: Path) -> None:
    summer = AVRIL.replace(
        'valid_to: null\n    periode: {debut: "11-01", fin: "04-30"}',
        'valid_to: null\n    periode: {debut: "07-01", fin: "08-31"}',
    )

    effets = measure(tmp_path, F4=summer)

    # The commandement of the 2nd of November: the next truce ends on the 31st of August.
    assert effets["F4"].minimum == (date(2027, 8, 31) - date(2027, 3, 31)).days
    # Two months later no truce runs any more.
    assert effets["G7"].maximum is not None
    assert effets["G7"].maximum < 0


def test_the_end_of_one_delay_moves_the_one_that_it_starts(gironde: str, tmp_path: Path) -> None:
    found = make()
    make_acte(dossier=found, type="dalo", survenu_le=date(2026, 5, 4), sens="reconnu")
    refresh(found)
    text = droit.read_fichier("K2")
    lines = text.replace("        n: 6\n", "        n: 9\n").replace("    n: 3\n", "    n: 4\n")

    effets = measure(tmp_path, K2=lines)

    assert effets["K2"].minimum is not None
    assert effets["K2"].minimum > 20
    assert (effets["K3"].dates, effets["K3"].bougent) == (1, 1)
    assert effets["K3"].minimum is not None
    assert abs(effets["K3"].minimum - effets["K2"].minimum) <= 3


def test_the_limit_of_a_suspension_moves_the_eviction(gironde: str, tmp_path: Path) -> None:
    found = make(("cql", date(2026, 4, 1)))
    make_acte(dossier=found, type="surendettement", survenu_le=date(2026, 5, 4), sens="suspension")
    refresh(found)
    shorter = droit.read_fichier("I4").replace("    n: 2\n", "    n: 1\n")
    assert shorter != droit.read_fichier("I4")

    effets = measure(tmp_path, I4=shorter)

    assert effets["I4"].bougent == 1
    assert (effets["EX"].dates, effets["EX"].bougent) == (1, 1)
    assert effets["EX"].maximum is not None
    assert effets["EX"].maximum < -300


def test_a_trial_that_would_recompute_finds_what_the_recomputation_finds(
    dossiers: list[Dossier], tmp_path: Path
) -> None:
    stored = dict(Echeance.objects.order_by("pk").values_list("pk", "le"))
    effets = measure(tmp_path, A1=HUIT_SEMAINES, F4=AVRIL)

    with droit.trying(droit.read_essai(tmp_path)):
        refresh(*dossiers[:3])
    now = dict(Echeance.objects.order_by("pk").values_list("pk", "le"))

    assert set(now) == set(stored)
    assert sum(now[pk] != stored[pk] for pk in now) == sum(e.bougent for e in effets.values())


def test_a_rule_without_any_date_that_day_loses_its_dates(
    dossiers: list[Dossier], tmp_path: Path
) -> None:
    later = A1.replace("valid_to: 2023-07-28", "valid_to: 2015-01-01").replace(
        "valid_from: 2023-07-29", "valid_from: 2026-08-01"
    )

    effets = measure(tmp_path, A1=later)

    assert (effets["A1"].perdues, effets["A1"].dates) == (1, 2)


def test_another_certainty_is_counted_apart(dossiers: list[Dossier], tmp_path: Path) -> None:
    doubt = droit.read_fichier("G3").replace("certainty: sure", "certainty: contested")

    effets = measure(tmp_path, G3=doubt)

    assert (effets["G3"].bougent, effets["G3"].certitude_change) == (0, 1)


def test_the_page_shows_the_effect_and_names_nobody(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    before = list(Echeance.objects.order_by("pk").values())

    response = send(client, HUIT_SEMAINES)

    text = select(read(response), "main").text
    line = rows(response)["Fin du délai pour payer (clause résolutoire) A1"]
    assert "2\u00a0dates bougent" in text
    assert "Rien n’est enregistré" in text
    assert line[0].endswith(
        "→ 8 semaines après le fait de départ (signification du commandement de payer)"
    )
    assert line[1:4] == ["2", "2", "14 jours plus tard"]
    assert not any(d.numero in text for d in dossiers)
    assert list(Echeance.objects.order_by("pk").values()) == before
    assert droit.regles()["A1"].versions[-1].n == 6


def test_a_consequence_is_told_from_the_file(client: StrictClient, dossiers: list[Dossier]) -> None:
    lines = rows(send(client, AVRIL, "F4.yaml"))

    assert next(name.split(" ", 1)[0] for name in lines) == "Dernier"
    assert sum("par conséquence" in name for name in lines) == 2


def test_the_parameter_in_force_moves_nothing(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    response = send(client, A1, "A1 (1).yaml")

    assert "Aucune date ne bouge" in select(read(response), "main").text
    assert len(rows(response)) == 1


def test_a_rule_that_no_dossier_keeps_says_so(client: StrictClient) -> None:
    response = send(client, droit.read_fichier("H9"), "H9.yaml")

    assert "H9\u00a0: aucune date n’en est enregistrée" in select(read(response), "main").text


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (A1.replace("unit: semaines", "unit: lunes"), "A1.yaml", f"A1.yaml, ligne {LIGNE}"),
        (A1.replace("n: 6", "n: 6000"), "A1.yaml", "999"),
        (A1.replace("regle: A1", "regle: A2"), "A1.yaml", "A2.yaml"),
        (
            A1.replace("formule: clause_resolutoire", "formule: delai"),
            "A1.yaml",
            "cette clé, en vigueur",
        ),
        (A1.replace("echeance: suivie\n", ""), "A1.yaml", "cette clé, en vigueur « suivie »"),
        (A1 + "categorie: dalo\n", "A1.yaml", f"ligne {len(A1.splitlines()) + 1}, « categorie »"),
        (A1.replace("transition: A1t\n", ""), "A1.yaml", "A1.yaml, ligne 1"),
        (A1.replace("2023-07-29", "2023-02-30"), "A1.yaml", "n’existe pas"),
        ("a: [\n", "A1.yaml", "écriture illisible"),
        ("a: \x01\n", "A1.yaml", "ligne 1"),
        ("regle: A1\nb: é\n".encode("latin-1"), "A1.yaml", "A1.yaml, ligne 2"),
        ("[" * 5000, "A1.yaml", "illisible"),
        ("a: " + "9" * 5000, "A1.yaml", "A1.yaml, ligne 1"),
        ("!!python/object:os.system {}", "A1.yaml", "illisible"),
        ("a: &a [x]\nb: *a\n", "A1.yaml", "clé inconnue"),
        ("", "A1.yaml", "vide"),
        (AVRIL.replace('fin: "04-30"', 'fin: "04-31"'), "F4.yaml", "n’existe pas chaque année"),
        (AVRIL.replace('fin: "04-30"', 'fin: "02-29"'), "F4.yaml", "n’existe pas chaque année"),
        (A1, "A1.txt", "renommez-le"),
        (A1, "mon paramètre.yaml", "renommez-le"),
        (A1 + "#" * 200_000, "A1.yaml", "200"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(
    client: StrictClient, text: str | bytes, name: str, message: str
) -> None:
    response = send(client, text, name)

    assert response.status_code == 422
    assert message in select(read(response), "main").text
    assert not select_all(read(response), "tbody")


def test_a_file_is_asked(client: StrictClient) -> None:
    response = client.post(reverse("droit_effet"), {})

    assert response.status_code == 422
    assert "Choisissez un fichier" in response.content.decode()


def test_a_rule_whose_values_run_away_still_answers(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    for unit in ("ans", "mois", "jours_ouvres"):
        text = A1.replace("n: 6\n    unit: semaines", f"n: 999\n    unit: {unit}")
        assert send(client, text).status_code == 200
    forever = AVRIL.replace('fin: "04-30"', 'fin: "10-31"')
    assert send(client, forever, "F4.yaml").status_code == 200
    gone = AVRIL[: AVRIL.index("  - ligne: F4b")].replace("2014-03-26", "2013-03-26")
    assert send(client, gone, "F4.yaml").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("secretaire", 200), ("administrateur", 200), ("gestionnaire", 403), ("chef_equipe", 403),
        ("travailleur_social", 403), ("juriste", 403), ("partenaire", 403),
        ("charge_mission", 403),
    ],
)  # fmt: skip
def test_only_the_secretariat_and_the_administrator_try(
    role: str, status: int, client_de: ClientDe, request: pytest.FixtureRequest
) -> None:
    client = client_de(request.getfixturevalue(role))

    assert client.get(reverse("droit_effet")).status_code == status
    assert send(client, HUIT_SEMAINES).status_code == status
    assert ("/droit/effet/" in client.get("/droit/").content.decode()) == (status == 200)
    assert client.get(reverse("droit_changer")).status_code == 200


def test_another_departement_is_not_counted(
    client: StrictClient, dossiers: list[Dossier], tmp_path: Path
) -> None:
    Dossier.objects.filter(pk=dossiers[0].pk).update(departement_id="21")

    assert measure(tmp_path, A1=HUIT_SEMAINES)["A1"].dates == 1

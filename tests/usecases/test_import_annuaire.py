"""A public directory fills that of a département, and writes over nobody."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent, FichePublique, Organisation, SourcePublique
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import adjust_organisation
from seuil.acteurs.operations.sources import SourceLue
from seuil.jobs.cli import main
from seuil.usecases.import_annuaire import LectureAnnuaire, import_annuaire, prepare_annuaire
from tests.factories.base import BORDEAUX, LIBOURNE, make_organisation
from tests.harness.client import StrictClient

BY = Machine("essai", "33")
# Invented numbers and addresses; the keys are those of the published file.
MAIRIE = {
    "id": "m-1", "nom": "Mairie - Bordeaux", "siret": "", "telephone": [{"valeur": "0556000001"}],
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": [BORDEAUX]}],
    "adresse_courriel": ["mairie@bordeaux.example"],
    "adresse": [
        {"numero_voie": "1 place Essai", "code_postal": "33000", "nom_commune": "Bordeaux"},
    ],
}  # fmt: skip


def service(ident: str, type_: str, *codes: str, **more: Any) -> dict[str, Any]:
    pivot = [{"type_service_local": type_, "code_insee_commune": list(codes)}]
    return {"id": ident, "nom": f"{type_} {ident}", "pivot": pivot, **more}


@pytest.fixture
def lire(gironde: str, tmp_path: Path, on: date) -> Any:
    def read(*rows: dict[str, Any], nature: str = "dila") -> LectureAnnuaire:
        path = tmp_path / "annuaire-20261130.json"
        path.write_text(json.dumps({"service": rows}), encoding="utf-8")
        source = SourceLue(nature, path.name, date(2026, 11, 30))
        lecture = prepare_annuaire(path=path, departement="33", source=source)
        import_annuaire(lecture=lecture, by=BY, on=on)
        return lecture

    return read


def test_desks_become_sheets_with_their_communes_and_the_second_reading_changes_nothing(
    lire: Any,
) -> None:
    rows = [MAIRIE, service("t-1", "tgi", BORDEAUX, LIBOURNE), service("x", "piscine", BORDEAUX)]

    first = lire(*rows)
    second = lire(*rows)

    assert (len(first.nouveaux), first.laisses) == (2, 1)
    mairie = Organisation.objects.get(type="commune")
    assert (mairie.nom, mairie.adresse) == (
        "Mairie - Bordeaux", "1 place Essai, 33000 Bordeaux",
    )  # fmt: skip
    assert mairie.courriel == "mairie@bordeaux.example"
    assert mairie.secteur == {BORDEAUX}
    assert Organisation.objects.get(type="tribunal").secteur == {BORDEAUX, LIBOURNE}
    assert (second.nouveaux, second.changes, second.inchanges) == ([], [], 2)
    assert SourcePublique.objects.get().fichier_le == date(2026, 11, 30)


def test_the_foot_of_the_directory_cites_the_last_file(
    lire: Any, secretaire: Agent, client_de: Callable[[object], StrictClient]
) -> None:
    assert "DILA" not in client_de(secretaire).get(reverse("annuaire")).content.decode()

    lire(MAIRIE)

    page = client_de(secretaire).get(reverse("annuaire")).content.decode()
    assert "DILA" in page
    assert "Licence Ouverte 2.0" in page
    assert "annuaire-20261130.json" in page
    assert "30 novembre 2026" in page.replace("\u00a0", " ")


def test_an_annexe_is_no_second_town_hall(lire: Any) -> None:
    annexe = {**MAIRIE, "id": "m-0", "nom": "Mairie annexe - Caudéran"}

    lecture = lire(annexe, MAIRIE)

    assert Organisation.objects.get(type="commune").nom == "Mairie - Bordeaux"
    assert lecture.laisses == 1


def test_what_a_person_typed_stays_and_the_difference_is_told(lire: Any, on: date) -> None:
    typed = make_organisation(type="commune", nom="Ville de Bordeaux", telephone="0556999999")
    typed.communes.set([BORDEAUX])

    lecture = lire(MAIRIE)

    typed.refresh_from_db()
    assert (typed.nom, typed.telephone) == ("Ville de Bordeaux", "0556999999")
    assert typed.courriel == "mairie@bordeaux.example"
    assert [(e.colonne, e.tenu) for e in lecture.ecarts] == [("telephone", "0556999999")]
    assert Organisation.objects.filter(type="commune").count() == 1


def test_a_new_edition_corrects_what_it_wrote_and_not_what_was_changed_since(
    lire: Any, on: date
) -> None:
    lire(MAIRIE)
    mairie = Organisation.objects.get(type="commune")
    adjust_organisation(organisation=mairie, champs={"adresse": "", "courriel": "a@b.example"},
                        by=BY, on=on)  # fmt: skip

    lecture = lire({**MAIRIE, "telephone": [{"valeur": "0556000002"}],
                    "adresse_courriel": ["neuf@bordeaux.example"]})  # fmt: skip

    mairie.refresh_from_db()
    assert mairie.telephone.endswith("2")
    assert (mairie.adresse, mairie.courriel) == ("", "a@b.example")
    assert {e.colonne for e in lecture.ecarts} == {"adresse", "courriel"}


def test_a_value_typed_alike_is_a_person_s_all_the_same(lire: Any) -> None:
    typed = make_organisation(type="commune", nom="Ville", courriel="mairie@bordeaux.example")
    typed.communes.set([BORDEAUX])
    lire(MAIRIE)

    lire({**MAIRIE, "adresse_courriel": ["neuf@bordeaux.example"]})

    typed.refresh_from_db()
    assert typed.courriel == "mairie@bordeaux.example"


def test_a_desk_that_would_answer_in_the_place_of_another_is_refused(lire: Any) -> None:
    make_organisation(type="caf", nom="CAF de la Gironde")

    lecture = lire(service("c-1", "caf", BORDEAUX))

    assert [r.colonne for r in lecture.refus] == ["communes"]
    assert Organisation.objects.filter(type="caf").count() == 1


def test_two_desks_of_one_name_are_not_one(lire: Any) -> None:
    twins = [service(i, "tgi", c, nom="Tribunal") for i, c in (("a", BORDEAUX), ("b", LIBOURNE))]

    lire(*twins)
    lecture = lire(*twins)

    assert [(r.numero, r.colonne) for r in lecture.refus] == [(2, "nom")]
    assert Organisation.objects.get(type="tribunal").secteur == {BORDEAUX}


@pytest.mark.parametrize(
    ("row", "colonne"),
    [
        ({"telephone": [{"valeur": "12"}]}, "telephone"),
        ({"adresse_courriel": ["pas une adresse"]}, "courriel"),
        ({"nom": ""}, "nom"),
        ({"id": ""}, "id"),
    ],
)
def test_a_desk_that_cannot_be_read_is_refused_alone(
    lire: Any, row: dict[str, Any], colonne: str
) -> None:
    lecture = lire({**MAIRIE, **row}, service("t-1", "tgi", LIBOURNE))

    assert [(r.numero, r.colonne) for r in lecture.refus] == [(1, colonne)]
    assert Organisation.objects.get(type="tribunal").secteur == {LIBOURNE}
    assert not Organisation.objects.filter(type="commune").exists()


def test_social_structures_are_added_where_they_answer_for_nobody_else(lire: Any) -> None:
    pcb = {"source": "s", "id": "1", "nom": "PCB Essai", "code_insee": BORDEAUX,
           "reseaux_porteurs": ["points-conseil-budget"], "adresse": "2 rue Essai",
           "code_postal": "33000", "commune": "Bordeaux"}  # fmt: skip
    caf = {**pcb, "id": "2", "nom": "CAF, agence", "reseaux_porteurs": ["caf"]}
    ccas = {**pcb, "id": "3", "nom": "CCAS Libourne", "reseaux_porteurs": ["unccas"],
            "code_insee": LIBOURNE}  # fmt: skip

    lecture = lire(pcb, caf, ccas, nature="inclusion")

    assert set(Organisation.objects.values_list("type", flat=True)) == {"pcb", "ccas"}
    assert Organisation.objects.get(type="ccas").secteur == {LIBOURNE}
    assert [r.texte for r in lecture.refus] == ["CAF, agence"]
    assert FichePublique.objects.filter(identifiant="s:1").exists()


def test_the_command_reads_for_the_departements_of_the_instance(
    gironde: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_organisation(type="ddets", nom="DDETS")
    path = tmp_path / "local.json"
    path.write_text(json.dumps({"service": [MAIRIE]}), encoding="utf-8")

    assert main(["annuaire", "importer", str(path), "--simuler"]) == 0
    assert not Organisation.objects.filter(type="commune").exists()
    assert main(["annuaire", "importer", str(path), "--date", "2026-11-30"]) == 0

    assert "1 organisme ajouté" in capsys.readouterr().out.replace("\u00a0", " ")
    assert Organisation.objects.filter(type="commune").exists()
    assert main(["annuaire", "importer", str(tmp_path / "absent.json")]) == 1

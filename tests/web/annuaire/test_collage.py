"""The directory pasted as a table, or read from a file: seen, then written whole."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.engines.tabular import Column, Sheet, write_xlsx
from seuil.usecases.import_organisations import (
    COLONNES,
    EXIGEES,
    Lecture,
    import_organisations,
    prepare_organisations,
)
from seuil.usecases.receive_tableau import receive_texte
from tests.factories.base import BORDEAUX, LIBOURNE, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
TETE = "Type\tNom\tSIRET\tTéléphone\tCourriel\tCommunes\tSecteur\n"
SIRET = "13002526500013"


def read(text: str, by: Agent) -> Lecture:
    tableau = receive_texte(texte=TETE + text, colonnes=COLONNES, exigees=EXIGEES)
    return prepare_organisations(tableau=tableau, by=by)


def test_a_pasted_table_is_shown_then_written_and_once(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client, url = client_de(secretaire), reverse("annuaire_importer")
    text = TETE + f"CCAS\tCCAS de Libourne\t{SIRET}\t05 57 00 00 00\t\tLibourne\t\n"

    shown = client.post(url, {"texte": text}).content.decode()
    assert not Organisation.objects.filter(type="ccas").exists()
    done = client.post(url, {"texte": text, "appliquer": "oui"})
    again = client.post(url, {"texte": text}).content.decode()
    client.post(url, {"texte": text, "appliquer": "oui"})

    assert "CCAS de Libourne" in shown
    assert done.url == reverse("annuaire")
    written = Organisation.objects.get(type="ccas")
    assert (written.siret, written.telephone) == (SIRET, "0557000000")
    assert [c.code for c in written.communes.all()] == [LIBOURNE]
    assert "Enregistrer ce qui est pris" not in again


def test_a_file_is_read_as_the_lists_are(secretaire: Agent, client_de: ClientDe) -> None:
    stream = BytesIO()
    columns = [Column("Type"), Column("Organisme"), Column("Code INSEE")]
    rows = [("CCAS", "CCAS de Bordeaux", BORDEAUX), ("CCAS", "CCAS de Bordeaux", LIBOURNE)]
    write_xlsx(stream, [Sheet("Feuille", columns, rows)])
    client, url = client_de(secretaire), reverse("annuaire_importer")

    sent = SimpleUploadedFile("annuaire.xlsx", stream.getvalue())
    page = client.post(url, {"fichier": sent}).content.decode()
    sent = SimpleUploadedFile("annuaire.xlsx", stream.getvalue())
    client.post(url, {"fichier": sent, "appliquer": "oui"})

    assert "CCAS de Bordeaux" in page
    codes = Organisation.objects.get(type="ccas").communes.values_list("code", flat=True)
    assert set(codes) == {BORDEAUX, LIBOURNE}


@pytest.mark.parametrize(
    ("ligne", "colonne"),
    [
        ("Inconnu\tX\t\t\t\t\t", "type"),
        ("CCAS\t\t\t\t\t\t", "nom"),
        ("CCAS\tX\t13002526500014\t\t\t\t", "siret"),
        ("CCAS\tX\t\t12\t\t\t", "telephone"),
        ("CCAS\tX\t\t\tpas une adresse\t\t", "courriel"),
        ("CCAS\tX\t\t\t\tDijon\t", "communes"),
        ("CCAS\tX\t\t\t\t\tNulle part", "secteur"),
        ("MSA\tADIL\t\t\t\t\t", "type"),
        (f"CCAS\tX\t{SIRET}\t\t\t\t", "siret"),
    ],
)
def test_a_line_is_refused_at_its_column_with_a_remedy(
    secretaire: Agent, ligne: str, colonne: str
) -> None:
    make_organisation(type="caf", nom="CAF connue")
    make_organisation(type="adil", nom="ADIL", siret=SIRET)
    make_organisation(type="ccas", nom="X")

    lecture = read(ligne + "\nCAF\tCAF connue\t\t05 56 00 00 00\t\t\t\n", secretaire)

    assert [(r.numero, r.colonne) for r in lecture.refus] == [(2, colonne)]
    assert lecture.refus[0].remede
    assert [c.nom for c, _ in lecture.changes] == ["CAF connue"]
    assert lecture.a_corriger.split("\n")[1].split("\t")[:2] == ligne.split("\t")[:2]


def test_an_empty_cell_changes_nothing_and_another_name_with_its_siret_renames(
    secretaire: Agent, on: date
) -> None:
    held = make_organisation(type="ccas", nom="CCAS", siret=SIRET, telephone="0556000001")
    held.communes.set([BORDEAUX])

    lecture = read(f"CCAS\tCCAS de Bordeaux\t{SIRET}\t\t\t\t\n", secretaire)
    import_organisations(lecture=lecture, by=secretaire, on=on)

    held.refresh_from_db()
    assert (held.nom, held.telephone) == ("CCAS de Bordeaux", "0556000001")
    assert [c.code for c in held.communes.all()] == [BORDEAUX]


def test_ten_thousand_lines_are_written_and_the_wrong_ones_handed_back(
    secretaire: Agent, client_de: ClientDe, on: date
) -> None:
    wrong = {n for n in range(10_000) if n % 97 == 0}
    lines = [
        f"Commune (mairie)\tMairie n° {n // 2 if n not in wrong else f'fausse {n}'}\t\t\t\t"
        f"{'Atlantis' if n in wrong else BORDEAUX if n % 2 else LIBOURNE}\t"
        for n in range(10_000)
    ]
    client, url = client_de(secretaire), reverse("annuaire_importer")

    answer = client.post(url, {"texte": TETE + "\n".join(lines), "appliquer": "oui"})

    rendus = answer.context["form"]["texte"].value().split("\n")[1:]
    assert len(rendus) == len(wrong)
    assert all("Atlantis" in line for line in rendus)
    written = Organisation.objects.filter(type="commune")
    links = Organisation.communes.through.objects.filter(organisation__in=written)
    assert links.count() == 10_000 - len(wrong)
    # Sent again, it changes nothing.
    lecture = read("\n".join(lines), secretaire)
    assert (lecture.nouveaux, lecture.changes) == ([], [])
    assert len(lecture.refus) == len(wrong)


def test_without_its_columns_a_table_says_which_are_read(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client, url = client_de(secretaire), reverse("annuaire_importer")

    for fields in ({"texte": "Ville\tMaire\nBordeaux\tX\n"}, {"texte": ""}):
        assert client.post(url, fields).status_code == 422

"""A list of acts, from the file to the dossiers, deadlines and tasks, on the real database."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from seuil.actes.models import Acte, Correspondance, Ligne, Lot
from seuil.actes.queries import get_apercu
from seuil.actes.rules.listes import ListeSaisie
from seuil.acteurs.operations.machine import Machine
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Dette, Dossier
from seuil.echeances.models import Echeance, Situation
from seuil.engines.tabular import FileRefused
from seuil.travail.models import Tache
from seuil.usecases.import_liste import (
    ColonnesManquantes,
    CompteRendu,
    ImportInterdit,
    ListeDejaAppliquee,
    ListeDejaDeposee,
    abandon_liste,
    apply_liste,
    deposit_liste,
    import_liste,
    map_liste,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
ENTETES = ("Nom", "Prénom", "Adresse", "Code postal", "Commune", "Date de l'acte", "Dette")
ANNE = ("Lefèvre", "Anne", "12 rue des Lilas", "33000", "Bordeaux", "03/11/2026", "1 234,56 €")
KARIM = ("Benali", "Karim", "3 cours de la Marne", "33800", "Bordeaux", "04/11/2026", "900")


@pytest.fixture
def importe(gironde: str, tmp_path: Path):
    """Return a function that writes rows to a file and imports it."""

    def run(
        rows: Iterable[tuple[object, ...]],
        type_acte: str = "commandement",
        *,
        entetes: tuple[str, ...] = ENTETES,
        simulate: bool = False,
        on: date = ON,
    ) -> CompteRendu:
        return import_liste(
            liste=ListeSaisie(
                fichier=write(tmp_path / "liste.csv", entetes, rows),
                nom_fichier="liste.csv",
                type_acte=type_acte,
                source="étude",
                departement=gironde,
            ),
            by=Machine("test", gironde),
            on=on,
            simulate=simulate,
        )

    return run


def write(path: Path, entetes: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([entetes, *rows])
    return path


def commandements(path: Path) -> ListeSaisie:
    """Return a list of commandements de payer, as whoever deposits it says."""
    return ListeSaisie(
        fichier=path,
        nom_fichier="l.csv",
        type_acte="commandement",
        source="s",
        departement="33",
    )


def test_each_household_gets_one_dossier_with_its_act_debt_and_deadline(importe) -> None:
    compte = importe([ANNE, KARIM]).compte

    assert compte == {
        "lus": 2, "acceptes": 2, "refuses": 0, "doublons": 0, "a_verifier": 0,
        "dossiers_ouverts": 2, "dossiers_rattaches": 0,
    }  # fmt: skip
    dossier = Dossier.objects.get(personnes__nom="Lefèvre")
    assert dossier.numero.startswith("33-2026-")
    assert str(Dette.objects.get(dossier=dossier).montant) == "1234.56"
    echeance = Echeance.objects.get(dossier=dossier, regle="A1")
    assert echeance.debut_le == date(2026, 11, 3)
    assert echeance.le is not None
    assert Situation.objects.get(dossier=dossier).stade == "commandement"


def test_importing_the_same_file_again_changes_nothing(importe) -> None:
    importe([ANNE, KARIM])
    before = snapshot()

    compte = importe([ANNE, KARIM]).compte

    assert compte["doublons"] == 2
    assert compte["acceptes"] == 0
    assert snapshot() == before


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of what an import writes, but the journal and the lists themselves."""
    tables = (
        "dossiers_dossier", "dossiers_personne", "dossiers_logement", "dossiers_bail",
        "dossiers_dette", "actes_acte", "echeances_echeance", "echeances_situation",
        "travail_tache", "dossiers_acces",
    )  # fmt: skip
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


def test_a_simulation_counts_and_keeps_nothing(importe) -> None:
    compte_rendu = importe([ANNE, KARIM], simulate=True)

    assert compte_rendu.compte["acceptes"] == 2
    assert not Dossier.objects.exists()
    assert not Lot.objects.exists()


def test_an_assignation_joins_the_dossier_opened_by_the_commandement(importe) -> None:
    importe([ANNE])

    compte = importe(
        [(*ANNE[:5], "10/11/2026", "1500", "14/01/2027")],
        "assignation",
        entetes=(*ENTETES, "Date d'audience"),
    ).compte

    assert compte["dossiers_ouverts"] == 0
    assert compte["dossiers_rattaches"] == 1
    dossier = Dossier.objects.get()
    situation = Situation.objects.get(dossier=dossier)
    assert (situation.stade, situation.audience_le) == ("assignation", date(2027, 1, 14))
    assert str(dossier.situation_dette.montant) == "1500.00"
    assert set(Echeance.objects.filter(dossier=dossier).values_list("regle", flat=True)) == {
        "A1", "C2", "C3", "C6",
    }  # fmt: skip
    assert Tache.objects.get(dossier=dossier, genre="dsf_a_obtenir").role == "secretariat"


def test_an_assignation_without_hearing_shows_what_to_obtain(importe) -> None:
    importe([ANNE], "assignation")

    echeance = Echeance.objects.get(regle="C6")
    assert echeance.le is None
    assert "date de l’audience" in echeance.a_obtenir


def test_two_acts_of_one_household_in_a_file_open_one_dossier(importe) -> None:
    compte = importe([ANNE, (*ANNE[:5], "05/11/2026", "1300")]).compte

    assert (compte["dossiers_ouverts"], compte["dossiers_rattaches"]) == (1, 1)
    assert Acte.objects.count() == 2


def test_the_same_line_twice_in_a_file_counts_once(importe) -> None:
    compte = importe([ANNE, ANNE]).compte

    assert (compte["acceptes"], compte["doublons"]) == (1, 1)


def test_a_refused_row_does_not_stop_the_others(importe) -> None:
    bad = ("", "X", "1 rue Y", "33000", "Bordeaux", "31/02/2026", "")

    compte_rendu = importe([bad, ANNE])

    assert (compte_rendu.compte["acceptes"], compte_rendu.compte["refuses"]) == (1, 1)
    refused = Ligne.objects.get(etat="refuse")
    assert refused.numero == 2
    assert {m["colonne"] for m in refused.motifs} == {"Nom", "Date de l'acte"}


def test_a_cql_lets_the_prefecture_reach_the_dossier(importe, gestionnaire) -> None:
    importe([ANNE])
    assert not Dossier.objects.visible_to(gestionnaire, on=ON).exists()

    importe([(*ANNE[:5], "12/11/2026", "")], "cql")

    assert Dossier.objects.visible_to(gestionnaire, on=ON).count() == 1
    assert Acces.objects.get().relation == "instruction"


def test_a_requisition_starts_the_two_months_and_a_decision_ends_the_task(importe) -> None:
    importe([(*ANNE[:5], "12/11/2026", "")], "rfp")
    task = Tache.objects.get(genre="decision_cfp")
    assert (task.role, task.due_le, task.legale) == ("gestionnaire", date(2027, 1, 12), True)

    importe(
        [(*ANNE[:5], "20/11/2026", "", "Accord")],
        "cfp",
        entetes=(*ENTETES, "Décision"),
    )

    legal = Tache.objects.exclude(genre="devoir")
    assert list(legal.values_list("genre", flat=True)) == ["suite_cfp"]


def test_a_task_keeps_its_identity_when_the_queue_is_rebuilt(importe) -> None:
    importe([(*ANNE[:5], "12/11/2026", "")], "rfp")
    before = Tache.objects.get(genre="decision_cfp").pk

    importe([KARIM])
    importe([(*ANNE[:5], "02/11/2026", "700")])

    assert Tache.objects.get(genre="decision_cfp").pk == before


def test_an_unknown_column_waits_for_a_person_and_is_then_remembered(
    secretaire, tmp_path: Path
) -> None:
    entetes = ("Nom", "Prénom", "Adresse", "Code postal", "Commune", "Zorglub")
    path = write(tmp_path / "l.csv", entetes, [ANNE[:6]])
    liste = ListeSaisie(
        fichier=path, nom_fichier="l.csv", type_acte="commandement", source="étude B",
        departement="33",
    )  # fmt: skip
    lot = deposit_liste(liste=liste, by=secretaire, on=ON)
    assert lot.etat == Lot.Etat.A_MAPPER
    with pytest.raises(ColonnesManquantes, match="Date de l’acte"):
        apply_liste(lot=lot, lignes_confirmees=(), by=secretaire, on=ON)

    lot = map_liste(
        lot=lot,
        correspondance={
            0: "nom", 1: "prenom", 2: "adresse", 3: "code_postal", 4: "commune", 5: "acte_le",
        },
        by=secretaire,
        on=ON,
    )  # fmt: skip

    assert lot.etat == Lot.Etat.A_VALIDER
    assert lot.compte["acceptes"] == 1
    assert Correspondance.objects.filter(source="étude B", entete="Zorglub").exists()
    with pytest.raises(ListeDejaDeposee, match="déjà déposé"):
        deposit_liste(liste=liste, by=secretaire, on=ON)
    write(path, entetes, [KARIM[:6]])
    assert deposit_liste(liste=liste, by=secretaire, on=ON).etat == Lot.Etat.A_VALIDER


def test_a_row_to_verify_is_applied_only_when_confirmed(secretaire, tmp_path: Path) -> None:
    old = (*ANNE[:5], "03/11/2019", "800")
    path = write(tmp_path / "l.csv", ENTETES, [old, KARIM])
    lot = deposit_liste(
        liste=commandements(path),
        by=secretaire,
        on=ON,
    )
    assert lot.compte["a_verifier"] == 1

    lot = apply_liste(lot=lot, lignes_confirmees=[2], by=secretaire, on=ON)

    assert lot.compte["acceptes"] == 2
    assert Acte.objects.filter(survenu_le=date(2019, 11, 3)).exists()
    with pytest.raises(ListeDejaAppliquee):
        apply_liste(lot=lot, lignes_confirmees=(), by=secretaire, on=ON)


def test_an_abandoned_list_changes_nothing(secretaire, tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", ENTETES, [ANNE])
    lot = deposit_liste(
        liste=commandements(path),
        by=secretaire,
        on=ON,
    )

    abandon_liste(lot=lot, by=secretaire, on=ON)

    assert not Dossier.objects.exists()
    with pytest.raises(ListeDejaAppliquee):
        apply_liste(lot=lot, lignes_confirmees=(), by=secretaire, on=ON)


def test_a_role_without_the_right_imports_nothing(charge_mission, tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", ENTETES, [ANNE])

    with pytest.raises(ImportInterdit):
        deposit_liste(
            liste=ListeSaisie(
                fichier=path,
                nom_fichier="l.csv",
                type_acte="commandement",
                source="s",
                departement="33",
            ),
            by=charge_mission,
            on=ON,
        )


def test_a_file_that_is_not_a_table_is_refused_before_anything(importe, tmp_path: Path) -> None:
    path = tmp_path / "liste.xlsx"
    path.write_bytes(b"not a spreadsheet")

    with pytest.raises(FileRefused):
        import_liste(
            liste=ListeSaisie(
                fichier=path,
                nom_fichier="liste.xlsx",
                type_acte="commandement",
                source="s",
                departement="33",
            ),
            by=Machine("test", "33"),
            on=ON,
        )

    assert not Lot.objects.exists()


def test_the_preview_shows_each_row_with_its_reasons(secretaire, importe) -> None:
    lot = importe([("", *ANNE[1:]), KARIM]).lot

    apercu = get_apercu(agent=secretaire, on=ON, lot_id=lot.pk, etat="refuse")

    assert apercu.comptes == {"accepte": 1, "refuse": 1}
    assert [ligne.numero for ligne in apercu.lignes] == [2]
    assert apercu.lignes[0].cellules[1] == "Anne"


def test_the_preview_answers_nobody_without_the_right(charge_mission, importe) -> None:
    lot = importe([ANNE]).lot

    with pytest.raises(Lot.DoesNotExist):
        get_apercu(agent=charge_mission, on=ON, lot_id=lot.pk)


def test_the_journal_tells_the_import_without_personal_data(importe) -> None:
    importe([ANNE])

    events = Event.objects.filter(target_type="lot").order_by("created_at")
    assert [e.kind for e in events] == ["liste.deposee", "liste.appliquee"]
    assert not any("Lef" in str(e.details) for e in events)

"""Facts are added to a file, dated and sourced, never twice and never from the future."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations._journal import DateAVenir
from seuil.dossiers.operations.bail import record_dette
from seuil.dossiers.operations.documents import (
    DOCUMENT_MAX_BYTES,
    DocumentRefuse,
    NomTrompeur,
    attach_document,
    lock_documents,
)
from seuil.dossiers.operations.dossiers import (
    DepartementInconnu,
    FaitDejaConnu,
    assign_numeros,
    get_departement,
)
from seuil.dossiers.operations.menage import record_coordonnee, record_suivi
from seuil.dossiers.rules import SuiviSaisi
from tests.factories.base import make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
PDF = b"%PDF-1.7\n%synthetic"


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier(dette=None)


def test_numbers_follow_one_another_without_gap(gironde: str) -> None:
    first = assign_numeros(departement="33", annee=2026, count=2)
    second = assign_numeros(departement="33", annee=2026, count=1)

    assert [*first, *second] == ["33-2026-000001", "33-2026-000002", "33-2026-000003"]
    assert assign_numeros(departement="33", annee=2027, count=1) == ["33-2027-000001"]


def add_dette(dossier: Dossier, by: Agent, **changes: object) -> None:
    values = {"constatee_le": ON, "montant": Decimal("812.50"), "source": "bailleur", **changes}
    record_dette(dossier=dossier, by=by, on=ON, **values)


def test_a_debt_is_added_and_told_to_the_journal(dossier: Dossier, secretaire: Agent) -> None:
    add_dette(dossier, secretaire)

    assert dossier.dettes.get().montant == Decimal("812.50")
    event = Event.objects.get(kind="dette.ajoutee")
    assert event.target_id == str(dossier.pk)
    assert "812" not in str(event.details)


def test_the_same_debt_twice_is_refused(dossier: Dossier, secretaire: Agent) -> None:
    add_dette(dossier, secretaire)

    with pytest.raises(FaitDejaConnu):
        add_dette(dossier, secretaire, montant=Decimal(900))


def test_a_fact_of_tomorrow_is_refused(dossier: Dossier, secretaire: Agent) -> None:
    tomorrow = ON + timedelta(days=1)

    with pytest.raises(DateAVenir):
        add_dette(dossier, secretaire, constatee_le=tomorrow)
    with pytest.raises(DateAVenir):
        record_suivi(
            dossier=dossier,
            saisie=SuiviSaisi(
                situation="connu", service="MDS", mesure="", constate_le=tomorrow, source="MDS"
            ),
            by=secretaire,
            on=ON,
        )


def test_the_same_phone_twice_is_refused(dossier: Dossier, secretaire: Agent) -> None:
    for attempt in range(2):
        if attempt:
            with pytest.raises(FaitDejaConnu):
                record_coordonnee(
                    dossier=dossier, type="telephone", valeur="0600000000", source="CAF",
                    by=secretaire, on=ON,
                )  # fmt: skip
        else:
            record_coordonnee(
                dossier=dossier, type="telephone", valeur="0600000000", source="CAF",
                by=secretaire, on=ON,
            )  # fmt: skip

    assert dossier.coordonnees.count() == 1


def attach(dossier: Dossier, by: Agent, contenu: bytes, nom: str = "bail.pdf"):
    return attach_document(dossier=dossier, nom=nom, nature="Bail", contenu=contenu, by=by, on=ON)


def test_a_document_is_kept_under_an_opaque_name(dossier: Dossier, secretaire: Agent) -> None:
    document = attach(dossier, secretaire, PDF, nom="../../etc/passwd.pdf")

    kept = settings.SEUIL_DOCUMENTS / "33" / str(document.pk)
    assert kept.read_bytes() == PDF
    assert document.type_mime == "application/pdf"


@pytest.mark.parametrize(
    "contenu",
    [b"", b"MZ executable", b"<html><script>", b"%PDF-" + b"x" * DOCUMENT_MAX_BYTES],
    ids=["vide", "programme", "page", "trop gros"],
)
def test_what_is_not_a_document_is_refused(
    dossier: Dossier, secretaire: Agent, contenu: bytes
) -> None:
    with pytest.raises(DocumentRefuse):
        attach(dossier, secretaire, contenu)

    assert not dossier.documents.exists()


def test_a_name_that_hides_what_the_file_is_is_refused(dossier: Dossier, secretaire: Agent) -> None:
    for nom in ("bail.exe", "bail.pdf.exe", "bail.PNG", "bail.pdf.html", "bail.\u202efdp.exe"):
        with pytest.raises(NomTrompeur, match="Renommez-le"):
            attach(dossier, secretaire, PDF, nom=nom)
    assert not dossier.documents.exists()


@pytest.mark.parametrize(
    ("nom", "kept"),
    [
        ("Bail.PDF", "Bail.PDF"),
        ("Bail de M. Dupont", "Bail de M. Dupont.pdf"),
        ("b" * 200 + ".pdf", "b" * 146 + ".pdf"),
        ("jugement", "jugement.pdf"),
    ],
)
def test_a_name_ends_as_the_file_is(
    dossier: Dossier, secretaire: Agent, nom: str, kept: str
) -> None:
    assert attach(dossier, secretaire, PDF, nom=nom).nom == kept


def test_a_document_is_read_by_the_account_of_the_service_only(
    dossier: Dossier, secretaire: Agent, settings: object, tmp_path: Path
) -> None:
    settings.SEUIL_DOCUMENTS = tmp_path / "documents"
    # As a version that left it open made it.
    (settings.SEUIL_DOCUMENTS / "33").mkdir(parents=True)
    document = attach(dossier, secretaire, PDF)

    folder = settings.SEUIL_DOCUMENTS / "33"
    modes = [p.stat().st_mode & 0o777 for p in (folder.parent, folder, folder / str(document.pk))]
    assert modes == [0o700, 0o700, 0o600]


def test_documents_that_an_older_version_left_open_are_closed(
    settings: object, tmp_path: Path
) -> None:
    settings.SEUIL_DOCUMENTS = tmp_path / "documents"
    lock_documents()
    old = settings.SEUIL_DOCUMENTS / "33" / "ancien"
    old.parent.mkdir(parents=True)
    old.write_bytes(PDF)
    old.chmod(0o644)

    lock_documents()

    assert (old.parent.stat().st_mode & 0o777, old.stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_same_document_twice_is_refused(dossier: Dossier, secretaire: Agent) -> None:
    attach(dossier, secretaire, PDF)

    with pytest.raises(FaitDejaConnu):
        attach(dossier, secretaire, PDF, nom="copie.pdf")


def test_an_unknown_departement_is_refused_with_the_remedy(gironde: str) -> None:
    with pytest.raises(DepartementInconnu, match="code officiel"):
        get_departement("99")

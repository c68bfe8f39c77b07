"""What was done since an act is read from the acts that show it, a broken plan excepted."""

from datetime import date

import pytest

from seuil.travail.queries import list_etapes_courantes
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.conftest import ON
from tests.factories.base import make_acte, make_dossier


@pytest.mark.parametrize(("sens", "counts"), [("signe", True), ("rompu", False)])
def test_a_plan_counts_when_it_is_signed_and_not_when_it_is_broken(
    gironde: str, sens: str, counts: bool
) -> None:
    dossier = make_dossier(parc="social")
    make_acte(dossier=dossier, type="cql", survenu_le=date(2026, 10, 5))
    make_acte(dossier=dossier, type="pcs", sens=sens, survenu_le=date(2026, 11, 2))
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    (etape,) = list_etapes_courantes(dossier_ids=[dossier.pk], on=ON, dsf={}, operateurs={})

    assert ("pcs" in etape.faits) is counts

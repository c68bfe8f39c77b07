"""Names stand in the order of a French dictionary, whatever the locale of the server."""

import re
from pathlib import Path

import pytest

from seuil.acteurs.models import Commune, Departement
from seuil.kernel.alphabet import list_alphabet
from seuil.kernel.texte import fold_alphabet
from tests.architecture.sources import SEUIL, python_files

NOMS = [
    "Abzac", "Ângoisse", "Auros", "Béguey", "Bègles", "Cœur", "Coin", "Écully", "Eysines",
    "Fargues",
    "L’Isle", "L'Isle-sur", "La Réole", "Le Haillan", "Œuilly", "Ordonnac", "Saint-Émilion",
    "Saint Estèphe", "ÿonne", "Yvrac",
]  # fmt: skip


@pytest.mark.django_db
def test_the_database_and_python_file_names_alike(gironde: str) -> None:
    departement = Departement.objects.get(pk=gironde)
    Commune.objects.filter(departement=departement).exclude(pk="33063").delete()
    rows = [Commune(code=f"33{900 + n}", nom=nom, departement=departement, codes_postaux=[],
                    arrondissement_id="332", population=1, epci="")
            for n, nom in enumerate(reversed(NOMS))]  # fmt: skip
    Commune.objects.bulk_create(rows)

    found = Commune.objects.filter(code__startswith="339").order_by(*list_alphabet("nom"), "code")

    names = [c.nom for c in found]
    assert [fold_alphabet(n) for n in names] == sorted(fold_alphabet(n) for n in NOMS)
    assert names.index("Écully") < names.index("Eysines") < names.index("Fargues")
    assert names.index("Cœur") < names.index("Coin")


def find_nu(source: str) -> list[str]:
    """Return the orders of a source that leave names to the locale."""
    orders = re.findall(r"order_by\((?:[^()]|\([^()]*\))*\)", source)
    apart = {o: re.sub(r"list_alphabet\([^()]*\)", "", o) for o in orders}
    return [
        o for o, rest in apart.items() if re.search(r"[\"'](?:\w+__)?(?:nom|prenom)[\"']", rest)
    ]


def test_no_order_leaves_names_to_the_locale() -> None:
    # The keys of one agent, in the order in which they came.
    own = {'order_by("created_at", "nom")'}
    found = {
        f"{Path(p).name} {order}"
        for p in python_files(under=SEUIL)
        for order in find_nu(p.read_text(encoding="utf-8"))
        if order not in own
    }

    assert found == set()
    assert find_nu('rows.order_by("type", "nom")') == ['order_by("type", "nom")']
    assert find_nu('rows.order_by("type", *list_alphabet("nom"))') == []

"""What agrees with a number, or with a name."""

import pytest

from seuil.kernel.accord import write_a


@pytest.mark.parametrize(
    ("nom", "told"),
    [
        ("Département de la Gironde", "au Département de la Gironde"),
        ("CCAS de Bordeaux", "au CCAS de Bordeaux"),
        ("MDS de Libourne", "à la MDS de Libourne"),
        ("CAF de la Gironde", "à la CAF de la Gironde"),
        ("ADIL 33", "à l’ADIL 33"),
        ("Association Le Palier", "à l’Association Le Palier"),
        ("Le Palier", "au service «\N{NO-BREAK SPACE}Le Palier\N{NO-BREAK SPACE}»"),
    ],
)
def test_one_asks_an_organisation_in_correct_french_whatever_its_name(nom: str, told: str) -> None:
    assert write_a(nom) == told

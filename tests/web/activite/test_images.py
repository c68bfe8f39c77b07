"""Pictures of the figures: a function of the values, that tells nothing gathered."""

from base64 import b64decode
from datetime import date

import pytest

from seuil.indicateurs.rules.activite import INDICATEURS
from seuil.indicateurs.rules.tendances import Point, Repartition, Tendance, Zone
from seuil.web.activite.images import draw_carte, draw_courbe, list_classes

ENTETE = "data:image/svg+xml;base64,"


def read_svg(picture: str) -> str:
    assert picture.startswith(ENTETE)
    return b64decode(picture.removeprefix(ENTETE)).decode()


def make_tendance(*nombres: int, cible: int | None = None) -> Tendance:
    points = tuple(Point(date(2026, n + 1, 1), nombre) for n, nombre in enumerate(nombres))
    return Tendance(INDICATEURS[0], points, an_dernier=0, cible=cible)


def test_a_curve_is_a_picture_without_script_and_the_same_for_the_same_values() -> None:
    svg = read_svg(draw_courbe(make_tendance(*range(12), cible=8)))

    assert svg.startswith("<svg")
    assert "<script" not in svg
    assert "stroke-dasharray" in svg
    assert svg == read_svg(draw_courbe(make_tendance(*range(12), cible=8)))
    assert "stroke-dasharray" not in read_svg(draw_courbe(make_tendance(*[0] * 12)))


def test_a_map_is_drawn_where_outlines_are_and_says_what_is_gathered() -> None:
    told = Repartition((Zone("Bordeaux Métropole", 12, 70),), reunis=5)

    svg = read_svg(draw_carte(told, departement="33"))

    assert "réunis, ou aucun" in svg
    assert draw_carte(told, departement="75") == ""
    assert draw_carte(Repartition((), reunis=3), departement="33") == ""


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([7], [(7, 7)]),
        ([1, 1, 1, 1, 9], [(1, 1), (9, 9)]),
        ([1, 2, 3, 4, 5, 6, 7, 8], [(1, 2), (3, 4), (5, 6), (7, 8)]),
    ],
)
def test_classes_hold_as_many_places_and_equal_values_stay_together(
    values: list[float], classes: list[tuple[float, float]]
) -> None:
    assert list_classes(values) == classes

"""Draw the figures as pictures: a curve of twelve months, a map. A function of the values alone.

Described by Altair, drawn as SVG by vl-convert in this process: no script in the page, and the same
picture in print. A picture goes inside the page (`data:`): it has no address that one could read
beyond one's rights. Each is kept by its values: the first of a process waits for the engine.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seuil.indicateurs.rules.tendances import Repartition, Tendance

if TYPE_CHECKING:
    import altair as alt

_DATA = Path(__file__).parent / "data"
# Of the State's design system: blue france, its lighter shades, grey.
_TRAIT, _CIBLE, _VIDE = "#000091", "#b34000", "#eeeeee"
_TEINTES = ("#cacafb", "#8585f6", "#4a4ad6", "#000091")
_AUCUN, _REUNI = "aucun", "réunis, ou aucun"
# A tenth of a point is finer than a screen; the rest is half of a map's weight.
_DECIMALES = re.compile(r"(\d\.\d)\d+")


def draw_courbe(tendance: Tendance) -> str:
    """Return the picture of twelve months, the last one marked, the target as a dashed line."""
    return _draw_courbe(tuple(p.nombre for p in tendance.points), tendance.cible)


def draw_carte(repartition: Repartition, *, departement: str, par_mille: bool = False) -> str:
    """Return the map of a département's intercommunalités; "" where no outline is shipped."""
    values = {
        z.nom: z.pour_mille if par_mille else z.nombre
        for z in repartition.zones
        if z.nombre and (z.pour_mille or not par_mille)
    }
    if not values.keys() & _read_contours(departement).keys():
        return ""
    rest = _REUNI if repartition.reunis else _AUCUN
    return _draw_carte(departement, tuple(sorted(values.items())), par_mille, rest)


@lru_cache(maxsize=2048)
def _draw_courbe(nombres: tuple[int, ...], cible: int | None) -> str:
    import altair as alt

    rows = [{"m": n, "n": nombre} for n, nombre in enumerate(nombres)]
    highest = max(*nombres, cible or 0, 1)
    x = alt.X("m:Q", axis=None, scale=alt.Scale(domain=[0, len(nombres) - 1]))
    y = alt.Y("n:Q", axis=None, scale=alt.Scale(domain=[0, highest]))
    line = alt.Chart(_inline(rows)).mark_line(color=_TRAIT, strokeWidth=2).encode(x, y)
    point = alt.Chart(_inline(rows[-1:])).mark_point(color=_TRAIT, fill=_TRAIT, opacity=1, size=45)
    layers: list[alt.Chart] = [line, point.encode(x, y)]
    if cible is not None:
        rule = alt.Chart(_inline([{"n": cible}])).mark_rule(
            color=_CIBLE, strokeDash=[4, 3], strokeWidth=1.5
        )
        layers.append(rule.encode(y))
    return _write(alt.LayerChart(layer=layers).properties(width=150, height=36))


@lru_cache(maxsize=256)
def _draw_carte(
    departement: str,
    values: tuple[tuple[str, float], ...],
    par_mille: bool,  # noqa: FBT001 - a key of the cache
    rest: str,
) -> str:
    import altair as alt

    contours = _read_contours(departement)
    classes = list_classes([value for _, value in values])
    told = {nom: name_classe(value, classes, entiers=not par_mille) for nom, value in values}
    labels = [_name(c, entiers=not par_mille) for c in classes]
    features = [_feature(nom, rings, told.get(nom, rest)) for nom, rings in contours.items()]
    colours = [*_TEINTES[len(_TEINTES) - len(labels) :], _VIDE]
    chart = (
        alt.Chart(_inline(features))
        .mark_geoshape(stroke="#929292", strokeWidth=0.5)
        .encode(
            color=alt.Color(
                "properties.classe:N",
                scale=alt.Scale(domain=[*labels, rest], range=colours),
                legend=alt.Legend(
                    title=None, orient="bottom", columns=2, labelFontSize=13, labelLimit=0
                ),
            )
        )
        .project(type="identity")
        .properties(width=400, height=400)
    )
    return _write(chart)


def list_classes(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return at most four classes that hold as many places each: first and last value of each."""
    ordered = sorted(values)
    size = max(1, -(-len(ordered) // len(_TEINTES)))
    found: list[tuple[float, float]] = []
    for start in range(0, len(ordered), size):
        part = [v for v in ordered[start : start + size] if not found or v > found[-1][1]]
        if part:
            # Equal values stay in one class.
            found.append((part[0], part[-1]))
    return found


def name_classe(value: float, classes: Sequence[tuple[float, float]], *, entiers: bool) -> str:
    """Return the legend of the class that holds a value."""
    return _name(next(c for c in classes if c[0] <= value <= c[1]), entiers=entiers)


def _name(classe: tuple[float, float], *, entiers: bool) -> str:
    first, last = (_number(v, entiers=entiers) for v in classe)
    return first if first == last else f"{first} à {last}"


def _number(value: float, *, entiers: bool) -> str:
    return str(round(value)) if entiers else f"{value:.2f}".replace(".", ",")


def _feature(nom: str, rings: Sequence[Sequence[Sequence[int]]], classe: str) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {
        "type": "Feature", "geometry": geometry, "properties": {"nom": nom, "classe": classe},
    }  # fmt: skip


@cache
def _read_contours(departement: str) -> Mapping[str, list[list[list[int]]]]:
    path = _DATA / f"contours_{departement}.json"
    if not path.is_file():
        return {}
    zones = json.loads(path.read_text(encoding="utf-8"))["zones"]
    return {zone["nom"]: zone["anneaux"] for zone in zones}


def _inline(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"values": list(rows)}


def _write(chart: "alt.Chart | alt.LayerChart") -> str:
    import vl_convert

    described = chart.configure(
        background="transparent", padding=4, font="Arial", view={"stroke": None}, aria=False
    )
    svg = _DECIMALES.sub(r"\1", vl_convert.vegalite_to_svg(described.to_dict(validate=False)))
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()

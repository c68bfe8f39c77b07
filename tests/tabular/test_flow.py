"""A large public file is read as it flows, and a hostile one is refused."""

import json
from pathlib import Path

import pytest

from seuil.engines.tabular import FileRefused, Limits, Wanted, read_flow

WANTED = Wanted(columns=("id", "pivot"), places=("pivot",), prefixes=("33",))


def write(tmp_path: Path, text: str, name: str = "local.json") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def service(code: str, **more: object) -> dict[str, object]:
    return {"id": f"id-{code}", "pivot": [{"code_insee_commune": [code]}], "autre": "x", **more}


def test_only_the_columns_asked_of_the_places_asked_come_back(tmp_path: Path) -> None:
    rows = [service("75056"), service("33063"), service("33243")]
    path = write(tmp_path, json.dumps({"service": rows}, indent=1))

    found = read_flow(path, name=path.name, wanted=WANTED)

    assert [n for n, _ in found] == [2, 3]
    assert found[0][1] == {"id": "id-33063", "pivot": [{"code_insee_commune": ["33063"]}]}


def test_an_object_may_lie_across_two_chunks_and_a_list_may_stand_alone(tmp_path: Path) -> None:
    rows = [service("33063", bourre="é" * 200_000), service("33243", bourre="}]" * 200_000)]
    path = write(tmp_path, json.dumps(rows, ensure_ascii=False))

    found = read_flow(path, name=path.name, wanted=WANTED)

    assert [row["id"] for _, row in found] == ["id-33063", "id-33243"]


def test_a_list_written_as_a_text_is_read_as_a_list(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps([{"id": "a", "pivot": '[{"code_insee_commune": "33063"}]'}]))

    (found,) = read_flow(path, name=path.name, wanted=WANTED)

    assert found[1]["pivot"] == [{"code_insee_commune": "33063"}]


def test_a_csv_gives_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "CODGEO;LOC;AUTRE\n33063;12;1\n75056;3;1\n33243;7;1\n", "base.csv")
    wanted = Wanted(columns=("CODGEO", "LOC"), places=("CODGEO",), prefixes=("33",))

    found = read_flow(path, name=path.name, wanted=wanted)

    assert found == [
        (2, {"CODGEO": "33063", "LOC": "12"}),
        (4, {"CODGEO": "33243", "LOC": "7"}),
    ]


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ('{"service": [{"id": 1}', "local.json", "corrompu"),
        ('{"service": 3}', "local.json", "sans_liste"),
        ("[" + '{"a":' * 5_000 + "1" + "}" * 5_000 + "]", "local.json", "corrompu"),
        ("[" + '{"a":' * 20 + "1" + "}" * 20 + "]", "local.json", "corrompu"),
        ("[nimporte", "local.json", "corrompu"),
        ("A;B\n1;2\n", "base.csv", "sans_entete"),
        ("[]", "local.tar", "extension"),
        ("", "local.json", "vide"),
    ],
)
def test_what_is_no_such_list_is_refused(tmp_path: Path, text: str, name: str, code: str) -> None:
    path = write(tmp_path, text, name)

    with pytest.raises(FileRefused) as refused:
        read_flow(path, name=name, wanted=WANTED)

    assert refused.value.code == code
    assert refused.value.remede


def test_a_bound_that_is_passed_stops_the_reading(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps([service("33063", bourre="x" * 5_000)] * 3))

    for limits in (Limits(max_object=1_000), Limits(max_rows=2), Limits(max_bytes=100)):
        with pytest.raises(FileRefused):
            read_flow(path, name=path.name, wanted=WANTED, limits=limits)

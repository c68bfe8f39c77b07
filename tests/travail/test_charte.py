"""The duties of the Côte-d’Or, compared with the tables of its charter, line by line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from seuil.strict_yaml import Table, read_file
from seuil.travail.rules.devoirs import ACTEURS, ETAPES, Devoir, load_devoirs

_PARCS = {"prive": {"prive"}, "social": {"social"}, "tous": {"prive", "social"}}


@dataclass(frozen=True, slots=True)
class Lieu:
    """A table of the charter: how the source of a duty cites it, the stage it stands at."""

    cite: str
    etape: str


@dataclass(frozen=True, slots=True)
class Action:
    table: str
    acteurs: tuple[str, ...]
    parc: str
    action: str
    devoirs: tuple[str, ...]
    pas_encore: str

    def __str__(self) -> str:
        return f"{self.table}, {', '.join(self.acteurs)}, {self.parc} : {self.action}"


def _read_charte() -> tuple[dict[str, Lieu], list[Action]]:
    data = read_file(Path(__file__).parent / "charte_21.yaml", fichier="charte_21.yaml")
    data.check_keys({"tables", "actions"})
    tables = data.table("tables")
    lieux = {code: _read_lieu(tables.table(code)) for code in tables}
    return lieux, [_read_action(table, lieux) for table in data.tables("actions")]


def _read_lieu(table: Table) -> Lieu:
    table.check_keys(("lieu", "cite"), ("etape",))
    return Lieu(table.text("cite"), table.choice("etape", ETAPES, default=""))


def _read_action(table: Table, lieux: Mapping[str, Lieu]) -> Action:
    table.check_keys(("table", "acteurs", "parc", "action"), ("devoirs", "pas_encore"))
    if ("devoirs" in table) == ("pas_encore" in table):
        table.refuse("action", "devoirs, ou pas_encore et pourquoi")
    return Action(
        table=table.choice("table", lieux),
        acteurs=table.texts("acteurs", among=ACTEURS, unknown="acteur inconnu"),
        parc=table.choice("parc", _PARCS),
        action=table.text("action"),
        devoirs=table.texts("devoirs", default=()),
        pas_encore=table.text("pas_encore", default=""),
    )


LIEUX, ACTIONS = _read_charte()


def check_charte(devoirs: Mapping[str, Devoir], actions: Sequence[Action]) -> list[str]:
    """Return, as sentences, where the duties and the tables of the charter differ."""
    return [
        *(words for action in actions for words in _check_action(action, devoirs)),
        *(words for devoir in devoirs.values() for words in _check_devoir(devoir, actions)),
    ]


def _check_action(action: Action, devoirs: Mapping[str, Devoir]) -> list[str]:
    if action.pas_encore:
        return []
    found = [devoirs[code] for code in action.devoirs if code in devoirs]
    etape = LIEUX[action.table].etape
    return [
        *(f"{action} : pas de devoir {c}" for c in action.devoirs if c not in devoirs),
        *(
            f"{action} : rien pour {a}"
            for a in action.acteurs
            if a not in {d.acteur for d in found}
        ),
        *(f"{d.id} n’est pas à l’étape {etape}" for d in found if etape not in {"", d.etape}),
    ]


def _check_devoir(devoir: Devoir, actions: Sequence[Action]) -> list[str]:
    """A duty that cites the charter is in each table that it cites, for its actor and its parc."""
    mine = [a for a in actions if devoir.id in a.devoirs]
    by_table: dict[str, set[str]] = defaultdict(set)
    for action in mine:
        by_table[LIEUX[action.table].cite] |= _PARCS[action.parc]
    cited = {lieu.cite for lieu in LIEUX.values() if _cites(devoir, lieu.cite)}
    if "charte" not in devoir.source:
        cited, mine = set(by_table), []
    parcs = set().union(*by_table.values())
    return [
        *(f"{devoir.id} : {a} ne nomme pas {devoir.acteur}" for a in mine
          if devoir.acteur not in a.acteurs),
        *(f"{devoir.id} cite {c}, qui ne le dit pas" for c in sorted(cited - set(by_table))),
        *(f"{devoir.id} ne cite pas {c}" for c in sorted(set(by_table) - cited)),
        *([f"{devoir.id} cite la charte, qui ne le dit pas"] if not cited and "charte" in
          devoir.source else []),
        *([f"{devoir.id} : parc {devoir.parc}, la charte dit {', '.join(sorted(parcs))}"]
          if by_table and parcs != _PARCS[devoir.parc] else []),
    ]  # fmt: skip


def _cites(devoir: Devoir, cite: str) -> bool:
    """« étape 4a et 4c et annexe 2 » cites three tables."""
    words = devoir.source.replace(",", " ").replace(";", " ").split()
    kind, _, number = cite.partition(" ")
    heads = {"étape", "fiche", "annexe", "annexes"}
    last = ""
    for word in words:
        if word in heads:
            last = word.removesuffix("s") if word == "annexes" else word
        elif last == kind and word == number:
            return True
        elif last == "fiche" and word[0].isdigit():
            # What follows the number of a sheet is its paragraph.
            last = ""
    return False


# --- The charter of the Côte-d’Or ----------------------------------------------------------------


def test_every_action_of_the_charter_is_a_duty_or_says_why_it_is_not_yet() -> None:
    assert check_charte(load_devoirs("21").par_id, ACTIONS) == []


def test_all_the_tables_of_the_charter_are_read() -> None:
    assert {a.table for a in ACTIONS} == set(LIEUX)
    assert len(ACTIONS) > 150
    assert sum(bool(a.pas_encore) for a in ACTIONS) <= 5


@pytest.mark.parametrize(
    ("code", "change", "told"),
    [
        ("E4-DDETS-5", {"parc": "tous"}, "E4-DDETS-5 : parc tous, la charte dit social"),
        ("E1-CCAS-3", {"parc": "social"}, "E1-CCAS-3 : parc social, la charte dit prive, social"),
        ("E1-MSA-1", {"acteur": "caf"}, "ne nomme pas caf"),
        ("E6-21-DDETS-1", {"etape": "rfp"}, "E6-21-DDETS-1 n’est pas à l’étape cfp"),
        ("E4-BS-4", {"source": "charte départementale, étape 4c"}, "E4-BS-4 ne cite pas annexe 2"),
    ],
)
def test_a_fault_planted_in_the_duties_is_told(
    code: str, change: dict[str, str], told: str
) -> None:
    devoirs = dict(load_devoirs("21").par_id)
    devoirs[code] = replace(devoirs[code], **change)

    assert any(told in words for words in check_charte(devoirs, ACTIONS))


def test_a_duty_taken_away_or_added_without_the_charter_is_told() -> None:
    devoirs = dict(load_devoirs("21").par_id)
    gone = devoirs.pop("E4-COMED-2")
    devoirs["E4-AUTRE-1"] = replace(gone, id="E4-AUTRE-1")

    told = check_charte(devoirs, ACTIONS)

    assert any("pas de devoir E4-COMED-2" in words for words in told)
    assert any("E4-AUTRE-1 cite fiche 4, qui ne le dit pas" in words for words in told)

"""What the tests cost in processor time, whole and by family, beside the budget of CONTRIBUTING.

Printed by `make test`, never a failure: a machine may be slow. Since machines differ, costs are
told in turns too: how many times a loop of plain Python would have run meanwhile.
"""

import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.database import PGDATA, ROOT

# What belongs to no family: starting, collecting, making the database.
AROUND, WHOLE = "around", "whole"
_TICKS = os.sysconf("SC_CLK_TCK")
_ENTRY = re.compile(r"(\w+)\s+(\d+)")


def read_budget() -> dict[str, int]:
    """Return the turns that each family may cost, and the whole."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("\n## Budget of the tests\n")[2].partition("\n## ")[0]
    return {name: int(turns) for name, turns in _ENTRY.findall(section.split("```")[1])}


def measure_turn() -> float:
    """Return the processor seconds of one turn, now."""
    start, kept = time.process_time(), {}
    for n in range(50_000):
        kept[n & 1023] = str(n)
    return time.process_time() - start


class Processes:
    """Processor time of every process of the machine, each with its parent; empty without /proc."""

    def __init__(self) -> None:
        self.seconds: dict[int, float] = {}
        self.children: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            name = path.parent.name
            # Its own, and that of its children that ended.
            self.seconds[int(name)] = sum(map(int, fields[11:15])) / _TICKS
            self.children.setdefault(int(fields[1]), []).append(int(name))

    def count_tree(self, pid: int) -> float:
        """Return the seconds of a process and of all that came from it."""
        below = sum(self.count_tree(child) for child in self.children.get(pid, ()))
        return self.seconds.get(pid, 0.0) + below

    def count_own(self) -> float:
        """Return the seconds of this process and of all that came from it."""
        alive = sum(self.count_tree(child) for child in self.children.get(os.getpid(), ()))
        return sum(os.times()[:4]) + alive

    def count_server(self) -> float:
        """Return the seconds of the database server."""
        return self.count_tree(_find_server())

    def read_backends(self, database: str) -> dict[int, float]:
        """Return the seconds of the processes of the server that serve a database."""
        asked = f" {database} ".encode()
        return {
            pid: self.seconds[pid]
            for pid in self.children.get(_find_server(), ())
            if asked in _read_title(pid)
        }


def _find_server() -> int:
    try:
        return int((PGDATA / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return -1


def _read_title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Cout:
    """Counts at each change of file; a worker hands its count over to the process that prints."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.families: Counter[str] = Counter()
        self.turns: list[float] = []
        self._server = Processes().count_server()
        self._backends: dict[int, float] = {}
        self._counted = 0.0

    def _count(self, family: str) -> None:
        now = Processes()
        self._backends |= now.read_backends(connection.settings_dict["NAME"])
        total = now.count_own() + sum(self._backends.values())
        # Less than before: a browser has closed, whose last processes nobody waited for.
        self.families[family] += max(0.0, total - self._counted)
        self._counted = total
        self.turns.append(measure_turn())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        self._count(AROUND)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, object, object]:
        result = yield
        if fixturedef.argname == "django_db_setup":
            self._count(AROUND)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        result = yield
        if nextitem is None or nextitem.path != item.path:
            self._count(item.path.relative_to(ROOT / "tests").parts[0])
        return result

    def pytest_sessionfinish(self) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["cout"] = (dict(self.families), self.turns)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        families, turns = node.workeroutput.get("cout", ({}, []))
        self.families.update(families)
        self.turns += turns

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        now = Processes()
        whole = now.count_own() + now.count_server() - self._server
        turn = statistics.median(self.turns)
        self.families[AROUND] += max(0.0, whole - self.families.total())
        terminalreporter.section("temps de processeur")
        for line in write_report(self.families, turn, read_budget()):
            terminalreporter.line(line)


def write_report(families: Counter[str], turn: float, budget: dict[str, int]) -> list[str]:
    """Return one line for each family, then for the whole."""
    titles = f"{'famille':<18}{'secondes':>10}{'tours':>10}{'budget':>10}"
    lines = [f"{titles}   (un tour : {turn * 1000:.1f} ms)"]
    for name, seconds in [*sorted(families.items()), (WHOLE, families.total())]:
        allowed = budget.get(name, 0)
        over = "  au-dessus" if seconds / turn > allowed else ""
        lines.append(f"{name:<18}{seconds:>10.1f}{seconds / turn:>10.0f}{allowed:>10}{over}")
    return lines

"""Conventions that the source keeps, read from its syntax tree."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.sources import (
    HOMES,
    ROOT,
    SEUIL,
    domain_packages,
    home_of,
    parse,
    public_functions,
    python_files,
)

ANATOMY = {"__init__.py", "apps.py"}
DATA = {".yaml", ".csv", ".sql"}
# The matrix of accesses stands apart from the directory; a store of sessions is Django’s to write.
APART = {"seuil/acteurs/matrice.py", "seuil/web/sessions.py"}
# A reading may take the one thing it reads by position: get_etat(mandat).
READINGS = ("get_", "find_", "lock_", "decode_")
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "signals", "tools"}
WRITES = {
    "create", "save", "update", "delete", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create",
}  # fmt: skip
SQL_WRITES = re.compile(r"\b(INSERT INTO|DELETE FROM|TRUNCATE |UPDATE [\w\"{}]+ SET|COPY .* FROM)")
CLOCKS = {
    ("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow"),
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("time", "time"),
}  # fmt: skip


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def may_write(path: Path) -> bool:
    room = path.relative_to(SEUIL).parts[0]
    # Engines cannot reach the database: an import contract says so.
    if relative(path) in APART:
        return True
    return room in {"kernel", "engines", "usecases", "protection"} or home_of(path) in {
        "models",
        "operations",
    }


def find_writes(tree: ast.Module) -> list[str]:
    """Return the calls that change the database, and the statements of raw SQL that do.

    `x.update(other)` with a positional argument is a dictionary's, a set's or a digest's.
    """
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in WRITES and not (name == "update" and (node.args or not node.keywords)):
                found.append(f"ligne {node.lineno} : .{name}(")
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL_WRITES.search(node.value)
        ):
            found.append(f"ligne {node.lineno} : SQL qui écrit")
    return found


def find_clocks(tree: ast.Module) -> list[str]:
    return [
        f"ligne {node.lineno} : {node.func.value.id}.{node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCKS
        # localtime(x) converts an instant that is known; without argument it reads the clock.
        and not (node.func.attr == "localtime" and node.args)
    ]


def find_imports(tree: ast.Module, prefix: str) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [n for n in names if n == prefix or n.startswith(prefix + ".")]


def find_positional(tree: ast.Module) -> list[str]:
    return [
        f.name
        for f in public_functions(tree)
        if len(f.args.args) + len(f.args.posonlyargs) > f.name.startswith(READINGS)
    ]


def find_silent(tree: ast.Module) -> list[str]:
    return [f.name for f in public_functions(tree) if not ast.get_docstring(f)]


def list_functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def count_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many things a caller has to know, `self` aside."""
    a = function.args
    named = [
        x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs) if x.arg not in {"self", "cls"}
    ]
    return len(named) + bool(a.vararg) + bool(a.kwarg)


def find_bare_dispenses(text: str) -> list[str]:
    """Return the dispenses of the linter that do not say why."""
    return [
        d for d in re.findall(r"# noqa.*", text) if not re.match(r"# noqa: [A-Z0-9, ]+ - \S", d)
    ]


# Files that read and write, and the journeys; what a folder of nouns shares among its own files
# bears an underscore.
_OWN = [p for p in python_files() if not p.name.startswith("_")]
OPERATIONS = [p for p in _OWN if home_of(p) == "operations"]
QUERIES = [p for p in _OWN if home_of(p) == "queries"]
USECASES = [p for p in python_files(under=SEUIL / "usecases") if not p.name.startswith("_")]


def test_there_are_files_to_look_at() -> None:
    assert len(list(python_files())) > 80
    assert len(domain_packages()) >= 11
    assert OPERATIONS
    assert QUERIES
    assert USECASES


@pytest.mark.parametrize("package", domain_packages())
def test_a_domain_package_holds_only_its_anatomy(package: str) -> None:
    strangers = [
        relative(p)
        for p in (SEUIL / package).rglob("*")
        if p.is_file()
        and not {"migrations", "__pycache__"} & set(p.parts)
        and not home_of(p)
        and (p.name not in ANATOMY or p.parent != SEUIL / package)
        and p.suffix not in DATA
        and relative(p) not in APART
    ]

    assert strangers == []


@pytest.mark.parametrize("package", domain_packages())
def test_a_package_says_in_its_docstring_what_it_owns(package: str) -> None:
    tree = parse(SEUIL / package / "__init__.py")

    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("package", domain_packages())
def test_a_home_is_a_file_or_a_folder_of_nouns(package: str) -> None:
    both, alone = [], []
    for home in HOMES:
        folder = SEUIL / package / home
        nouns = [p for p in folder.glob("*.py") if not p.name.startswith("_")]
        if folder.is_dir() and (SEUIL / package / f"{home}.py").exists():
            both.append(home)
        if folder.is_dir() and len(nouns) < 2:
            alone.append(home)

    assert both == []
    assert alone == []


def test_a_folder_of_nouns_says_nothing_but_what_it_is() -> None:
    """Only models are listed: Django looks for them there."""
    talkative = [
        relative(p)
        for p in python_files()
        if p.name == "__init__.py"
        and home_of(p) not in {"", "models"}
        and not (len(parse(p).body) == 1 and ast.get_docstring(parse(p)))
    ]

    assert talkative == []


def test_the_home_of_a_file_is_known_by_its_place() -> None:
    assert home_of(SEUIL / "travail" / "rules.py") == "rules"
    assert home_of(SEUIL / "travail" / "rules" / "devoirs.py") == "rules"
    assert home_of(SEUIL / "travail" / "rules" / "deeper" / "devoirs.py") == ""
    assert home_of(SEUIL / "travail" / "devoirs.py") == ""
    assert home_of(SEUIL / "web" / "agenda" / "queries.py") == ""


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [relative(p) for p in python_files() if p.stem in BANNED_NAMES]

    assert named == []


def test_only_models_operations_and_usecases_write() -> None:
    writes = {relative(p): find_writes(parse(p)) for p in python_files() if not may_write(p)}

    assert {path: found for path, found in writes.items() if found} == {}


def test_only_the_kernel_reads_the_clock() -> None:
    clocks = {
        relative(p): find_clocks(parse(p))
        for p in python_files()
        if p != SEUIL / "kernel" / "clock.py"
    }

    assert {path: found for path, found in clocks.items() if found} == {}


def test_only_pages_and_jobs_ask_the_kernel_for_the_day() -> None:
    askers = {
        p.relative_to(SEUIL).parts[0]
        for p in python_files()
        if find_imports(parse(p), "seuil.kernel.clock")
    }

    # The kernel asks it for itself: how long the context of a transaction holds.
    assert askers - {"kernel"} <= {"web", "jobs"}


def test_only_the_strict_reader_reads_yaml() -> None:
    readers = [
        relative(p)
        for p in python_files()
        if find_imports(parse(p), "yaml") and p.parent != SEUIL / "strict_yaml"
    ]

    assert readers == []


def test_no_signal_is_received() -> None:
    prefixes = ("django.dispatch", "django.db.models.signals", "django.core.signals")
    receivers = [
        relative(p)
        for p in python_files()
        if any(find_imports(parse(p), prefix) for prefix in prefixes)
    ]

    assert receivers == []


def test_no_model_form_writes() -> None:
    forms = [
        relative(p)
        for p in python_files()
        if "ModelForm" in p.read_text(encoding="utf-8")
        or find_imports(parse(p), "django.forms.models")
    ]

    assert forms == []


@pytest.mark.parametrize("path", [*OPERATIONS, *QUERIES, *USECASES], ids=relative)
def test_public_functions_take_named_arguments_and_say_what_they_do(path: Path) -> None:
    tree = parse(path)

    assert find_positional(tree) == []
    assert find_silent(tree) == []


def read_verbs(text: str) -> set[str]:
    """Return the words that CONTRIBUTING.md lists after « Verbs »."""
    found = re.search(r"^\*\*Verbs\*\*.*?(?=\n\n)", text, re.S | re.M)
    return {w.split("_")[0] for w in re.findall(r"`(\w+)`", found[0])} if found else set()


def find_verbs(trees: Iterable[ast.Module]) -> set[str]:
    """Return the first words of the public functions."""
    names = {f.name for tree in trees for f in public_functions(tree)}
    return {n.split("_")[0] for n in names}


def test_verbs_are_those_of_the_list_and_the_list_is_true() -> None:
    listed = read_verbs((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    used = find_verbs(parse(path) for path in (*OPERATIONS, *QUERIES, *USECASES))

    assert (sorted(used - listed), sorted(listed - used)) == ([], [])


def test_a_verb_outside_the_list_is_seen() -> None:
    trees = [ast.parse("def why_not_close(): ...\ndef get_etat(): ...\ndef _lire(): ...\n")]

    assert find_verbs(trees) == {"why", "get"}
    assert read_verbs("**Verbs**, all: `get`, `is_`.\n`list`.\n\n`other`\n") == {
        "get",
        "is",
        "list",
    }


@pytest.mark.parametrize("path", USECASES, ids=relative)
def test_a_usecase_bears_the_name_of_its_file(path: Path) -> None:
    assert path.stem in [f.name for f in public_functions(parse(path))]


def test_what_is_said_together_is_one_value() -> None:
    functions = [f for p in python_files() for f in list_functions(parse(p))]
    long = [f.name for f in functions if count_parameters(f) > 6]

    # A list of parameters written again from form to operation is a value without a name.
    assert len(functions) > 1500
    assert len(long) / len(functions) <= 0.011, sorted(long)


def test_dispenses_are_few_and_each_says_why() -> None:
    rooms = [SEUIL, *(ROOT / name for name in ("config", "docs", "bench", "tests"))]
    paths = [p for room in rooms for p in python_files(under=room) if p != Path(__file__)]
    texts = {relative(p): p.read_text(encoding="utf-8") for p in paths}

    assert {path: found for path, t in texts.items() if (found := find_bare_dispenses(t))} == {}
    # A pattern that is wanted is a rule of pyproject.toml, with its reason.
    assert sum(text.count("# noqa") for text in texts.values()) < 40


def test_a_dispense_without_reason_is_seen() -> None:
    bare = ["# noqa", "# noqa: S608", "# noqa: S608 -"]

    assert find_bare_dispenses("\n".join([*bare, "x = 1  # noqa: S608 - our own text"])) == bare


def test_faults_of_the_source_are_seen() -> None:
    tree = ast.parse(
        "from django.dispatch import receiver\n"
        "import seuil.kernel.clock\n"
        "from yaml import safe_load\n"
        "import seuil.strict_yaml\n"
        "from seuil.kernel import clock\n"
        "d.update(autre)\n"
        "h.update(**mots)\n"
        "Dossier.objects.create(numero=1)\n"
        "c.execute('INSERT INTO dossiers VALUES (1)')\n"
        "date.today()\n"
        "timezone.localtime(recu_at)\n"
        "def f(dossier, *, on): ...\n"
        "def get_etat(mandat):\n    'Say.'\n"
        "def find_etat(mandat, on):\n    'Say.'\n"
        "def g(*, on):\n    'Say.'\n"
    )

    assert [w.split(" : ")[1] for w in find_writes(tree)] == [
        ".update(",
        ".create(",
        "SQL qui écrit",
    ]
    assert find_clocks(tree) == ["ligne 10 : date.today()"]
    assert find_imports(tree, "django.dispatch") == ["django.dispatch.receiver"]
    assert find_imports(tree, "yaml") == ["yaml.safe_load"]
    assert find_imports(tree, "seuil.kernel.clock") == ["seuil.kernel.clock"] * 2
    assert find_positional(tree) == ["f", "find_etat"]
    assert find_silent(tree) == ["f"]
    (long,) = list_functions(ast.parse("class C:\n def f(self, a, b, c, *d, e, g, **h): ..."))
    assert count_parameters(long) == 7

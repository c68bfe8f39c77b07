"""Read the parameters strictly: what is not understood is refused, with its file and line.

A jurist edits these files, so the refusals are in French.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import yaml

from seuil.engines.droit._essai import get_essai, list_parameter_files
from seuil.engines.droit._model import (
    Conseil,
    Lecture,
    Periode,
    Prolongation,
    Reference,
    Regle,
    Seuil,
    TreveLocale,
    Variante,
    Version,
)

HERE = Path(__file__).parent
SENS = frozenset({"apres", "avant"})
ORIGINES = frozenset({"loi", "local"})
CERTITUDES = ("sure", "contested", "to_check")
# What measures each formula: a counted length, a range, thresholds, a yearly period, a text.
FORMULES = {
    "delai": {"n"},
    "clause_resolutoire": {"n"},
    "deux_mois_cql": {"n"},
    "responsabilite": {"n"},
    "refus_implicite": {"n"},
    "concours_execute": {"n"},
    "plage": {"plage"},
    "treve": {"periode"},
    "seuil": {"seuils"},
    "impaye": {"seuils", "n"},
    "norme": {"texte"},
    "execution": {"texte"},
}
# aucun: article 642 plays no part; note: mentioned only; alternative: given as another date;
# oui: applied.
REPORTS = frozenset({"aucun", "note", "alternative", "oui"})

_REGLE_KEYS = {
    "regle", "libelle", "description", "debut", "sens", "origine", "selected_by", "versions",
}  # fmt: skip
_REGLE_OPTIONAL = {
    "formule", "report", "transition", "lendemain", "territoire", "changements", "outre_mer",
}  # fmt: skip
_VERSION_KEYS = {"valid_from", "valid_to", "certainty", "checked_on", "reference"}
_VERSION_OPTIONAL = {
    "ligne", "n", "unit", "maximum", "plage", "seuils", "variantes", "texte", "periode", "franc",
    "franc_texte", "autre_lecture", "conseil", "prolongations", "motif", "a_obtenir", "note",
}  # fmt: skip
_ANNEE_ORDINAIRE = date(2001, 1, 1)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


ILLISIBLE = (
    "écriture illisible, vérifiez sur cette ligne et celle d’avant l’alignement, les deux-points, "
    "les tirets et les guillemets"
)
# No delay of the law is longer; beyond, the calendars end.
DUREE_MAX = 999


class ParametreInvalide(ValueError):
    """A parameter file is not what the engine can trust."""


class Table(dict[str, Any]):
    """A YAML mapping that remembers on which line each key stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


# The C reader is ten times faster; an interpreter built without it has the other.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML without duplicate keys."""


def _construct_table(loader: _Loader, node: yaml.MappingNode) -> Table:
    table = Table(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = str(loader.construct_object(key_node, deep=True))
        if key in table:
            _refuse(str(loader.name), line, key, "la clé est écrite deux fois")
        table[key] = loader.construct_object(value_node, deep=True)
        table.lines[key] = line
    return table


def _construct_date(loader: _Loader, node: yaml.ScalarNode) -> date:
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        _refuse(str(loader.name), node.start_mark.line + 1, node.value, "cette date n’existe pas")


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_table)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct_date)


def _refuse(fichier: str, line: int, key: str, why: str) -> NoReturn:
    raise ParametreInvalide(f"{fichier}, ligne {line}, « {key} »\N{NO-BREAK SPACE}: {why}.")


def read_table(path: Path, root: Path = HERE) -> Table:
    """Read one YAML file as a mapping."""
    fichier = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    table = _parse(fichier, _read_text(fichier, path))
    if not isinstance(table, Table):
        _refuse(fichier, 1, "fichier", "une liste de clés est attendue")
    return table


def _read_text(fichier: str, path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(fichier, line, "fichier", "enregistrez-le en UTF-8, un caractère est illisible")


def _parse(fichier: str, text: str) -> Any:
    """Read YAML; every way in which it can be unreadable is one refusal, with its line."""
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        _refuse(fichier, text.count("\n", 0, error.position) + 1, "YAML", ILLISIBLE)
    loader.name = fichier
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        _refuse(fichier, mark.line + 1 if mark else 1, "YAML", ILLISIBLE)
    except (RecursionError, ValueError) as error:
        if isinstance(error, ParametreInvalide):
            raise
        _refuse(fichier, getattr(loader, "line", 0) + 1, "YAML", ILLISIBLE)
    finally:
        loader.dispose()


class _Reader:
    """Take typed values out of a table, refusing what is missing, unknown or of another type."""

    def __init__(self, fichier: str, table: Any, key: str, line: int) -> None:
        if not isinstance(table, Table):
            _refuse(fichier, line, key, "des clés et leurs valeurs sont attendues")
        self.fichier = fichier
        self.table = table

    def refuse(self, key: str, why: str) -> NoReturn:
        _refuse(self.fichier, self.table.lines.get(key, self.table.line), key, why)

    def check_keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        required = set(required)
        for key in self.table:
            if key not in required and key not in set(optional):
                self.refuse(key, "clé inconnue")
        for key in sorted(required - set(self.table)):
            self.refuse(key, "la clé manque")

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(key, "un texte est attendu")
        return value.strip()

    def choice(self, key: str, among: Iterable[str], *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value not in among:
            self.refuse(key, f"valeur inconnue « {value} »")
        return value

    def day(self, key: str) -> date:
        value = self.table.get(key)
        if not isinstance(value, date):
            self.refuse(key, "une date AAAA-MM-JJ est attendue")
        return value

    def day_or_open(self, key: str) -> date | None:
        return None if self.table.get(key) is None else self.day(key)

    def count(self, key: str) -> int:
        value = self.table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.refuse(key, "un nombre entier positif est attendu")
        return value

    def duree(self, key: str) -> int:
        value = self.count(key)
        if value > DUREE_MAX:
            self.refuse(key, f"une durée de {DUREE_MAX} au plus est attendue")
        return value

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "true ou false est attendu")
        return value

    def unit(self, key: str, units: Mapping[str, tuple[str, str]]) -> str:
        value = self.text(key)
        if value not in units:
            self.refuse(key, f"unité inconnue « {value} »")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            self.refuse(key, "une liste de textes est attendue")
        return tuple(value)

    def bounds(self, key: str) -> tuple[str, str]:
        value = self.texts(key)
        if len(value) != len(("min", "max")):
            self.refuse(key, "un minimum et un maximum sont attendus")
        return value[0], value[1]

    def sub(self, key: str) -> "_Reader":
        return _Reader(
            self.fichier, self.table[key], key, self.table.lines.get(key, self.table.line)
        )

    def subs(self, key: str) -> "list[_Reader]":
        value = self.table.get(key)
        if not isinstance(value, list) or not value:
            self.refuse(key, "une liste non vide est attendue")
        return [_Reader(self.fichier, item, key, self.table.lines[key]) for item in value]

    def month_day(self, key: str) -> tuple[int, int]:
        match = _MONTH_DAY.fullmatch(self.text(key))
        if match is None:
            self.refuse(key, "un jour « MM-JJ » est attendu")
        month, day = (int(part) for part in match.groups())
        try:
            _ANNEE_ORDINAIRE.replace(month=month, day=day)
        except ValueError:
            self.refuse(key, f"le jour « {match[0]} » n’existe pas chaque année")
        return month, day


@cache
def load_units() -> Mapping[str, tuple[str, str]]:
    """Read the known units, each with its French singular and plural."""
    table = read_table(HERE / "units.yaml")
    units = {}
    for name in table:
        reader = _Reader("units.yaml", table[name], name, table.lines[name])
        reader.check_keys({"un", "plusieurs"})
        units[name] = (reader.text("un"), reader.text("plusieurs"))
    return MappingProxyType(units)


@cache
def load_faits() -> Mapping[str, str]:
    """Read the known start facts, each with its French label."""
    table = read_table(HERE / "faits.yaml")
    reader = _Reader("faits.yaml", table, "faits", 1)
    return MappingProxyType({name: reader.text(name) for name in table})


@cache
def load_vendredi_saint() -> frozenset[str]:
    """Read the communes where Good Friday is known to be a holiday."""
    table = read_table(HERE / "vendredi_saint.yaml")
    for commune in table:
        reader = _Reader("vendredi_saint.yaml", table[commune], commune, table.lines[commune])
        reader.check_keys({"commune", "source"})
    return frozenset(table)


def load_regles() -> Mapping[str, Regle]:
    """Return the rules in force, or those of the trial that runs."""
    essai = get_essai()
    return load_in_force() if essai is None else essai.regles


@cache
def load_in_force() -> Mapping[str, Regle]:
    """Return the rules in force, even while a trial runs."""
    return read_regles(HERE / "parameters")


def read_essai(path: Path) -> Mapping[str, Regle]:
    """Read one parameter file, or a folder of them, over the rules in force.

    A trial changes the values of a rule, never how it is counted: the engine's code goes with it.
    Raises ParametreInvalide, naming file and line.
    """
    in_force, essayees = load_in_force(), read_regles(path)
    if not essayees:
        raise ParametreInvalide(
            f"{path.name} : aucun fichier de paramètre (.yaml) dans ce dossier."
        )
    for regle in essayees.values():
        known = in_force.get(regle.id)
        for key in ("formule", "sens", "debut", "transition"):
            if known and getattr(regle, key) != getattr(known, key):
                line = _find_line(path, regle.id, key)
                _refuse(
                    f"{regle.id}.yaml",
                    line,
                    key,
                    f"un essai ne change pas cette clé, en vigueur « {getattr(known, key)} »",
                )
    merged = {**in_force, **essayees}
    _check_lignes(merged)
    return MappingProxyType(dict(sorted(merged.items())))


def _find_line(path: Path, regle: str, key: str) -> int:
    file = next(f for f in list_parameter_files(path) if f.stem == regle)
    table = read_table(file)
    return table.lines.get(key, table.line)


def list_essayees(essai: Mapping[str, Regle]) -> tuple[str, ...]:
    """List the rules that a trial reads from its own files."""
    in_force = load_in_force()
    return tuple(r for r, regle in essai.items() if regle is not in_force.get(r))


def read_fichier(regle: str) -> str:
    """Return the text of the parameter file of a rule in force."""
    theme = load_in_force()[regle].theme
    return (HERE / "parameters" / theme / f"{regle}.yaml").read_text(encoding="utf-8")


def read_regles(root: Path) -> Mapping[str, Regle]:
    """Read every parameter file under a folder, or one file.

    Raises ParametreInvalide, naming file and line, at the first thing it does not understand.
    """
    regles: dict[str, Regle] = {}
    folder = root if root.is_dir() else root.parent
    for path in list_parameter_files(root):
        table = read_table(path, folder)
        reader = _Reader(str(path.relative_to(folder)), table, "fichier", 1)
        regle = _read_regle(reader, theme=path.parent.name)
        if regle.id != path.stem:
            reader.refuse("regle", f"le fichier devrait s’appeler {regle.id}.yaml")
        if regle.id in regles:
            reader.refuse("regle", "la règle est déjà écrite dans un autre fichier")
        regles[regle.id] = regle
    _check_lignes(regles)
    for regle in regles.values():
        known = regles if root == HERE / "parameters" else {**load_in_force(), **regles}
        if regle.transition and regle.transition not in known:
            raise ParametreInvalide(
                f"{regle.id}.yaml, « transition »\N{NO-BREAK SPACE}: "
                f"règle inconnue « {regle.transition} »."
            )
    return MappingProxyType(dict(sorted(regles.items())))


def _check_lignes(regles: Mapping[str, Regle]) -> None:
    """Refuse two versions, or a version and a rule, that answer to one line of the law table."""
    seen = {regle.id: f"{regle.id}.yaml" for regle in regles.values()}
    for regle in regles.values():
        for version in regle.versions:
            if version.ligne in seen and version.ligne != regle.id:
                raise ParametreInvalide(
                    f"{regle.id}.yaml, « ligne »\N{NO-BREAK SPACE}: « {version.ligne} » est déjà "
                    f"dans {seen[version.ligne]}."
                )
            if version.ligne:
                seen.setdefault(version.ligne, f"{regle.id}.yaml")


def _read_regle(reader: _Reader, *, theme: str) -> Regle:
    reader.check_keys(_REGLE_KEYS, _REGLE_OPTIONAL)
    faits = load_faits()
    debut = reader.text("debut")
    if debut not in faits:
        reader.refuse("debut", f"fait inconnu « {debut} »")
    selected_by = reader.texts("selected_by")
    for fait in selected_by:
        if fait not in faits:
            reader.refuse("selected_by", f"fait inconnu « {fait} »")
    formule = reader.choice("formule", FORMULES, default="delai")
    origine = reader.choice("origine", ORIGINES)
    if origine == "local" and "territoire" not in reader.table:
        reader.refuse("territoire", "une règle locale dit son territoire")
    versions = [_read_version(sub, formule=formule) for sub in reader.subs("versions")]
    _check_periods(reader, versions)
    return Regle(
        id=reader.text("regle"),
        libelle=reader.text("libelle"),
        description=reader.text("description"),
        theme=theme,
        debut=debut,
        debut_libelle=faits[debut],
        sens=reader.choice("sens", SENS),
        origine=origine,
        territoire=reader.text("territoire", default=""),
        formule=formule,
        report=reader.choice("report", REPORTS, default="aucun"),
        transition=reader.text("transition", default=""),
        lendemain=reader.text("lendemain", default=""),
        selected_by=selected_by,
        changements=reader.texts("changements") if "changements" in reader.table else (),
        outre_mer=(
            tuple(_read_treve_locale(sub) for sub in reader.subs("outre_mer"))
            if "outre_mer" in reader.table
            else ()
        ),
        versions=tuple(versions),
    )


def _read_treve_locale(reader: _Reader) -> TreveLocale:
    reader.check_keys({"departement", "debut", "fin", "motif", "url"})
    return TreveLocale(
        departement=reader.text("departement"),
        periode=Periode(debut=reader.month_day("debut"), fin=reader.month_day("fin")),
        motif=reader.text("motif"),
        url=reader.text("url"),
    )


def _check_periods(reader: _Reader, versions: list[Version]) -> None:
    """Refuse periods that run backward, overlap or are not in order."""
    end: date | None = None
    for rank, version in enumerate(versions):
        if version.valid_from and version.valid_to and version.valid_to < version.valid_from:
            reader.refuse("versions", f"la période {rank + 1} finit avant de commencer")
        if rank and (version.valid_from is None or end is None or version.valid_from <= end):
            reader.refuse(
                "versions", f"les périodes {rank} et {rank + 1} se recouvrent ou sont en désordre"
            )
        end = version.valid_to


def _read_version(reader: _Reader, *, formule: str) -> Version:
    reader.check_keys(_VERSION_KEYS, _VERSION_OPTIONAL)
    units = load_units()
    measures = FORMULES[formule]
    for value in ("n", "plage", "periode", "seuils", "texte"):
        # The unpaid rent of before 2027 has thresholds and no length of time.
        may_miss = formule == "impaye" and value == "n"
        if (value in reader.table) != (value in measures) and not may_miss:
            needed = " et ".join(f"« {measure} »" for measure in sorted(measures))
            reader.refuse(value, f"cette règle se mesure par {needed}")
    is_counted = "n" in reader.table
    if "unit" in reader.table and not is_counted:
        reader.refuse("unit", "une unité accompagne toujours « n »")
    return Version(
        ligne=reader.text("ligne", default=""),
        valid_from=reader.day_or_open("valid_from"),
        valid_to=reader.day_or_open("valid_to"),
        n=reader.duree("n") if is_counted else None,
        unit=reader.unit("unit", units) if is_counted else None,
        maximum=reader.flag("maximum"),
        plage=reader.bounds("plage") if "plage" in reader.table else None,
        seuils=(
            tuple(_read_seuil(sub, units) for sub in reader.subs("seuils"))
            if "seuils" in reader.table
            else ()
        ),
        variantes=(
            tuple(_read_variante(sub, units) for sub in reader.subs("variantes"))
            if "variantes" in reader.table
            else ()
        ),
        texte=reader.text("texte", default=""),
        periode=_read_periode(reader.sub("periode")) if "periode" in reader.table else None,
        franc=reader.flag("franc"),
        franc_texte=reader.text("franc_texte", default=""),
        autre_lecture=(
            _read_lecture(reader.sub("autre_lecture")) if "autre_lecture" in reader.table else None
        ),
        conseil=(
            _read_conseil(reader.sub("conseil"), units) if "conseil" in reader.table else None
        ),
        prolongations=(
            tuple(_read_prolongation(sub) for sub in reader.subs("prolongations"))
            if "prolongations" in reader.table
            else ()
        ),
        motif=reader.text("motif", default=""),
        a_obtenir=reader.text("a_obtenir", default=""),
        certainty=reader.choice("certainty", CERTITUDES),
        checked_on=reader.day("checked_on"),
        note=reader.text("note", default=""),
        references=_read_references(reader),
    )


def _read_references(reader: _Reader) -> tuple[Reference, ...]:
    references = []
    for sub in reader.subs("reference"):
        sub.check_keys({"titre", "url"})
        url = sub.text("url")
        if not url.startswith(("https://", "http://")):
            sub.refuse("url", "une adresse https:// est attendue")
        references.append(Reference(titre=sub.text("titre"), url=url))
    return tuple(references)


def _read_seuil(reader: _Reader, units: Mapping[str, tuple[str, str]]) -> Seuil:
    measure = "plage" if "plage" in reader.table else "n"
    reader.check_keys({measure, "unit", "de"})
    return Seuil(
        n=reader.count("n") if measure == "n" else None,
        plage=reader.bounds("plage") if measure == "plage" else None,
        unit=reader.unit("unit", units),
        de=reader.text("de"),
    )


def _read_variante(reader: _Reader, units: Mapping[str, tuple[str, str]]) -> Variante:
    reader.check_keys({"departements", "n", "unit", "certainty", "motif"})
    return Variante(
        departements=frozenset(reader.texts("departements")),
        n=reader.duree("n"),
        unit=reader.unit("unit", units),
        certainty=reader.choice("certainty", CERTITUDES),
        motif=reader.text("motif"),
    )


def _read_periode(reader: _Reader) -> Periode:
    reader.check_keys({"debut", "fin"})
    return Periode(debut=reader.month_day("debut"), fin=reader.month_day("fin"))


def _read_lecture(reader: _Reader) -> Lecture:
    reader.check_keys({"franc", "motif"})
    return Lecture(franc=reader.flag("franc"), motif=reader.text("motif"))


def _read_conseil(reader: _Reader, units: Mapping[str, tuple[str, str]]) -> Conseil:
    reader.check_keys({"n", "unit", "texte"})
    return Conseil(n=reader.duree("n"), unit=reader.unit("unit", units), texte=reader.text("texte"))


def _read_prolongation(reader: _Reader) -> Prolongation:
    reader.check_keys({"du", "au", "tolerance", "motif", "reference"})
    return Prolongation(
        du=reader.day("du"),
        au=reader.day("au"),
        tolerance=reader.flag("tolerance"),
        motif=reader.text("motif"),
        references=_read_references(reader),
    )

"""The rules of the law, one file each: read strictly, with their versions in order.

A jurist edits these files, so the refusals are in French.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from seuil.engines.droit._essai import get_essai, list_parameter_files
from seuil.engines.droit._model import Regle, Version
from seuil.engines.droit._versions import FORMULES, read_list, read_treve_locale, read_version
from seuil.engines.droit._vocabulaire import BAILLEURS, HERE, NATURES, load_faits
from seuil.strict_yaml import FichierIllisible, Table, read_file

SENS = ("apres", "avant")
ORIGINES = ("loi", "local")
# aucun: article 642 plays no part; note: mentioned only; alternative: given as another date;
# oui: applied.
REPORTS = ("aucun", "note", "alternative", "oui")
# suivie: written in each file, for the lists and the tasks; lue: computed when a file is opened.
ECHEANCES = ("suivie", "lue")
PARAMETRES = HERE / "parameters"

_KEYS = {
    "regle", "libelle", "description", "debut", "sens", "origine", "selected_by", "versions",
}  # fmt: skip
_OPTIONAL = {
    "echeance", "categorie", "formule", "report", "transition", "lendemain", "territoire",
    "changements", "outre_mer", "bailleur", "report_motif", "clause_motif", "hors_champ",
    "siege", "aide_juridictionnelle", "notification",
}  # fmt: skip


def load_regles() -> Mapping[str, Regle]:
    """Return the rules in force, or those of the trial that runs."""
    essai = get_essai()
    return load_in_force() if essai is None else essai.regles


@cache
def load_in_force() -> Mapping[str, Regle]:
    """Return the rules in force, even while a trial runs."""
    return read_regles(PARAMETRES)


def read_fichier(regle: str) -> str:
    """Return the text of the parameter file of a rule in force."""
    theme = load_in_force()[regle].theme
    return (PARAMETRES / theme / f"{regle}.yaml").read_text(encoding="utf-8")


def read_regles(root: Path) -> Mapping[str, Regle]:
    """Read every parameter file under a folder, or one file.

    Raises FichierIllisible, naming file and line, at the first thing it does not understand.
    """
    regles: dict[str, Regle] = {}
    folder = root if root.is_dir() else root.parent
    for path in list_parameter_files(root):
        table = read_file(path, fichier=str(path.relative_to(folder)))
        regle = _read_regle(table, theme=path.parent.name)
        if regle.id != path.stem:
            table.refuse("regle", f"le fichier devrait s’appeler {regle.id}.yaml")
        if regle.id in regles:
            table.refuse("regle", "la règle est déjà écrite dans un autre fichier")
        regles[regle.id] = regle
    check_lignes(regles)
    _check_transitions(regles, regles if root == PARAMETRES else {**load_in_force(), **regles})
    return MappingProxyType(dict(sorted(regles.items())))


def _check_transitions(regles: Mapping[str, Regle], known: Mapping[str, Regle]) -> None:
    for regle in regles.values():
        if regle.transition and regle.transition not in known:
            raise FichierIllisible(
                f"{regle.id}.yaml, « transition »\N{NO-BREAK SPACE}: "
                f"règle inconnue « {regle.transition} »."
            )


def check_lignes(regles: Mapping[str, Regle]) -> None:
    """Refuse two versions, or a version and a rule, that answer to one line of the law table."""
    seen = {regle.id: f"{regle.id}.yaml" for regle in regles.values()}
    for regle in regles.values():
        for version in regle.versions:
            if version.ligne in seen and version.ligne != regle.id:
                raise FichierIllisible(
                    f"{regle.id}.yaml, « ligne »\N{NO-BREAK SPACE}: « {version.ligne} » est déjà "
                    f"dans {seen[version.ligne]}."
                )
            if version.ligne:
                seen.setdefault(version.ligne, f"{regle.id}.yaml")


def _read_regle(table: Table, *, theme: str) -> Regle:
    table.check_keys(_KEYS, _OPTIONAL)
    faits = load_faits()
    debut = table.choice("debut", faits, unknown="fait inconnu")
    formule = table.choice("formule", FORMULES, default="delai")
    origine = table.choice("origine", ORIGINES)
    if origine == "local" and "territoire" not in table:
        table.refuse("territoire", "une règle locale dit son territoire")
    versions = tuple(read_version(sub, formule=formule) for sub in table.tables("versions"))
    _check_periods(table, versions)
    return Regle(
        id=table.text("regle"),
        libelle=table.text("libelle"),
        description=table.text("description"),
        theme=theme,
        debut=debut,
        debut_libelle=faits[debut],
        echeance=table.choice("echeance", ECHEANCES, default=""),
        categorie=table.text("categorie", default=""),
        sens=table.choice("sens", SENS),
        origine=origine,
        territoire=table.text("territoire", default=""),
        bailleur=table.choice("bailleur", BAILLEURS) if "bailleur" in table else "",
        siege=table.text("siege", default=""),
        aide_juridictionnelle=table.text("aide_juridictionnelle", default=""),
        notification=table.flag("notification"),
        formule=formule,
        report=table.choice("report", REPORTS, default="aucun"),
        transition=table.text("transition", default=""),
        report_motif=table.text("report_motif", default=""),
        clause_motif=table.text("clause_motif", default=""),
        lendemain=table.text("lendemain", default=""),
        hors_champ=_read_hors_champ(table.table("hors_champ")) if "hors_champ" in table else {},
        selected_by=table.texts("selected_by", among=faits, unknown="fait inconnu"),
        changements=table.texts("changements") if "changements" in table else (),
        outre_mer=read_list(table, "outre_mer", read_treve_locale),
        versions=versions,
    )


def _read_hors_champ(table: Table) -> Mapping[str, str]:
    table.check_keys(set(), set(NATURES))
    return MappingProxyType({nature: table.text(nature) for nature in table})


def _check_periods(table: Table, versions: tuple[Version, ...]) -> None:
    """Refuse periods that run backward, overlap or are not in order."""
    end: date | None = None
    for rank, version in enumerate(versions):
        if version.valid_from and version.valid_to and version.valid_to < version.valid_from:
            table.refuse("versions", f"la période {rank + 1} finit avant de commencer")
        if rank and (version.valid_from is None or end is None or version.valid_from <= end):
            table.refuse(
                "versions", f"les périodes {rank} et {rank + 1} se recouvrent ou sont en désordre"
            )
        end = version.valid_to

"""What a new table costs: its own files, and the edits outside that are listed here.

A package that does not exist is put in the house and its table in the database, for one test; its
parent is a mandate, so that nothing of it names a file. Nobody else is edited: what follows is
drawn from the card of its model. Outside, by hand, none silent:

- for each table, `docs/glossaire.md` and `tests/acces/oracle.py` (the proofs' own copy);
- for a package, `config/settings.py` and `pyproject.toml` (with the same list in
  `docs/architecture.md`).
"""

import importlib
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.db import connection, models

import seuil
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.machine import Machine
from seuil.audit import queries as journal_queries
from seuil.audit.models import Event
from seuil.conservation.queries import _faits, tables
from seuil.conservation.queries.dossiers import get_sort
from seuil.conservation.queries.registre import get_registre
from seuil.dossiers.models import Dossier
from seuil.kernel.cartes import CarteFautive
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from seuil.protection.installation import install
from seuil.protection.journal import install_journal
from seuil.usecases.export_acces import export_acces
from seuil.usecases.purge_dossiers import purge_dossiers
from tests.acces import oracle, sql, test_recensement
from tests.acces.treillis import build
from tests.architecture import test_docs
from tests.architecture.sources import ROOT, layers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_agent, make_organisation
from tests.factories.conservation import JETON, make_dossier_complet

pytestmark = pytest.mark.django_db

TABLE = "convocations_convocation"
ON = date(2026, 11, 21)
PAQUETS = Path(__file__).parent / "paquets"


def _forget() -> None:
    """Forget what was drawn from the models."""
    for memo in (tables._tables_du_dossier, _faits.render_faits, journal_queries.get_registre):
        memo.cache_clear()


def _unload() -> None:
    for name in [n for n in sys.modules if n.startswith("seuil.convocations")]:
        del sys.modules[name]


@pytest.fixture
def convocation(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Any]:
    """Put the package in the house and its table in the database; both go with the test."""
    settings.SEUIL_DOCUMENTS = tmp_path
    monkeypatch.setattr(seuil, "__path__", [*seuil.__path__, str(PAQUETS)])
    config = AppConfig.create("seuil.convocations")
    config.apps = apps
    monkeypatch.setitem(apps.app_configs, config.label, config)
    config.import_models()
    apps.clear_cache()
    model = apps.get_model("convocations.Convocation")
    _forget()
    with connection.schema_editor() as editor:
        editor.create_model(model)
    install()
    with connection.cursor() as cursor:
        install_journal(cursor=cursor)
    try:
        yield model
    finally:
        del apps.app_configs[config.label], apps.all_models[config.label]
        _unload()
        apps.clear_cache()
        _forget()


@pytest.fixture
def complet(convocation: Any, operateur: Organisation, chef_equipe: Agent) -> Dossier:
    return make_dossier_complet(operateur=operateur, agent=chef_equipe)


def read_as(agent: Agent, model: type[models.Model]) -> int:
    with under_policies(), acting_as(Contexte("agent", str(agent.pk), "33", ON)):
        return model.objects.count()


def test_its_policies_follow_its_parent_to_the_file(
    convocation: Any, operateur: Organisation, chef_equipe: Agent
) -> None:
    mandat = make_mandat(operateur=operateur, repondu_le=date(2026, 9, 2))
    convocation.objects.create(mandat=mandat, tenue_le=ON, issue="venu")
    stranger = make_agent(role="partenaire", organisation=make_organisation(type="police"))

    assert install() is False
    assert read_as(chef_equipe, convocation) == 1
    assert read_as(stranger, convocation) == 0
    policies = dict(
        sql.query("SELECT policyname, qual FROM pg_policies WHERE tablename = %s", [TABLE])
    )
    assert set(policies) == {"plancher", "lire", "creer", "modifier", "supprimer"}
    assert "droits.dossier_de_accompagnements_mandat(mandat_id)" in policies["lire"]
    assert sql.query(
        "SELECT has_table_privilege('seuil_appli', %s, 'INSERT'),"
        " has_table_privilege('seuil_sauvegarde', %s, 'SELECT')", [TABLE, TABLE]
    ) == [(True, True)]  # fmt: skip


def test_the_journal_follows_it_to_the_file(convocation: Any, operateur: Organisation) -> None:
    mandat = make_mandat(operateur=operateur)

    row = convocation.objects.create(mandat=mandat, tenue_le=ON, issue="venu")

    line = Event.objects.get(target_type=TABLE)
    assert (line.kind, line.objets) == ("base.insert", [str(row.pk)])
    assert (line.dossiers, line.departement) == ([mandat.dossier_id], "33")
    assert journal_queries.get_registre()[TABLE]["texte"] == "social"


def test_what_it_proves_keeps_the_file_and_the_purge_erases_it(
    complet: Dossier, convocation: Any
) -> None:
    row = convocation.objects.get()
    assert JETON in row.texte, "the factory of a whole file fills the table"
    known = get_sort(dossier=complet).depart_le

    convocation.objects.update(tenue_le=date(2025, 6, 2), issue="absent")
    assert get_sort(dossier=complet).depart_le == known
    convocation.objects.update(issue="venu")
    assert get_sort(dossier=complet).depart_le == date(2025, 6, 2)
    at = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
    assert purge_dossiers(departement="33", on=ON, at=at).dossiers == 0

    bilan = purge_dossiers(departement="33", on=date(2027, 6, 3), at=at)

    assert bilan.lignes[TABLE] == 1
    assert not convocation.objects.exists()


def test_the_pack_and_the_register_tell_it(complet: Dossier) -> None:
    remise = export_acces(dossier=complet, personne=1, by=Machine("rgpd", "33"), on=ON)

    told = {d.champ: d for d in remise.donnees if d.table == "convocation"}
    assert set(told) == {"mandat", "tenue_le", "issue", "texte", "accompagnants"}
    assert JETON in told["texte"].valeur
    assert told["texte"].a_relire
    assert (told["accompagnants"].valeur, told["accompagnants"].retenu) == (
        "",
        "nomme d’autres personnes présentes",
    )
    (table,) = [t for t in get_registre().tables if t.nom == "Convocation"]
    assert table.regle.code == "dossier"
    assert [label for label, _ in table.contenu] == ["situation sociale"]


def test_the_lattice_fills_it_once_the_oracle_knows_it(
    convocation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=f"{TABLE} : inconnue de l’oracle"):
        test_recensement.test_every_table_is_protected_or_listed()
    monkeypatch.setitem(oracle.CLASSEMENT, TABLE, ("fait", "accompagnement", None))
    test_recensement.test_every_table_is_protected_or_listed()
    test_recensement.test_every_protected_table_has_its_floor_and_four_openings()
    test_recensement.test_every_model_says_what_it_holds_and_the_oracle_agrees()

    t, says = build(), oracle.Oracle()

    assert len(t.lignes[TABLE]) == len(t.dossiers)
    found = []
    for name in ("chef_equipe", "travailleur_social", "departement", "police", "secretariat_62"):
        persona = t.personas[name]
        found += sql.check_reads(t, says, persona, [TABLE])
        found += sql.check_writes(t, says, persona, [TABLE])
        found += sql.check_moves(t, says, persona, [TABLE])
    assert found == []
    assert t.expected(says, t.personas["chef_equipe"], TABLE, "lire")


def test_the_house_refuses_it_until_the_glossary_and_the_layers_name_it(convocation: Any) -> None:
    with pytest.raises(AssertionError):
        test_docs.test_every_table_is_in_the_glossary(convocation.__name__)
    rooms = {p.parent.name for p in (ROOT / "seuil").glob("*/__init__.py")}
    # What test_repository compares, the package once in its place.
    assert {*rooms, "convocations"} != {name for layer in layers() for name in layer}


def test_without_its_line_in_the_settings_the_package_does_not_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seuil, "__path__", [*seuil.__path__, str(PAQUETS)])

    with pytest.raises(RuntimeError, match="isn't in an application in INSTALLED_APPS"):
        importlib.import_module("seuil.convocations.models")
    _unload()


@pytest.mark.parametrize(
    ("part", "key", "told"),
    [
        ("Rls", "categorie", "aucune catégorie"),
        ("Rls", "chemin", "Rls.chemin"),
        ("Privacy", "retention", "pas de retention"),
        ("Privacy", "faits", "Privacy.faits"),
        ("Privacy", "tiers", "Privacy.tiers"),
    ],
)
def test_a_key_forgotten_stops_the_installation(
    convocation: Any, monkeypatch: pytest.MonkeyPatch, part: str, key: str, told: str
) -> None:
    monkeypatch.delattr(getattr(convocation, part), key)

    with pytest.raises(CarteFautive, match=re.escape(told)):
        install()


def test_nobody_else_names_it() -> None:
    """The files that had to know it, counted: its own, and this test that puts it there."""
    naming = {
        str(p.relative_to(ROOT))
        for folder in ("seuil", "config", "tests", "docs")
        for p in (ROOT / folder).rglob("*")
        if p.suffix in {".py", ".sql", ".yaml", ".md", ".html", ".toml"}
        if re.search(r"seuil\.convocations|convocations_convocation", p.read_text("utf-8"))
    }
    assert naming == {
        "tests/protection/paquets/convocations/apps.py", "tests/protection/test_table_nouvelle.py",
    }  # fmt: skip

"""What a query may bring back, read from its words."""

import pytest

from seuil.audit.queries import get_registre
from seuil.audit.rules import find_categories, why_bad_retention
from seuil.kernel.cartes import list_domain_models
from seuil.protection.journal import list_non_suivies, list_tables_suivies

REGISTRE = {
    "dossiers_personne": {"nom": "identite", "rang": "identite"},
    "dossiers_dette": {"montant": "finance"},
    "contacts_contact": {"notes": "social"},
}


@pytest.mark.parametrize(
    ("sql", "categories"),
    [
        ('SELECT "dossiers_personne"."nom" FROM "dossiers_personne"', {"identite"}),
        ('SELECT "dossiers_personne"."id" FROM "dossiers_personne" WHERE "nom" = %s', set()),
        ('SELECT COUNT(*) AS "__count" FROM "dossiers_personne"', set()),
        ('SELECT COUNT(*) FROM (SELECT "dossiers_personne"."nom" AS "c" FROM "x") sub', set()),
        (
            'SELECT "d"."id", (SELECT U0."notes" FROM "contacts_contact" U0) AS "n" FROM "d"',
            {"social"},
        ),
        (
            'SELECT "d"."id" FROM "d" WHERE EXISTS(SELECT 1 FROM "contacts_contact" U0)',
            set(),
        ),
        (
            'SELECT "a" FROM (SELECT "dossiers_dette"."montant" AS "a" FROM "dossiers_dette") "q"',
            {"finance"},
        ),
        ("SELECT p.nom FROM dossiers_personne p, dossiers_dette d", {"identite", "finance"}),
        ("WITH x AS (SELECT * FROM contacts_contact) SELECT * FROM x", {"social"}),
        ('(SELECT "dossiers_dette"."montant" FROM "dossiers_dette") UNION (SELECT 1)', {"finance"}),
        ('UPDATE "dossiers_personne" SET "nom" = %s', set()),
        ('INSERT INTO "dossiers_personne" ("nom") VALUES (%s)', set()),
        ("SELECT 'FROM', \"dossiers_dette\".\"montant\" FROM \"dossiers_dette\"", {"finance"}),
    ],
)  # fmt: skip
def test_what_a_query_shows(sql: str, categories: set[str]) -> None:
    assert find_categories(sql, REGISTRE) == categories


def test_every_table_is_followed_or_says_why_not() -> None:
    tables = {m._meta.db_table for m in list_domain_models(liens=True)}
    followed = {t.nom for t in list_tables_suivies()}

    assert followed | set(list_non_suivies()) == tables
    assert not followed & set(list_non_suivies())


def test_every_followed_table_finds_its_dossier_when_it_has_one() -> None:
    ways = {t.nom: t.dossier for t in list_tables_suivies()}

    assert ways["dossiers_dossier"] == "x.id"
    assert ways["dossiers_dette"] == "x.dossier_id"
    assert ways["accompagnements_demarche"] == (
        "(SELECT p.dossier_id FROM accompagnements_mandat p WHERE p.id = (SELECT p.mandat_id"
        " FROM accompagnements_contrat p WHERE p.id = x.contrat_id))"
    )
    without = {name for name, sql in ways.items() if sql.startswith("NULL")}
    assert without == {
        "acteurs_organisation", "acteurs_organisation_communes", "acteurs_agent",
        "acteurs_abonnementagenda", "acteurs_decoupage", "acteurs_secteur",
        "acteurs_fichepublique", "acteurs_sourcepublique",
        "acteurs_formationccapex", "acteurs_interlocuteur", "acteurs_interlocuteur_communes",
        "acteurs_rattachement", "dossiers_bailleur", "actes_lot", "actes_correspondance",
        "accompagnements_objectif", "accompagnements_choix", "connexions_facteurcode",
        "connexions_cleacces", "connexions_codesecours", "connexions_identiteexterne",
        "connexions_connexion", "connexions_invitation", "conservation_resteanonyme",
        "conservation_compteanonyme", "conservation_edition",
    }  # fmt: skip


def test_the_registry_knows_what_speaks_of_a_household() -> None:
    registre = get_registre()

    assert registre["dossiers_personne"]["nom"] == "identite"
    assert "acteurs_agent" not in registre


@pytest.mark.parametrize(("mois", "refused"), [(5, True), (6, False), (36, False), (37, True)])
def test_the_duration_of_the_journal_is_bounded(mois: int, refused: bool) -> None:
    assert (why_bad_retention(mois) is not None) == refused

"""Every change of a fact is a line, whoever made it, with names of columns and never a value."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dette, Dossier
from seuil.kernel.contexte import Contexte, acting_as, acting_as_machine, under_policies
from seuil.protection.journal import install_journal, list_tables_suivies, triggers_removed
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_dossier


def lines(table: str) -> list[Event]:
    return list(Event.objects.filter(nature="ecriture", target_type=table).order_by("id"))


def test_a_row_added_changed_and_removed_is_three_lines(gironde: str) -> None:
    dossier = make_dossier()
    dette = Dette.objects.get(dossier=dossier)
    pk = str(dette.pk)

    Dette.objects.filter(pk=dette.pk).update(montant="7654.32", source="Autre")
    Dette.objects.filter(pk=dette.pk).update(montant="7654.32")
    dette.delete()

    found = {line.kind: line for line in lines("dossiers_dette")}
    assert set(found) == {"base.insert", "base.update", "base.delete"}
    assert len(lines("dossiers_dette")) == 3
    assert found["base.update"].colonnes == ["montant", "source"]
    for line in found.values():
        assert (line.objets, line.dossiers) == ([pk], [dossier.pk])
        assert line.departement == "33"
        assert line.by_id == "base:postgres"
    assert "7654.32" not in "".join(map(str, Event.objects.values_list()))


def test_the_line_names_the_signed_author_and_no_setting_of_a_session(
    gironde: str, secretaire: Agent, on: date
) -> None:
    dossier = make_dossier()
    before = len(lines("dossiers_dossier"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('seuil.auteur', 'agent:autre', true)")
    with acting_as(Contexte("agent", str(secretaire.pk), "33", on)):
        Dossier.objects.filter(pk=dossier.pk).update(parc="social")
    with acting_as_machine("import", on=on):
        Dossier.objects.filter(pk=dossier.pk).update(parc="prive")

    authors = {x.by_id for x in lines("dossiers_dossier")} - {"base:postgres"}
    assert len(lines("dossiers_dossier")) == before + 2
    assert authors == {str(secretaire.pk), "machine:import"}


def test_one_statement_on_many_rows_is_one_line_that_lists_them(gironde: str) -> None:
    dossiers = [make_dossier() for _ in range(3)]

    Dette.objects.all().update(source="Nouvelle")

    (line,) = [x for x in lines("dossiers_dette") if x.kind == "base.update"]
    assert set(line.dossiers) == {d.pk for d in dossiers}
    assert len(line.objets) == 3


def test_a_row_without_a_dossier_of_its_own_finds_it_through_its_parents(
    gironde: str, chef_equipe: Agent, on: date
) -> None:
    mandat = make_mandat(operateur=chef_equipe.organisation, repondu_le=on)

    rapport = mandat.rapports.create(
        genre="premier_retour", rendu_le=on, par=chef_equipe, texte="texte"
    )

    (line,) = lines("accompagnements_rapport")
    assert (line.dossiers, line.objets) == ([mandat.dossier_id], [str(rapport.pk)])


def test_the_reason_and_the_request_are_kept(gironde: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('seuil.motif', 'erreur de saisie', true)")
        cursor.execute("SELECT set_config('seuil.requete', 'abc', true)")

    make_dossier()

    line = lines("dossiers_dossier")[-1]
    assert (line.motif, line.requete) == ("erreur de saisie", "abc")


def test_every_followed_table_has_its_triggers_and_no_other(gironde: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE tgname LIKE 'journal\\_%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())

    assert found == {t.nom: 4 for t in list_tables_suivies()}


def test_triggers_taken_away_for_a_migration_come_back(gironde: str) -> None:
    with connection.cursor() as cursor:
        with triggers_removed(cursor=cursor):
            make_dossier()
            before = len(lines("dossiers_dossier"))
        install_journal(cursor=cursor)
        install_journal(cursor=cursor)

    make_dossier()

    assert before == 0
    assert [x.kind for x in lines("dossiers_dossier")].count("base.insert") == 1


def test_a_migration_that_fails_leaves_every_table_followed(gironde: str) -> None:
    def migrate() -> None:
        with connection.cursor() as cursor, triggers_removed(cursor=cursor):
            cursor.execute("DROP TABLE contacts_contact CASCADE")
            with transaction.atomic():
                cursor.execute("ALTER TABLE absente ADD COLUMN x text")

    with pytest.raises(DatabaseError):
        migrate()

    make_dossier()

    assert [x.kind for x in lines("dossiers_dossier")].count("base.insert") == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT tgrelid) FROM pg_trigger WHERE tgname LIKE 'journal\\_%'"
        )
        assert cursor.fetchone()[0] == len(list_tables_suivies()) - 1


def test_a_table_emptied_by_its_owner_is_told(gironde: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Contact._meta.db_table} CASCADE")

    assert "base.truncate" in {x.kind for x in lines("contacts_contact")}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_event (id) VALUES (gen_random_uuid())",
        "UPDATE audit_event SET by_label = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DELETE FROM audit_sceau",
        "SELECT journal.retirer('33', now())",
        "SELECT journal.canonique(e) FROM audit_event e",
        "UPDATE journal.epoque SET decalage = 0",
    ],
)
def test_the_application_adds_lines_and_nothing_else(
    gironde: str, secretaire: Agent, on: date, statement: str
) -> None:
    make_dossier()
    count = Event.objects.count()
    contexte = Contexte("agent", str(secretaire.pk), "33", on)

    try:
        with (
            transaction.atomic(),
            under_policies(),
            acting_as(contexte),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            assert cursor.rowcount <= 0
    except DatabaseError:
        pass
    assert Event.objects.count() == count


_LIGNES = {
    "audit_event": (
        "INSERT INTO audit_event (id, kind, nature, by_id, departement, target_type, target_id,"
        " dossiers, objets, categories, colonnes, details) VALUES (gen_random_uuid(),"
        " 'dossier.lire', 'lecture', 'un-autre', '33', 'page', 'dossier', '{}', '{}', '{}', '{}',"
        " '{}')"
    ),
    "audit_sceau": (
        "INSERT INTO audit_sceau (departement, rang, ligne, txid, empreinte)"
        " VALUES ('33', 1, gen_random_uuid(), 1, sha256('x'))"
    ),
    "audit_ancre": (
        "INSERT INTO audit_ancre (id, genre, departement, rang_debut, rang, nombre, premiere,"
        " tete, txid) VALUES (gen_random_uuid(), 'retrait', '33', 1, 9, 9, sha256('x'),"
        " sha256('x'), 9)"
    ),
}


@pytest.mark.parametrize("table", _LIGNES)
@pytest.mark.parametrize("machine", [False, True])
def test_a_whole_line_is_refused_too_to_an_agent_and_to_the_machine(
    gironde: str, secretaire: Agent, on: date, table: str, *, machine: bool
) -> None:
    contexte = Contexte("agent", str(secretaire.pk), "33", on)
    if machine:
        contexte = Contexte("machine", "essai", "*", on)
    with transaction.atomic(), connection.cursor() as cursor:
        # Nothing but the right is missing to the line.
        cursor.execute(_LIGNES[table])
        transaction.set_rollback(True)

    with (
        pytest.raises(DatabaseError, match=f"permission denied for table {table}"),
        transaction.atomic(),
        under_policies(),
        acting_as(contexte),
        connection.cursor() as cursor,
    ):
        cursor.execute(_LIGNES[table])


def test_an_agent_reads_no_line_by_itself(gironde: str, secretaire: Agent, on: date) -> None:
    make_dossier()

    with under_policies(), acting_as(Contexte("agent", str(secretaire.pk), "33", on)):
        assert Event.objects.count() == 0

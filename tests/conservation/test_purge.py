"""What is erased when its time has passed: everything, everywhere, and nothing else."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from seuil.actes.models import Ligne
from seuil.acteurs.models import Agent, Commune, Organisation
from seuil.audit.models import Event
from seuil.conservation.models import CompteAnonyme, DemandeDroit, ResteAnonyme
from seuil.conservation.operations import record_gel
from seuil.conservation.queries.dossiers import list_dossiers_lus
from seuil.conservation.queries.tables import list_tables_du_dossier
from seuil.dossiers.models import Bailleur, Dossier
from seuil.indicateurs.queries.activite import SOURCES, get_activite, list_clotures
from seuil.usecases.purge_dossiers import Bilan, _purge_one, purge_dossiers
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import make_acte, make_agent, make_dossier
from tests.factories.conservation import JETON, make_dossier_complet
from tests.harness.tailles import get_taille

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)


@pytest.fixture
def complet(
    operateur: Organisation, chef_equipe: Agent, settings: object, tmp_path: Path
) -> Dossier:
    settings.SEUIL_DOCUMENTS = tmp_path
    return make_dossier_complet(operateur=operateur, agent=chef_equipe)


def purge(*, simulate: bool = False, on: date = ON) -> Bilan:
    return purge_dossiers(departement="33", on=on, at=AT, simulate=simulate)


def list_cells(token: str) -> Iterator[str]:
    """Yield the columns of the whole database where a token is written, whatever the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm', 'p')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        )
        tables = cursor.fetchall()
        for schema, table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" t WHERE strpos(lower(t::text), %s) > 0',
                [token.lower()],
            )
            if cursor.fetchone()[0]:
                yield f"{schema}.{table}"


def test_the_file_of_the_test_has_a_row_in_every_table_that_hangs_on_a_file(
    complet: Dossier,
) -> None:
    empty = [
        m.__name__
        for m, _ in list_tables_du_dossier()
        if not m._base_manager.exists() and m.__name__ not in {"Echeance", "Tache"}
    ]

    assert empty == []
    assert len(list(list_cells(JETON))) > 20


def test_every_table_that_names_a_file_is_erased_with_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'dossiers_dossier'::regclass"
        )
        naming = {name for (name,) in cursor.fetchall()}
    erased = {m._meta.db_table for m, _ in list_tables_du_dossier()}

    # The register of requests forgets whose they were.
    assert naming - erased == {"conservation_demandedroit"}


@pytest.mark.django_db(transaction=True)
def test_after_a_purge_no_table_nor_file_holds_a_word_of_the_household(
    complet: Dossier, tmp_path: Path
) -> None:
    kept = make_dossier(ouvert_le=date(2026, 10, 1))

    bilan = purge()

    assert bilan.dossiers == 1
    assert bilan.retenus == []
    assert list(list_cells(JETON)) == []
    # The journal keeps identifiers only, the projections of nothing.
    assert set(list_cells(str(complet.pk))) == {"public.audit_event"}
    assert list(list_cells(complet.numero)) == []
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert list(Dossier.objects.all()) == [kept]
    event = Event.objects.get(kind="dossier.efface")
    assert (event.target_id, event.by_id) == (str(complet.pk), "machine:purge")
    assert set(event.details) == {"regle", "lignes"}
    demande = DemandeDroit.objects.get()
    assert (demande.dossier, demande.demandeur, demande.objet) == (None, "", "")


def test_what_remains_names_nobody(complet: Dossier) -> None:
    purge()

    reste = ResteAnonyme.objects.get()
    assert {f.name: getattr(reste, f.name) for f in reste._meta.fields if f.name != "id"} == {
        "departement": "33",
        "maille": "commune",
        "territoire": "33063",
        "ouverture": "2021-03",
        "fin": "2021-10",
        "parc": "prive",
        "stade": "assignation",
        "denouement": "depart",
        "dette": "1500_a_3000",
        "accompagne": True,
    }
    # Random: neither the file's, nor ordered by time.
    assert reste.pk.version == 4
    assert reste.pk != complet.pk
    assert not any(f.name.endswith("_at") for f in reste._meta.fields)


def test_a_small_commune_gives_way_to_its_epci(operateur: Organisation) -> None:
    place = Commune.objects.filter(population__lt=2000).exclude(epci="").order_by("code")[0]
    small = make_dossier(commune=place.code, ouvert_le=date(2020, 1, 6), stade="commandement")
    make_acte(dossier=small, survenu_le=date(2020, 1, 6))

    purge()

    reste = ResteAnonyme.objects.get()
    assert reste.maille == "epci"
    assert reste.territoire == place.epci


def test_a_simulation_counts_and_erases_nothing(complet: Dossier) -> None:
    before = set(list_cells(JETON))

    bilan = purge(simulate=True)

    assert bilan.dossiers == 1
    assert bilan.lignes["contacts_contact"] == 3
    assert bilan.regles["liste"] == 1
    assert set(list_cells(JETON)) == before
    assert not ResteAnonyme.objects.exists()
    assert not Event.objects.filter(kind="dossier.efface").exists()


def test_a_second_purge_finds_nothing(complet: Dossier) -> None:
    purge()
    events = Event.objects.count()

    bilan = purge()

    assert (bilan.dossiers, bilan.lignes, sum(bilan.regles.values())) == (0, {}, 0)
    assert Event.objects.count() == events


@pytest.mark.parametrize("held", ["gel", "limite", "contact", "procedure", "refus"])
def test_what_holds_a_file_is_said(complet: Dossier, secretaire: Agent, held: str) -> None:
    if held == "gel":
        record_gel(dossier=complet, motif="Contentieux annoncé", by=secretaire, on=ON)
    if held == "limite":
        Dossier.objects.filter(pk=complet.pk).update(limite_le=date(2024, 1, 1))
    if held == "contact":
        make_contact(dossier=complet, par=secretaire, survenu_le=date(2025, 1, 4))
    if held == "procedure":
        make_acte(dossier=complet, type="cql", survenu_le=date(2022, 1, 4))
    if held == "refus":
        make_acte(dossier=complet, type="cfp", sens="refus", survenu_le=date(2022, 1, 4))

    bilan = purge()

    assert bilan.dossiers == 0
    assert Dossier.objects.filter(pk=complet.pk).exists()
    if held == "contact":
        assert bilan.retenus == []
        return
    assert [r.numero for r in bilan.retenus] == [complet.numero]
    codes = {r.code for r in bilan.retenus[0].retenues}
    assert (
        codes
        == {
            "gel": {"gel"},
            "limite": {"limite"},
            "procedure": {"procedure"},
            "refus": {"procedure", "indemnisation"},
        }[held]
    )


def test_a_dossier_of_another_departement_is_left_alone(complet: Dossier) -> None:
    stranger = make_dossier(departement_id="62", ouvert_le=date(2019, 1, 1))

    purge()

    assert list(Dossier.objects.all()) == [stranger]


def test_the_figures_of_past_months_stay_what_they_were(
    complet: Dossier, secretaire: Agent, chef_equipe: Agent, operateur: Organisation
) -> None:
    other = make_mandat(
        operateur=operateur, transmis_le=date(2021, 4, 1), repondu_le=date(2021, 4, 2)
    )
    make_contact(dossier=other.dossier, par=chef_equipe, survenu_le=date(2021, 4, 2))
    make_contact(dossier=other.dossier, par=chef_equipe, survenu_le=date(2026, 4, 2))
    agents = (secretaire, chef_equipe)
    months = [date(2021, m, 1) for m in range(1, 13)]

    def figures() -> list[object]:
        found: list[object] = []
        for agent in agents:
            for month in months:
                activite = get_activite(agent=agent, on=ON, mois=month)
                found += [(x.indicateur.code, x.total, x.par_jour) for x in activite.lignes]
                clotures = list_clotures(agent=agent, on=ON, mois=month)
                found.append((clotures.comptes, clotures.total))
        return found

    before = figures()
    assert sum(isinstance(f[1], int) and f[1] > 0 for f in before) > 20  # type: ignore[index]

    assert purge().dossiers == 1

    assert figures() == before
    assert set(CompteAnonyme.objects.values_list("indicateur", flat=True)) <= set(SOURCES)


def test_the_landlord_goes_with_the_last_file_that_names_it(complet: Dossier) -> None:
    landlord = complet.bail.bailleur
    kept = make_dossier(bailleur=landlord.cle, ouvert_le=date(2026, 10, 1))
    assert kept.bail.bailleur == landlord

    purge()
    assert Bailleur.objects.filter(pk=landlord.pk).exists()

    Dossier.objects.filter(pk=kept.pk).update(ouvert_le=date(2019, 1, 1))
    kept.dettes.update(constatee_le=date(2019, 1, 1))
    purge()
    assert not Bailleur.objects.filter(pk=landlord.pk).exists()


def test_staged_rows_go_a_year_after_their_list(complet: Dossier) -> None:
    lot = Ligne.objects.get(numero=2).lot
    Ligne.objects.create(lot=lot, numero=9, etat="refuse", cellules=["AUTRE"])

    bilan = purge(on=date(2022, 3, 11))

    assert bilan.dossiers == 0
    assert bilan.regles["ligne"] == 3
    assert not Ligne.objects.exists()


def test_the_account_of_an_agent_who_left_loses_its_name(ddets: Organisation) -> None:
    gone = make_agent(
        organisation=ddets, nom="ZQXAGENT", is_active=False, habilite_le=date(2020, 1, 1)
    )
    stays = make_agent(organisation=ddets, habilite_le=date(2020, 1, 1))
    fields = {f.name for f in Agent._meta.fields}
    if "habilite_jusqu_au" in fields:
        Agent.objects.filter(pk=gone.pk).update(habilite_jusqu_au=date(2021, 1, 1))

    bilan = purge()

    gone.refresh_from_db()
    assert bilan.regles["habilitation"] == 1
    assert (gone.nom, gone.prenom) == ("Ancien agent", "")
    assert gone.courriel.endswith("@efface.invalid")
    assert list(list_cells("ZQXAGENT")) == []
    stays.refresh_from_db()
    assert stays.nom != "Ancien agent"


def test_a_file_that_a_killed_process_left_is_swept(complet: Dossier, tmp_path: Path) -> None:
    folder = tmp_path / "33"
    orphan = folder / "0199-orphelin"
    orphan.write_bytes(b"%PDF-")
    os.utime(orphan, (0, 0))
    recent = folder / "0200-en-cours"
    recent.write_bytes(b"%PDF-")
    os.utime(recent, (AT.timestamp(), AT.timestamp()))

    purge()

    assert not orphan.exists()
    assert recent.exists()


def test_every_rule_is_applied_by_someone() -> None:
    from seuil.conservation.operations import REGLES_A_TERME
    from seuil.conservation.rules import load_conservation

    mine = {r.code for r in load_conservation().regles.values() if r.par == "purge"}

    assert mine == {"dossier", *REGLES_A_TERME}


def test_over_five_years_what_is_due_goes_the_next_day_and_nothing_else(
    chef_equipe: Agent,
) -> None:
    """Time travel against a plain oracle: last exchange or departure, two years, the day after."""
    chance = Random(34)
    terms: dict[object, date] = {}
    names: dict[object, str] = {}
    for n in range(get_taille("T34")):
        opened = date(2019, 1, 1) + timedelta(days=chance.randrange(900))
        dossier = make_dossier(nom=f"VOYAGE{n}ZQX", ouvert_le=opened, dette=None)
        names[dossier.pk] = f"VOYAGE{n}ZQX"
        last = opened
        for _ in range(chance.randrange(3)):
            le = opened + timedelta(days=chance.randrange(500))
            make_contact(dossier=dossier, par=chef_equipe, survenu_le=le)
            last = max(last, le)
        left = opened + timedelta(days=chance.randrange(700))
        make_acte(dossier=dossier, survenu_le=opened)
        make_acte(dossier=dossier, type="depart", survenu_le=left)
        last = max(last, left)
        leap = last.month == 2 and last.day == 29
        terms[dossier.pk] = last.replace(year=last.year + 2, day=28 if leap else last.day)

    on = date(2021, 1, 1)
    while terms:
        on = max(on + timedelta(days=chance.randrange(1, 60)), on)
        due = {pk for pk, term in terms.items() if on > term}

        bilan = purge(on=on)

        left_over = set(Dossier.objects.values_list("pk", flat=True))
        assert left_over == set(terms) - due, on
        assert bilan.dossiers == len(due)
        for pk in due:
            del terms[pk]
            assert list(list_cells(names[pk])) == []
    assert on < date(2025, 9, 1)


@pytest.mark.django_db(transaction=True)
def test_many_whole_files_go_on_their_day_and_the_held_ones_stay(
    operateur: Organisation, chef_equipe: Agent, settings: object, tmp_path: Path
) -> None:
    """Each with a row in every table: not before their term, all of them after, no other."""
    settings.SEUIL_DOCUMENTS = tmp_path
    wanted = max(4, get_taille("T34") // 10)
    tokens = {}
    for n in range(wanted):
        token = f"ZQX{n}WKV"
        dossier = make_dossier_complet(operateur=operateur, agent=chef_equipe, jeton=token)
        tokens[dossier.pk] = token
    held = [pk for n, pk in enumerate(tokens) if n % 3 == 0]
    for pk in held:
        # One met since: its term is later.
        make_contact(
            dossier=Dossier.objects.get(pk=pk), par=chef_equipe, survenu_le=date(2024, 1, 8)
        )

    assert purge(on=date(2023, 10, 4)).dossiers == 0
    assert purge(on=date(2023, 10, 5)).dossiers == wanted - len(held)

    for pk, token in tokens.items():
        assert bool(list(list_cells(token))) is (pk in held), token
        assert any(
            token in f.read_bytes().decode() for f in tmp_path.rglob("*") if f.is_file()
        ) is (pk in held)
    # The check can fail: a word left in any column is found.
    Organisation.objects.filter(pk=operateur.pk).update(nom="Ancien nom de ZQXPERDU")
    assert set(list_cells("ZQXPERDU")) == {"public.acteurs_organisation"}


def test_a_file_is_erased_the_day_after_its_term_not_on_it(complet: Dossier) -> None:
    # The departure of 4 October 2021 came last.
    DemandeDroit.objects.filter(dossier=complet).update(recue_le=date(2021, 5, 1))

    assert purge(on=date(2023, 10, 4)).dossiers == 0
    assert purge(on=date(2023, 10, 5)).dossiers == 1


def test_what_comes_while_the_purge_runs_keeps_the_file(
    complet: Dossier, chef_equipe: Agent
) -> None:
    (found,) = list_dossiers_lus(departement="33", on=ON)
    assert found.sort.is_purged(ON)
    # Somebody was met between the moment the file was found due and its turn.
    make_contact(dossier=complet, par=chef_equipe, survenu_le=date(2026, 11, 20))

    assert _purge_one(found, ON) is None

    assert Dossier.objects.filter(pk=complet.pk).exists()
    assert not ResteAnonyme.objects.exists()

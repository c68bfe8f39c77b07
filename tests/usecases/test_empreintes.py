"""What a whole recomputation passes over is what it would have written as it is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.dossiers.models import Bail, Bailleur, Dossier
from seuil.echeances.models import Echeance, Situation
from seuil.kernel import programme
from seuil.kernel.cartes import list_cartes, list_parents
from seuil.recherche.models import Mention
from seuil.travail.models import Empreinte, Tache
from seuil.travail.operations import record_empreintes
from seuil.usecases import _empreintes, refresh_dossiers
from seuil.usecases.refresh_dossiers import refresh_all
from tests.conftest import ON
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import make_acte, make_dossier
from tests.factories.conservation import make_dossier_complet
from tests.usecases.test_refresh_dossiers import FACTS, add_facts, few, read_rows

pytestmark = pytest.mark.django_db


def refresh(on: Any = ON) -> list[int]:
    return list(refresh_all(departement="33", on=on))


def refresh_whole(on: Any = ON) -> None:
    """Recompute everything, nothing being known of before."""
    Empreinte.objects.all().delete()
    refresh(on)


def count_recomputed(monkeypatch: pytest.MonkeyPatch, on: Any = ON) -> int:
    """Return how many files a recomputation does not pass over."""
    seen: list[Any] = []
    recompute = refresh_dossiers._refresh_batch
    with monkeypatch.context() as patched:
        patched.setattr(
            refresh_dossiers,
            "_refresh_batch",
            lambda ids, on: (seen.extend(ids), recompute(ids, on)),
        )
        refresh(on)
    return len(seen)


def make_vus(count: int = 3) -> list[Dossier]:
    """Make files whose recomputation has nothing to change any more."""
    dossiers = [make_dossier() for _ in range(count)]
    for dossier in dossiers:
        make_acte(dossier=dossier, type="commandement", survenu_le=ON - timedelta(days=300))
    refresh()
    refresh()
    return dossiers


@settings(few, max_examples=15)
@given(
    facts=st.lists(FACTS, min_size=1, max_size=3),
    more=st.lists(st.tuples(st.integers(0, 2), FACTS), max_size=2),
    days=st.lists(st.integers(0, 400), min_size=1, max_size=3),
)
def test_passing_over_gives_what_recomputing_all_would(
    gironde: str, facts: list[Any], more: list[Any], days: list[int]
) -> None:
    dossiers = [make_dossier() for _ in facts]
    for dossier, some in zip(dossiers, facts, strict=True):
        add_facts(dossier, some)
    refresh()
    refresh()
    for rank, some in more:
        dossier = dossiers[rank % len(dossiers)]
        Acte.objects.filter(dossier=dossier).delete()
        add_facts(dossier, some)

    # Forward and backward in time.
    for day in days:
        on = ON + timedelta(days=day - 200)
        refresh(on)
        passed_over = [read_rows(d) for d in dossiers]
        refresh_whole(on)
        assert [read_rows(d) for d in dossiers] == passed_over
        refresh(on)


def test_nothing_is_recomputed_when_nothing_moved(
    gironde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = make_vus()

    assert count_recomputed(monkeypatch) == 0
    assert refresh() == [len(dossiers)]
    # Nor on another day, when no task may have lost its object.
    assert not Tache.objects.exists()
    assert count_recomputed(monkeypatch, ON + timedelta(days=30)) == 0


def test_a_day_before_is_recomputed(gironde: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_vus(2)

    assert count_recomputed(monkeypatch, ON - timedelta(days=1)) == 2


def _give_landlord(dossier: Dossier) -> None:
    bailleur, _ = Bailleur.objects.get_or_create(
        departement_id="33", cle="UN", defaults={"nature": "morale", "nom": "Un"}
    )
    Bail.objects.update_or_create(dossier=dossier, defaults={"bailleur": bailleur})


CHANGES: dict[str, Callable[[Dossier], object]] = {
    "an act": lambda d: make_acte(dossier=d, type="cql", survenu_le=ON - timedelta(days=9)),
    "an act corrected": lambda d: Acte.objects.filter(dossier=d).update(audience_heure=time(14)),
    "an act withdrawn": lambda d: Acte.objects.filter(dossier=d).update(
        retire_le=ON,
        retire_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
        retire_par="Exemple",
        retire_motif="saisie",
    ),
    "a deadline gone": lambda d: Echeance.objects.filter(dossier=d).delete(),
    "a deadline moved": lambda d: Echeance.objects.filter(dossier=d).update(le=ON),
    "a situation altered": lambda d: Situation.objects.filter(dossier=d).update(parc="social"),
    "a situation gone": lambda d: Situation.objects.filter(dossier=d).delete(),
    "a landlord": _give_landlord,
    "a limit": lambda d: Dossier.objects.filter(pk=d.pk).update(limite_le=ON),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_moved_is_recomputed_alone(
    gironde: str, monkeypatch: pytest.MonkeyPatch, change: Callable[[Dossier], object]
) -> None:
    dossiers = make_vus()
    change(dossiers[1])

    assert count_recomputed(monkeypatch) == 1
    found = [read_rows(d) for d in dossiers]
    refresh_whole()
    assert [read_rows(d) for d in dossiers] == found


def test_a_landlord_that_several_files_share_counts_for_each(
    gironde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = make_vus()
    for dossier in dossiers[:2]:
        _give_landlord(dossier)
    refresh()
    refresh()
    assert count_recomputed(monkeypatch) == 0

    Bailleur.objects.filter(cle="UN").update(nature="physique")

    assert count_recomputed(monkeypatch) == 2


def test_the_directory_and_the_program_count_for_all(
    gironde: str, caf: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vus()
    Organisation.objects.filter(pk=caf.pk).update(nom="Autre nom")
    assert count_recomputed(monkeypatch) == 3
    refresh()
    assert count_recomputed(monkeypatch) == 0

    monkeypatch.setattr(_empreintes, "find_programme", lambda: "un autre")
    assert count_recomputed(monkeypatch) == 3
    refresh()
    assert count_recomputed(monkeypatch) == 0
    # Its files changed while it runs: nothing is known of what it would compute once restarted.
    monkeypatch.setattr(_empreintes, "find_programme", lambda: "")
    assert count_recomputed(monkeypatch) == 3
    assert count_recomputed(monkeypatch) == 3


def test_every_table_that_a_recomputation_reads_is_in_the_fingerprint(
    operateur: Organisation, chef_equipe: Agent
) -> None:
    dossier = make_dossier_complet(operateur=operateur, agent=chef_equipe)
    entrusted = make_mandat(operateur=operateur, repondu_le=ON - timedelta(days=30)).dossier
    make_contact(dossier=entrusted, par=chef_equipe, survenu_le=ON - timedelta(days=3))
    add_facts(entrusted, [(("assignation", ""), 500, 400), (("rfp", ""), 520, None)])

    with CaptureQueriesContext(connection) as asked:
        refresh_dossiers.refresh_dossiers(dossier_ids=[dossier.pk, entrusted.pk], on=ON)

    words = set(re.findall(r"\w+", " ".join(query["sql"] for query in asked.captured_queries)))
    read = {carte.table: carte for carte in list_cartes() if carte.table in words}
    assert {"actes_acte", "accompagnements_mandat", "acteurs_organisation"} <= read.keys()
    known = {Dossier, Bailleur, *_empreintes.list_models_des_faits(), *_empreintes.PROJECTIONS}
    known |= {*_empreintes.ANNUAIRE, Agent}  # Accounts are read of the entrusted files alone.
    # As large as all the rest, and made of facts alone: a fact that moves rebuilds it.
    known.add(Mention)
    unknown = [
        name
        for name, carte in read.items()
        if carte.model not in known and _empreintes.CONFIES not in list_parents(carte)
    ]
    assert unknown == []


def test_another_departement_is_left_alone(gironde: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import_geography(departements=["59"])
    dossiers = make_vus(2)
    elsewhere = make_dossier(departement_id="59", commune="59350")
    make_acte(dossier=elsewhere, type="commandement", survenu_le=ON - timedelta(days=300))

    assert count_recomputed(monkeypatch) == 0
    make_acte(dossier=dossiers[0], type="cql", survenu_le=ON - timedelta(days=9))
    assert count_recomputed(monkeypatch) == 1
    assert not Echeance.objects.filter(dossier=elsewhere).exists()


def test_an_entrusted_file_is_never_passed_over(
    operateur: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mandat(operateur=operateur)
    make_vus(2)

    assert count_recomputed(monkeypatch) == 1


def test_what_moves_during_a_recomputation_is_looked_at_next_time(
    gironde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    same, corrected, moved = make_vus(3)
    erased = Dossier.objects.create(
        numero="33-2026-999999", departement_id="33", ouvert_le=ON, cle="bientôt effacé"
    )
    Empreinte.objects.all().delete()
    passage = _empreintes.read_passage(departement="33", on=ON)
    # A fact that gives no other date, a projection, and a file that had no projection.
    Acte.objects.filter(dossier=corrected).update(audience_heure=time(14))
    Echeance.objects.filter(dossier=moved).update(le=ON)
    Dossier.objects.filter(pk=erased.pk).delete()

    stables = _empreintes.list_stables(passage, departement="33")
    record_empreintes(empreintes=stables, cadre=passage.cadre, on=ON)

    assert stables.keys() == {same.pk, corrected.pk}
    assert count_recomputed(monkeypatch) == 2


def test_a_program_whose_files_change_while_it_runs_does_not_know_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert programme.find_programme() == programme.find_programme() != ""

    monkeypatch.setattr(programme, "_AU_DEPART", frozenset())

    assert programme.find_programme() == ""

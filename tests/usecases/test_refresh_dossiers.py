"""Recomputing: the same rows from the same facts, in any order, by one file or by thousands."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.actes.models import Acte
from seuil.actes.rules.saisie import ActeSaisi
from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Echeance, Situation
from seuil.kernel import bulk
from seuil.travail.models import Tache
from seuil.usecases.record_acte import record_acte
from seuil.usecases.refresh_dossiers import refresh_all, refresh_dossiers, refresh_postponed
from tests.conftest import ON
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db

KINDS = [
    ("saisine_ccapex", ""), ("commandement", ""), ("assignation", ""), ("audience", ""),
    ("signification", "fond"), ("signification", "refere"), ("appel", ""), ("cql", ""),
    ("delais_quitter", ""), ("defaut_plan", ""), ("rfp", ""), ("expulsion", ""),
    *((kind, sens) for kind, senses in SENS_PAR_TYPE.items() for sens in senses),
]  # fmt: skip
FACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 500), st.none() | st.integers(0, 400)),
    min_size=1,
    max_size=8,
    unique_by=lambda fact: (fact[0], fact[1]),
)
few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read_rows(dossier: Dossier) -> list[Sequence[Any]]:
    """Return every projected row of a file, with its identifier."""
    return [
        *Echeance.objects.filter(dossier=dossier).order_by("pk").values_list(),
        *Tache.objects.filter(dossier=dossier).order_by("pk").values_list(),
        *Situation.objects.filter(dossier=dossier).values_list(),
    ]


def read_dates(dossier: Dossier) -> set[Sequence[Any]]:
    rows = Echeance.objects.filter(dossier=dossier).order_by("pk")
    return {
        (*row[:2], tuple(row[2]), *row[3:])
        for row in rows.values_list("regle", "le", "autres", "certitude", "a_obtenir", "debut_le")
    }


def add_facts(dossier: Dossier, facts: Sequence[Any]) -> None:
    for (kind, sens), days, later in facts:
        le = date(2025, 1, 6) + timedelta(days=days)
        end = le + timedelta(days=later) if later is not None else None
        make_acte(
            dossier=dossier, type=kind, sens=sens, survenu_le=le, delai_jusqu_au=end,
            recu_le=end if kind in {"cql", "rfp"} else None,
            audience_le=end if kind == "assignation" else None,
        )  # fmt: skip


@few
@given(facts=FACTS)
def test_recomputing_twice_gives_the_same_rows(gironde: str, facts: list[Any]) -> None:
    dossier = make_dossier()
    add_facts(dossier, facts)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    before = read_rows(dossier)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert read_rows(dossier) == before


@few
@given(facts=FACTS, seed=st.integers(0, 1000))
def test_the_order_in_which_facts_arrive_changes_no_date(
    gironde: str, facts: list[Any], seed: int
) -> None:
    one, other = make_dossier(), make_dossier()
    add_facts(one, facts)
    add_facts(other, random.Random(seed).sample(facts, len(facts)))

    refresh_dossiers(dossier_ids=[one.pk, other.pk], on=ON)

    assert read_dates(one) == read_dates(other)


def test_many_files_are_written_as_each_alone(
    gironde: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(7)
    dossiers = [make_dossier() for _ in range(25)]
    for dossier in dossiers:
        kinds = rng.sample(KINDS, 4)
        add_facts(dossier, [(kind, rng.randrange(400), rng.randrange(300)) for kind in kinds])
    refresh_dossiers(dossier_ids=[d.pk for d in dossiers], on=ON)
    together = [read_rows(d) for d in dossiers]

    for dossier in dossiers:
        refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    assert [read_rows(d) for d in dossiers] == together

    monkeypatch.setattr(bulk, "_FEW", 0)
    assert list(refresh_all(departement="33", on=ON))[-1] == 25
    assert [read_rows(d) for d in dossiers] == together


@few
@given(facts=FACTS)
def test_no_deadline_counted_forward_precedes_its_act(gironde: str, facts: list[Any]) -> None:
    dossier = make_dossier()
    add_facts(dossier, facts)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    backward = {"C2", "C3", "C6"}
    for regle, debut_le, le in (
        Echeance.objects.filter(dossier=dossier, le__isnull=False)
        .order_by("pk")
        .values_list("regle", "debut_le", "le")
    ):
        assert le < debut_le if regle in backward else le >= debut_le


def test_a_fact_more_moves_no_deadline_but_the_first_day_of_eviction(gironde: str) -> None:
    dossier = make_dossier()
    add_facts(dossier, [(("commandement", ""), 0, None), (("cql", ""), 200, 3)])
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    before = read_dates(dossier)
    make_acte(
        dossier=dossier, type="surendettement", sens="suspension", survenu_le=date(2025, 9, 1)
    )

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    gone = {row[0] for row in before - read_dates(dossier)}
    assert gone == {"EX"}
    assert Acte.objects.filter(dossier=dossier).count() == 3


def play(dossiers: Sequence[Dossier], by: Agent) -> None:
    for rank, dossier in enumerate(dossiers):
        for days, kind in ((40, "commandement"), (20, "assignation"), (5, "cql"))[: rank % 3 + 1]:
            le = ON - timedelta(days=days)
            audience = le + timedelta(days=70) if kind == "assignation" else None
            saisie = ActeSaisi(kind, le, audience_le=audience)
            record_acte(dossier=dossier, saisie=saisie, by=by, on=ON)


def read_projections() -> list[set[Sequence[Any]]]:
    """Return what was computed, without the identifiers drawn at each writing."""
    hidden = {"id", "source_id", "change_at"}
    return [
        {
            tuple(map(str, row))
            for row in model.objects.values_list(
                *(f.attname for f in model._meta.concrete_fields if f.attname not in hidden)
            )
        }
        for model in (Echeance, Tache, Situation)
    ]


def test_what_is_refreshed_once_at_the_end_is_as_if_it_were_after_each_fact(
    secretaire: Agent, caf: object
) -> None:
    dossiers = [make_dossier() for _ in range(6)]
    with transaction.atomic():
        play(dossiers, secretaire)
        one_by_one = read_projections()
        transaction.set_rollback(True)

    with transaction.atomic(), refresh_postponed(on=ON):
        play(dossiers, secretaire)
        assert read_projections()[:2] == [set(), set()]

    assert read_projections() == one_by_one
    assert all(one_by_one)

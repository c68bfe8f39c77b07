"""T04, a sample of it: planted faults are seen, and either layer alone lets nothing out."""

import os
import random

import pytest

from tests.acces import mutants
from tests.acces.equivalents import EQUIVALENTS
from tests.acces.oracle import Oracle
from tests.acces.treillis import Treillis

pytestmark = pytest.mark.django_db

DEMANDES = int(os.environ.get("SEUIL_DEMANDES_SEULES", "250"))
GRAINE = int(os.environ.get("SEUIL_GRAINE", "7"))


def test_planted_faults_are_seen(treillis: Treillis, oracle: Oracle) -> None:
    hasard = random.Random(GRAINE)
    chosen = []
    for family, count in (
        (mutants.list_politiques(treillis, oracle), 6),
        (mutants.list_lignes(treillis, oracle, hasard=hasard), 0),
        (mutants.list_filtres(treillis, oracle), 5),
    ):
        chosen += hasard.sample(list(family), count)
    # Lines of the matrix whose category is in a table.
    lines = [m for m in mutants.list_lignes(treillis, oracle, hasard=hasard)
             if m.famille == "droit" and "identite" in m.nom and "lire" in m.nom]  # fmt: skip
    chosen += hasard.sample(lines, min(3, len(lines)))

    survivors = [m.nom for m in chosen if not mutants.kill(m)]

    assert len(chosen) >= 11
    assert survivors == []


def test_each_fault_said_invisible_is_one_that_is_planted(
    treillis: Treillis, oracle: Oracle
) -> None:
    """What the long run checks: that nothing sees them. Rights added are drawn at random."""
    planted = {
        f"{m.famille} : {m.nom}"
        for m in (
            *mutants.list_lignes(treillis, oracle, hasard=random.Random(GRAINE)),
            *mutants.list_verbes(treillis, oracle),
        )
    }
    declared = {name for name in EQUIVALENTS if not name.startswith("droit")}

    assert declared - planted == set()
    assert all(len(why) > 40 for why in EQUIVALENTS.values())


@pytest.mark.parametrize("layer", [mutants.without_filters, mutants.without_policies])
def test_either_layer_alone_lets_nothing_out(
    treillis: Treillis, oracle: Oracle, layer: object
) -> None:
    sent, leaks = mutants.run_alone(treillis, oracle, layer, demandes=DEMANDES, graine=GRAINE)

    assert sent
    assert not leaks, f"{len(leaks)} fuites\n" + "\n".join(leaks[:40])


def test_the_application_opens_what_the_oracle_says(treillis: Treillis, oracle: Oracle) -> None:
    """Without row-level security: `visible_to`, `readable`, `get_ouverture` against the oracle."""
    names = [p.nom for p in treillis.sample() if p.agent]
    found = [
        d
        for check in (mutants.check_visible, mutants.check_readable)
        for differences in check(treillis, oracle, names)
        for d in differences
    ]

    assert not found, f"{len(found)} différences\n" + "\n".join(found[:40])

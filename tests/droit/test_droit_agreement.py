"""The same value written in two files of the engine is the same value."""

import pytest

from seuil.engines import droit
from seuil.engines.droit._impaye_loader import load_baremes


@pytest.mark.parametrize("code", ["H1", "H2", "H9"])
def test_scales_and_parameters_run_over_the_same_periods(code: str) -> None:
    scale = [(v.valid_from, v.valid_to) for v in load_baremes()[code].versions]
    versions = [v for v in droit.regles()[code].versions if not v.questions]
    rule = [(v.valid_from, v.valid_to) for v in versions]

    # One may cut a period that the other keeps whole.
    assert (scale[0][0], scale[-1][1]) == (rule[0][0], rule[-1][1])


def test_the_threshold_of_an_unpaid_rent_is_the_same_in_both() -> None:
    for scale, rule in zip(
        load_baremes()["H1"].versions, droit.regles()["H1"].versions, strict=True
    ):
        amounts = {seuil.unit: seuil.n for seuil in rule.seuils}
        assert amounts.get("fois") == scale.multiple
        assert amounts.get("euros") == (int(scale.plafond) if scale.plafond else None)
        assert rule.n == scale.mois


@pytest.mark.parametrize("code", ["H1", "H2", "H9"])
def test_a_threshold_is_as_certain_in_one_file_as_in_the_other(code: str) -> None:
    rules = droit.regles()[code].versions
    scales = load_baremes()[code].versions

    of_rule = [next(r for r in rules if r.covers(s.valid_from)).certainty for s in scales]
    assert [s.certainty for s in scales] == of_rule


def test_the_threshold_of_a_commandement_is_as_certain_in_both() -> None:
    rules = [*droit.regles()["B1"].versions, *droit.regles()["B2"].versions]

    assert [(v.valid_from, v.valid_to, v.certainty) for v in load_baremes()["B"].versions] == [
        (v.valid_from, v.valid_to, v.certainty) for v in rules
    ]

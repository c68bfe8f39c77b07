"""Properties of the reading of arrears, what it refuses, and how its parameters are read."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seuil.engines import droit
from seuil.engines.droit import _impaye_loader
from seuil.strict_yaml import FichierIllisible

FAR = date.max
FIRST, LAST = date(2016, 9, 1), date(2028, 12, 31)
days = st.dates(FIRST, LAST)
amounts = st.decimals(0, 3000, places=2)
PARAMETERS = Path(droit.__file__).parent / "impaye.yaml"

tenancies = st.builds(
    droit.SituationLocative,
    loyer=amounts,
    charges=amounts,
    aide=st.decimals("0.01", 600, places=2),
    tiers_payant=st.booleans(),
)
ledgers = st.builds(
    replace,
    tenancies,
    termes=st.lists(
        st.builds(droit.Terme, days, amounts, st.just(Decimal(0))), min_size=1, max_size=6
    ).map(tuple),
    versements=st.lists(st.builds(droit.Versement, days, amounts), max_size=4).map(tuple),
)
stated = st.builds(
    replace,
    tenancies,
    releves=st.lists(
        st.builds(droit.Releve, days, amounts), min_size=1, max_size=6, unique_by=lambda r: r.le
    ).map(tuple),
)


def day(situation: droit.SituationLocative) -> date:
    """Give the day, or the end of time; the day `au` is late enough to announce everything."""
    return droit.compute_impaye(situation, au=LAST).date or FAR


@given(ledgers, days, amounts)
def test_more_debt_never_makes_it_later(
    situation: droit.SituationLocative, le: date, montant: Decimal
) -> None:
    more = replace(situation, termes=(*situation.termes, droit.Terme(le, montant)))

    assert day(more) <= day(situation)


@given(ledgers, days, amounts)
def test_paying_never_makes_it_earlier(
    situation: droit.SituationLocative, le: date, montant: Decimal
) -> None:
    paid = replace(situation, versements=(*situation.versements, droit.Versement(le, montant)))

    assert day(paid) >= day(situation)


@given(stated, st.integers(0, 5), amounts)
def test_a_higher_statement_never_makes_it_later(
    situation: droit.SituationLocative, rank: int, montant: Decimal
) -> None:
    releves = list(situation.releves)
    rank %= len(releves)
    releves[rank] = replace(releves[rank], montant=releves[rank].montant + montant)

    assert day(replace(situation, releves=tuple(releves))) <= day(situation)


@given(st.one_of(ledgers, stated), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(
    situation: droit.SituationLocative, random: Any
) -> None:
    def shuffled(facts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(facts, len(facts)))

    other = replace(
        situation,
        termes=shuffled(situation.termes),
        versements=shuffled(situation.versements),
        releves=shuffled(situation.releves),
    )

    assert droit.compute_impaye(other, au=LAST) == droit.compute_impaye(situation, au=LAST)


@given(st.one_of(ledgers, stated), days)
def test_what_is_not_yet_known_changes_nothing(
    situation: droit.SituationLocative, au: date
) -> None:
    known = (
        replace(
            situation,
            termes=tuple(t for t in situation.termes if t.exigible_le <= au),
            versements=tuple(v for v in situation.versements if v.le <= au),
            releves=tuple(r for r in situation.releves if r.le <= au),
        )
        if any(t.exigible_le <= au for t in situation.termes) or not situation.termes
        else None
    )
    assume(known is not None)

    assert droit.compute_impaye(known, au=au) == droit.compute_impaye(situation, au=au)


@given(tenancies, st.dates(FIRST, date(2026, 12, 31)))
def test_the_threshold_is_exact_to_the_cent(situation: droit.SituationLocative, le: date) -> None:
    assume(le < date(2026, 9, 1))
    seuil = droit.compute_impaye(situation, au=le).seuil
    assume(seuil is not None and seuil > 0)
    under = seuil - Decimal("0.01")

    at = droit.compute_impaye(replace(situation, releves=(droit.Releve(le, seuil),)), au=le)
    below = droit.compute_impaye(replace(situation, releves=(droit.Releve(le, under),)), au=le)

    monthly = situation.loyer + (situation.charges if le >= date(2019, 9, 1) else 0)
    net = monthly - situation.aide if situation.tiers_payant else monthly
    assert seuil == 2 * max(net, Decimal(0))
    assert -at.seuil.as_tuple().exponent == 2
    assert (at.statut, at.date) == ("constitue", le)
    assert below.statut == "non_constitue"


@given(st.one_of(ledgers, stated), days)
def test_every_answer_explains_itself_and_is_ready_for_json(
    situation: droit.SituationLocative, au: date
) -> None:
    result = droit.compute_impaye(situation, au=au)

    assert result.references
    assert result.etapes
    assert (result.date is not None) == (result.statut in {"constitue", "a_venir"})
    assert result.date is None or (result.date <= au) == (result.statut == "constitue")
    assert json.loads(json.dumps(result.as_dict()))["statut"] == result.statut
    texts = [
        result.note, result.calcul, *result.etapes, *result.changerait, *result.a_obtenir,
        *(autre.motif for autre in result.autres), *(suite.note for suite in result.suites),
    ]  # fmt: skip
    assert not [t for t in texts for mark in (" : ", " ;", "« ", " »", "'", " €") if mark in t]


@given(ledgers, days, amounts, days, amounts)
def test_the_signalement_follows_the_debt(
    situation: droit.SituationLocative, cdp: date, montant: Decimal, le: date, more: Decimal
) -> None:
    rank = {"non_atteint": 0, "a_determiner": 1, "atteint": 2}
    facts = {"cdp_le": cdp, "bailleur": "physique"}
    bigger = replace(situation, termes=(*situation.termes, droit.Terme(le, more)))

    before = droit.compute_seuil_signalement(situation, montant=montant, **facts)
    after = droit.compute_seuil_signalement(bigger, montant=montant + more, **facts)

    assume(any(t.exigible_le <= cdp for t in situation.termes))
    assert rank[after.statut] >= rank[before.statut]
    assert json.loads(json.dumps(after.as_dict()))["le"] == cdp.isoformat()


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"loyer": 550.0}, "« loyer ».*illisible"),
        ({"loyer": 550}, "« loyer ».*illisible"),
        ({"loyer": Decimal("NaN")}, "« loyer ».*illisible"),
        ({"charges": Decimal("-1")}, "« charges ».*ni négatif"),
        ({"aide": Decimal("1E9")}, "« aide ».*cent millions"),
        ({"rls": Decimal("0.001")}, "deux décimales.*au centime"),
        ({"releves": (droit.Releve(FIRST, Decimal("0.005")),)}, "« dette ».*deux décimales"),
        ({"termes": (droit.Terme(FIRST, Decimal("-5")),)}, "« terme dû »"),
    ],
)
def test_an_amount_that_is_not_euros_and_cents_is_refused(
    facts: dict[str, Any], message: str
) -> None:
    with pytest.raises(
        droit.MontantIllisible, match=message.replace("« ", "«\xa0").replace(" »", "\xa0»")
    ):
        droit.SituationLocative(**facts)


def test_facts_that_make_no_sense_are_refused() -> None:
    payment = droit.Versement(FIRST, Decimal(10))
    tenancy = droit.SituationLocative(loyer=Decimal(500))

    with pytest.raises(droit.SituationInvalide, match="avance ou echu"):
        droit.SituationLocative(terme="demain")
    with pytest.raises(droit.SituationInvalide, match="sans les termes dus"):
        droit.SituationLocative(versements=(payment,))
    with pytest.raises(droit.SituationInvalide, match="d’avance ou à terme échu"):
        droit.exigible_le(FIRST, terme="")
    with pytest.raises(droit.SituationInvalide, match="un jour du mois"):
        droit.exigible_le(FIRST, terme="avance", jour=32)
    with pytest.raises(droit.SituationInvalide, match="entre 3 et 6"):
        droit.compute_seuil_signalement(tenancy, cdp_le=date(2020, 1, 1), arrete_mois=2)


def test_days_before_the_rules_are_refused() -> None:
    tenancy = droit.SituationLocative(loyer=Decimal(500))

    with pytest.raises(droit.DateHorsPeriode, match="1er septembre 2016"):
        droit.compute_impaye(tenancy, au=FIRST - timedelta(days=1))
    with pytest.raises(droit.DateHorsPeriode, match="1er novembre 2015"):
        droit.compute_seuil_signalement(tenancy, cdp_le=date(2015, 10, 31))
    with pytest.raises(droit.DateHorsPeriode, match="calendriers"):
        droit.compute_impaye(tenancy, au=date(2091, 1, 1))


def test_the_computation_is_written_as_a_letter_would() -> None:
    tenancy = droit.SituationLocative(
        loyer=Decimal("550.00"), charges=Decimal(40), aide=Decimal(210), tiers_payant=True,
        releves=(droit.Releve(date(2026, 5, 10), Decimal("1234.56")),),
    )  # fmt: skip

    result = droit.compute_impaye(tenancy, au=date(2026, 11, 21))

    assert result.calcul.replace("\xa0", " ") == (
        "2 × (550,00 € de loyer + 40,00 € de charges − 210,00 € d’aide versée au bailleur)"
        " = 760,00 €"
    )
    assert "1\u202f234,56\xa0€" in result.etapes[-1]
    assert result.etapes[-1].endswith("au plus tard le 10 mai 2026.")


# A second transcription of the law study: rule → (from, to, multiple, months, ceiling).
STUDY = {
    "B": [
        ("2015-11-01", "2023-07-28", (3, 6), (3, 6), None),
        ("2023-07-29", "2026-02-13", (2, None), (2, None), None),
        ("2026-02-14", None, (2, None), (2, None), None),
    ],
    "H1": [
        ("2016-09-01", "2019-08-31", (2, None), (None, None), None),
        ("2019-09-01", "2026-12-31", (2, None), (None, None), None),
        ("2027-01-01", None, (None, None), (3, None), 450),
    ],
    "H2": [
        ("2016-09-01", "2019-08-31", (None, None), (2, None), None),
        ("2019-09-01", "2026-12-31", (None, None), (2, None), None),
    ],
    "H9": [
        ("2016-09-01", "2019-08-31", (None, None), (None, None), 100),
        ("2019-09-01", "2026-12-31", (None, None), (None, None), 450),
    ],
}


def test_the_thresholds_agree_with_a_second_transcription_of_the_law() -> None:
    read = {
        code: [
            (
                v.valid_from.isoformat(),
                v.valid_to.isoformat() if v.valid_to else None,
                (v.multiple, v.multiple_max),
                (v.mois, v.mois_max),
                v.plafond,
            )
            for v in bareme.versions
        ]
        for code, bareme in _impaye_loader.load_baremes().items()
    }

    assert read == STUDY
    for bareme in _impaye_loader.load_baremes().values():
        assert bareme.description.endswith(".")
        assert all(v.references and v.checked_on >= date(2026, 11, 21) for v in bareme.versions)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("      multiple: 2\n", "      multiple: deux\n", "« multiple ».*nombre entier positif"),
        ("      multiple: 2\n", "      multiples: 2\n", "« multiples ».*clé inconnue"),
        ("      multiple: 2\n", "", "multiple, mois ou plafond"),
        ("      charges: false\n", "      charges: non\n      charges: oui\n", "deux fois"),
        ("certainty: sure", "certainty: certaine", "« certainty ».*valeur inconnue"),
        ("valid_from: 2016-09-01", "valid_from: 2020-09-01", "finit avant de commencer"),
        ("valid_to: 2019-08-31", "valid_to: 2019-09-01", "se recouvrent"),
        ("H9:", "H8:", "« H8 ».*clé inconnue"),
    ],
)
def test_a_faulty_threshold_is_refused_with_its_file(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    text = PARAMETERS.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "impaye.yaml"
    head, _, rest = text.partition(before)
    # The first one after the heading of H1.
    if "H1:" not in head and before != "H9:":
        start = text.index("H1:")
        head, _, rest = text[start:].partition(before)
        head = text[:start] + head
    path.write_text(head + after + rest, encoding="utf-8")

    spaced = message.replace("« ", "«\xa0").replace(" »", "\xa0»")
    with pytest.raises(FichierIllisible, match=rf"impaye\.yaml, ligne \d+.*{spaced}|{spaced}"):
        _impaye_loader.read_baremes(path)

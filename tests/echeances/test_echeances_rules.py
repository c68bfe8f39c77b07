"""Facts become deadlines; acts tell where the procedure stands."""

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.echeances.rules import (
    FAIT_A_OBTENIR,
    REGLES_PAR_FAIT,
    STADES,
    Acte,
    Contexte,
    Fait,
    compute_avancement,
    compute_echeances,
    explain,
    list_faits,
)
from seuil.engines import droit

DOSSIER = uuid4()
GIRONDE = {DOSSIER: Contexte("33", "33063", date(2025, 1, 1), "6 semaines")}


def acte(type_acte: str, le: date, **details: object) -> Acte:
    values = {"recu_le": None, "audience_le": None, "sens": "", **details}
    return Acte(uuid4(), type_acte, le, **values)


def fait(genre: str, le: date | None, source: UUID | None = None) -> Fait:
    return Fait(DOSSIER, genre, le, "acte", source or uuid4())


def test_every_rule_named_exists_in_the_law_engine() -> None:
    named = {regle for regles in REGLES_PAR_FAIT.values() for regle in regles}

    assert named <= set(droit.regles())


def test_a_commandement_gives_the_end_of_the_delay_to_pay() -> None:
    (echeance,) = compute_echeances([fait("commandement", date(2026, 3, 26))], GIRONDE)

    assert echeance.regle == "A1"
    assert echeance.le == date(2026, 5, 7)


def test_a_contested_delay_keeps_its_alternative() -> None:
    older = {DOSSIER: Contexte("33", "33063", date(2016, 6, 21), "")}

    (echeance,) = compute_echeances([fait("commandement", date(2026, 3, 26))], older)

    assert echeance.le == date(2026, 5, 26)
    assert date(2026, 5, 7) in echeance.autres
    assert echeance.certitude == "contested"


def test_a_hearing_gives_the_last_day_to_notify_the_prefet() -> None:
    echeances = {
        e.regle: e for e in compute_echeances([fait("audience", date(2025, 5, 12))], GIRONDE)
    }

    assert echeances["C2"].le == date(2025, 3, 30)


@pytest.mark.parametrize("genre", sorted(FAIT_A_OBTENIR))
def test_a_fact_without_its_day_is_said_to_be_obtained_and_never_guessed(genre: str) -> None:
    for echeance in compute_echeances([fait(genre, None)], GIRONDE):
        assert echeance.le is None
        assert echeance.a_obtenir == FAIT_A_OBTENIR[genre]


def test_a_day_before_the_known_law_gives_no_date() -> None:
    echeances = compute_echeances([fait("audience", date(2015, 3, 2))], GIRONDE)

    c6 = next(e for e in echeances if e.regle == "C6")
    assert c6.le is None
    assert c6.a_obtenir


@given(st.lists(st.sampled_from(sorted(REGLES_PAR_FAIT)), max_size=6), st.integers(0, 900))
def test_the_order_of_the_facts_changes_nothing(genres: list[str], days: int) -> None:
    start = date(2024, 3, 1) + timedelta(days=days)
    faits = [fait(genre, start + timedelta(days=i)) for i, genre in enumerate(genres)]
    shuffled = random.Random(days).sample(faits, len(faits))

    assert sorted(map(str, compute_echeances(faits, GIRONDE))) == sorted(
        map(str, compute_echeances(shuffled, GIRONDE))
    )


@given(st.dates(date(2024, 2, 1), date(2027, 12, 31)), st.dates(date(2024, 2, 1)))
def test_a_later_act_moves_no_earlier_deadline(first: date, later: date) -> None:
    cql = fait("cql", first)
    other = fait("rfp", max(first, min(later, date(2028, 12, 31))))

    alone = compute_echeances([cql], GIRONDE)
    together = compute_echeances([cql, other], GIRONDE)

    assert set(map(str, alone)) <= set(map(str, together))


@given(st.dates(date(2024, 2, 1), date(2028, 12, 31)), st.sampled_from(sorted(REGLES_PAR_FAIT)))
def test_a_stored_deadline_explains_itself_with_the_same_date(le: date, genre: str) -> None:
    for echeance in compute_echeances([fait(genre, le)], GIRONDE):
        assert echeance.debut_le is not None
        explained = explain(
            regle=echeance.regle, debut_le=echeance.debut_le, arguments=echeance.arguments
        )
        assert explained.date == echeance.le
        assert explained.etapes
        assert explained.references


def test_the_hearing_that_counts_is_the_deferred_one() -> None:
    first = acte("assignation", date(2026, 6, 1), audience_le=date(2026, 9, 1))
    deferral = acte("audience", date(2026, 11, 3))

    (audience,) = [f for f in list_faits(DOSSIER, [first, deferral]) if f.genre == "audience"]

    assert audience.le == date(2026, 11, 3)
    assert audience.source_id == deferral.id


def test_a_refused_cfp_starts_no_liability() -> None:
    actes = [acte("cfp", date(2026, 6, 1), sens="refus")]

    assert list_faits(DOSSIER, actes) == []


def test_a_requisition_counts_from_its_reception() -> None:
    actes = [acte("rfp", date(2026, 6, 1), recu_le=date(2026, 6, 4))]

    assert [f.le for f in list_faits(DOSSIER, actes)] == [date(2026, 6, 4)]


def test_the_stage_is_the_furthest_reached() -> None:
    actes = [
        acte("cql", date(2026, 9, 1)),
        acte("commandement", date(2026, 1, 5)),
        acte("assignation", date(2026, 4, 1), audience_le=date(2026, 6, 15)),
    ]

    avancement = compute_avancement(actes)

    assert avancement
    assert (avancement.stade, avancement.stade_le) == ("cql", date(2026, 9, 1))
    assert avancement.audience_le == date(2026, 6, 15)


def test_a_new_commandement_long_after_opens_a_new_procedure() -> None:
    actes = [acte("jugement", date(2023, 5, 1)), acte("commandement", date(2026, 5, 2))]

    avancement = compute_avancement(actes)

    assert avancement
    assert avancement.stade == "commandement"


def test_a_dossier_without_act_has_no_stage() -> None:
    assert compute_avancement([]) is None


@given(st.permutations([("commandement", 0), ("assignation", 60), ("jugement", 150), ("cql", 200)]))
def test_the_stage_does_not_depend_on_the_order_of_arrival(order: list[tuple[str, int]]) -> None:
    actes = [acte(kind, date(2026, 1, 1) + timedelta(days=days)) for kind, days in order]

    avancement = compute_avancement(actes)

    assert avancement
    assert avancement.stade == "cql"
    assert avancement.stade in STADES

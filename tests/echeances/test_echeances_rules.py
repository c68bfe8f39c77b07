"""Facts become deadlines; acts tell where the procedure stands."""

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.actes.models import TypeActe
from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.acteurs.matrice import load_matrice
from seuil.echeances.rules.actes import list_faits, list_faits_lus
from seuil.echeances.rules.audiences import STADES
from seuil.echeances.rules.avancement import compute_avancement
from seuil.echeances.rules.calculs import (
    Contexte,
    EcheanceCalculee,
    compute_echeances,
    compute_lues,
)
from seuil.echeances.rules.explications import explain
from seuil.echeances.rules.faits import (
    CATEGORIE_PAR_REGLE,
    Fait,
    list_a_obtenir,
    list_regles_lues,
    list_regles_par_fait,
    list_suites,
)
from seuil.echeances.rules.pauses import Acte, list_pauses
from seuil.engines import droit

DOSSIER = uuid4()
GIRONDE = {DOSSIER: Contexte("33", "33063", date(2025, 1, 1), "6 semaines")}


def acte(type_acte: str, le: date, **details: object) -> Acte:
    values = {"recu_le": None, "audience_le": None, "sens": "", **details}
    return Acte(uuid4(), type_acte, le, **values)


def fait(genre: str, le: date | None, source: UUID | None = None) -> Fait:
    return Fait(DOSSIER, genre, le, "acte", source or uuid4())


# The facts of the law that no act gives: the diagnosis, the mandate.
AILLEURS = {
    "saisine_organisme_dsf", "transmission_operateur", "debut_accompagnement", "dernier_echange",
    "relance_sans_reponse", "transmission_simple", "transmission_complexe",
}  # fmt: skip


def test_each_rule_kept_in_the_files_starts_from_a_fact_that_something_gives() -> None:
    senses = [(t, s) for t in TypeActe.values for s in ("", *SENS_PAR_TYPE.get(t, ()))]
    actes = [acte(t, date(2026, 3, 2), sens=s, audience_le=date(2026, 9, 1)) for t, s in senses]
    alone = [a for a in actes if a.type == "commandement"]
    suivis = {f.genre for f in list_faits(DOSSIER, actes)}
    lus = [
        *list_faits_lus(DOSSIER, actes, bailleur_saisit=True),
        *list_faits_lus(DOSSIER, alone, bailleur_saisit=True),
    ]
    ends = {droit.regles()[suite].debut for suite in list_suites().values()}

    assert set(list_regles_par_fait()) == suivis | AILLEURS | ends
    assert set(list_regles_lues()) == {f.genre for f in lus if f.le}
    assert {f.genre for f in lus if not f.le} <= set(list_regles_par_fait())


def test_who_may_read_a_date_is_what_the_matrix_keeps_apart() -> None:
    assert dict(CATEGORIE_PAR_REGLE) == {
        **dict.fromkeys(("G3", "G5", "G7", "G10", "G12", "G12c", "G12d"), "concours"),
        **dict.fromkeys(("K1", "K2", "K3"), "dalo"),
        **dict.fromkeys(("EM1", "EM2", "EM2b", "EM3", "EM4", "EM5", "EM6"), "accompagnement"),
    }
    assert len(CATEGORIE_PAR_REGLE) == 17
    assert set(CATEGORIE_PAR_REGLE.values()) <= set(load_matrice().categories)


def test_a_commandement_gives_the_end_of_the_delay_to_pay() -> None:
    (echeance,) = compute_echeances([fait("cdp_signifie", date(2026, 3, 26))], GIRONDE)

    assert echeance.regle == "A1"
    assert echeance.le == date(2026, 5, 7)


def test_a_contested_delay_keeps_its_alternative() -> None:
    older = {DOSSIER: Contexte("33", "33063", date(2016, 6, 21), "")}

    (echeance,) = compute_echeances([fait("cdp_signifie", date(2026, 3, 26))], older)

    assert echeance.le == date(2026, 5, 26)
    assert date(2026, 5, 7) in echeance.autres
    assert echeance.certitude == "contested"


def test_a_hearing_gives_the_last_day_to_notify_the_prefet() -> None:
    echeances = {
        e.regle: e
        for e in compute_echeances([fait("premiere_audience", date(2025, 5, 12))], GIRONDE)
    }

    assert echeances["C2"].le == date(2025, 3, 30)


@pytest.mark.parametrize("genre", sorted(list_a_obtenir()))
def test_a_fact_without_its_day_is_said_to_be_obtained_and_never_guessed(genre: str) -> None:
    facts = [fait(genre, None)]
    found = compute_lues(facts, GIRONDE[DOSSIER])
    if genre in list_regles_par_fait():
        found += compute_echeances(facts, GIRONDE)

    assert found
    assert {(e.le, e.a_obtenir) for e in found} == {(None, list_a_obtenir()[genre])}


def test_a_day_before_the_known_law_gives_no_date() -> None:
    echeances = compute_echeances([fait("audience", date(2015, 3, 2))], GIRONDE)

    c6 = next(e for e in echeances if e.regle == "C6")
    assert c6.le is None
    assert c6.a_obtenir


@given(st.lists(st.sampled_from(sorted(list_regles_par_fait())), max_size=6), st.integers(0, 900))
def test_the_order_of_the_facts_changes_nothing(genres: list[str], days: int) -> None:
    start = date(2024, 3, 1) + timedelta(days=days)
    faits = [fait(genre, start + timedelta(days=i)) for i, genre in enumerate(genres)]
    shuffled = random.Random(days).sample(faits, len(faits))

    assert sorted(map(str, compute_echeances(faits, GIRONDE))) == sorted(
        map(str, compute_echeances(shuffled, GIRONDE))
    )


@given(st.dates(date(2024, 2, 1), date(2027, 12, 31)), st.dates(date(2024, 2, 1)))
def test_a_later_act_moves_no_earlier_deadline(first: date, later: date) -> None:
    cql = fait("cql_signifie", first)
    other = fait("rfp_recue", max(first, min(later, date(2028, 12, 31))))

    alone = compute_echeances([cql], GIRONDE)
    together = compute_echeances([cql, other], GIRONDE)

    assert set(map(str, alone)) <= set(map(str, together))


@given(
    st.dates(date(2024, 2, 1), date(2028, 12, 31)), st.sampled_from(sorted(list_regles_par_fait()))
)
def test_a_stored_deadline_explains_itself_with_the_same_date(le: date, genre: str) -> None:
    for echeance in compute_echeances([fait(genre, le)], GIRONDE):
        assert echeance.debut_le is not None
        explained = explain(
            regle=echeance.regle,
            debut_le=echeance.debut_le,
            arguments=dict(echeance.calcul.arguments),
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


def compute_of(*actes: Acte) -> dict[str, EcheanceCalculee]:
    return {e.regle: e for e in compute_echeances(list_faits(DOSSIER, actes), GIRONDE)}


def test_the_two_months_show_the_later_date_when_the_prefet_was_seized_late() -> None:
    f1 = compute_of(acte("cql", date(2026, 1, 15), recu_le=date(2026, 1, 20)))["F1"]

    assert f1.le == date(2026, 3, 20)
    assert f1.autres == (date(2026, 3, 15),)
    assert f1.certitude == "contested"


def test_the_two_months_are_to_check_while_the_prefet_is_not_seized() -> None:
    cql = acte("cql", date(2026, 1, 15))

    assert compute_of(cql)["F1"].certitude == "to_check"
    assert [p.genre for p in list_pauses([cql])] == ["prefet_non_saisi"]


def test_an_express_refusal_starts_the_liability() -> None:
    g7 = compute_of(
        acte("cql", date(2026, 1, 12), recu_le=date(2026, 1, 12)),
        acte("rfp", date(2026, 4, 10), recu_le=date(2026, 4, 10)),
        acte("cfp", date(2026, 5, 4), sens="refus"),
    )["G7"]

    assert g7.le == date(2026, 5, 4)


def test_the_delay_that_the_commandement_prints_is_shown_when_it_differs() -> None:
    a1 = compute_of(acte("commandement", date(2025, 2, 10), delai_annonce="2 mois"))["A1"]

    assert a1.le == date(2025, 3, 24)
    assert date(2025, 4, 10) in a1.autres
    assert a1.certitude == "contested"


def test_the_eviction_waits_for_the_judges_time_then_for_the_end_of_the_truce() -> None:
    cql = acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11))
    time_granted = acte("delais_quitter", date(2026, 6, 20), delai_jusqu_au=date(2026, 12, 15))

    assert compute_of(cql)[droit.EXECUTION].le == date(2026, 7, 13)
    assert compute_of(cql, time_granted)[droit.EXECUTION].le == date(2027, 4, 1)


def test_recevabilite_does_not_hold_the_eviction_and_the_judges_suspension_does() -> None:
    cql = acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11))
    recevable = acte("surendettement", date(2026, 6, 1), sens="recevable")
    suspension = acte("surendettement", date(2026, 6, 15), sens="suspension")

    assert compute_of(cql, recevable)[droit.EXECUTION].le == date(2026, 7, 13)
    held = compute_of(cql, recevable, suspension)
    assert held["I4"].le == date(2028, 6, 15)
    assert held[droit.EXECUTION].le == date(2028, 6, 16)


def test_time_lost_at_the_first_default_holds_nothing_any_more() -> None:
    judgment = acte("jugement", date(2026, 3, 2), sens="delais", delai_jusqu_au=date(2028, 3, 2))
    cql = acte("cql", date(2026, 9, 1), recu_le=date(2026, 9, 1))
    default = acte("defaut_plan", date(2026, 8, 10))

    held = compute_of(judgment, cql)[droit.EXECUTION]
    assert held.le is None
    assert held.autres == (date(2027, 4, 1),)
    assert "respectés" in held.a_obtenir
    assert compute_of(judgment, default, cql)[droit.EXECUTION].le == date(2027, 4, 1)
    (pause,) = list_pauses([judgment, default])
    assert (pause.au, pause.fin_le) == (date(2028, 3, 2), date(2026, 8, 10))


def test_a_protocole_broken_stops_holding_the_eviction() -> None:
    signed = acte("pcs", date(2026, 4, 1), sens="signe")
    broken = acte("pcs", date(2026, 10, 1), sens="rompu")

    assert [p.fin_le for p in list_pauses([signed])] == [date(2028, 4, 1)]
    assert [p.fin_le for p in list_pauses([signed, broken])] == [date(2026, 10, 1)]


def test_a_recognised_household_has_the_offer_then_the_judge() -> None:
    dalo = compute_of(acte("dalo", date(2026, 3, 1), sens="reconnu"))

    assert dalo["K2"].le == date(2026, 9, 1)
    assert dalo["K3"].debut_le == date(2026, 9, 1)
    assert dalo["K3"].le == date(2027, 1, 4)


def test_time_granted_after_the_refusal_moves_no_liability() -> None:
    rfp = acte("rfp", date(2026, 4, 1), recu_le=date(2026, 4, 1))
    before = acte("delais_quitter", date(2026, 5, 1), delai_jusqu_au=date(2026, 9, 1))
    after = acte("delais_quitter", date(2026, 7, 1), delai_jusqu_au=date(2026, 9, 1))

    assert compute_of(rfp)["G7"].le == date(2026, 6, 1)
    assert compute_of(rfp, after)["G7"].le == date(2026, 6, 1)
    assert compute_of(rfp, before)["G7"].le == date(2026, 9, 2)


def test_every_pause_has_its_effect_written() -> None:
    kinds = [
        ("jugement", "delais"), ("delais_quitter", ""), ("surendettement", "recevable"),
        ("surendettement", "suspension"), ("surendettement", "effacement"),
        ("plan_apurement", "signe"), ("pcs", "signe"), ("dalo", "recours"), ("dalo", "reconnu"),
        ("appel", ""), ("cfp", "report"), ("cql", ""),
    ]  # fmt: skip
    actes = [acte(kind, date(2026, 3, 2), sens=sens) for kind, sens in kinds]

    assert {p.genre for p in list_pauses(actes)} == set(droit.load_effets())


def test_what_only_the_page_shows_is_read_from_the_acts() -> None:
    actes = [
        acte("commandement", date(2026, 1, 5)),
        acte("jugement", date(2026, 5, 4), sens="delais"),
    ]

    faits = list_faits_lus(DOSSIER, actes, bailleur_saisit=True)
    found = {e.regle: e for e in compute_lues(faits, GIRONDE[DOSSIER])}

    assert found["A4"].le == date(2026, 1, 20)
    assert found["E7"].le == date(2026, 11, 4)
    assert found["E4"].a_obtenir == "la date de signification de la décision"


def test_a_legal_person_must_have_seized_the_ccapex_before_the_assignation() -> None:
    actes = [acte("commandement", date(2026, 1, 5))]

    faits = list_faits_lus(DOSSIER, actes, bailleur_saisit=True)
    assert ("saisine_ccapex", None) in {(f.genre, f.le) for f in faits}
    actes.append(acte("saisine_ccapex", date(2026, 2, 2)))
    assert compute_of(*actes)["C1"].le == date(2026, 4, 2)
    faits = list_faits_lus(DOSSIER, actes, bailleur_saisit=True)
    assert "saisine_ccapex" not in {f.genre for f in faits}


def test_a_deferral_regularises_no_late_notification() -> None:
    first = acte("assignation", date(2026, 9, 1), audience_le=date(2026, 12, 14))
    deferral = acte("audience", date(2027, 3, 15))

    found = compute_of(first, deferral)

    assert found["C2"].debut_le == date(2026, 12, 14)
    assert found["C6"].debut_le == date(2027, 3, 15)


def test_a_premature_requisition_counts_from_the_day_it_may_be_granted() -> None:
    cql = acte("cql", date(2026, 1, 15), recu_le=date(2026, 1, 20))
    rfp = acte("rfp", date(2026, 1, 25), recu_le=date(2026, 1, 25))

    found = compute_of(cql, rfp)

    assert found["G3"].le == date(2026, 5, 20)
    assert found["G7"].le == date(2026, 5, 20)


def test_an_unknown_reception_leaves_the_implicit_refusal_to_check() -> None:
    cql, rfp = acte("cql", date(2026, 1, 15)), acte("rfp", date(2026, 5, 4))

    assert compute_of(rfp)["G3"].certitude == "sure"
    assert compute_of(cql, rfp)["G3"].certitude == "to_check"


@pytest.mark.parametrize(
    ("kind", "sens", "words"),
    [
        ("delais_quitter", "", "la fin des délais"),
        ("cfp", "report", "la fin du report"),
        ("pcs", "signe", "si le protocole est respecté"),
        ("surendettement", "effacement", "si le loyer courant est payé"),
    ],
)
def test_what_holds_the_eviction_without_a_day_leaves_it_to_determine(
    kind: str, sens: str, words: str
) -> None:
    cql = acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11))

    found = compute_of(cql, acte(kind, date(2026, 6, 1), sens=sens))[droit.EXECUTION]

    assert found.le is None
    assert words in found.a_obtenir
    assert date(2026, 7, 13) in found.autres


def test_the_last_decision_on_the_concours_is_the_one_that_counts() -> None:
    cql = acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11))
    grant = acte("cfp", date(2026, 9, 9), sens="accord")
    report = acte("cfp", date(2026, 8, 3), sens="report", delai_jusqu_au=date(2026, 12, 1))
    refusal = acte("cfp", date(2026, 10, 1), sens="refus")

    assert compute_of(cql, grant)[droit.EXECUTION].le == date(2026, 9, 9)
    assert compute_of(cql, report, grant)[droit.EXECUTION].le == date(2026, 9, 9)
    assert compute_of(cql, grant, refusal)[droit.EXECUTION].certitude == "to_check"


@pytest.mark.parametrize(
    ("kind", "sens"),
    [("jugement", "delais"), ("pcs", "signe"), ("delais_quitter", ""), ("cfp", "report")],
)
def test_what_held_a_former_procedure_does_not_hold_the_next_one(kind: str, sens: str) -> None:
    former = acte(kind, date(2022, 3, 2), sens=sens)
    following = [
        acte("commandement", date(2025, 9, 1)),
        acte("jugement", date(2026, 3, 2), sens="resiliation"),
        acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11)),
    ]

    assert compute_of(former, *following)[droit.EXECUTION].le == date(2026, 7, 13)
    assert compute_of(former, following[-1])[droit.EXECUTION].le is None


def test_the_judges_time_is_compared_with_the_refusal_deemed_of_a_premature_requisition() -> None:
    cql = acte("cql", date(2026, 1, 15), recu_le=date(2026, 1, 20))
    rfp = acte("rfp", date(2026, 1, 25), recu_le=date(2026, 1, 25))
    time_granted = acte("delais_quitter", date(2026, 4, 20), delai_jusqu_au=date(2026, 6, 30))

    assert compute_of(cql, rfp, time_granted)["G7"].le == date(2026, 7, 1)


def test_the_judgment_that_grants_a_time_to_leave_or_a_new_commandement_does_not_end_it() -> None:
    judged = acte("jugement", date(2026, 3, 2), sens="resiliation")
    granted = acte("delais_quitter", date(2026, 3, 2), delai_jusqu_au=date(2026, 12, 31))
    cql = acte("cql", date(2026, 5, 11), recu_le=date(2026, 5, 11))
    new_debt = acte("commandement", date(2026, 6, 1))

    # The truce of winter follows the time granted.
    for actes in ([judged, granted, cql], [judged, granted, cql, new_debt]):
        assert compute_of(*actes)[droit.EXECUTION].le == date(2027, 4, 1)
    signified_later = acte("jugement", date(2026, 3, 20), sens="resiliation")
    assert compute_of(signified_later, granted, cql)[droit.EXECUTION].le == date(2027, 4, 1)

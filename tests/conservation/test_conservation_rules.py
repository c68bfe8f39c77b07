"""When a file is erased, and what holds it: pure rules, without a database."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.conservation import rules
from seuil.conservation.rules import (
    FaitLu,
    add_mois,
    compute_dernier_contact,
    compute_fin_procedure,
    compute_indemnisation,
    compute_issue,
    compute_maille,
    compute_reponse_due,
    compute_sort,
    compute_stade,
    load_conservation,
    parse_conservation,
    shorten,
    write_duree,
    write_mois,
    write_tranche,
)
from seuil.kernel.cartes import list_cartes
from seuil.strict_yaml import FichierIllisible, read_table

TEXT = (Path(rules.__file__).parent / "regles.yaml").read_text(encoding="utf-8")
NATURES = {f.nature: f.contact for c in list_cartes() for f in c.privacy.faits or ()}
CONSERVATION = load_conservation()
DAY = timedelta(days=1)


def lu(nature: str, le: date, type: str = "", sens: str = "") -> FaitLu:
    """Return a fact, with what the card of its table says of it."""
    return FaitLu(nature, le, type, sens, contact=NATURES[nature])


days = st.dates(min_value=date(2015, 1, 1), max_value=date(2027, 12, 31))
ACTES = ("commandement", "assignation", "jugement", "cql", "rfp", "cfp", "expulsion", "depart",
         "reprise", "dalo", "surendettement")  # fmt: skip
faits = st.lists(
    st.one_of(
        st.builds(lu, st.sampled_from(["contact", "tentative", "rapport", "dette"]), days),
        st.builds(
            lu, st.just("acte"), days, st.sampled_from(ACTES),
            st.sampled_from(["", "refus", "accord", "rejet"]),
        ),
        st.builds(
            lu, st.just("cloture"), days, st.just("depart"),
            st.sampled_from(["maintien", "relogement"]),
        ),
    ),
    max_size=8,
)  # fmt: skip


def acte(type: str, le: date, sens: str = "") -> FaitLu:
    return lu("acte", le, type, sens)


def sort(found: list[FaitLu], ouvert_le: date = date(2015, 1, 1)) -> rules.Sort:
    return compute_sort(faits=found, ouvert_le=ouvert_le, conservation=CONSERVATION)


@given(faits, days)
def test_a_contact_more_never_brings_the_end_nearer(found: list[FaitLu], le: date) -> None:
    # Compared with a file that was in touch: without any contact the last fact counts instead.
    known = [*found, lu("contact", date(2015, 1, 1))]

    assert sort([*known, lu("contact", le)]).terme_le >= sort(known).terme_le


@given(faits)
def test_the_order_of_facts_changes_nothing(found: list[FaitLu]) -> None:
    assert sort(found) == sort(list(reversed(found)))


@given(faits)
def test_nobody_met_less_than_two_years_ago_is_erased(found: list[FaitLu]) -> None:
    contact = compute_dernier_contact(found)
    if contact is None:
        return

    assert not sort(found).is_purged(add_mois(contact, 24))


@given(faits, days)
def test_what_is_erased_one_day_is_erased_the_next(found: list[FaitLu], on: date) -> None:
    if sort(found).is_purged(on):
        assert sort(found).is_purged(on + DAY)


@given(days, st.integers(min_value=0, max_value=240))
def test_months_are_added_as_on_a_calendar(le: date, mois: int) -> None:
    later = add_mois(le, mois)

    assert (later.year * 12 + later.month) - (le.year * 12 + le.month) == mois
    assert later.day <= le.day
    assert later.day == le.day or (later + DAY).day == 1


@pytest.mark.parametrize(
    ("le", "mois", "then"),
    [
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_the_last_day_of_a_month_stays_in_its_month(le: date, mois: int, then: date) -> None:
    assert add_mois(le, mois) == then


def test_two_years_to_the_day_are_kept_and_erased_the_next() -> None:
    found = sort([lu("contact", date(2023, 5, 4), sens="echange")])

    assert found.terme_le == date(2025, 5, 4)
    assert not found.is_purged(date(2025, 5, 4))
    assert found.is_purged(date(2025, 5, 5))


@pytest.mark.parametrize(
    ("fait", "counts"),
    [
        (lu("contact", date(2024, 1, 1)), True),
        (lu("rapport", date(2024, 1, 1)), True),
        (lu("dsf", date(2024, 1, 1)), True),
        (lu("demande", date(2024, 1, 1)), True),
        (acte("surendettement", date(2024, 1, 1)), True),
        (acte("dalo", date(2024, 1, 1)), True),
        (acte("expulsion", date(2024, 1, 1)), True),
        (lu("tentative", date(2024, 1, 1)), False),
        (lu("dsf_sans_rencontre", date(2024, 1, 1)), False),
        (acte("commandement", date(2024, 1, 1)), False),
        (acte("jugement", date(2024, 1, 1)), False),
        (lu("dette", date(2024, 1, 1)), False),
    ],
)
def test_what_is_a_contact_with_the_household(fait: FaitLu, counts: bool) -> None:
    assert (compute_dernier_contact([fait]) is not None) == counts


def test_without_any_contact_the_last_fact_counts() -> None:
    found = sort([acte("commandement", date(2020, 1, 6)), lu("dette", date(2020, 3, 1))])

    assert found.depart_le == date(2020, 3, 1)
    assert sort([]).depart_le == date(2015, 1, 1)


@pytest.mark.parametrize(
    ("found", "fin"),
    [
        ([acte("commandement", date(2020, 1, 1))], None),
        ([acte("commandement", date(2020, 1, 1)), acte("depart", date(2020, 5, 1))],
         date(2020, 5, 1)),
        ([acte("depart", date(2020, 5, 1)), acte("commandement", date(2021, 1, 1))], None),
        ([acte("jugement", date(2020, 5, 1), "rejet")], date(2020, 5, 1)),
        ([acte("jugement", date(2020, 5, 1), "resiliation")], None),
        ([lu("cloture", date(2020, 5, 1), "objectifs", "dette_apuree")], date(2020, 5, 1)),
        ([lu("cloture", date(2020, 5, 1), "fin_duree", "maintien")], None),
    ],
)  # fmt: skip
def test_what_ends_a_procedure(found: list[FaitLu], fin: date | None) -> None:
    assert compute_fin_procedure(found) == fin


@pytest.mark.parametrize(
    ("type", "until"),
    [
        ("commandement", date(2023, 1, 6)),
        ("assignation", date(2022, 1, 6)),
        ("jugement", date(2030, 1, 6)),
        ("cql", date(2030, 1, 6)),
    ],
)
def test_an_open_procedure_holds_as_long_as_it_may_go_on(type: str, until: date) -> None:
    (held,) = sort([acte(type, date(2020, 1, 6))]).retenues

    assert (held.code, held.jusqu_au) == ("procedure", until)


def test_a_file_is_held_until_the_state_can_no_longer_be_asked_to_pay() -> None:
    found = [acte("cfp", date(2021, 3, 1), "refus"), acte("expulsion", date(2022, 7, 1))]

    assert compute_indemnisation(found, ans=4) == date(2026, 12, 31)
    held = sort(found)
    assert held.terme_le == date(2024, 7, 1)
    assert [r.code for r in held.list_retenues(date(2026, 12, 31))] == ["indemnisation"]
    assert held.is_purged(date(2027, 1, 1))


def test_silence_for_two_months_is_a_refusal() -> None:
    asked = acte("rfp", date(2021, 3, 1))

    assert compute_indemnisation([asked], ans=4) == date(2025, 12, 31)
    accord = acte("cfp", date(2021, 4, 1), "accord")
    assert compute_indemnisation([asked, accord], ans=4) is None
    late = acte("cfp", date(2022, 4, 1), "accord")
    assert compute_indemnisation([asked, late], ans=4) == date(2026, 12, 31)
    gone = acte("depart", date(2021, 4, 1))
    assert compute_indemnisation([asked, gone], ans=4) is None


def test_a_hold_and_a_limitation_have_no_end() -> None:
    found = compute_sort(
        faits=[],
        ouvert_le=date(2015, 1, 1),
        conservation=CONSERVATION,
        gels=["Contentieux"],
        limite_le=date(2020, 1, 1),
    )

    assert [r.code for r in found.list_retenues(date(2099, 1, 1))] == ["gel", "limite"]
    assert found.is_due(date(2026, 1, 1))
    assert not found.is_purged(date(2099, 1, 1))


def test_what_remains_is_a_month_a_band_a_wide_place() -> None:
    assert write_mois(date(2021, 3, 10)) == "2021-03"
    assert [write_tranche(v) for v in (None, Decimal(0), Decimal(1), Decimal(1500))] == [
        "", "nulle", "moins_de_1500", "1500_a_3000",
    ]  # fmt: skip
    assert write_tranche(Decimal(10_000)) == "plus_de_10000"
    assert compute_maille(commune="33063", epci="M", population=2000) == ("commune", "33063")
    assert compute_maille(commune="33999", epci="M", population=1999) == ("epci", "M")
    assert compute_maille(commune="33999", epci="", population=10) == ("departement", "")


def test_stage_and_outcome_of_a_file() -> None:
    found = [
        acte("commandement", date(2020, 1, 1)),
        acte("cql", date(2021, 1, 1)),
        lu("cloture", date(2021, 2, 1), "depart", "relogement"),
        acte("depart", date(2021, 1, 20)),
    ]

    assert compute_stade(found, ("commandement", "assignation", "cql")) == "cql"
    assert compute_stade([], ("commandement",)) == ""
    assert compute_issue(found) == "relogement"
    assert compute_issue([acte("jugement", date(2020, 1, 1), "rejet")]) == "rejet"
    assert compute_issue([acte("expulsion", date(2020, 1, 1))]) == "expulsion"
    assert compute_issue([]) == ""


def test_a_month_to_answer_three_when_it_is_complex() -> None:
    assert compute_reponse_due(recue_le=date(2026, 1, 31), prolongee=False) == date(2026, 2, 28)
    assert compute_reponse_due(recue_le=date(2026, 1, 31), prolongee=True) == date(2026, 4, 30)


def test_durations_are_written_in_words() -> None:
    assert [write_duree(m) for m in (None, 12, 24, 18)] == ["", "1\xa0an", "2\xa0ans", "18\xa0mois"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version: 1", "version: un", "nombre entier"),
        ("duree: 24 mois", "duree: longtemps", "une durée est attendue"),
        ("duree: 24 mois", "duree: 0 mois", "une durée est attendue"),
        ("ensuite: anonymiser", "ensuite: oublier", "valeur inconnue"),
        ("evenement: dernier_contact", "evenement: hier", "valeur inconnue"),
        ("depuis: 2023-11-15", "depuis: 15/11/2023", "une date AAAA-MM-JJ"),
        ("par: purge", "par: personne", "effacé par quelqu’un"),
        ("certainty: sure", "certainty: peut-être", "valeur inconnue"),
        ("ans: 4", "ans: quatre", "un nombre entier positif"),
        ("remise: true", "remise: oui", "true ou false"),
        ("  anonyme:\n", "  anonyme:\n    perdu: 1\n", "clé inconnue"),
        ("    evenement: aucun\n", "    evenement: reponse\n", "« aucun » va avec « garder »"),
        ("      duree: 36 mois", "      duree: aucune", "une durée est attendue"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(old: str, new: str, told: str) -> None:
    assert old in TEXT

    with pytest.raises(FichierIllisible, match=r"ligne \d+") as refusal:
        parse_conservation(TEXT.replace(old, new, 1))

    assert told in str(refusal.value).replace("\xa0", " ")


def test_what_is_kept_has_no_duration() -> None:
    i = TEXT.index("  annuaire:")
    j = TEXT.index("duree: aucune", i)
    wrong = TEXT[:j] + "duree: 12 mois" + TEXT[j + len("duree: aucune") :]

    with pytest.raises(FichierIllisible, match="n’a pas de durée"):
        parse_conservation(wrong)


def test_a_departement_shortens_and_never_lengthens() -> None:
    def local(text: str) -> rules.Conservation:
        return shorten(CONSERVATION, read_table(text=text, fichier="33.yaml"))

    assert local("dossier: 18 mois").regles["dossier"].mois == 18
    assert local("dossier: 18 mois").regles["ligne"] == CONSERVATION.regles["ligne"]
    for text in ("dossier: 25 mois", "dossier: aucune", "anonyme: 12 mois"):
        with pytest.raises(FichierIllisible, match=r"33\.yaml, ligne 1.*jamais l’allonger"):
            local(text)
    with pytest.raises(FichierIllisible, match="règle de conservation inconnue"):
        local("perdue: 12 mois")


def test_every_departement_has_its_rules() -> None:
    assert load_conservation("33").regles["dossier"].mois == 24
    assert load_conservation("974") == load_conservation()
    assert all(r.source and r.verifie_le >= r.depuis for r in CONSERVATION.regles.values())

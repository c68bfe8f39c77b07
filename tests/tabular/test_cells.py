"""One cell at a time: what is read, what is refused, and never a guess between two readings."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.engines.tabular import (
    Cell,
    CellRefused,
    parse_code_postal,
    parse_date,
    parse_heure,
    parse_montant,
    parse_oui_non,
    parse_telephone,
    parse_texte,
)

MAY_7 = date(2026, 5, 7)


@pytest.mark.parametrize(
    "cell",
    [
        "07/05/2026", "7/5/2026", "07/05/26", "07.05.2026", "07-05-2026", "2026-05-07",
        "2026-05-07T00:00:00", "07/05/2026 00:00", "7 mai 2026", "jeudi 7 mai 2026", "7 MAI 26",
        "07-mai-26", "20260507", "46149", " 07/05/2026 ", 46149, 46149.395, 20260507, MAY_7,
        datetime(2026, 5, 7, 9, 30),
    ],
)  # fmt: skip
def test_every_way_to_write_a_day_gives_that_day(cell: Cell) -> None:
    assert parse_date(cell) == MAY_7


def test_other_months_and_calendars_are_read() -> None:
    assert parse_date("1er févr. 2026") == date(2026, 2, 1)
    assert parse_date("15 août 2026") == date(2026, 8, 15)
    assert parse_date(46149 - 1462, epoch_1904=True) == MAY_7


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0", "\u200b"])
@pytest.mark.parametrize(
    "parse",
    [parse_date, parse_montant, parse_code_postal, parse_heure, parse_telephone, parse_oui_non],
)
def test_a_blank_is_no_value(parse: Callable[[Cell], object], cell: Cell) -> None:
    assert parse(cell) is None


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("31/02/2026", "février 2026 compte 28 jours"),
        ("29/02/2027", "février 2027 compte 28 jours"),
        ("05/13/2026", "pas de mois 13"),
        ("00/00/0000", "pas de mois 0"),
        ("07/05/1826", "hors de la période"),
        ("demain", "n’est pas une date"),
        ("7 brumaire 2026", "n’est pas une date"),
        (12, "n’est pas une date"),
        (True, "n’est pas une date"),
        (float("nan"), "n’est pas une date"),
        (time(9, 30), "n’est pas une date"),
        ("07/05/20266", "n’est pas une date"),
    ],
)
def test_a_day_that_is_none_is_refused_with_the_reason(cell: Cell, words: str) -> None:
    with pytest.raises(CellRefused) as refused:
        parse_date(cell)

    assert words in refused.value.motif
    assert refused.value.remede


def test_two_digit_years_follow_the_bounds_of_their_column() -> None:
    assert parse_date("12/03/48", earliest=date(1900, 1, 1), latest=MAY_7) == date(1948, 3, 12)
    assert parse_date("12/03/95") == date(1995, 3, 12)
    assert parse_date("12/03/05") == date(2005, 3, 12)


@pytest.mark.parametrize(
    ("cell", "montant"),
    [
        ("1 234,56 €", "1234.56"), ("1\u202f234,56\u00a0€", "1234.56"), ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"), ("1,234.56", "1234.56"), ("1234,5", "1234.50"),
        ("1.234.567", "1234567.00"), ("450 EUR", "450.00"), ("450 euros", "450.00"), ("0", "0.00"),
        ("0,500", "0.50"), ("1234.5600", "1234.56"), (1234.56, "1234.56"), (33, "33.00"),
        (1234.5649999999, "1234.56"), ("-0", "0.00"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_french_people_write_them(cell: Cell, montant: str) -> None:
    assert str(parse_montant(cell)) == montant


@pytest.mark.parametrize(
    "cell",
    [
        "1.234", "1,234", "12,345", "1 23,4", "12,34,5", "1234,567", "abc", "12 k€", "-12,50",
        "(12,50)", -3, 1e12, float("inf"), True, date(2026, 5, 7), "9" * 40, "٣", "12e3", "€",
    ],
)  # fmt: skip
def test_amounts_that_could_mean_something_else_are_refused(cell: Cell) -> None:
    with pytest.raises(CellRefused):
        parse_montant(cell)


@pytest.mark.parametrize("cell", ["-12,50", "(12,50 )", "\u221212,50 €", -12.5])
def test_negative_amounts_need_permission(cell: Cell) -> None:
    assert parse_montant(cell, allow_negative=True) == Decimal("-12.50")


@given(st.decimals(min_value=0, max_value=999_999_999, places=2))
def test_an_amount_printed_in_french_reads_back(montant: Decimal) -> None:
    shown = f"{montant:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"

    assert parse_montant(shown) == montant


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1000, "01000"), ("1000", "01000"), (33000.0, "33000"), ("33 000", "33000"),
        ("F-33000", "33000"), (97400, "97400"), ("20090", "20090"), ("33000,0", "33000"),
    ],
)  # fmt: skip
def test_postal_codes_get_their_zero_back(cell: Cell, code: str) -> None:
    assert parse_code_postal(cell) == code


@pytest.mark.parametrize("cell", ["2A004", 330, 330000, "00123", 33000.5, "Bordeaux", True, MAY_7])
def test_other_codes_are_no_postal_codes(cell: Cell) -> None:
    with pytest.raises(CellRefused):
        parse_code_postal(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "9h30", "09:30", "9 h 30", "9H30", "09:30:00", "à 9h30", "9 heures 30", "9h30min",
        0.395833, "0,395833", 46149.395833, time(9, 30), datetime(2026, 5, 7, 9, 30, 12),
    ],
)  # fmt: skip
def test_every_way_to_write_an_hour_gives_that_hour(cell: Cell) -> None:
    assert parse_heure(cell) == time(9, 30)


def test_whole_hours_and_midnight_are_read() -> None:
    assert parse_heure("9h") == time(9, 0)
    assert parse_heure(0) == time(0, 0)


@pytest.mark.parametrize("cell", ["25h00", "9h75", "matin", 9, 46149, MAY_7, True, "930", -0.5])
def test_an_hour_that_is_none_is_refused(cell: Cell) -> None:
    with pytest.raises(CellRefused):
        parse_heure(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "06 12 34 56 78", "06.12.34.56.78", "0612345678", "612345678", 612345678, 612345678.0,
        "+33 6 12 34 56 78", "+33(0)6 12 34 56 78", "0033612345678", 33612345678,
        "06\u00a012\u00a034\u00a056\u00a078", "06-12-34-56-78",
    ],
)  # fmt: skip
def test_telephones_come_out_as_ten_digits(cell: Cell) -> None:
    assert parse_telephone(cell) == "0612345678"


@pytest.mark.parametrize(
    "cell",
    ["12", "+44 20 7946 0958", "0000000000", "06 12 34 56", "0612345678 / 0556000000", "NC", True],
)
def test_other_numbers_are_refused(cell: Cell) -> None:
    with pytest.raises(CellRefused):
        parse_telephone(cell)


def test_text_is_trimmed_composed_and_freed_of_what_nobody_sees() -> None:
    assert parse_texte("  Lefe\u0300vre \n\u200bAnne\u202e\x07\t ", max_length=50) == "Lefèvre Anne"
    assert parse_texte(None, max_length=5) == ""
    assert parse_texte(33000, max_length=5) == "33000"
    assert parse_texte(True, max_length=5) == "oui"
    assert parse_texte(MAY_7, max_length=10) == "07/05/2026"


@pytest.mark.parametrize("cell", ["x" * 11, "a\ud800"])
def test_text_too_long_or_damaged_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused) as refused:
        parse_texte(cell, max_length=10)

    refused.value.motif.encode("utf-8")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("Oui", True), ("x", True), (1, True), (True, True), ("NON", False), (0.0, False)],
)
def test_yes_and_no_are_read(cell: Cell, answer: bool) -> None:
    assert parse_oui_non(cell) is answer


def test_a_replacement_character_is_a_lost_letter() -> None:
    with pytest.raises(CellRefused, match="caractère perdu"):
        parse_texte("Lef\ufffdvre", max_length=10)


def test_perhaps_is_neither_yes_nor_no() -> None:
    with pytest.raises(CellRefused):
        parse_oui_non("peut-être")


@given(
    st.one_of(
        st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(),
        st.datetimes(), st.times(), st.none(),
    )
)  # fmt: skip
def test_no_cell_escapes_the_parsers_with_anything_but_a_refusal(cell: Cell) -> None:
    parsers: list[Callable[[Cell], object]] = [
        parse_date, parse_montant, parse_code_postal, parse_heure, parse_telephone, parse_oui_non,
        lambda value: parse_texte(value, max_length=20),
    ]  # fmt: skip

    reasons: list[bool] = []
    for parse in parsers:
        try:
            parse(cell)
        except CellRefused as refused:
            reasons.append(bool(refused.motif and refused.remede))

    assert all(reasons)

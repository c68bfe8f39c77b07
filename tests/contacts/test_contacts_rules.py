"""When an attempt or a visit may be recorded."""

from datetime import date, timedelta

import pytest

from seuil.contacts.rules import why_not_record

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("survenu_le", "prochain_le", "mandat_le", "word"),
    [
        (ON, None, None, None),
        (ON + DAY, None, None, "à venir"),
        (ON, ON, ON, None),
        (ON, ON - DAY, None, "prochain contact"),
        (ON - DAY, None, ON, "confié"),
    ],
)
def test_the_days_of_a_contact_follow_one_another(
    survenu_le: date, prochain_le: date | None, mandat_le: date | None, word: str | None
) -> None:
    reason = why_not_record(
        survenu_le=survenu_le, prochain_le=prochain_le, on=ON, mandat_le=mandat_le
    )

    assert reason is None if word is None else word in (reason or "")

"""The day is the département's, and can be fixed."""

from datetime import UTC, date

import pytest

from seuil.kernel import clock


def test_the_day_can_be_fixed_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEUIL_TODAY", "2026-03-31")

    assert clock.today("33") == date(2026, 3, 31)


def test_a_day_that_is_not_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEUIL_TODAY", "31/03/2026")

    with pytest.raises(ValueError, match="31/03/2026"):
        clock.today()


def test_the_day_overseas_is_not_ahead_of_paris_in_the_west(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SEUIL_TODAY")

    days = [clock.today(code) for code in ("971", "33", "974")]

    assert days == sorted(days)
    assert (days[-1] - days[0]).days <= 1


def test_an_instant_carries_its_time_zone() -> None:
    assert clock.now().astimezone(UTC).utcoffset() is not None
    assert clock.now().tzinfo is not None


def test_the_zone_is_that_of_the_departement_and_paris_elsewhere() -> None:
    keys = [clock.zone(code).key for code in ("971", "33", "")]

    assert keys == ["America/Guadeloupe", "Europe/Paris", "Europe/Paris"]

"""The journal of the server says where it failed, never what it handled."""

import logging
import sys

from seuil.kernel.logs import DiscreetFormatter


def test_an_error_is_logged_by_its_type_and_places_without_its_message() -> None:
    try:
        int("LEFEVRE Anne, 06 12 34 56 78")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x.py", 1, "Internal Server Error: %s", ("/a/",),
            sys.exc_info(),
        )  # fmt: skip

    text = DiscreetFormatter("%(levelname)s %(message)s").format(record)

    assert "LEFEVRE" not in text
    assert "06 12" not in text
    assert "ValueError" in text
    assert "test_logs.py" in text


def test_the_settings_use_the_discreet_format() -> None:
    formatters = {type(handler.formatter) for handler in logging.getLogger().handlers}

    assert DiscreetFormatter in formatters


def test_the_secret_address_of_an_agenda_is_masked_wherever_it_is_written() -> None:
    record = logging.LogRecord(
        "x", logging.WARNING, "x.py", 1, 'Forbidden (%s): %s "GET %s HTTP/1.1"',
        ("CSRF", "/agenda/ics/s3cr3t-_.ics", "https://hote/agenda/ics/s3cr3t-_.ics?a=b"), None,
    )  # fmt: skip

    text = DiscreetFormatter("%(message)s").format(record)

    assert text == ('Forbidden (CSRF): /agenda/ics/… "GET https://hote/agenda/ics/…?a=b HTTP/1.1"')

"""The agenda written for calendar programs (RFC 5545): a date, a kind, a dossier's number."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from seuil.web.agenda.queries import Evenement
from seuil.web.agenda.revisions import compute_sequence

PRODID = "-//Seuil//Agenda//FR"
LECTURE = timedelta(hours=1)
# How long a hearing lasts is not known: calendars need an end to show a beginning.
DUREE = timedelta(hours=1)

_ESPACE = UUID("5b6a3c1e-8f0d-4b52-9f43-2f1f7d0c9ae4")
_PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def compute_etag(*, evenements: Iterable[Evenement], on: date) -> str:
    """Return the digest of what `render_calendar` would write, without writing it."""
    content = [str(on.year)]
    content += [
        f"{_uid(e)} {e.le} {e.heure} {_summary(e)} {e.revu_at} {e.annule}" for e in evenements
    ]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:32]


def render_calendar(*, evenements: Iterable[Evenement], on: date, zone: ZoneInfo) -> bytes:
    """Return the calendar: nothing of a household but the number of its dossier."""
    listed = list(evenements)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Seuil — mon agenda")
    calendar.add("refresh-interval", LECTURE, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if any(e.heure for e in listed):
        calendar.add_component(_timezone(zone, on))
    frame: bytes = calendar.to_ical()
    end = frame.rindex(b"END:VCALENDAR")
    events = (
        _render_event(_Montre(_uid(e), _summary(e), e.le, e.heure, e.revu_at, e.annule), zone)
        for e in listed
    )
    return b"".join((frame[:end], *events, frame[end:]))


@dataclass(frozen=True, slots=True)
class _Montre:
    """What a calendar is told of an event."""

    uid: str
    summary: str
    le: date
    heure: time | None
    revu_at: datetime | None
    annule: bool


@lru_cache(maxsize=20_000)
def _render_event(montre: _Montre, zone: ZoneInfo) -> bytes:
    """Return one event, written once for all those whose calendar shows it, until it changes.

    It is given nothing that it may not say.
    """
    event = Event()
    event.add("uid", montre.uid)
    # Of the change itself: a calendar that trusts them takes an event only when they are newer.
    assert montre.revu_at is not None
    stamp = montre.revu_at.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", compute_sequence(stamp))
    event.add("summary", montre.summary)
    if montre.annule:
        event.add("status", "CANCELLED")
    if montre.heure is None:
        event.add("dtstart", montre.le)
        event.add("dtend", montre.le + timedelta(days=1))
    else:
        start = datetime.combine(montre.le, montre.heure, tzinfo=zone)
        event.add("dtstart", start)
        event.add("dtend", start + DUREE)
    # Private in a calendar that is shared; and nobody is busy all day because of a deadline.
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    content: bytes = event.to_ical()
    return content


def _summary(evenement: Evenement) -> str:
    return f"{evenement.libelle} — dossier {evenement.numero}"


def _uid(evenement: Evenement) -> str:
    """Return what names the event for ever: a hearing that is deferred moves, it is not doubled."""
    name = f"{evenement.dossier_id} {evenement.genre} {evenement.code} {evenement.source_id}"
    return f"{uuid5(_ESPACE, name)}@seuil"


def _timezone(zone: ZoneInfo, on: date) -> Timezone:
    if zone.key == "Europe/Paris":
        paris = Timezone.from_ical(_PARIS)
        assert isinstance(paris, Timezone)
        return paris
    # Written alike all year long.
    return Timezone.from_tzinfo(
        zone, first_date=date(on.year - 1, 1, 1), last_date=date(on.year + 2, 1, 1)
    )

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Timezone

from matchmaker.extensions import db
from matchmaker.mail import event_calendar
from matchmaker.mail.plain_text import plain_text
from matchmaker.mail.time_zones import vtimezone, written
from matchmaker.models import (
    Event,
    EventStatus,
    RsvpStatus,
    Venue,
    Visibility,
)
from tests.factories import NOON, make_event, make_group, make_rsvp, make_space

ZONES = (
    "Europe/Brussels",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)


def read(*events: Event, **more):
    return Calendar.from_ical(event_calendar.calendar(events, "Events", NOON, **more))


def entry(event: Event, **more):
    (found,) = read(event, **more).walk("VEVENT")
    return found


def test_an_event_is_told_with_what_a_calendar_needs(app):
    space = make_space(timezone="Europe/Brussels", name="The Old Mill")
    event = make_event(space, group=make_group(space, name="Potters"), sequence=3)

    told = entry(event)

    assert told["UID"] == f"{event.key}@localhost"
    assert (told["SEQUENCE"], told["STATUS"]) == (3, "CONFIRMED")
    assert told.start == event.starts_at
    assert told.end == event.ends_at
    assert told["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert told.start.hour == 14
    assert told["SUMMARY"] == "Breakfast"
    assert told["LOCATION"] == "The kitchen, The Old Mill"
    assert told["URL"] == f"http://localhost/events/{event.id}"
    assert told.categories == ["Meetup", "Potters"]
    assert "ORGANIZER" not in told


def test_a_change_is_noticed_and_the_event_stays_the_same(app):
    event = make_event()
    before = entry(event)
    event.sequence += 1
    event.changed_at = NOON + timedelta(hours=1)
    event.status = EventStatus.CANCELLED

    after = entry(event)

    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt == NOON + timedelta(hours=1)
    assert after["STATUS"] == "CANCELLED"


def test_a_feed_says_its_name_and_how_often_to_look_again(app):
    feed = read(make_event())

    assert feed.calendar_name == "Events"
    assert feed["X-WR-CALNAME"] == "Events"
    assert feed.refresh_interval == timedelta(hours=1)
    assert feed["X-PUBLISHED-TTL"] == "PT1H"
    assert "METHOD" not in feed


def test_a_feed_is_the_same_for_as_long_as_nothing_changes(app):
    event = make_event()

    later = NOON + timedelta(days=1)
    assert event_calendar.calendar([event], "E", NOON) == event_calendar.calendar(
        [event], "E", later
    )


def test_the_description_is_plain_and_ends_with_the_address(app):
    event = make_event(
        description="**Bring** [bread](https://b.example/x).\n\n- jam\n- tea"
    )

    assert entry(event)["DESCRIPTION"] == (
        "Bring bread (https://b.example/x).\n\n- jam\n- tea\n\n"
        f"http://localhost/events/{event.id}"
    )


def test_the_online_link_is_only_for_whoever_goes(app):
    event = make_event(
        venue=Venue.ONLINE, place="", online_url="https://meet.example/zq"
    )

    assert "meet.example" not in event_calendar.calendar([event], "E", NOON)
    told = entry(event, going={event.id})
    assert "Online: https://meet.example/zq" in told["DESCRIPTION"]
    assert (told["TRANSP"], entry(event)["TRANSP"]) == ("OPAQUE", "TRANSPARENT")


def test_whoever_waits_sees_it_in_the_title(app):
    event = make_event()

    assert entry(event, waiting={event.id})["SUMMARY"] == "Breakfast (in the queue)"


def test_an_event_by_link_is_addressed_by_its_key(app):
    event = make_event(visibility=Visibility.LINK)

    assert entry(event)["URL"] == f"http://localhost/e/{event.key}"


def test_nobody_who_comes_is_named(app):
    event = make_event()
    rsvp = make_rsvp(event, is_shown=True)
    rsvp.member.name = "Zqwilma"
    db.session.flush()

    told = event_calendar.calendar([event], "E", NOON, going={event.id})
    told += event_calendar.for_letter(rsvp, NOON)

    assert "Zqwilma" not in told
    assert rsvp.member.email not in told
    assert "ATTENDEE" not in told


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (RsvpStatus.GOING, "Breakfast"),
        (RsvpStatus.WAITING, "Breakfast (in the queue)"),
    ],
)
def test_a_letter_carries_the_one_event(app, status, title):
    rsvp = make_rsvp(make_event(), status=status)

    file = Calendar.from_ical(event_calendar.for_letter(rsvp, NOON))

    (told,) = file.walk("VEVENT")
    assert (file["METHOD"], told["SUMMARY"]) == ("PUBLISH", title)
    assert told["DTSTAMP"].dt == NOON


def test_what_no_calendar_may_hold_is_left_out(app):
    event = make_event(
        title="Tea\r\nATTENDEE:mailto:x@example.org\x07", place="a;b,c\\d"
    )

    told = entry(event)

    assert told["SUMMARY"] == "Tea\nATTENDEE:mailto:x@example.org"
    assert told["LOCATION"].startswith("a;b,c\\d")
    assert "ATTENDEE" not in told


def test_the_hour_that_comes_twice_is_told_without_doubt(app):
    space = make_space(timezone="Europe/Brussels")

    for hour in (0, 1):  # half past two, twice
        event = make_event(
            space, starts_at=datetime(2030, 10, 27, hour, 30, tzinfo=UTC)
        )
        assert f"DTSTART:20301027T0{hour}3000Z" in entry(event).to_ical().decode()


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_comes_along_with_every_change_of_its_clocks(name):
    there = vtimezone(name, 2029, 2032).to_tz(lookup_tzid=False)
    ours = ZoneInfo(name)

    hour = datetime(2029, 6, 1, tzinfo=UTC)
    for _ in range(2 * 365 * 24 * 2):
        local = hour.astimezone(ours)
        if not local.fold:
            offset = local.replace(tzinfo=there).utcoffset()
            assert offset == local.utcoffset(), local
        hour += timedelta(minutes=30)


@cache
def nth(year, month, byday):
    """The day of a month that a rule names, such as 2SU or -1SU."""
    number, weekday = (
        int(byday[:-2]),
        ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(byday[-2:]),
    )
    days = [
        day
        for n in range(1, monthrange(year, month)[1] + 1)
        if (day := datetime(year, month, n)).weekday() == weekday
    ]
    return days[number - 1 if number > 0 else number]


def by_outlook(zone: Timezone, local: datetime) -> timedelta:
    """The offset as [MS-OXCICAL] 2.1.3.1.1.19 reads it: of either kind one part alone.

    Whether the first or the latest, there is but one. Each becomes a day and hour as
    SYSTEMTIME has them, for every year.
    """
    begins = []
    for part in zone.subcomponents:
        rule = part["RRULE"]
        day = nth(local.year, rule["BYMONTH"][0], rule["BYDAY"][0])
        begins.append(
            (datetime.combine(day, part["DTSTART"].dt.time()), part["TZOFFSETTO"].td)
        )
    begun = [each for each in begins if each[0] <= local]
    return max(begun or begins)[1]


BY_RULE = {
    "Europe/Brussels": ("-1SU", "-1SU"),
    "Europe/Dublin": ("-1SU", "-1SU"),
    "America/New_York": ("2SU", "1SU"),
    "America/Los_Angeles": ("2SU", "1SU"),
    "Australia/Sydney": ("1SU", "1SU"),
    "Australia/Lord_Howe": ("1SU", "1SU"),
    "Pacific/Auckland": ("-1SU", "1SU"),
}


@pytest.mark.parametrize("name", BY_RULE)
def test_outlook_reads_the_right_time_too(name):
    zone, ours = vtimezone(name, 2029, 2031), ZoneInfo(name)

    kinds = sorted(part.name for part in zone.subcomponents)
    assert kinds == ["DAYLIGHT", "STANDARD"]
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    while moment.year < 2031:
        local = moment.astimezone(ours)
        there = local.replace(tzinfo=None)
        comes_twice = (
            local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        )
        if not comes_twice:
            assert by_outlook(zone, there) == local.utcoffset(), local
        moment += timedelta(minutes=30)


@pytest.mark.parametrize(("name", "days"), BY_RULE.items())
def test_a_zone_with_yearly_rules_is_told_by_them(name, days):
    text = written(name, 2029, 2031)

    assert {line.partition("BYDAY=")[2].partition(";")[0] for line in text.splitlines()
            if "RRULE" in line} == {*days}  # fmt: skip
    assert "FREQ=YEARLY" in text


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Asia/Tokyo", 1), ("Africa/Casablanca", 11), ("Asia/Jerusalem", 7)],
)
def test_a_zone_without_such_rules_is_told_change_by_change(name, parts):
    zone = vtimezone(name, 2029, 2031)

    assert len(zone.subcomponents) >= min(parts, 7)
    assert "RRULE" not in written(name, 2029, 2031)


def test_two_spaces_bring_both_their_zones_and_utc_needs_none(app):
    events = [
        make_event(make_space(timezone=name))
        for name in ("Europe/Brussels", "America/New_York", "UTC")
    ]

    zones = [zone["TZID"] for zone in read(*events).walk("VTIMEZONE")]

    assert zones == ["America/New_York", "Europe/Brussels"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# Soup\n\nand *bread*", "Soup\n\nand bread"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("<https://a.example>", "https://a.example"),
        ("![a cat](https://a.example/c.png)", "a cat"),
        ("    code\n    more", "code\nmore"),
        ("one\ntwo", "one\ntwo"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("- a\n\nthen", "- a\n\nthen"),
    ],
)
def test_markdown_is_told_in_plain_words(markdown, text):
    assert plain_text(markdown) == text


def test_a_title_that_looks_like_the_files_own_lines_stays_a_title(app):
    folded = "x" * 55 + "BEGIN:VEVENT"  # where a line of the file is broken
    event = make_event(make_space(timezone="Europe/Brussels"), title=folded)

    file = event_calendar.calendar([event], event.title, NOON)

    told = Calendar.from_ical(file)
    assert [part.name for part in told.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert file.count("\r\n") == file.count("\n")

"""What others' calendars say, and what of it is believed."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.models import Venue
from matchmaker.services.events.calendars import calendar_reading, foreign_words
from matchmaker.services.events.calendars.calendar_reading import Incoming, Reading
from matchmaker.services.events.calendars.ics import reader, recurrence, text
from matchmaker.services.events.calendars.ics.refusals import Unreadable
from tests.factories import NOON

BRUSSELS = ZoneInfo("Europe/Brussels")


def vevent(**said: str) -> str:
    """An entry; `DTSTART__TZID=…` style names are given as whole lines in `raw`."""
    lines = {"UID": "one@x", "DTSTAMP": "20300101T000000Z", "SUMMARY": "Talk"} | said
    told = [
        line if name.startswith("raw") else f"{name}:{line}"
        for name, line in lines.items()
    ]
    return "\r\n".join(
        ["BEGIN:VEVENT", *(line for line in told if line), "END:VEVENT", ""]
    )


def vcalendar(*entries: str, head: str = "") -> bytes:
    told = ["VERSION:2.0\r\nPRODID:x\r\n", head, *entries]
    return f"BEGIN:VCALENDAR\r\n{''.join(told)}END:VCALENDAR\r\n".encode()


def told(content: bytes, zone: ZoneInfo = BRUSSELS, now: datetime = NOON) -> str:
    """What the reader's process writes, without the process: that has its own tests."""
    return json.dumps(reader.read(content, zone, now))


def reading_of(content: bytes) -> Reading:
    return calendar_reading.understood(told(content), BRUSSELS)


def reading(*entries: str, **more: str) -> Reading:
    return reading_of(vcalendar(*entries, **more))


def only(*entries: str) -> Incoming:
    found = reading(*entries)
    assert not found.left_out
    (event,) = found.events
    return event


def why_not(*entries: str) -> str:
    found = reading(*entries)
    assert found.events == []
    (left_out,) = found.left_out
    return left_out.why


UTC_TIMES = {"DTSTART": "20300513T080000Z", "DTEND": "20300513T093000Z"}


def test_an_entry_becomes_an_event():
    event = only(
        vevent(**UTC_TIMES, LOCATION="Canal 3\\, Ghent", DESCRIPTION="Come.\\nAll.")
    )

    assert event == Incoming(
        uid="one@x",
        title="Talk",
        description="Come.\nAll.",
        venue=Venue.ADDRESS,
        place="Canal 3, Ghent",
        online_url="",
        starts_at=datetime(2030, 5, 13, 8, tzinfo=UTC),
        ends_at=datetime(2030, 5, 13, 9, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("lines", "starts", "hours"),
    [
        ({"raw": "DTSTART;VALUE=DATE:20300513"}, "12 22:00", 24),
        (
            {"raw": "DTSTART;VALUE=DATE:20300513", "raw2": "DTEND;VALUE=DATE:20300516"},
            "12 22:00",
            72,
        ),
        ({"DTSTART": "20300513T100000"}, "13 08:00", 1),
        ({"DTSTART": "20300513T100000", "DTEND": "20300513T120000"}, "13 08:00", 2),
        ({"DTSTART": "20300513T100000Z"}, "13 10:00", 1),
        ({"DTSTART": "20300513T100000Z", "DURATION": "PT3H"}, "13 10:00", 3),
        ({"DTSTART": "20300513T100000Z", "DTEND": "20300513T100000Z"}, "13 10:00", 1),
        ({"raw": "DTSTART;TZID=America/New_York:20300513T100000"}, "13 14:00", 1),
        (
            {"raw": "DTSTART;TZID=W. Europe Standard Time:20300513T100000"},
            "13 08:00",
            1,
        ),
        ({"raw": "DTSTART;TZID=Nowhere/Known:20300513T100000"}, "13 08:00", 1),
    ],
)
def test_days_and_times_on_no_clock_are_on_the_spaces(lines, starts, hours):
    event = only(vevent(**lines))

    assert f"{event.starts_at:%d %H:%M}" == starts
    assert event.ends_at - event.starts_at == timedelta(hours=hours)


def test_what_is_over_or_a_year_away_does_not_come():
    found = reading(
        vevent(UID="a", DTSTART="20300505T100000Z"),
        vevent(UID="b", DTSTART="20310507T100000Z"),
        vevent(UID="c", DTSTART="20310504T100000Z"),
    )

    assert [event.uid for event in found.events] == ["c"]


def test_one_that_recurs_comes_once_for_each_time_and_stays_at_its_hour():
    found = reading(
        vevent(
            raw="DTSTART;TZID=Europe/Brussels:20301014T090000",
            RRULE="FREQ=WEEKLY;COUNT=4",
            EXDATE="20301021T070000Z",
        )
    )

    told = [(event.uid, f"{event.starts_at:%d %H}") for event in found.events]
    assert told == [
        ("one@x#20301014", "14 07"),
        ("one@x#20301028", "28 08"),
        ("one@x#20301104", "04 08"),
    ]


def test_an_occurrence_that_was_moved_is_still_the_same():
    found = reading(
        vevent(DTSTART="20300513T080000Z", RRULE="FREQ=WEEKLY;COUNT=2"),
        vevent(
            raw="RECURRENCE-ID:20300520T080000Z",
            DTSTART="20300522T100000Z",
            SUMMARY="Moved",
        ),
    )

    told = [(e.uid, e.title, e.starts_at.day) for e in found.events]
    assert told == [("one@x#20300513", "Talk", 13), ("one@x#20300520", "Moved", 22)]


def test_an_occurrence_keeps_its_name_when_all_move_to_another_hour():
    before, after = (
        reading(vevent(DTSTART=f"20300513T{hour}0000Z", RRULE="FREQ=WEEKLY;COUNT=3"))
        for hour in ("08", "10")
    )

    assert [e.uid for e in before.events] == [e.uid for e in after.events]
    assert before.events[0].starts_at != after.events[0].starts_at


def test_two_on_one_day_are_told_apart():
    found = reading(
        vevent(
            DTSTART="20300513T080000Z",
            RRULE="FREQ=DAILY;COUNT=2",
            RDATE="20300513T150000Z",
        )
    )

    assert len({e.uid for e in found.events}) == len(found.events) == 3


@pytest.mark.parametrize(
    ("rule", "many"),
    [
        ("FREQ=DAILY", 200),
        ("FREQ=DAILY;COUNT=3", 3),
        ("FREQ=WEEKLY;UNTIL=20300601T000000Z", 3),
        ("FREQ=WEEKLY;UNTIL=20300527", 3),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5", 5),
        ("FREQ=MONTHLY;BYDAY=2MO", 12),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", 3),  # and the one it begins with
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20500101", 1),
        ("FREQ=DAILY;BYMONTH=5", 19 + 6),
        ("FREQ=YEARLY", 1),
        ("FREQ=WEEKLY;INTERVAL=1000", 1),
    ],
)
def test_a_rule_comes_to_an_end_in_a_year_and_at_two_hundred(rule, many):
    began = time.monotonic()

    found = reading(vevent(DTSTART="20300513T080000Z", RRULE=rule))

    assert (len(found.events), found.left_out) == (many, [])
    assert time.monotonic() - began < 2


def test_one_that_counts_from_long_ago_has_the_times_it_would_have_had():
    found = reading(vevent(DTSTART="20200504T080000Z", RRULE="FREQ=WEEKLY;COUNT=525"))

    assert [f"{e.starts_at:%Y-%m-%d}" for e in found.events] == [
        "2030-05-13",
        "2030-05-20",
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=30",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYSECOND=1,2",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_one_that_recurs_every_second_is_refused_at_once(rule):
    began = time.monotonic()

    assert "more often than once a day" in why_not(
        vevent(DTSTART="19700101T000000Z", RRULE=rule)
    )
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (UTC_TIMES | {"DTEND": "20300513T070000Z"}, "ends before it begins"),
        (UTC_TIMES | {"DTEND": "20300913T070000Z"}, "longer than a month"),
        ({}, "does not say when"),
        ({"DTSTART": "tomorrow"}, "cannot be read"),
        ({"DTSTART": "20300231T100000Z"}, "cannot be read"),
        (UTC_TIMES | {"CLASS": "PRIVATE"}, "private"),
        (UTC_TIMES | {"RRULE": "FREQ=FORTNIGHTLY"}, "cannot be read"),
        (UTC_TIMES | {"RRULE": "FREQ=DAILY;INTERVAL=0"}, "cannot be read"),
        (UTC_TIMES | {"RRULE": "nonsense"}, "cannot be read"),
        (UTC_TIMES | {"RRULE": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "no day"),
        (UTC_TIMES | {"RRULE": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9"}, "no day"),
        (
            UTC_TIMES | {"RRULE": "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12;BYMONTH=4"},
            "no day",
        ),
        (UTC_TIMES | {"RRULE": "FREQ=YEARLY;BYEASTER=1"}, "cannot be read"),
        (
            UTC_TIMES
            | {
                "DTSTART": "19600513T080000Z",
                "DTEND": "19600513T090000Z",
                "RRULE": "FREQ=DAILY",
            },
            "fifty years",
        ),
        (UTC_TIMES | {"raw": "RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY"}, "several rules"),
        (
            UTC_TIMES
            | {
                "raw": "\r\n".join(
                    f"RDATE:2031{m:02}{d:02}T0{h}0000Z"
                    for m in range(1, 13)
                    for d in range(1, 29)
                    for h in range(8)
                )
            },
            "too many days",
        ),
    ],
)
def test_an_entry_that_will_not_do_says_why_and_the_others_come(said, why):
    fine = vevent(**UTC_TIMES, UID="fine")

    found = reading(fine, vevent(**said, UID="bad"))

    assert [event.uid for event in found.events] == ["fine"]
    (left_out,) = found.left_out
    assert why in left_out.why
    assert found.unsure == {"bad"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a calendar"),
        (b"hello", "not a calendar"),
        (b"<!doctype html><title>Sign in</title>", "a web page"),
        (b"%PDF-1.7", "not a calendar"),
        (b"\x89PNG\r\n\x1a\n\0", "not a calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD", "not a calendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "breaks off"),
        (vcalendar(vevent(**UTC_TIMES))[:-40], "breaks off"),
        (b"BEGIN:VCALENDAR\0END:VCALENDAR", "damaged"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VTODO\r\nEND:VCALENDAR", "damaged"),
        (vcalendar(*[vevent(**UTC_TIMES)] * 10_000), "more than 5,000 entries"),
        (b"BEGIN:VEVENT\r\n" * 5 + b"END:VCALENDAR", "not a calendar"),
    ],
    ids=range(12),
)
def test_what_is_no_calendar_is_said_to_be_none(content, why):
    began = time.monotonic()

    with pytest.raises(Unreadable, match=why):
        reading_of(content)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "nasty",
    [
        "X-LONG:" + "a" * 4_000_000 + "\r\n",
        "X" + ';A="' * 200_000 + ":x\r\n",
        "X" + ";A=b" * 100_000 + ":x\r\n",
        ":" * 1_000_000 + "\r\n",
        "BEGIN:VEVENT\r\n" * 4_000 + "END:VEVENT\r\n" * 4_000,
        "BEGIN:X-A\r\n" * 20_000 + "END:X-A\r\n" * 20_000,
        "X:a\r\n " * 300_000 + "\r\n",
    ],
    ids=range(7),
)
def test_what_is_made_to_keep_a_reader_busy_does_not(nasty):
    began = time.monotonic()
    with suppress(Unreadable):
        reading(nasty)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=97;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY",
        "FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1",
    ],
)
def test_thousands_of_rules_that_take_long_are_not_all_looked_through(
    rule, monkeypatch
):
    monkeypatch.setattr(recurrence, "PATIENCE", 200_000)
    began = time.monotonic()
    entries = [
        vevent(UID=f"{n}", DTSTART="19850513T080000Z", RRULE=rule) for n in range(1_000)
    ]

    with pytest.raises(Unreadable, match="takes too long"):
        reading(*entries)

    assert time.monotonic() - began < 20


def test_five_hundred_come_and_of_later_ones_nothing_is_claimed():
    found = reading(
        *(
            vevent(UID=f"{n}", DTSTART="20300513T080000Z", RRULE="FREQ=DAILY;COUNT=100")
            for n in range(6)
        )
    )

    assert len(found.events) == 500
    assert found.complete_until <= found.events[-1].starts_at + timedelta(days=1)


def test_without_a_uid_it_is_the_same_when_read_again():
    once, again = (only(vevent(**UTC_TIMES, UID="")) for _ in range(2))

    assert once.uid == again.uid


def test_a_long_uid_becomes_a_short_one():
    assert len(only(vevent(**UTC_TIMES, UID="x" * 2_000)).uid) <= 220


def test_one_called_off_says_so():
    assert only(vevent(**UTC_TIMES, STATUS="CANCELLED")).is_cancelled


def test_texts_are_cut_to_what_we_have_room_for():
    event = only(
        vevent(
            **UTC_TIMES,
            SUMMARY="word " * 100,
            LOCATION="word " * 100,
            DESCRIPTION="word " * 10_000,
        )
    )

    assert len(event.title) <= 120
    assert len(event.place) <= 200
    assert len(event.description) <= 10_500
    assert event.title.endswith("word…")


def test_one_without_a_title_is_called_so():
    assert only(vevent(**UTC_TIMES, SUMMARY="")).title == "Without a title"


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>Come&nbsp;<b>all</b></p><p>Tea &amp; cake</p>", "Come all\n\nTea & cake"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        (
            '<a href="https://a.example/x">Sign up</a>',
            "Sign up (<https://a.example/x>)",
        ),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style>", "a"),
        ("2 < 3 and 4 > 3", "2 < 3 and 4 > 3"),
        ("<p>2 &lt; 3</p>", "2 < 3"),
        ("<p>a<![ b", "a"),
        ('<p onclick="x()">a <img src=x onerror=y()>b</p>', "a b"),
        ("Title\n-----\ntext", "Title\n\ntext"),
        ("    indented", "indented"),
        ("see https://a.example/x.", "see <https://a.example/x>."),
        ("bell\x07 and\x00 nul", "bell and nul"),
    ],
)
def test_a_description_becomes_plain(html, plain):
    assert foreign_words.description(text.plain(html), "", "") == plain


@pytest.mark.parametrize(
    "unit", ["<!--", "<a ", "<a x='", "</", "<![", "<?", "&", "<", "<div>", "<a><p>"]
)
def test_a_description_made_to_keep_a_reader_busy_does_not(unit):
    began = time.monotonic()

    foreign_words.description(text.plain("<p>" + unit * 100_000), "", "")

    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "address",
    [
        "https://us02web.zoom.us/j/123?pwd=zq",
        "https://meet.google.com/abc-defg-hij",
        "https://teams.microsoft.com/l/meetup-join/19%3azq",
        "https://whereby.com/zq",
    ],
)
def test_the_link_of_a_call_is_kept_for_those_who_come(address):
    event = only(vevent(**UTC_TIMES, DESCRIPTION=f"Join: {address} or by phone"))

    assert event.online_url == address
    assert event.venue is Venue.ONLINE
    assert address not in event.description
    assert "shown to those who come" in event.description


def test_a_place_that_is_a_link_is_online():
    event = only(vevent(**UTC_TIMES, LOCATION="https://call.example/room"))

    assert (event.venue, event.place) == (Venue.ONLINE, "")
    assert event.online_url == "https://call.example/room"


def test_the_page_it_came_from_is_told():
    event = only(vevent(**UTC_TIMES, URL="https://lu.ma/zq", DESCRIPTION="Come"))

    assert event.description == "Come\n\n<https://lu.ma/zq>"


def test_nobody_named_there_comes_along():
    event = only(
        vevent(
            **UTC_TIMES,
            raw="ATTENDEE;CN=Zqben:mailto:zq@example.org\r\nORGANIZER;CN=Zqana:mailto:zz@example.org",
        )
    )

    assert "Zq" not in str(event)
    assert "example.org" not in str(event)


def test_a_calendar_says_its_name():
    assert reading(head="X-WR-CALNAME:Ghent Meetups\r\n").name == "Ghent Meetups"
    assert reading().name == ""


WORDS = st.sampled_from(
    [
        "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "UID:1", "UID:",
        "DTSTART:20300513T080000Z", "DTSTART;VALUE=DATE:20300513", "DTSTART:x",
        "DTSTART;TZID=Europe/Brussels:20300331T023000", "DTSTART:99991231T235959Z",
        "DTSTART:00010101T000000Z", "DTEND:20300513T080000Z", "DTEND:00010101",
        "DTEND:99991231T235959", "DURATION:-P1D", "DURATION:P99999999W", "DURATION:PT",
        "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;UNTIL=99991231", "RRULE:COUNT=3",
        "RRULE:FREQ=WEEKLY;COUNT=-1", "RRULE:FREQ=DAILY;UNTIL=00010101T000000Z",
        "RDATE:20300601T000000Z", "RDATE;VALUE=PERIOD:20300601T000000Z/PT1H", "EXDATE:x",
        "EXDATE:20300513", "RECURRENCE-ID:20300513T080000Z", "RECURRENCE-ID:x",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20300514T080000Z", "SEQUENCE:x", "SEQUENCE:9",
        "STATUS:CANCELLED", "SUMMARY:a\\,b", "SUMMARY;LANGUAGE=:x", "LOCATION:https://a.b",
        "DESCRIPTION:<p>&#xD800;<b", "URL:x", "CONFERENCE;VALUE=URI:https://a.b/c", "CLASS:X",
        "TZID:Europe/Brussels", "BEGIN:STANDARD", "END:STANDARD", "TZOFFSETTO:+9999", " fold",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(WORDS, max_size=30))
def test_whatever_is_in_it_there_is_an_answer(lines):
    lines = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
    try:
        found = reading(lines)
    except Unreadable:
        return
    for event in found.events:
        assert NOON < event.starts_at < event.ends_at
        assert event.ends_at - event.starts_at <= timedelta(days=32)
        assert event.title

"""The many forms in which calendars say the same, and what each says of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import EventStatus
from matchmaker.services.events.calendars import calendar_import
from matchmaker.services.events.planning import editing
from tests.factories import NOON, make_source, make_space
from tests.services.events.calendars.test_calendar_import import events, read
from tests.services.events.calendars.test_calendar_reading import (
    UTC_TIMES,
    only,
    reading,
    reading_of,
    vcalendar,
    vevent,
)

HOUR = timedelta(hours=1)
WEEKLY = {
    "raw": "DTSTART;TZID=Europe/Brussels:20300513T180000",
    "DURATION": "PT1H",
    "RRULE": "FREQ=WEEKLY;COUNT=5",
}


B = vevent(DTSTART="20300601T080000Z", UID="b", SUMMARY="B")


def told(found):
    return [
        (event.uid, event.title, f"{event.starts_at:%d %H}") for event in found.events
    ]


def change(said, **more):
    times = {"DTSTART": "20300528T170000Z", "DTEND": "20300528T180000Z"}
    return vevent(raw=f"RECURRENCE-ID{said}", **times | {"SUMMARY": "Moved"} | more)


@pytest.mark.parametrize(
    "said",
    [
        ";VALUE=DATE:20300527",
        ":20300527T160000Z",
        ":20300527T180000",
        ";TZID=Europe/Brussels:20300527T180000",
        ";TZID=America/New_York:20300527T120000",
        ";TZID=Nowhere/Known:20300527T180000",
        ";TZID=Europe/Brussels:20300527T190000",  # as it was before all were moved
    ],
)
def test_the_occurrence_that_a_change_names_is_the_one_changed(said):
    found = reading(vevent(**WEEKLY), change(said))

    assert told(found) == [
        ("one@x#20300513", "Talk", "13 16"),
        ("one@x#20300520", "Talk", "20 16"),
        ("one@x#20300527", "Moved", "28 17"),
        ("one@x#20300603", "Talk", "03 16"),
        ("one@x#20300610", "Talk", "10 16"),
    ]


@pytest.mark.parametrize(
    "said",
    [":20300514", ";VALUE=DATE:20300514", ":20300513T220000Z", ":20300514T000000Z"],
)
def test_a_day_of_a_series_of_days_is_named_in_any_form(said):
    days = vevent(raw="DTSTART;VALUE=DATE:20300513", RRULE="FREQ=DAILY;COUNT=3")

    found = reading(
        days, vevent(raw=f"RECURRENCE-ID{said}\r\nDTSTART:20300601T080000Z")
    )

    assert [event.uid for event in found.events] == [
        "one@x#20300513",
        "one@x#20300515",
        "one@x#20300514",
    ]


@pytest.mark.parametrize(
    "said",
    [
        ";VALUE=DATE:20300520",
        ":20300520T160000Z",
        ":20300520T180000",
        ";TZID=America/New_York:20300520T120000",
    ],
)
def test_a_day_that_is_excepted_does_not_come_in_whichever_form(said):
    found = reading(vevent(**WEEKLY, raw2=f"EXDATE{said}"))

    assert [event.starts_at.day for event in found.events] == [13, 27, 3, 10]


def test_this_and_all_following_are_moved_together():
    found = reading(
        vevent(**WEEKLY),
        vevent(
            raw="RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Brussels:20300527T180000",
            raw2="DTSTART;TZID=Europe/Brussels:20300527T190000",
            DURATION="PT2H",
            SUMMARY="Later",
        ),
        change(
            ":20300603T160000Z", DTSTART="20300604T170000Z", DTEND="20300604T180000Z"
        ),
    )

    assert told(found) == [
        ("one@x#20300513", "Talk", "13 16"),
        ("one@x#20300520", "Talk", "20 16"),
        ("one@x#20300527", "Later", "27 17"),
        ("one@x#20300603", "Moved", "04 17"),
        ("one@x#20300610", "Later", "10 17"),
    ]
    lengths = [event.ends_at - event.starts_at for event in found.events]
    assert lengths == [HOUR, HOUR, 2 * HOUR, HOUR, 2 * HOUR]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            "RECURRENCE-ID;RANGE=THISANDPRIOR:20300527T160000Z",
            "before it in its series",
        ),
        (
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20300527T160000Z\r\nRRULE:FREQ=DAILY",
            "by which rule",
        ),
        ("RECURRENCE-ID:soon", "cannot be read"),
    ],
)
def test_a_change_that_cannot_be_read_is_left_out_with_why(lines, why):
    found = reading(
        vevent(**WEEKLY), vevent(raw=f"{lines}\r\nDTSTART:20300527T170000Z")
    )

    assert found.events == []
    assert why in found.left_out[0].why
    assert found.unsure == {"one@x"}


def test_a_change_is_there_without_its_series_and_once():
    one = change(":20300527T160000Z")

    assert told(reading(one, one)) == [("one@x#20300527", "Moved", "28 17")]


def test_no_two_come_under_one_name():
    found = reading(
        vevent(
            **WEEKLY, raw2="RDATE:20300513T160000Z,20300513T190000Z,20300513T200000Z"
        ),
        change(
            ":20300513T210000Z", DTSTART="20300513T210000Z", DTEND="20300513T220000Z"
        ),
        vevent(**UTC_TIMES, UID="one@x"),
        vevent(**UTC_TIMES, UID="two"),
        vevent(**UTC_TIMES, UID="two"),
    )

    uids = [event.uid for event in found.events]
    assert len({*uids}) == len(uids)
    assert [one.why for one in found.left_out] == [
        "Another entry has the same UID. The one that was changed last comes."
    ]


def test_periods_are_dates_too():
    found = reading(
        vevent(
            **UTC_TIMES,
            raw="RDATE;VALUE=PERIOD:20300601T080000Z/PT1H,20300602T080000Z/20300602T0900Z",
        )
    )

    assert found.events or found.left_out


def test_a_feed_in_which_all_following_were_moved_goes_on(space):
    source = make_source(space, publishes=True)
    read(source, vevent(**WEEKLY), at=NOON)

    read(
        source,
        vevent(**WEEKLY),
        change(";RANGE=THISANDFUTURE:20300527T160000Z"),
        vevent(**UTC_TIMES, UID="new", SUMMARY="New"),
    )

    assert [event.title for event in events()].count("New") == 1
    assert len(events()) == 6
    assert source.problem == ""


def test_one_entry_that_cannot_be_kept_stands_on_the_page_and_the_others_come(
    any_database, monkeypatch
):
    source = make_source(make_space(), publishes=True)
    add = editing.add

    def fail(space, plan, *args, **columns):
        if plan.title == "B":  # as if a rule of the database were against it
            columns |= {"source_uid": "one@x"}
        return add(space, plan, *args, **columns)

    monkeypatch.setattr(editing, "add", fail)

    for hour in (0, 1):
        read(source, vevent(**UTC_TIMES), B, at=NOON + hour * HOUR)
        db.session.commit()

    assert [event.title for event in events()] == ["Talk"]
    assert source.left_out == [["B", calendar_import.UNKEPT]]


def test_times_on_no_clock_are_on_the_calendars_own():
    for head in ("X-WR-TIMEZONE", "TIMEZONE-ID", "X-WR-TIMEZONE;VALUE=TEXT"):
        (event,) = reading(
            vevent(DTSTART="20300513T180000", DTEND="20300513T190000"),
            head=f"{head}:America/New_York\r\n",
        ).events
        assert event.starts_at == datetime(2030, 5, 13, 22, tzinfo=UTC), head


def test_a_zone_of_its_own_that_nobody_knows_is_said():
    found = reading(
        vevent(DTSTART="20300513T180000"),
        vevent(UID="b", raw="DTSTART;TZID=Mars/Olympus:20300513T180000"),
        head="X-WR-TIMEZONE:Moon/Base\r\n",
    )

    assert [event.starts_at.hour for event in found.events] == [16, 16]
    assert sum("a time zone that we do not know" in note for note in found.notes) == 2


def test_days_begin_on_the_spaces_clock_wherever_the_calendar_is():
    (event,) = reading(
        vevent(raw="DTSTART;VALUE=DATE:20300513"), head="X-WR-TIMEZONE:Asia/Tokyo\r\n"
    ).events

    assert event.starts_at == datetime(2030, 5, 12, 22, tzinfo=UTC)


def test_what_has_begun_and_is_not_over_comes():
    found = reading(
        vevent(
            UID="fair",
            raw="DTSTART;VALUE=DATE:20300505",
            raw2="DTEND;VALUE=DATE:20300512",
        ),
        vevent(UID="workshop", DTSTART="20300506T110000Z", DTEND="20300506T130000Z"),
        vevent(UID="over", DTSTART="20300506T100000Z", DTEND="20300506T120000Z"),
        vevent(UID="far", DTSTART="20310601T100000Z"),
    )

    assert [event.uid for event in found.events] == ["fair", "workshop"]
    assert found.notes == [
        "One of its entries is over.",
        "One of its entries begins more than a year from now.",
    ]


def test_what_has_begun_and_is_named_anew_is_the_same(space):
    source = make_source(space, publishes=True)
    times = {"DTSTART": "20300506T110000Z", "DTEND": "20300506T190000Z"}

    for hour in (0, 1, 2):
        read(source, vevent(UID=f"{hour}", **times), B, at=NOON + hour * HOUR)

    assert [event.title for event in events()] == ["Talk", "B"]
    assert source.problem == ""


def test_what_has_begun_is_taken_in_once_and_not_called_off(space):
    source = make_source(space, publishes=True)
    entry = vevent(DTSTART="20300506T110000Z", DTEND="20300506T150000Z")

    for hour in (0, 1):
        read(source, entry, at=NOON + hour * HOUR)
    read(source, vevent(**UTC_TIMES, UID="b"), at=NOON + 2 * HOUR)

    assert [event.status for event in events()] == [EventStatus.PUBLISHED] * 2


@pytest.mark.parametrize("method", ["CANCEL", "cancel"])
def test_a_message_that_calls_events_off_calls_off_those_alone(
    space,
    olga,
    method,
):
    source = make_source(space, publishes=True, url=None)
    read(source, vevent(**UTC_TIMES), B, at=NOON)

    found = reading(vevent(**UTC_TIMES), head=f"METHOD:{method}\r\n")
    assert [event.is_cancelled for event in found.events] == [True]
    read(source, vevent(**UTC_TIMES), head=f"METHOD:{method}\r\n")

    assert [(e.title, e.is_cancelled) for e in events()] == [
        ("Talk", True),
        ("B", False),
    ]


def test_an_invitation_is_not_all_that_there_is(space):
    source = make_source(space, publishes=True)
    read(source, vevent(**UTC_TIMES), B, at=NOON)

    read(source, vevent(**UTC_TIMES, LOCATION="The attic"), head="METHOD:REQUEST\r\n")

    assert [event.place for event in events()] == ["The attic", ""]
    assert not any(event.is_cancelled for event in events())


def test_other_things_in_a_calendar_are_said_to_be_none_of_ours():
    todo = "BEGIN:VTODO\r\nDUE:never\r\nSUMMARY:x\r\nEND:VTODO\r\n"

    found = reading(todo, vevent(**UTC_TIMES), todo)

    assert len(found.events) == 1
    assert found.notes == ["2 of its entries are tasks or notes, not events."]


WORDS = "Café für Zoë"


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (lambda text: text.encode(), WORDS),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), WORDS),
        (lambda text: text.encode("utf-16"), WORDS),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), WORDS),
        (lambda text: text.encode("utf-16-le"), WORDS),
        (lambda text: text.encode("cp1252"), WORDS),
        # One odd byte, and all the rest is as it was.
        (lambda text: text.encode().replace(b"Talks", b"T\xfflks"), WORDS),
        (lambda text: text.encode().replace(b"Talks", b"T\0lks"), WORDS),
        # A line that is folded within a letter.
        (lambda text: text.encode().replace("é".encode(), b"\xc3\r\n \xa9"), WORDS),
    ],
    ids=range(9),
)
def test_letters_are_read_as_they_were_meant(content, title):
    text = vcalendar(vevent(**UTC_TIMES, SUMMARY=WORDS, COMMENT="Talks")).decode()

    found = reading_of(content(text))

    assert [event.title for event in found.events] == [title]


def test_of_letters_that_cannot_be_read_it_is_said():
    text = vcalendar(vevent(**UTC_TIMES, SUMMARY=WORDS, LOCATION="X")).decode()

    found = reading_of(text.encode().replace(b"LOCATION:X", b"LOCATION:\xff\xfe"))

    assert found.events[0].title == WORDS
    assert ["Some letters" in note for note in found.notes] == [True]


def test_an_entry_that_is_damaged_is_left_out_by_its_name_and_the_others_come():
    damaged = (
        'BEGIN:VEVENT\r\nUID:bad\r\nSUMMARY:Bad\r\nDTSTART;TZID=a"b:x\r\nEND:VEVENT\r\n'
    )

    found = reading(damaged, vevent(**UTC_TIMES))

    assert [event.title for event in found.events] == ["Talk"]
    assert [(one.title, bool(one.why)) for one in found.left_out] == [("Bad", True)]
    assert found.unsure == {"bad"}


def test_outlooks_day_is_a_day():
    event = only(
        vevent(
            raw="DTSTART;TZID=W. Europe Standard Time:20300513T000000",
            raw2="DTEND;TZID=W. Europe Standard Time:20300514T000000",
            raw3="X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        )
    )

    assert event.ends_at - event.starts_at == timedelta(days=1)

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from matchmaker.mail.meeting import calendar_file
from tests.factories import NOON, make_introduction, make_member, make_space

BRUSSELS = ZoneInfo("Europe/Brussels")
# Two before the clocks go back on 27 October 2030, one after.
ACROSS = [datetime(2030, 10, day, 12, 30, tzinfo=BRUSSELS) for day in (24, 25, 28)]


def a_side(**space):
    there = make_space(**({"timezone": "Europe/Brussels"} | space))
    ana = make_member("Ana", space=there, offers=["grant writing"], wants=["Postgres"])
    ben = make_member("Ben", space=there, offers=["Postgres"], wants=["grant writing"])
    return make_introduction(ana, ben).sides[0]


def events(text):
    return Calendar.from_ical(text).walk("VEVENT")


def test_three_proposals_in_the_time_of_the_space_on_both_sides_of_a_clock_change(app):
    text = calendar_file(a_side(), ACROSS, NOON)

    proposals = events(text)
    assert Calendar.from_ical(text)["METHOD"] == "PUBLISH"
    assert [e.start.strftime("%d %H:%M") for e in proposals] == [
        "24 12:30",
        "25 12:30",
        "28 12:30",
    ]
    assert [e.start.astimezone(UTC).hour for e in proposals] == [10, 10, 11]
    assert {e["STATUS"] for e in proposals} == {"TENTATIVE"}
    assert {e.end - e.start for e in proposals} == {timedelta(minutes=45)}


def test_the_zone_comes_along_and_agrees_with_ours(app):
    calendar = Calendar.from_ical(calendar_file(a_side(), ACROSS, NOON))

    (zone,) = calendar.walk("VTIMEZONE")
    there = zone.to_tz(lookup_tzid=False)
    assert zone["TZID"] == "Europe/Brussels"
    assert [time.replace(tzinfo=there).utcoffset() for time in ACROSS] == [
        time.utcoffset() for time in ACROSS
    ]


def test_the_clocks_go_forward_when_they_do(app):
    """At two by the clock; programs that have no zone of their own believe the file."""
    spring = [datetime(2030, 3, 31, 14, tzinfo=BRUSSELS)]
    calendar = Calendar.from_ical(calendar_file(a_side(), spring, NOON))

    begins = [
        rrulestr(part["RRULE"].to_ical().decode(), dtstart=part["DTSTART"].dt)
        for part in calendar.walk("DAYLIGHT")
    ]

    year = datetime(2030, 1, 1), datetime(2031, 1, 1)
    assert [time for begin in begins for time in begin.between(*year)] == [
        datetime(2030, 3, 31, 2)
    ]


def test_times_given_in_another_zone_are_told_in_that_of_the_space(app):
    times = [time.astimezone(UTC) for time in ACROSS]

    assert calendar_file(a := a_side(), times, NOON) == calendar_file(a, ACROSS, NOON)


def test_it_names_the_other_and_both_benefits(app):
    first, *_ = events(calendar_file(a_side(), ACROSS, NOON))

    assert first["SUMMARY"] == "Coffee with Ben (one of three proposals)"
    assert (
        "Ben can help you with Postgres, which you’re looking for."
        in first["DESCRIPTION"]
    )
    assert "You can help Ben with grant writing" in first["DESCRIPTION"]


def test_a_proposal_is_the_same_when_written_again_and_each_is_its_own(app):
    side = a_side()

    first = [e["UID"] for e in events(calendar_file(side, ACROSS, NOON))]
    again = [e["UID"] for e in events(calendar_file(side, ACROSS, NOON))]
    theirs = [e["UID"] for e in events(calendar_file(side.others[0], ACROSS, NOON))]

    assert first == again
    assert len({*first, *theirs}) == 6


def test_it_works_in_a_space_that_keeps_utc(app):
    (proposal,) = events(calendar_file(a_side(timezone="UTC"), ACROSS[:1], NOON))

    assert proposal.start.astimezone(UTC) == ACROSS[0].astimezone(UTC)

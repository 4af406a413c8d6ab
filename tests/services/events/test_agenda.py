"""What is on, as one member may see it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.models import (
    Event,
    EventStatus,
    RsvpStatus,
    Space,
    Visibility,
)
from matchmaker.queries.event_view import Room, Stage
from matchmaker.services.events import agenda
from matchmaker.services.events.agenda import Filters, days_of
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def ana(space):
    return make_member("Ana", space=space)


def titles(page):
    return [entry.event.title for entry in page.entries]


def make(space, title, starts_at=NOON + DAY, **fields):
    return make_event(space, title=title, starts_at=starts_at, **fields)


# Safety


def test_nobody_finds_an_event_of_whom_a_block_parts_them(space, ana):
    bo = make_member("Bo", space=space)
    make_block(ana, bo)
    event = make(space, "Of Bo", hosts=[bo], visibility=Visibility.PUBLIC)
    make_rsvp(event, ana)
    over = make(space, "Of Bo too", NOON - DAY, hosts=[bo])
    group = make_group(space)
    event.group = over.group = group

    coming_up = agenda.coming_up(ana, space, NOON)
    assert titles(agenda.upcoming(ana, space, NOON)) == []
    assert titles(agenda.upcoming(ana, space, NOON, Filters(mine=True))) == []
    assert titles(agenda.upcoming(ana, space, NOON, suiting_first=True)) == []
    assert titles(agenda.past(ana, space, NOON)) == []
    assert titles(agenda.public(ana, space, NOON)) == []
    assert agenda.of_group(ana, group, NOON) == ([], [])
    assert agenda.next_of_each_group(ana, space, NOON) == {}
    assert (coming_up.mine, coming_up.suiting) == ([], [])
    assert not coming_up.is_anything_on
    weeks = agenda.month(ana, space, date(2030, 5, 1), NOON)
    assert not any(day.entries for week in weeks for day in week)
    assert titles(agenda.public(None, space, NOON)) == ["Of Bo"]


def test_only_followers_find_what_is_for_the_group(space, ana):
    group = make_group(space)
    make(space, "For potters", group=group, visibility=Visibility.GROUP)

    assert titles(agenda.upcoming(ana, space, NOON)) == []
    make_following(group, ana)
    assert titles(agenda.upcoming(ana, space, NOON)) == ["For potters"]


def test_what_is_by_link_is_listed_for_those_who_signed_up(space, ana):
    event = make(space, "By link", visibility=Visibility.LINK)

    assert titles(agenda.upcoming(ana, space, NOON)) == []
    make_rsvp(event, ana)
    assert titles(agenda.upcoming(ana, space, NOON)) == ["By link"]


def test_the_public_list_holds_what_is_public_and_takes_place(space):
    open_day = make(space, "Open day", visibility=Visibility.PUBLIC)
    make(space, "Draft", visibility=Visibility.PUBLIC, status=EventStatus.DRAFT)
    make(space, "Off", visibility=Visibility.PUBLIC, status=EventStatus.CANCELLED)
    make(space, "Away", visibility=Visibility.PUBLIC, archived_at=NOON)
    make(space, "Over", NOON - DAY, visibility=Visibility.PUBLIC)
    make(space, "Porridge")
    other = make_space()
    make(other, "Elsewhere")

    (entry,) = agenda.public(None, space, NOON).entries
    assert (entry.event, entry.rsvp) == (open_day, None)
    assert agenda.with_public_events([space, other], NOON) == {space.id}


# What is on


def test_what_is_on_stays_until_it_ends(space, ana):
    make(space, "Begun", NOON - HOUR)
    make(space, "Over", NOON - 2 * HOUR)  # two hours long: it ends now

    assert titles(agenda.upcoming(ana, space, NOON)) == ["Begun"]
    assert titles(agenda.past(ana, space, NOON)) == ["Over"]
    (entry,) = agenda.upcoming(ana, space, NOON).entries
    assert entry.stage is Stage.BEGUN


def test_an_event_that_was_called_off_is_no_memory(space, ana):
    make(space, "Off", NOON - DAY, status=EventStatus.CANCELLED)
    make(space, "Off too", status=EventStatus.CANCELLED)

    assert titles(agenda.past(ana, space, NOON)) == []
    assert titles(agenda.upcoming(ana, space, NOON)) == ["Off too"]


@pytest.mark.parametrize(
    ("capacity", "going", "offered", "guests", "room"),
    [
        (None, 3, 0, 5, Room.FREE),
        (10, 4, 0, 0, Room.FREE),
        (10, 7, 0, 1, Room.FEW),
        (10, 8, 0, 0, Room.FEW),
        (4, 2, 1, 1, Room.FULL),
        (2, 3, 0, 0, Room.FULL),
    ],
)
def test_how_much_room_there_is_counts_guests_and_offers(
    space, ana, capacity, going, offered, guests, room
):
    event = make(space, "Porridge", capacity=capacity)
    for number in range(going):
        make_rsvp(event, guests=guests if number == 0 else 0)
    for _ in range(offered):
        make_rsvp(event, status=RsvpStatus.OFFERED)
    make_rsvp(event, status=RsvpStatus.WAITING)
    make_rsvp(event, status=RsvpStatus.DECLINED)

    (entry,) = agenda.upcoming(ana, space, NOON).entries
    assert entry.room is room


def test_mine_is_where_i_take_part_or_host(space, ana):
    make_rsvp(make(space, "Going", NOON + 1 * DAY), ana)
    make_rsvp(make(space, "Waiting", NOON + 2 * DAY), ana, RsvpStatus.WAITING)
    make_rsvp(make(space, "No", NOON + 3 * DAY), ana, RsvpStatus.DECLINED)
    make(space, "Hosting", NOON + 4 * DAY, hosts=[ana])
    make(space, "Not mine", NOON + 5 * DAY)

    mine = agenda.upcoming(ana, space, NOON, Filters(mine=True))

    assert titles(mine) == ["Going", "Waiting", "Hosting"]
    assert all(entry.is_mine for entry in mine.entries)


def test_the_front_page_suggests_what_suits_and_never_what_was_turned_down(space):
    ana = make_member(space=space, wants=["grant writing"], interests=["rivers"])
    make(space, "Porridge")
    make(space, "Rivers", NOON + 2 * DAY)
    make(space, "Grant writing", NOON + 3 * DAY)
    make(space, "Rivers again", NOON + 4 * DAY)
    make_rsvp(make(space, "Rivers: no"), ana, RsvpStatus.DECLINED)
    make(space, "Rivers in the far future", NOON + 60 * DAY)
    make(space, "Rivers cancelled", status=EventStatus.CANCELLED)

    coming_up = agenda.coming_up(ana, space, NOON)

    assert [e.event.title for e in coming_up.suiting] == ["Grant writing", "Rivers"]
    assert coming_up.mine == []


def test_days_are_those_of_the_spaces_own_clock(app):
    space = make_space(timezone="Pacific/Auckland")  # twelve hours ahead
    ana = make_member(space=space)
    make(space, "Late", datetime(2030, 5, 7, 11, tzinfo=UTC))  # 23:00
    make(space, "Later", datetime(2030, 5, 7, 13, tzinfo=UTC))  # 01:00, the next day

    page = agenda.upcoming(ana, space, NOON)

    assert [(day, len(on)) for day, on in page.by_day(NOON)] == [
        (date(2030, 5, 7), 1),
        (date(2030, 5, 8), 1),
    ]


def test_what_began_yesterday_is_on_today(space, ana):
    make(space, "Hackathon", NOON - DAY, ends_at=NOON + DAY)

    ((day, _),) = agenda.upcoming(ana, space, NOON).by_day(NOON)

    assert day == NOON.date()


def test_for_each_group_the_next_event_is_named(space, ana):
    group, empty = make_group(space), make_group(space)
    make(space, "Second", NOON + 2 * DAY, group=group)
    first = make(space, "First", group=group)
    make(space, "Off", NOON + HOUR, group=group, status=EventStatus.CANCELLED)

    assert agenda.next_of_each_group(ana, space, NOON) == {group.id: first}
    assert empty.id not in agenda.next_of_each_group(ana, space, NOON)


def test_the_pages_answer_alike_on_every_database(any_database):
    space = make_space()
    ana = make_member(space=space, wants=["rivers"])
    group = make_group(space)
    make_following(group, ana)
    event = make(space, "Rivers", group=group, capacity=3, visibility=Visibility.PUBLIC)
    make_rsvp(event, guests=1)
    make_rsvp(make(space, "Rivers again", NOON - DAY, group=group), ana)

    assert titles(agenda.upcoming(ana, space, NOON, suiting_first=True)) == ["Rivers"]
    assert titles(agenda.past(ana, space, NOON, Filters(mine=True))) == ["Rivers again"]
    assert titles(agenda.public(None, space, NOON)) == ["Rivers"]
    assert len(agenda.coming_up(ana, space, NOON).suiting) == 1
    assert agenda.upcoming(ana, space, NOON).entries[0].room is Room.FEW
    assert agenda.next_of_each_group(ana, space, NOON) == {group.id: event}


# Months


def on(weeks):
    """The titles on each day that has one."""
    return {
        day.date: [entry.event.title for entry in day.entries]
        for week in weeks
        for day in week
        if day.entries
    }


def test_an_event_over_midnight_is_on_both_days_and_one_until_midnight_is_not(
    space, ana
):
    party = datetime(2030, 5, 10, 22, tzinfo=UTC)
    make(space, "Party", party, ends_at=party + 4 * HOUR)
    make(space, "Film", party, ends_at=party + 2 * HOUR)

    weeks = agenda.month(ana, space, date(2030, 5, 1), NOON)

    assert on(weeks) == {
        date(2030, 5, 10): ["Party", "Film"],
        date(2030, 5, 11): ["Party"],
    }


def test_what_spans_the_edge_of_a_month_is_in_both(space, ana):
    last = datetime(2030, 5, 31, 9, tzinfo=UTC)
    make(space, "Fair", last, ends_at=last + 2 * DAY)

    may = on(agenda.month(ana, space, date(2030, 5, 1), NOON))
    june = on(agenda.month(ana, space, date(2030, 6, 1), NOON))

    days = {date(2030, 5, 31), date(2030, 6, 1), date(2030, 6, 2)}
    assert set(may) == days  # the grid goes on to Sunday
    assert set(june) == days  # and begins on Monday


ZONES = [
    "UTC",
    "Europe/Amsterdam",
    "America/Santiago",  # clocks change at midnight
    "Africa/Cairo",  # too, the other way round
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # by half an hour
]
MINUTES = st.integers(0, 60 * 24 * 365 * 3)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ZONES), MINUTES, st.integers(1, 60 * 24 * 5))
def test_an_event_stands_on_exactly_the_days_that_it_touches(zone, minute, length):
    starts_at = datetime(2029, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    event = Event(
        space=Space(timezone=zone),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=length),
    )

    touched = {
        (starts_at + timedelta(minutes=step)).astimezone(ZoneInfo(zone)).date()
        for step in range(length)
    }

    assert days_of(event) == sorted(touched)


@pytest.mark.parametrize("zone", ZONES)
def test_every_month_shows_each_hour_of_its_days_and_no_other(app, zone):
    """Events of an hour all through the days on which clocks change and months end."""
    space = make_space(timezone=zone)
    ana = make_member(space=space)
    shown = {}
    start = datetime(2030, 3, 25, tzinfo=UTC)
    for number in range(24 * 21):
        make(
            space,
            str(number),
            start + number * HOUR,
            ends_at=start + (number + 1) * HOUR,
        )
    for first in (date(2030, 3, 1), date(2030, 4, 1)):
        for day, there in on(agenda.month(ana, space, first, NOON)).items():
            shown.setdefault(day, set()).update(there)

    expected = {}
    for number in range(24 * 21):
        for minute in range(60):
            moment = start + number * HOUR + timedelta(minutes=minute)
            day = moment.astimezone(ZoneInfo(zone)).date()
            expected.setdefault(day, set()).add(str(number))
    assert shown == expected


def test_the_grid_is_whole_weeks_from_monday(space, ana):
    for month in range(1, 13):
        weeks = agenda.month(ana, space, date(2027, month, 1), NOON)
        days = [day for week in weeks for day in week]
        assert {len(week) for week in weeks} == {7}
        assert days[0].date.weekday() == 0
        assert all(b.date - a.date == DAY for a, b in pairwise(days))
        inside = [day.date for day in days if day.is_in_month]
        assert {day.month for day in inside} == {month}
        assert inside[0].day == 1
        assert (inside[-1] + DAY).month != month

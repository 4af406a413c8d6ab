from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, Series
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events.planning import (
    clock,
    plans,
    recurrence,
    series,
    series_times,
    standing,
)
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.planning.series import Scope
from tests.factories import NOON, make_event, make_rsvp, make_space

ONE, FOLLOWING, ALL = Scope.ONE, Scope.FOLLOWING, Scope.ALL
EVENING = datetime(2030, 5, 14, 18, 30)  # the second Tuesday of May, on the wall
PLAN = Plan("Pottery", EVENING, EVENING + timedelta(hours=2), place="The kitchen")
AFTER_TWO = datetime(2030, 5, 23, 12, tzinfo=UTC)


@pytest.fixture
def space(app):
    return make_space(timezone="Europe/Brussels")


@pytest.fixture
def make(space, hana):
    def make(rule, plan=PLAN, now=NOON):
        return series.make(space, plan, recurrence.read(rule), hana, now)

    return make


@pytest.fixture
def weekly(make, hana):
    """Four Tuesdays, published."""
    made = make("FREQ=WEEKLY;BYDAY=TU;COUNT=4")
    series.publish(made.series, hana, NOON)
    return made.events


def walls(events):
    return [f"{event.local_start:%a %d %b %H:%M}" for event in events]


def of(series_):
    query = select(Event).where(Event.series_id == series_.id).order_by(Event.starts_at)
    return db.session.scalars(query).all()


def edit(event, scope, by, now=NOON, **said):
    plan = plans.of(event)
    if "starts_at" in said:
        plan = plan.at(said.pop("starts_at"))
    return series.edit(event, replace(plan, **said), scope, by, now)


# Making


def test_every_time_of_a_rule_is_an_event_on_the_walls_clock(make, hana):
    made = make("FREQ=WEEKLY;INTERVAL=8;COUNT=5")

    assert walls(made.events) == [
        "Tue 14 May 18:30",
        "Tue 09 Jul 18:30",
        "Tue 03 Sep 18:30",
        "Tue 29 Oct 18:30",
        "Tue 24 Dec 18:30",
    ]
    assert {event.starts_at.hour for event in made.events} == {16, 17}
    assert {f"{event.local_end:%H:%M}" for event in made.events} == {"20:30"}
    assert {event.status for event in made.events} == {EventStatus.DRAFT}
    assert len({event.key for event in made.events}) == 5
    assert all(event.hosts == [hana] for event in made.events)


zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
hours = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@given(zones, hours, st.dates(date(2024, 1, 1), date(2028, 1, 1)))
@hypothesis_settings(max_examples=400, deadline=None)
def test_nine_oclock_stays_nine_oclock_in_every_zone_through_every_change(
    name, hour, day
):
    zone = ZoneInfo(name)
    first = datetime.combine(day, hour)
    rule = recurrence.read("FREQ=DAILY;INTERVAL=7;COUNT=100")

    for local in recurrence.times(rule, first, first + timedelta(days=731)):
        start, end = clock.moments(local, local + timedelta(minutes=90), zone)
        assert start < end
        seen = clock.on_the_wall(start, zone)
        if clock.is_missing(local, zone):
            assert seen > local
            assert end - start == timedelta(minutes=90)
        else:
            assert seen == local


def test_one_in_a_missing_hour_is_moved_and_said_to_be(make):
    night = datetime(2031, 3, 23, 2, 30)
    plan = replace(PLAN, starts_at=night, ends_at=night + timedelta(hours=1))

    made = make("FREQ=WEEKLY;COUNT=3", plan)

    assert walls(made.events) == [
        "Sun 23 Mar 02:30",
        "Sun 30 Mar 03:30",
        "Sun 06 Apr 02:30",
    ]
    assert {e.ends_at - e.starts_at for e in made.events} == {timedelta(hours=1)}
    assert made.sentence == (
        "On Sunday 30 March the clocks are put forward and there is no 02:30: that one "
        "begins at 03:30."
    )


def test_the_time_to_sign_up_moves_with_each(make):
    plan = replace(PLAN, rsvp_closes_at=EVENING - timedelta(hours=6))

    made = make("FREQ=WEEKLY;COUNT=30", plan)

    assert {
        f"{e.rsvp_closes_at.astimezone(e.space.zone):%H:%M}" for e in made.events
    } == {"12:30"}


def test_what_will_not_do_makes_nothing(make):
    for rule in ("FREQ=DAILY;COUNT=121", "FREQ=WEEKLY;UNTIL=20400101"):
        with pytest.raises(Unfit):
            make(rule)

    assert db.session.scalars(select(Event)).all() == []
    assert db.session.scalars(select(Series)).all() == []


def test_pressed_twice_a_series_is_made_once(make):
    first, second = make("FREQ=WEEKLY;COUNT=3"), make("FREQ=WEEKLY;COUNT=3")

    assert first.series is second.series
    assert len(db.session.scalars(select(Event)).all()) == 3


def test_an_event_that_there_is_becomes_the_first(space, hana):
    event = make_event(space, hosts=[hana], starts_at=NOON + timedelta(days=1))
    member = make_rsvp(event).member

    made = series.repeat(event, recurrence.read("FREQ=WEEKLY;COUNT=3"), hana, NOON)

    assert of(made.series) == [event, *made.events]
    assert [e.is_published for e in of(made.series)] == [True] * 3
    assert [len(e.rsvps) for e in of(made.series)] == [1, 0, 0]
    assert event.rsvps[0].member is member
    with pytest.raises(Refusal, match="already"):
        series.repeat(event, recurrence.read("FREQ=WEEKLY;COUNT=3"), hana, NOON)


# Changing one


def test_one_is_changed_alone_and_what_is_its_own_stays(weekly, hana):
    second = weekly[1]

    edit(second, ONE, hana, title="Glazing")
    edit(second, ONE, hana, starts_at=datetime(2030, 5, 22, 19))
    edit(weekly[0], ALL, hana, title="Clay", place="The loft")
    edit(weekly[0], ALL, hana, starts_at=datetime(2030, 5, 14, 17))

    assert [e.title for e in weekly] == ["Clay", "Glazing", "Clay", "Clay"]
    assert {e.place for e in weekly} == {"The loft"}
    assert walls(weekly) == [
        "Tue 14 May 17:00",
        "Wed 22 May 19:00",
        "Tue 28 May 17:00",
        "Tue 04 Jun 17:00",
    ]
    assert second.own_fields == ["starts_at", "title"]


# Changing all


def test_all_leaves_the_past_alone(weekly, hana):
    edit(weekly[3], ALL, hana, now=AFTER_TWO, title="Clay")

    assert [e.title for e in weekly] == ["Pottery", "Pottery", "Clay", "Clay"]
    assert {e.series_id for e in weekly} == {weekly[0].series_id}


def test_all_move_to_another_weekday(weekly, hana):
    edit(weekly[2], ALL, hana, starts_at=datetime(2030, 5, 30, 9))

    assert walls(weekly) == [
        "Thu 16 May 09:00",
        "Thu 23 May 09:00",
        "Thu 30 May 09:00",
        "Thu 06 Jun 09:00",
    ]
    assert series_times.rule_of(weekly[0].series).by_day == ((0, 3),)
    assert len(series.extend(weekly[0].series, 1, hana, NOON).events) == 1
    assert walls(of(weekly[0].series))[-1] == "Thu 13 Jun 09:00"


def test_the_second_tuesday_becomes_the_third_wednesday(make, hana):
    events = make("FREQ=MONTHLY;BYDAY=2TU;COUNT=4").events

    edit(events[1], ALL, hana, starts_at=datetime(2030, 6, 19, 18, 30))

    assert walls(events) == [
        "Wed 15 May 18:30",
        "Wed 19 Jun 18:30",
        "Wed 17 Jul 18:30",
        "Wed 21 Aug 18:30",
    ]


def test_how_long_it_lasts_is_changed_for_all(weekly, hana):
    edit(weekly[2], ONE, hana, starts_at=datetime(2030, 5, 28, 19))

    edit(weekly[1], ALL, hana, ends_at=datetime(2030, 5, 21, 22, 30))

    assert [f"{e.local_end:%H:%M}" for e in weekly] == [
        "22:30",
        "22:30",
        "23:00",
        "22:30",
    ]


def test_those_who_come_to_any_of_them_are_told(weekly, hana, letters):
    members = [make_rsvp(event).member for event in weekly]

    edit(weekly[0], ALL, hana, place="The loft")

    assert [letter.member for letter in letters()] == members
    assert {letter.kind for letter in letters()} == {"event_changed"}
    assert {event.sequence for event in weekly} == {1}


def test_a_capacity_too_small_for_one_of_them_changes_none(weekly, hana):
    for _ in range(3):
        make_rsvp(weekly[2])
    db.session.commit()

    with pytest.raises(Unfit, match="On Tuesday 28 May") as refused:
        edit(weekly[0], ALL, hana, capacity=2)
    db.session.rollback()

    assert refused.value.field == "capacity"
    assert {event.capacity for event in weekly} == {None}


@pytest.mark.parametrize("deed", ["edit", "cancel"])
def test_the_events_of_a_series_are_locked_in_one_order(weekly, hana, locked, deed):
    third = weekly[2]
    locked.clear()

    if deed == "edit":
        plan = replace(plans.of(third), place="The roof")
        series.edit(third, plan, ALL, hana, NOON)
    else:
        series.cancel(third, ALL, "", hana, NOON)

    assert locked == [event.id for event in weekly]


def test_nothing_is_moved_into_the_past(weekly, hana):
    with pytest.raises(Unfit, match="cannot be any more"):
        edit(
            weekly[3],
            ALL,
            hana,
            now=datetime(2030, 5, 21, 9, tzinfo=UTC),
            starts_at=datetime(2030, 6, 3, 18, 30),
        )


def test_a_rule_of_its_own_is_not_moved_by_guessing(make, hana):
    events = make("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10;COUNT=4").events

    with pytest.raises(Unfit, match="too much its own"):
        edit(events[0], ALL, hana, starts_at=EVENING + timedelta(days=1))
    edit(events[0], ALL, hana, starts_at=EVENING - timedelta(hours=1))

    assert {f"{event.local_start:%H:%M}" for event in events} == {"17:30"}


def test_an_event_that_the_rule_does_not_name_moves_no_others(weekly, hana):
    weekly[1].rule_time += timedelta(hours=5)

    with pytest.raises(Unfit, match="too much its own"):
        edit(weekly[1], ALL, hana, starts_at=datetime(2030, 5, 21, 17))


# This and the following


def test_this_and_the_following_become_a_series_of_their_own(weekly, hana):
    first = weekly[0].series

    edit(weekly[2], FOLLOWING, hana, title="Clay", starts_at=datetime(2030, 5, 29, 18))

    second = weekly[2].series
    assert second is not first
    assert second.key != first.key
    assert (of(first), of(second)) == (weekly[:2], weekly[2:])
    assert [e.title for e in weekly] == ["Pottery", "Pottery", "Clay", "Clay"]
    assert walls(weekly)[1:] == [
        "Tue 21 May 18:30",
        "Wed 29 May 18:00",
        "Wed 05 Jun 18:00",
    ]
    assert str(series_times.rule_of(first)) == "FREQ=WEEKLY;BYDAY=TU;COUNT=2"
    assert str(series_times.rule_of(second)) == "FREQ=WEEKLY;BYDAY=WE;COUNT=2"


def test_the_following_of_the_first_are_all(weekly, hana):
    edit(weekly[0], FOLLOWING, hana, title="Clay")

    assert {event.title for event in weekly} == {"Clay"}
    assert {event.series_id for event in weekly} == {weekly[0].series_id}


def test_what_is_over_leads_nothing(weekly, hana):
    with pytest.raises(Refusal, match="is over"):
        edit(weekly[0], FOLLOWING, hana, now=AFTER_TWO, title="Clay")


# Any order of changes keeps a series in order


scopes = st.sampled_from([ONE, FOLLOWING, ALL])
changes = st.lists(
    st.tuples(scopes, st.integers(0, 5), st.integers(-3, 3), st.integers(7, 21)),
    max_size=5,
)


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;COUNT=6", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6"]
)
def test_after_any_changes_the_rule_still_names_what_is_not_its_own(rule, make, hana):
    made = make(rule)
    db.session.commit()

    @given(changes)
    @hypothesis_settings(max_examples=25, deadline=None)
    def check(changes):
        events = list(db.session.scalars(select(Event).order_by(Event.id)))
        for scope, number, days, hour in changes:
            event = events[number]
            start = event.local_start.replace(tzinfo=None, hour=hour)
            try:
                edit(event, scope, hana, starts_at=start + timedelta(days=days))
            except Unfit:
                db.session.rollback()
                events = list(db.session.scalars(select(Event).order_by(Event.id)))
                break
            db.session.flush()
        for event in events:
            zone = event.series.zone
            first = clock.on_the_wall(event.series.starts_at, zone)
            rule = series_times.rule_of(event.series)
            named = recurrence.without_end(rule, first, first + timedelta(days=400))
            assert series_times.named(event) in [
                clock.moment(time, zone) for time in named
            ]
            if not event.own_fields:
                assert event.starts_at == event.rule_time
        db.session.rollback()

    check()
    assert len(of(made.series)) == 6


# Calling off, and going on


def test_one_the_following_or_all_are_called_off(make, hana, letters):
    for scope, off in ((ONE, [1]), (FOLLOWING, [1, 2, 3]), (ALL, [0, 1, 2, 3])):
        plan = replace(PLAN, title=scope.value)
        made = make("FREQ=WEEKLY;COUNT=4", plan)
        series.publish(made.series, hana, NOON)
        for event in made.events:
            make_rsvp(event)
        written = len(letters())

        told = series.cancel(made.events[1], scope, "The kiln is broken.", hana, NOON)

        assert [n for n, e in enumerate(made.events) if e.is_cancelled] == off
        assert told == len(off) == len(letters()) - written


def test_one_that_is_off_is_an_exception_that_stays_one(weekly, hana):
    series.cancel(weekly[1], ONE, "", hana, NOON)

    edit(weekly[0], ALL, hana, title="Clay", starts_at=EVENING + timedelta(days=1))
    series.extend(weekly[0].series, 2, hana, NOON)

    assert weekly[1].is_cancelled
    assert weekly[1].title == "Pottery"
    assert walls(of(weekly[0].series))[2:] == [
        "Wed 29 May 18:30",
        "Wed 05 Jun 18:30",
        "Wed 12 Jun 18:30",
        "Wed 19 Jun 18:30",
    ]


def test_a_series_is_made_longer_like_the_last_that_is_not_its_own(weekly, hana):
    edit(weekly[3], ONE, hana, title="Party")

    made = series.extend(weekly[0].series, 2, hana, NOON)

    assert walls(made.events) == ["Tue 11 Jun 18:30", "Tue 18 Jun 18:30"]
    assert {event.title for event in made.events} == {"Pottery"}
    assert all(event.is_published for event in made.events)
    assert weekly[0].series.rule == "FREQ=WEEKLY;BYDAY=TU;COUNT=6"


def test_a_series_with_a_last_day_gets_a_later_one(make, hana):
    made = make("FREQ=WEEKLY;UNTIL=20300601")

    series.extend(made.series, 1, hana, NOON)

    rule = series_times.rule_of(made.series)
    assert len(recurrence.times(rule, EVENING, EVENING + timedelta(days=400))) == 4


@pytest.mark.parametrize(
    ("times", "why"), [(0, "116 more"), (117, "116 more"), (110, "2032 at most")]
)
def test_a_series_has_a_length(weekly, hana, times, why):
    with pytest.raises(Unfit, match=why) as refused:
        series.extend(weekly[0].series, times, hana, NOON)

    assert refused.value.field == "times"


def test_a_draft_of_a_series_may_be_thrown_away(make, hana):
    made = make("FREQ=WEEKLY;COUNT=4")
    standing.delete(made.events[1])

    edit(made.events[0], ALL, hana, starts_at=EVENING + timedelta(days=2))

    assert walls(of(made.series)) == [
        "Thu 16 May 18:30",
        "Thu 30 May 18:30",
        "Thu 06 Jun 18:30",
    ]


def test_a_series_is_published_at_once_and_what_is_out_is_not_touched(make, hana):
    made = make("FREQ=WEEKLY;COUNT=3")
    standing.publish(made.events[0], hana, NOON)
    standing.cancel(made.events[1], "", hana, NOON)

    assert series.publish(made.series, hana, NOON) == 1
    assert [e.status for e in made.events] == [
        EventStatus.PUBLISHED,
        EventStatus.CANCELLED,
        EventStatus.PUBLISHED,
    ]

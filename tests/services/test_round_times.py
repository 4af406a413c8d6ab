"""When rounds are run: on the space's own clock, once a week, for somebody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import Introduction, Round
from matchmaker.services import rounds
from tests.factories import (
    NOON,
    make_introduction,
    make_member,
    make_pair,
    make_round,
    make_space,
)

MONDAY = NOON.replace(hour=0)  # 2030-W19
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def tick(*moments):
    for moment in moments:
        jobs.do_what_is_due(moment)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def the_round():
    db.session.expire_all()
    return db.session.scalars(select(Round)).one()


def test_a_round_that_introduces_nobody_does_not_count(app):
    space = make_space()
    assert rounds.run(space, "2030-W19", NOON).introductions == []
    make_pair(space)

    assert len(rounds.run(space, "2030-W19", NOON + HOUR).introductions) == 1
    assert the_round().made_at == NOON + HOUR


def test_whom_an_empty_round_left_out_has_waited_once(app):
    space = make_space()
    make_member("Ana", space=space, offers=["grant writing"], wants=["Postgres"])
    for days in range(3):
        rounds.run(space, "2030-W19", NOON + days * DAY)
        db.session.flush()
    make_introduction(make_member(space=space), round_=make_round(space, "2030-W18"))

    (person,) = rounds.ask(space, "2030-W20", NOON + WEEK)["people"][:1]

    assert len(rounds.find(space, "2030-W19").left_out) == 1
    assert person.rounds_waited == 2  # as somebody new


def test_a_space_opened_in_the_afternoon_introduces_people_this_week(any_database):
    opened = MONDAY + timedelta(hours=15)
    space = make_space(made_at=opened)
    db.session.commit()

    tick(opened + timedelta(minutes=1))
    assert count(Round) == 0
    make_pair(space)
    tick(opened + HOUR)
    assert count(Round) == 0
    assert rounds.next_start(space, opened + HOUR) == MONDAY + timedelta(
        days=1, hours=9
    )
    tick(*(opened + k * HOUR for k in range(2, 24)))

    assert the_round().made_at == MONDAY + timedelta(days=1, hours=9)
    assert count(Introduction) == 1
    assert rounds.next_start(space, opened + DAY) == MONDAY + WEEK + 9 * HOUR


def test_an_empty_round_is_tried_again_once_a_day_until_somebody_is_introduced(app):
    space = make_space()
    db.session.commit()
    made = set()
    for k in range(4 * 24 * 4):  # every quarter of an hour, until Friday
        tick(MONDAY + k * timedelta(minutes=15))
        made |= {round_.made_at for round_ in db.session.scalars(select(Round))}
    assert made == {MONDAY + k * DAY + 9 * HOUR for k in range(4)}

    make_pair(space)
    tick(*(MONDAY + 4 * DAY + k * HOUR for k in range(24)))

    assert the_round().made_at == MONDAY + 4 * DAY + 9 * HOUR
    assert count(Introduction) == 1


# Before the clocks change in Berlin, and after; in spring and in autumn.
@pytest.mark.parametrize("monday", [MONDAY, datetime(2030, 4, 1, tzinfo=UTC)])
@pytest.mark.parametrize("monday_hour", [1, 9, 23])
@pytest.mark.parametrize("days", [3, 9])
def test_a_worker_that_was_down_makes_one_round_when_it_is_back(
    app, monday, monday_hour, days
):
    space = make_space(timezone="Europe/Berlin", round_hour=monday_hour)
    make_pair(space)
    back = monday + timedelta(days=days, hours=14)  # and away since before `monday`

    tick(back, back + timedelta(minutes=1), back + HOUR)

    assert the_round().made_at == back
    assert the_round().week == rounds.this_week(space, back)


def test_nothing_is_made_up_just_before_the_next_round(app):
    space = make_space()
    make_pair(space)

    tick(MONDAY + WEEK + 8 * HOUR, MONDAY + WEEK + 9 * HOUR)

    assert the_round().week == "2030-W20"


def test_what_was_missed_on_a_sunday_night_is_made_up_on_monday(app):
    space = make_space(round_weekday=7, round_hour=23)
    make_pair(space)

    tick(MONDAY + WEEK + timedelta(minutes=10), MONDAY + WEEK + DAY)

    assert the_round().week == "2030-W19"


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", 27), ("US/Eastern", 6)])
@pytest.mark.parametrize("weekday", [1, 3, 7])
@pytest.mark.parametrize("hour", [2, 18])
def test_what_is_said_of_the_next_round_comes_true(app, zone, day, weekday, hour):
    """Where the clocks change within the week, of rounds that introduce nobody."""
    began = datetime(2030, 3, day, 13, tzinfo=UTC)
    space = make_space(
        timezone=zone, round_weekday=weekday, round_hour=hour, made_at=began
    )
    db.session.commit()
    said = rounds.next_start(space, began)
    for k in range(9 * 24):
        now = began + k * HOUR
        due = rounds.due(now)
        assert bool(due) == (now >= said), now
        if due:
            rounds.run(*due[0], now)
            db.session.commit()
            said = rounds.next_start(space, now)
            assert said > now


def test_a_member_is_told_of_the_round_in_which_their_turn_comes(app):
    space = make_space()
    ana = make_member(space=space, membership={"cadence_weeks": 2})
    ben = make_member(space=space)
    make_introduction(ana, ben, round_=make_round(space, "2030-W19"))

    mine, bens = (rounds.next_start_for(m.memberships[0], NOON) for m in (ana, ben))

    assert mine == MONDAY + 2 * WEEK + 9 * HOUR
    assert bens == MONDAY + WEEK + 9 * HOUR

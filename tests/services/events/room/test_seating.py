"""Tables: first that nobody sits with whom they must not, then that they are good."""

import time
from datetime import timedelta
from itertools import combinations
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Event,
    Membership,
    MembershipStatus,
    Role,
    RsvpStatus,
    Seat,
    Seating,
)
from matchmaker.queries.room import plan
from matchmaker.refusal import Refusal
from matchmaker.services import safety
from matchmaker.services.events.room import seating
from matchmaker.services.events.room.present import Who
from tests.factories import (
    NOON,
    make_block,
    make_encounter,
    make_event,
    make_introduction,
    make_member,
    make_round,
    make_rsvp,
    make_space,
)

LATER = NOON + timedelta(minutes=1)
CRAFTS = ("Postgres", "grant writing", "logo design", "tax advice", "beekeeping")
INDUSTRIES = ("6201", "7410", "9000", "8549", "")


def make_evening(people, *, arrived=True, space=None):
    """An event that so many come to, each offering one craft and wanting the next."""
    event = make_event(space)
    for number in range(people):
        member = make_member(
            f"Member {number}",
            space=event.space,
            offers=[CRAFTS[number % 5]],
            wants=[CRAFTS[(number + 1) % 5], CRAFTS[(number + 4) % 5]],
            profile={"industry": INDUSTRIES[number % 5]},
        )
        make_rsvp(event, member, checked_in_at=NOON if arrived else None)
    db.session.expire_all()
    return event


def members_of(event):
    return [rsvp.member for rsvp in sorted(event.rsvps, key=lambda r: r.member_id)]


def tables_of(event, from_round=1):
    """(round, table) → ids of those who sit there."""
    found = {}
    for seat in db.session.scalars(
        select(Seat).where(Seat.event_id == event.id, Seat.round >= from_round)
    ):
        found.setdefault((seat.round, seat.table), set()).add(seat.member_id)
    return found


def together(event, from_round=1):
    return [
        frozenset(pair)
        for table in tables_of(event, from_round).values()
        for pair in combinations(sorted(table), 2)
    ]


def pair(one, other):
    return frozenset({one.id, other.id})


# Whom a block or a "let go" parts


def test_nobody_sits_with_whom_a_block_parts(app):
    event = make_evening(12)
    members = members_of(event)
    parted = [(0, 1), (2, 1), (3, 4), (5, 3), (0, 11)]
    for one, other in parted:
        make_block(members[one], members[other])

    seating.make(event, Who.ARRIVED, 3, 4, 10, NOON)

    for one, other in parted:
        assert pair(members[one], members[other]) not in together(event)


def test_nobody_sits_with_whom_they_let_go_or_would_not_meet_again(app):
    event = make_evening(8)
    ana, ben, cem, *_ = members_of(event)
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    rather_not = make_introduction(ana, cem, introduced_at=NOON)
    rather_not.sides[1].meet_again = False

    seating.make(event, Who.ARRIVED, 4, 3, 10, NOON)

    assert pair(ana, ben) not in together(event)
    assert pair(ana, cem) not in together(event)


@pytest.mark.usefixtures("app")
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whoever_comes_and_goes_no_table_joins_whom_a_block_parts(data):
    people = data.draw(st.integers(5, 11), label="people")
    size = data.draw(st.integers(2, 4), label="table size")
    rounds = data.draw(st.integers(1, 4), label="rounds")
    event = make_evening(people)
    members = members_of(event)
    pairs = list(combinations(range(people), 2))
    draw_pairs = st.lists(st.sampled_from(pairs), max_size=people, unique=True)
    parted = data.draw(draw_pairs, label="parted")
    for one, other in parted:
        make_block(members[one], members[other])

    seating.make(event, Who.ARRIVED, rounds, size, 10, NOON)
    _nobody_parted_sits_together(event, members, parted)

    begun = data.draw(st.integers(0, rounds - 1), label="begun")
    for number in range(begun):
        seating.start_round(event, number + 1, NOON)
    kept = {at: who for at, who in tables_of(event).items() if at[0] <= begun}
    gone = data.draw(st.sets(st.integers(0, people - 1), max_size=people - 3))
    for number in gone:
        event_rsvp = next(r for r in event.rsvps if r.member is members[number])
        event_rsvp.checked_in_at = None
    for number in range(data.draw(st.integers(0, 2), label="come late")):
        late = make_member(f"Late {number}", space=event.space, offers=["tax advice"])
        make_rsvp(event, late, checked_in_at=NOON)
        make_block(late, members[number])
        parted.append((number, len(members)))
        members.append(late)
    db.session.flush()
    db.session.expire(event)

    seating.mend(event, Who.ARRIVED, LATER)

    _nobody_parted_sits_together(event, members, parted, begun + 1)
    now = tables_of(event)
    assert {at: who for at, who in now.items() if at[0] <= begun} == kept
    seats = [(at[0], id_) for at, who in now.items() for id_ in who]
    assert len(seats) == len(set(seats))
    away = {members[number].id for number in gone}
    assert not away & {id_ for at, who in now.items() if at[0] > begun for id_ in who}
    db.session.rollback()


def _nobody_parted_sits_together(event, members, parted, from_round=1):
    shared = set(together(event, from_round))
    for one, other in parted:
        assert pair(members[one], members[other]) not in shared
    assert all(len(who) > 1 for who in tables_of(event, from_round).values())


def test_a_block_parts_two_at_the_tables_to_come_at_once(app):
    event = make_evening(8)
    ana, *others = members_of(event)
    seating.make(event, Who.ARRIVED, 4, 4, 10, NOON)
    ben = next(o for o in others if pair(ana, o) in together(event, 2))
    seating.start_round(event, 1, NOON)

    make_block(ben, ana)
    seating.part_everywhere(ana, ben, LATER)

    assert pair(ana, ben) not in together(event, 2)


def test_a_round_does_not_begin_with_two_at_a_table_whom_a_block_parts(app):
    event = make_evening(8)
    ana, *others = members_of(event)
    seating.make(event, Who.ARRIVED, 4, 4, 10, NOON)
    ben = next(o for o in others if pair(ana, o) in together(event))
    make_block(ana, ben)

    seating.start_round(event, 1, LATER)

    assert pair(ana, ben) not in together(event)


def test_two_who_are_alone_with_each_other_and_parted_have_no_table(app):
    event = make_evening(2)
    make_block(*members_of(event))

    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)

    assert tables_of(event) == {}


# How good the tables are


def test_forty_people_meet_nobody_twice_in_six_rounds_within_seconds(app):
    event = make_evening(40)
    event_seconds = time.perf_counter()

    made = seating.make(event, Who.ARRIVED, 6, 4, 10, NOON)

    assert time.perf_counter() - event_seconds < 8  # one or two where nobody else runs
    assert (made.repeats, made.repeats_bound) == (0, 0)
    met = together(event)
    assert len(met) == len(set(met)) == 6 * 10 * 6
    assert made.random_benefit < made.benefit <= made.benefit_bound


def test_whoever_has_met_before_is_seated_apart_where_there_is_a_way(app):
    event = make_evening(12)
    ana, ben, cem, dan, *_ = members_of(event)
    for one, other in ((ana, ben), (cem, dan)):
        make_encounter(one, other, event.space)

    made = seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)

    assert made.met_before == 0
    assert not {pair(ana, ben), pair(cem, dan)} & set(together(event))


def test_who_shared_a_table_last_week_meets_others_this_week(app):
    space = make_space()
    last, this = make_evening(8, space=space), make_event(space)
    for member in members_of(last):
        make_rsvp(this, member, checked_in_at=NOON)
    seating.make(last, Who.ARRIVED, 1, 4, 10, NOON)
    seating.start_round(last, 1, NOON)

    made = seating.make(this, Who.ARRIVED, 1, 2, 10, NOON)

    assert made.met_before == 0
    assert not set(together(last)) & set(together(this))


def test_where_it_cannot_be_avoided_it_is_said(app):
    event = make_evening(4)
    make_round(event.space, "2029-W01")
    for one, other in combinations(members_of(event), 2):
        make_encounter(one, other, event.space)

    made = seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)

    assert made.met_before == 6
    assert (made.repeats, made.repeats_bound) == (6, 6)


# Who is seated


def test_only_those_are_seated_who_are_asked_for(app):
    event = make_evening(5)
    make_rsvp(event, make_member(space=event.space))
    make_rsvp(event, make_member(space=event.space), RsvpStatus.WAITING)
    make_rsvp(event, make_member(space=event.space), RsvpStatus.DECLINED)
    left = make_rsvp(event, make_member(space=event.space))
    left.member.memberships[0].status = MembershipStatus.LEFT

    seating.make(event, Who.ARRIVED, 1, 4, 10, NOON)
    assert sum(map(len, tables_of(event).values())) == 5

    seating.make(event, Who.GOING, 1, 4, 10, LATER)
    assert sum(map(len, tables_of(event).values())) == 6


def test_two_tables_are_not_made_of_one_person(app):
    event = make_evening(1)

    with pytest.raises(Refusal, match="two people at least"):
        seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)


@pytest.mark.parametrize(
    ("rounds", "size", "minutes"), [(0, 4, 10), (21, 4, 10), (3, 1, 10), (3, 4, 0)]
)
def test_what_cannot_be_is_refused(app, rounds, size, minutes):
    with pytest.raises(Refusal, match=r"Choose|Let a round"):
        seating.make(make_evening(4), Who.ARRIVED, rounds, size, minutes, NOON)


def test_what_would_take_minutes_is_refused_before_it_begins(app, monkeypatch):
    monkeypatch.setattr(seating, "MOST_WORK", 6 * 3 * 4 - 1)
    event = make_evening(6)

    with pytest.raises(Refusal, match="fewer rounds, or smaller tables"):
        seating.make(event, Who.ARRIVED, 3, 4, 10, NOON)
    seating.make(event, Who.ARRIVED, 2, 4, 10, NOON)


def test_late_arrivals_and_no_shows_are_mended_in_a_second_with_few_changes(app):
    event = make_evening(40, arrived=False)
    seating.make(event, Who.GOING, 6, 4, 10, NOON)
    before = tables_of(event)
    members = members_of(event)
    for rsvp in event.rsvps:
        rsvp.checked_in_at = NOON
    for rsvp in event.rsvps[:3]:
        rsvp.checked_in_at = None
    late = make_member("Late", space=event.space, offers=["Postgres"])
    make_rsvp(event, late, checked_in_at=NOON)
    seating.start_round(event, 1, NOON)
    db.session.flush()

    begin = time.perf_counter()
    moves = seating.mend(event, Who.ARRIVED, LATER)
    seconds = time.perf_counter() - begin

    assert seconds < 5  # under one where nobody else runs
    assert moves <= 20  # of 185 seats to come
    after = tables_of(event)
    assert {k: v for k, v in after.items() if k[0] == 1} == {
        k: v for k, v in before.items() if k[0] == 1
    }
    seated = {id_ for (number, _), who in after.items() if number > 1 for id_ in who}
    here = {m.id for m in members} - {r.member_id for r in event.rsvps[:3]}
    assert seated == here | {late.id}
    assert seating.of(event).repeats == 0


def test_whoever_left_stays_away_until_they_are_back(app):
    event = make_evening(9)
    ana = members_of(event)[0]
    seating.make(event, Who.ARRIVED, 4, 3, 10, NOON)
    seating.start_round(event, 1, NOON)

    def is_seated(number):
        return any(
            ana.id in who for (n, _), who in tables_of(event).items() if n == number
        )

    seating.mend(event, Who.ARRIVED, NOON, away=[ana.id])
    assert not is_seated(2)
    seating.mend(event, Who.ARRIVED, NOON)
    assert not is_seated(2)
    seating.mend(event, Who.ARRIVED, NOON, back=[ana.id])
    assert is_seated(2)


# The rounds as they go


def test_rounds_go_one_after_the_other_and_a_double_press_begins_one(app):
    event = make_evening(6)
    seating.make(event, Who.ARRIVED, 2, 3, 10, NOON)

    seating.start_round(event, 1, NOON)
    again = seating.start_round(event, 1, LATER)
    assert (again.round_now, again.round_ends_at) == (1, NOON + timedelta(minutes=10))
    with pytest.raises(Refusal, match="Look again"):
        seating.start_round(event, 3, LATER)

    seating.give_longer(event, 2, LATER)
    assert again.round_ends_at == NOON + timedelta(minutes=12)
    seating.start_round(event, 2, LATER)
    with pytest.raises(Refusal, match="Look again"):
        seating.start_round(event, 3, LATER)
    seating.finish(event, LATER)
    assert (again.round_now, again.round_ends_at) == (2, None)


def test_tables_in_use_are_mended_and_not_made_anew(app):
    event = make_evening(6)
    seating.make(event, Who.ARRIVED, 2, 3, 10, NOON)
    seating.make(event, Who.ARRIVED, 3, 3, 10, NOON)
    seating.start_round(event, 1, NOON)

    with pytest.raises(Refusal, match="Mend the tables"):
        seating.make(event, Who.ARRIVED, 2, 3, 10, LATER)
    with pytest.raises(Refusal, match="stay as they are"):
        seating.remove(event)


def test_tables_nobody_has_sat_down_at_can_go(app):
    event = make_evening(6)
    seating.make(event, Who.ARRIVED, 2, 3, 10, NOON)

    seating.remove(event)
    db.session.flush()

    assert db.session.scalar(select(func.count()).select_from(Seat)) == 0
    with pytest.raises(Refusal, match="Seat everybody first"):
        seating.mend(event, Who.ARRIVED, NOON)


def test_an_event_that_is_over_or_cancelled_has_no_rounds(app):
    event = make_evening(4)

    with pytest.raises(Refusal, match="over"):
        seating.make(event, Who.ARRIVED, 1, 4, 10, event.ends_at)


def test_two_who_seat_at_once_leave_one_seating(any_database):
    app = any_database
    event_id = make_evening(8).id
    db.session.commit()
    start = Barrier(2)

    def press(deed):
        with app.app_context():
            start.wait()
            deed(db.session.get_one(Event, event_id))
            db.session.commit()
            db.session.remove()

    def at_once(*deeds):
        db.session.rollback()  # or they would wait for this one
        threads = [Thread(target=press, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    make = lambda event: seating.make(event, Who.ARRIVED, 3, 4, 10, NOON)  # noqa: E731
    at_once(make, make)
    assert db.session.scalar(select(func.count()).select_from(Seating)) == 1
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 24

    mend = lambda event: seating.mend(event, Who.ARRIVED, NOON)  # noqa: E731
    begin = lambda event: seating.start_round(event, 1, NOON)  # noqa: E731
    at_once(mend, begin)
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 24
    assert db.session.scalars(select(Seating)).one().round_now == 1
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 8


def test_a_block_made_on_the_page_parts_two_at_their_tables(app):
    event = make_evening(8)
    ana, *others = members_of(event)
    seating.make(event, Who.ARRIVED, 3, 4, 10, NOON)
    ben = next(o for o in others if pair(ana, o) in together(event))

    safety.block(ana, ben, LATER)

    assert pair(ana, ben) not in together(event)


def test_a_table_at_which_a_runner_sees_nobody_has_the_last_number(app):
    """With a number missing before others it would prove that a block parts them."""
    space = make_space()
    organiser = make_member("Olga", space=space, role=Role.ORGANISER)
    event = make_evening(12, space=space)
    plain = seating.make(event, Who.ARRIVED, 2, 3, 10, NOON)
    first = {
        seat.member_id for seat in plain.seats if (seat.round, seat.table) == (1, 1)
    }
    for member in members_of(event):
        if member.id in first:
            make_block(member, organiser)

    made = seating.make(event, Who.ARRIVED, 2, 3, 10, NOON)

    by_table = {
        (seat.round, seat.table): {
            other.member_id
            for other in made.seats
            if (other.round, other.table) == (seat.round, seat.table)
        }
        for seat in made.seats
    }
    assert by_table[1, 4] == first
    shown = [
        [table.number for table in round_.tables] for round_ in plan(made, organiser)
    ]
    assert all(numbers == [*range(1, len(numbers) + 1)] for numbers in shown)
    assert len(shown[0]) == 3

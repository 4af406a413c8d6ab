"""Introductions for an event: nobody whom a rule parts, and somebody for as many as can."""

from datetime import timedelta
from itertools import combinations
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import Answer, Event, Introduction, Letter, Round
from matchmaker.refusal import Refusal
from matchmaker.services import history, introductions, rounds, safety
from matchmaker.services.events.room import introducing, present
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
)

LATER = NOON + timedelta(minutes=30)
CRAFTS = ("Postgres", "grant writing", "logo design", "tax advice")


def come(event, name="Ana", number=0, *, yes=True, **fields):
    member = make_member(
        name,
        space=event.space,
        offers=[CRAFTS[number % 4]],
        wants=[CRAFTS[(number + 1) % 4], CRAFTS[(number + 3) % 4]],
        **fields,
    )
    make_rsvp(event, member, wants_introductions=yes, checked_in_at=NOON)
    return member


def crowd(event, people):
    return [come(event, f"Member {number}", number) for number in range(people)]


def pairs(event):
    """Who is introduced to whom at the event, as often as they are."""
    found = db.session.scalars(
        select(Introduction)
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.event_id == event.id)
    )
    return [
        frozenset(pair)
        for introduction in found
        for pair in combinations([side.member_id for side in introduction.sides], 2)
    ]


def whom(event, member):
    return {id_ for pair in pairs(event) if member.id in pair for id_ in pair} - {
        member.id
    }


# Whom a rule parts


def test_nobody_is_told_to_look_for_whom_a_block_parts(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    make_block(ben, ana)

    made = introducing.introduce(event, Who.ARRIVED, NOON)

    assert pairs(event) == []
    assert {row.member for row in made.left_out} == {ana, ben}


def test_nobody_who_let_the_other_go_met_lately_or_is_a_colleague(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    cem = come(event, "Cem", 0, profile={"company": "Loom"})
    dan = come(event, "Dan", 1, profile={"company": "loom"})
    eva, fay = come(event, "Eva", 0), come(event, "Fay", 1)
    make_encounter(eva, fay, event.space)

    introducing.introduce(event, Who.ARRIVED, NOON)

    assert pairs(event)
    for one, other in ((ana, ben), (cem, dan), (eva, fay)):
        assert frozenset({one.id, other.id}) not in pairs(event)


@pytest.mark.usefixtures("app")
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_however_often_it_is_pressed_no_rule_is_broken(data):
    event = make_event()
    members = crowd(event, data.draw(st.integers(2, 8), label="people"))
    both = st.sampled_from(list(combinations(members, 2)))
    parted = data.draw(st.lists(both, max_size=6), label="parted")
    parted = {frozenset({one.id, other.id}) for one, other in parted}
    for one, other in map(sorted, parted):
        make_block(members[one - members[0].id], members[other - members[0].id])

    for press in range(3):
        try:
            introducing.introduce(event, Who.ARRIVED, NOON)
        except Refusal:
            assert all(whom(event, member) for member in members)
        made = pairs(event)
        assert not parted & set(made)
        assert len(made) == len(set(made))
        most = introducing.MOST + 1  # one of them may be of three
        assert all(1 <= len(whom(event, m)) <= most for m in members if whom(event, m))
        members.append(come(event, f"Late {press}", press))
    db.session.rollback()


def test_whoever_was_in_two_trios_has_enough_people_to_look_for(app):
    event = make_event()
    ana, *others = crowd(event, 5)
    evening = make_round(event.space, event=event)
    make_introduction(ana, *others[:2], round_=evening)
    make_introduction(ana, *others[2:], round_=evening)
    late = come(event, "Late", 1)
    for other in others:  # only Ana is left for them
        make_block(late, other)

    introducing.introduce(event, Who.ARRIVED, NOON)

    assert whom(event, ana) == {other.id for other in others}


def test_a_block_made_afterwards_takes_it_back_and_another_is_found(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    introducing.introduce(event, Who.ARRIVED, NOON)

    safety.block(ana, ben, NOON)
    with pytest.raises(Refusal):
        introductions.answer(
            db.session.scalars(select(Introduction)).one().sides[0], Answer.YES, NOON
        )
    cem = come(event, "Cem", 1)
    introducing.introduce(event, Who.ARRIVED, LATER)

    assert ana.id in whom(event, cem)
    assert pairs(event).count(frozenset({ana.id, ben.id})) == 1  # taken back


# Who is introduced


def test_only_who_is_here_and_said_yes_has_somebody_to_look_for(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    no = come(event, "No", 1, yes=False)
    away = make_member(space=event.space, offers=["Postgres"], wants=["grant writing"])
    make_rsvp(event, away, wants_introductions=True)

    introducing.introduce(event, Who.ARRIVED, NOON)

    assert pairs(event) == [frozenset({ana.id, ben.id})]
    assert not whom(event, no)
    assert not whom(event, away)


def test_before_anybody_has_arrived_it_is_for_everybody_going(app):
    event = make_event()
    for member in crowd(event, 2):
        event_rsvp = next(r for r in event.rsvps if r.member is member)
        event_rsvp.checked_in_at = None
    db.session.flush()

    with pytest.raises(Refusal, match="Nobody here has said yes"):
        introducing.introduce(event, Who.ARRIVED, NOON)
    introducing.introduce(event, Who.GOING, NOON)

    assert len(pairs(event)) == 1


def test_everybody_has_one_or_two_to_look_for(app, letters):
    event = make_event()
    members = crowd(event, 12)

    made = introducing.introduce(event, Who.ARRIVED, NOON)

    assert made.left_out == []
    assert all(1 <= len(whom(event, member)) <= 2 for member in members)
    assert sum(len(whom(event, m)) == 2 for m in members) > 6
    assert all(side.gains for i in made.introductions for side in i.sides)
    assert letters() == []


def test_whoever_turned_the_weekly_ones_off_can_still_say_yes_to_the_event(app):
    event = make_event()
    ana, ben = (
        come(event, "Ana", 0, introductions=False),
        come(event, "Ben", 1, introductions=False),
    )

    (introduction,) = introducing.introduce(event, Who.ARRIVED, NOON).introductions

    assert introduction.members == [ana, ben]
    for side in introduction.sides:
        introductions.answer(side, Answer.YES, LATER)
    assert introduction.introduced_at == LATER


def test_hours_and_ways_to_meet_are_no_matter_but_a_language_is(app):
    event = make_event()
    come(event, "Ana", 0, profile={"times": ["morning"], "formats": ["walk"]})
    come(event, "Ben", 1, profile={"times": ["evening"], "formats": ["online"]})
    introducing.introduce(event, Who.ARRIVED, NOON)
    assert len(pairs(event)) == 1

    other = make_event()
    come(other, "Cem", 0, profile={"languages": ["German"]})
    come(other, "Dan", 1, profile={"languages": ["Portuguese"]})
    introducing.introduce(other, Who.ARRIVED, NOON)
    assert pairs(other) == []


def test_whoever_comes_late_is_introduced_and_nobody_again(app):
    event = make_event()
    members = crowd(event, 2)
    introducing.introduce(event, Who.ARRIVED, NOON)
    with pytest.raises(Refusal, match="Everybody who said yes"):
        introducing.introduce(event, Who.ARRIVED, LATER)

    late = come(event, "Late", 3)
    introducing.introduce(event, Who.ARRIVED, LATER)

    assert whom(event, late)
    assert len(pairs(event)) == len(set(pairs(event)))
    assert frozenset(member.id for member in members) in pairs(event)


def test_whoever_suits_nobody_is_told_why_not(app):
    event = make_event()
    crowd(event, 2)
    odd = make_member("Odd", space=event.space, offers=["opera"], wants=["bees"])
    make_rsvp(event, odd, wants_introductions=True, checked_in_at=NOON)

    made = introducing.introduce(event, Who.ARRIVED, NOON)

    assert [(row.member, row.why) for row in made.left_out] == [
        (odd, UnmatchedReason.NOTHING_IN_COMMON)
    ]


# Beside the week's round


def test_it_is_not_the_weekly_one_but_nobody_meets_the_same_again(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    introducing.introduce(event, Who.ARRIVED, NOON)

    assert history.last_week_introduced(event.space) == {}
    assert frozenset({ana.id, ben.id}) in history.of(event.space, NOON).recent
    weekly = rounds.run(event.space, "2030-W19", NOON)
    assert {row.member for row in weekly.left_out} == {ana, ben}
    assert weekly.introductions == []


def test_whom_the_week_introduced_the_event_does_not(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    make_introduction(ana, ben, round_=make_round(event.space, "2030-W18"))

    introducing.introduce(event, Who.ARRIVED, NOON)

    assert pairs(event) == []


def test_the_round_belongs_to_the_event_and_to_its_week(app):
    event = make_event()  # a week after NOON
    crowd(event, 2)

    introducing.introduce(event, Who.ARRIVED, NOON)

    made = db.session.scalars(select(Round)).all()
    assert {(round_.event, round_.week) for round_ in made} == {(event, "2030-W20")}


def test_two_who_press_at_once_introduce_once(any_database):
    app = any_database
    event = make_event()
    crowd(event, 4)
    event_id, start, said = event.id, Barrier(2), []
    db.session.commit()

    def press():
        with app.app_context():
            start.wait()
            try:
                introducing.introduce(
                    db.session.get_one(Event, event_id), Who.ARRIVED, NOON
                )
                db.session.commit()
                said.append("introduced")
            except Refusal:
                db.session.rollback()
                said.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["introduced", "refused"]
    db.session.rollback()
    made = pairs(db.session.get_one(Event, event_id))
    assert len(made) == len(set(made))
    assert db.session.scalars(select(Letter)).all() == []


def test_who_is_here_is_everybody_going_until_the_evening_has_begun(app):
    event = make_event()
    for number in range(4):
        come(event, f"Member {number}", number)
    assert present.usual(event, NOON) is Who.ARRIVED

    for rsvp in event.rsvps[1:]:
        rsvp.checked_in_at = None
    db.session.flush()
    assert present.usual(event, NOON) is Who.GOING
    assert present.usual(event, event.starts_at) is Who.ARRIVED

    event.rsvps[0].checked_in_at = None
    db.session.flush()
    assert present.usual(event, event.starts_at) is Who.GOING


def test_whoever_was_to_look_for_one_who_does_not_come_is_given_another(app):
    event = make_event()
    ana, ben = crowd(event, 2)
    event.rsvps[1].checked_in_at = None
    db.session.flush()
    introducing.introduce(event, Who.GOING, NOON)
    assert whom(event, ana) == {ben.id}

    cem = come(event, "Cem", 1)
    introducing.introduce(event, Who.ARRIVED, LATER)

    assert whom(event, ana) == {ben.id, cem.id}


def test_a_no_takes_back_what_has_not_come_about(app):
    event = make_event()
    ana, ben, cem = come(event, "Ana", 0), come(event, "Ben", 1), come(event, "Cem", 3)
    introducing.introduce(event, Who.ARRIVED, NOON)
    assert whom(event, ben) | whom(event, cem) >= {ana.id}

    introducing.wish(event, ana, LATER, yes=False)

    made = db.session.scalars(select(Introduction)).all()
    assert all(i.withdrawn_at for i in made if ana in i.members)
    assert ana.id not in introducing.somebody_here(event, {ben.id, cem.id})
    with pytest.raises(Refusal, match="Sign up"):
        introducing.wish(event, make_member(space=event.space), LATER, yes=True)

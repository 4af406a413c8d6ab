from datetime import timedelta

from matchmaker.extensions import db
from matchmaker.models import DecisionKind, Role
from matchmaker.queries.rounds import schedule
from matchmaker.services import round_decisions, rounds
from tests.factories import (
    NOON,
    make_introduction,
    make_member,
    make_round,
    make_space,
)


def ask(now):
    for space, cause in round_decisions.waiting_for_approval(now):
        round_decisions.ask_for_approval(space, cause, now)
        round_decisions.ask_for_approval(space, cause, now)


def test_organisers_are_asked_two_days_before_and_on_the_eve(any_database, letters):
    space = make_space(waits_for_approval=True)
    make_space()  # runs by itself
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    this_week = make_round(space, rounds.this_week(space, NOON))
    make_introduction(olga, make_member("Ben", space=space), round_=this_week)
    hour = schedule(space, NOON).next_start

    asked = []
    for before in (72, 47, 40, 15, 3, 0):
        ask(hour - timedelta(hours=before))
        asked.append(len(letters()))

    assert asked == [0, 1, 1, 2, 2, 2]
    assert {letter.member_id for letter in letters()} == {olga.id}
    assert f"{hour.astimezone(space.zone):%H:%M}" in letters()[0].text


def test_who_has_approved_is_not_asked(any_database, letters):
    space = make_space(waits_for_approval=True)
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    planned = schedule(space, NOON)
    round_decisions.decide(
        space, DecisionKind.APPROVED, [], planned.next_week, olga, NOON
    )
    db.session.flush()

    ask(planned.next_start - timedelta(hours=1))

    assert letters() == []


def test_the_same_decision_twice_is_one(any_database):
    space = make_space()
    two = [make_member(space=space) for _ in range(2)]

    made = [
        round_decisions.decide(space, kind, two, "2030-W19", two[0], NOON)
        for kind in (DecisionKind.APART, DecisionKind.APART, DecisionKind.TOGETHER)
    ]
    db.session.flush()

    assert made[0] is made[1]
    assert round_decisions.of_week(space, "2030-W19") == [made[2]]
    assert round_decisions.that_hold(space, "2030-W20").together == frozenset()

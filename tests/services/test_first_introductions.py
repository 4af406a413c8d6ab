from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import DecisionKind, Introduction, Letter
from matchmaker.services import (
    first_introductions,
    introductions,
    round_decisions,
    rounds,
    safety,
)
from tests.factories import NOON, make_member, make_pair, make_space

WEEK = "2030-W19"  # in which NOON lies
LATER = NOON + timedelta(hours=3)
NEW = {"offers": ["Postgres"], "wants": ["grant writing"]}


@pytest.fixture
def space(app):
    """A space with a round of Ana and Ben, and Uma, who has time for one more."""
    space = make_space()
    make_pair(space)
    rounds.run(space, WEEK, NOON)
    return space


def make_willing(space, name="Uma", **fields):
    wishes = {"offers": ["grant writing"], "wants": ["Postgres"]}
    return make_member(name, space=space, **wishes, **fields)


def introduce_newcomers(now=LATER):
    return [
        first_introductions.introduce(each, now)
        for each in first_introductions.newcomers(now)
    ]


def test_a_newcomer_is_introduced_at_once_if_both_gain(space, letters):
    uma, nils = make_willing(space), make_member("Nils", space=space, **NEW)
    before = len(letters())

    (first, second) = introduce_newcomers()

    assert second is None  # of the two newcomers one had found the other
    assert {*first.members} == {uma, nils}
    assert first.ends_at == space.end_of_introduction(LATER)
    assert first.round.week == WEEK
    assert [letter.kind for letter in letters()[before:]] == ["introduction"] * 2
    assert introduce_newcomers() == []


def test_the_job_does_it_within_a_minute_and_once(any_database):
    space = make_space()
    make_pair(space)
    rounds.run(space, WEEK, NOON)
    make_willing(space)
    make_member("Nils", space=space, **NEW)
    db.session.commit()

    jobs.do_what_is_due(LATER)
    jobs.do_what_is_due(LATER + timedelta(minutes=1))

    later = select(Introduction).where(Introduction.made_at > NOON)
    assert len(db.session.scalars(later).all()) == 1


def test_nobody_is_given_more_than_they_asked_for(space):
    make_member("Nils", space=space, **NEW)  # Ana has had hers this week

    assert introduce_newcomers() == [None]


def test_who_asked_for_more_has_time(space):
    ana = db.session.scalars(select(Introduction)).one().members[0]
    ana.memberships[0].per_round = 2
    nils = make_member("Nils", space=space, **NEW)

    (introduction,) = introduce_newcomers()

    assert {*introduction.members} == {ana, nils}


def test_nobody_is_introduced_who_was_blocked_paused_or_said_no(space):
    uma = make_willing(space)
    paused = {"paused_until": (NOON + timedelta(days=9)).date()}
    make_willing(space, "Pia", membership=paused)
    make_willing(space, "Off", introductions=False)
    nils = make_member("Nils", space=space, **NEW)
    safety.block(uma, nils, NOON)
    letters_before = len(db.session.scalars(select(Letter)).all())

    assert set(introduce_newcomers()) == {None}
    assert len(db.session.scalars(select(Letter)).all()) == letters_before


def test_before_the_first_round_and_with_an_unfinished_profile_nobody_is_looked_for(
    app,
):
    space = make_space()
    make_pair(space)
    make_member("Blank", space=space)

    assert first_introductions.newcomers(LATER) == []


def test_who_was_left_out_of_a_round_waits_for_the_next(space):
    make_member("Nils", space=space, offers=["juggling"], wants=["falconry"])
    rounds.run(space, "2030-W20", NOON + timedelta(days=7))

    assert first_introductions.newcomers(NOON + timedelta(days=8)) == []


def test_a_first_introduction_ends_like_any_other(space):
    make_willing(space)
    make_member("Nils", space=space, **NEW)
    (first, _) = introduce_newcomers()

    assert first in introductions.to_end(first.ends_at)


@pytest.mark.parametrize("kind", [DecisionKind.APART, DecisionKind.ASIDE])
def test_what_an_organiser_decided_holds(space, kind):
    uma, nils = make_willing(space), make_member("Nils", space=space, **NEW)
    about = [uma, nils] if kind is DecisionKind.APART else [uma]
    round_decisions.decide(space, kind, about, WEEK, uma, NOON)
    db.session.flush()

    assert set(introduce_newcomers()) == {None}


def test_where_rounds_wait_for_an_organisers_yes_so_do_newcomers(space):
    make_willing(space)
    make_member("Nils", space=space, **NEW)
    space.waits_for_approval = True
    db.session.flush()

    assert introduce_newcomers() == []

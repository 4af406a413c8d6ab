"""The start page: what it says of rounds, and of who had nobody."""

import re
from datetime import timedelta

import pytest

from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import LeftOut, utcnow
from matchmaker.services import rounds
from tests.factories import (
    make_block,
    make_introduction,
    make_member,
    make_round,
    make_space,
)

WHY = {
    UnmatchedReason.NOTHING_WRITTEN: "find a subject in what you wrote",
    UnmatchedReason.NO_TIME: "as many introductions as you have time for",
    UnmatchedReason.NO_COMMON_LANGUAGE: "no language in common",
    UnmatchedReason.COLLEAGUES: "works at the same company",
    UnmatchedReason.MET_LATELY: "You’ve lately met, or been introduced to",
    UnmatchedReason.NOTHING_IN_COMMON: "nobody with whom you’d both gain enough",
    UnmatchedReason.SAVED_FOR_LATER: "we spread them over the weeks",
    UnmatchedReason.ODD_ONE_OUT: "were introduced to others",
}


def make_ana(space):
    return make_member("Ana", space=space, offers=["law"], wants=["tax advice"])


def make_ben(space, **fields):
    words = {"offers": ["tax advice"], "wants": ["law"]} | fields
    return make_member("Ben", space=space, **words)


@pytest.mark.parametrize("why", UnmatchedReason)
def test_who_had_nobody_reads_why_and_what_would_help(app, as_member, why):
    space = make_space()
    ana = make_ana(space)
    made = make_round(space, made_at=utcnow())
    made.left_out = [LeftOut(member=ana, why=why)]

    page = as_member(ana).get("/").text

    assert "Nobody so far this week" in page
    assert WHY[why] in page
    assert "Nothing waits for you" not in page
    made.made_at -= timedelta(days=8)
    db.session.commit()
    assert "Nobody so far this week" not in as_member(ana).get("/").text


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("offers", "looking for help with bookkeeping. Could you offer that?"),
        ("interests", "Some people here like bookkeeping. Do you?"),
    ],
)
def test_who_had_nobody_reads_what_others_look_for(app, as_member, field, says):
    space = make_space()
    ana = make_ana(space)
    line = {"field": field, "topic": "bookkeeping"}
    gone = {"field": field, "topic": "a topic that was taken away"}
    left_out = LeftOut(
        member=ana, why=UnmatchedReason.NOTHING_IN_COMMON, suggestions=[gone, line]
    )
    make_round(space, made_at=utcnow()).left_out = [left_out]

    assert says in as_member(ana).get("/").text
    left_out.why = UnmatchedReason.NO_TIME
    assert says not in as_member(ana).get("/").text


def test_in_a_round_that_introduced_others_it_is_said_of_the_week(app, as_member):
    space = make_space()
    ana, cem, dana = make_ana(space), make_ben(space), make_member(space=space)
    made = make_round(space, made_at=utcnow())
    made.left_out = [LeftOut(member=ana, why=UnmatchedReason.ODD_ONE_OUT)]
    make_introduction(cem, dana, round_=made)

    assert ">Nobody this week<" in as_member(ana).get("/").text


@pytest.mark.parametrize("were_introduced", [False, True])
def test_what_is_said_never_tells_of_a_block(app, as_member, were_introduced):
    def what_ana_reads(makes_ben):
        space = make_space()
        ana = make_ana(space)
        make_member("Cem", space=space, offers=["opera"], wants=["beekeeping"])
        if were_introduced:
            ben = make_ben(space)
            lately = utcnow() - timedelta(weeks=3)
            make_introduction(ana, ben, made_at=lately)
            makes_ben(space, ana, ben)
        else:
            makes_ben(space, ana, make_ben(space))
        now = utcnow()
        rounds.run(space, rounds.this_week(space, now), now)
        db.session.commit()
        page = as_member(ana).get("/").text
        return re.search("(?s)<main.*?</main>", page)[0]

    def blocked_by_ben(_space, ana, ben):
        make_block(ben, ana)

    def blocked_by_ana(_space, ana, ben):
        make_block(ana, ben)

    def away(_space, _ana, ben):
        ben.memberships[0].wants_introductions = False

    def changed(_space, _ana, ben):
        ben.profile.offers, ben.profile.wants = ["sailing"], ["a boat"]

    pages = {what_ana_reads(case) for case in (blocked_by_ben, blocked_by_ana, away)}

    assert len(pages) == 1
    if not were_introduced:
        assert pages == {what_ana_reads(changed)}
    assert "nobody with whom you’d both gain enough" in pages.pop()


def test_nobody_is_asked_how_it_was_before_they_could_meet(app, as_member):
    space = make_space()
    ana, ben = make_ana(space), make_ben(space)
    introduced = make_introduction(ana, ben, introduced_at=utcnow())

    assert "Did you meet?" not in as_member(ana).get("/").text
    introduced.sides[0].asked_at = utcnow()
    db.session.commit()
    assert "Did you meet?" in as_member(ana).get("/").text


def test_what_can_no_longer_come_about_is_not_asked(app, as_member):
    space = make_space()
    ana, ben = make_ana(space), make_ben(space)
    make_introduction(ana, ben)
    assert "More about Ben" in as_member(ana).get("/").text

    ben.memberships[0].wants_introductions = False
    db.session.commit()

    assert "More about Ben" not in as_member(ana).get("/").text
    assert "Waiting for you" not in as_member(ana).get("/introductions/").text

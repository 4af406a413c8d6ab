"""Two accounts of one person: found, kept apart, and decided by organisers."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Joining,
    Likeness,
    MembershipStatus,
    PossibleTwins,
    Role,
    Seat,
    TwinVerdict,
)
from matchmaker.queries import organiser
from matchmaker.queries.blocks import kept_apart, pairs_apart
from matchmaker.services import imports, joining, memberships, rounds, twin_holds, twins
from matchmaker.services.events.room import introducing, mentor_hours, seating
from matchmaker.services.events.room.present import Who
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_introduction,
    make_invited,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
    make_twins,
)


def make_person(name, space, company="", email=None, **fields):
    given = {"email": email} if email else {}
    return make_member(
        name, space=space, profile={"company": company}, **given, **fields
    )


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (("Paula Stein",), ("Paula Stein",), Likeness.NAME),
        (("Paula Stein", "Stein Studio"), ("Paula Stein", "Acme"), Likeness.NAME),
        (("José Díaz",), ("Diaz Jose",), Likeness.NAME),
        (("Dr. Vera Stein",), ("Vera Stein",), Likeness.NAME),
        (("Jo M. Tolk",), ("Jo Tolk",), Likeness.NAME),
        (("Ana", "Acme B.V."), ("ANA", "ACME BV"), Likeness.NAME_AND_COMPANY),
        (("Ana", "", "ana+desk@x.org"), ("Eve", "", "ana@x.org"), Likeness.MAILBOX),
        (
            ("Ana", "", "a.na@gmail.com"),
            ("Eve", "", "ana@googlemail.com"),
            Likeness.MAILBOX,
        ),
    ],
)
def test_what_makes_two_accounts_alike(space, one, other, likeness):
    first, second = (make_person(name, space, *rest) for name, *rest in (one, other))

    (found,) = twins.look(space, NOON)

    assert (found.first, found.second) == (first, second)
    assert found.likeness is likeness
    assert twins.look(space, NOON) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ana",), ("Ana",)),
        (("Ana", "Freelance"), ("Ana", "freelance")),
        (("Ana Stein",), ("Ana Steiner",)),
        (("",), ("",)),
        (("Ana", "", "ana@x.org"), ("Eve", "", "ana@y.org")),
        (("Ana", "", "a.na@x.org"), ("Eve", "", "ana@x.org")),
    ],
)
def test_what_does_not(space, one, other):
    for name, *rest in (one, other):
        make_person(name, space, *rest)

    assert twins.look(space, NOON) == []


def test_nobody_is_introduced_to_themselves_until_an_organiser_has_looked(space):
    words = {"offers": ["law", "tax"], "wants": ["law", "tax"]}
    paula, again = (make_member("Paula Stein", space=space, **words) for _ in range(2))
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    assert not rounds.run(space, "2030-W19", NOON).introductions
    (pair,) = twins.of_space(space, olga)

    twin_holds.decide(pair, TwinVerdict.DIFFERENT, olga, NOON)

    later = rounds.run(space, "2030-W20", NOON + timedelta(weeks=1))
    assert {side.member for side in later.introductions[0].sides} == {paula, again}


def test_nor_seated_booked_or_given_somebody_to_look_for(space):
    event = make_event(space)
    words = {"interests": ["running"], "offers": ["law"], "wants": ["law"]}
    paula, again = (make_member("Paula Stein", space=space, **words) for _ in range(2))
    others = [make_member(f"M{number}", space=space) for number in range(4)]
    for member in (paula, again, *others):
        make_rsvp(event, member, wants_introductions=member in (paula, again))

    introduced = introducing.introduce(event, Who.GOING, NOON)
    seating.make(event, Who.GOING, 5, 2, 10, NOON)
    make_slot(event, paula)

    assert not introduced.introductions
    assert mentor_hours.open_to(event, again, NOON) == []
    for one, other in itertools.combinations(db.session.scalars(select(Seat)), 2):
        if (one.round, one.table) == (other.round, other.table):
            assert {one.member_id, other.member_id} != {paula.id, again.id}


def test_whoever_comes_late_is_not_seated_with_themselves(space):
    event = make_event(space)
    paula, *others = (
        make_member(name, space=space)
        for name in ("Paula Stein", "Bo", "Cem", "Dan", "Eve")
    )
    for member in (paula, *others):
        make_rsvp(event, member)
    seating.make(event, Who.GOING, 4, 2, 10, NOON)
    again = make_rsvp(event, make_member("Paula Stein", space=space)).member

    seating.mend(event, Who.GOING, NOON)

    assert db.session.scalars(select(PossibleTwins)).one()
    for one, other in itertools.combinations(db.session.scalars(select(Seat)), 2):
        if (one.round, one.table) == (other.round, other.table):
            assert {one.member_id, other.member_id} != {paula.id, again.id}


def test_whoever_takes_anothers_name_is_taken_apart_from_them(space):
    paula, again = make_member("Paula Stein", space=space), make_member(space=space)
    introduction = make_introduction(paula, again)
    again.name = "Paula Stein"

    twin_holds.notice(again, [space], NOON)

    assert introduction.withdrawn_at == NOON
    assert db.session.scalar(select(kept_apart(paula.id, [again.id])))


@pytest.mark.parametrize(
    ("verdict", "apart"),
    [(None, True), (TwinVerdict.SAME, True), (TwinVerdict.DIFFERENT, False)],
)
def test_what_an_organiser_says_of_them_holds(space, verdict, apart):
    pair = make_twins(make_member(), make_member(), verdict=verdict)

    assert bool(db.session.scalar(select(kept_apart(pair[1], [pair[0]])))) is apart
    assert bool(db.session.execute(pairs_apart()).all()) is apart


def test_a_verdict_stays_when_they_are_looked_at_again(space):
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    for _ in range(2):
        make_member("Paula Stein", space=space)
    (pair,) = twins.look(space, NOON)
    twin_holds.decide(pair, TwinVerdict.DIFFERENT, olga, NOON)

    assert twins.look(space, NOON) == []
    assert organiser.count_waiting(space, olga).twins == 0
    assert (pair.decided_by, pair.decided_at) == (olga, NOON)


def test_an_import_says_who_looks_like_somebody_here(space, letters):
    paula = make_member("Paula Stein", space=space)

    report = imports.import_members(
        space, b"email,name\nnew@x.org,Paula Stein\nbo@x.org,Bo Quist\n", {}, NOON
    )

    (note,) = [note for note in report.notes if "looks like" in note]
    assert note.startswith("Line 2: Paula Stein looks like Paula Stein")
    assert paula.email in note
    assert report.added == [2, 3]
    assert len(db.session.scalars(select(PossibleTwins)).all()) == 1


def test_an_import_does_not_tell_whose_an_address_is(space):
    """Another space knows the address's owner, who is called as somebody here."""
    make_member("Paula Stein", space=space)
    known = make_member("Paula Stein", space=make_space("loft"), email="p@x.org")

    report = imports.import_members(space, b"email,name\np@x.org,Pia\n", {}, NOON)

    assert not [note for note in report.notes if "looks like" in note]
    memberships.join(known, space, NOON)
    assert len(db.session.scalars(select(PossibleTwins)).all()) == 1


def test_who_asks_to_join_is_compared_with_who_is_here(space):
    space.joining = Joining.APPROVAL
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    make_member("Sam Bad", space=space, status=MembershipStatus.SUSPENDED)
    asked = joining.ask(make_member("Sam Bad"), space, "I am new.", NOON)

    (pair,) = twins.of_space(space, olga)

    assert asked.member in pair.members


@pytest.mark.parametrize("turned", [False, True])
def test_an_organiser_is_not_shown_twins_whom_a_block_parts_from_them(space, turned):
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    paula, again = (make_member("Paula Stein", space=space) for _ in range(2))
    twins.look(space, NOON)
    make_block(*((again, olga) if turned else (olga, again)))

    assert twins.of_space(space, olga) == []
    assert organiser.count_waiting(space, olga).twins == 0
    assert twins.find(space, olga, paula.id, again.id) is None


def test_accounts_of_different_spaces_are_nobodys_business(space):
    elsewhere = make_space("loft")
    make_member("Paula Stein", space=space)
    make_member("Paula Stein", space=elsewhere)
    make_invited("Paula Stein", space=elsewhere).memberships.clear()

    assert twins.look(space, NOON) == twins.look(elsewhere, NOON) == []

"""Whatever one member sees of another passes through one filter."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    Membership,
    MembershipStatus,
    Role,
    Visibility,
)
from matchmaker.queries import visibility
from matchmaker.queries.visibility import (
    events_visible_to,
    finds_out,
    sides_visible_to,
    visible_to,
)
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_invited,
    make_member,
    make_rsvp,
    make_space,
)


def sees(viewer, member):
    found = select(Member).where(Member.id == member.id, visible_to(viewer))
    return db.session.scalar(found) is member


@pytest.fixture
def space(app):
    return make_space()


def test_everybody_sees_themselves(space):
    for member in (
        make_member(),
        make_member(space=space, status=MembershipStatus.SUSPENDED),
        make_member(active=False),
    ):
        assert sees(member, member)


def test_members_are_strangers_until_they_are_introduced(space):
    ana, ben = make_member(space=space), make_member(space=space)
    assert not sees(ana, ben)

    make_introduction(ana, ben)

    assert sees(ana, ben)
    assert sees(ben, ana)


def test_an_introduction_that_was_withdrawn_shows_nobody(space):
    ana, ben = make_member(space=space), make_member(space=space)
    make_introduction(ana, ben, withdrawn_at=NOON)

    assert not sees(ana, ben)


@pytest.mark.parametrize("blocker", [0, 1])
def test_a_block_hides_each_from_the_other(space, blocker):
    pair = make_member(space=space), make_member(space=space)
    make_introduction(*pair)
    make_block(pair[blocker], pair[1 - blocker])

    assert not sees(*pair)
    assert not sees(*pair[::-1])
    assert db.session.scalars(sides_visible_to(pair[0])).all() == []


def test_a_block_hides_a_member_from_an_organiser_too(space):
    olga = make_member(space=space, role=Role.ORGANISER)
    ana = make_member(space=space)
    assert sees(olga, ana)

    make_block(ana, olga)

    assert not sees(olga, ana)


def test_a_trio_is_hidden_when_any_two_in_it_are_parted(space):
    ana, ben, cem = (make_member(space=space) for _ in range(3))
    make_introduction(ana, ben, cem)
    make_block(ana, ben)

    assert db.session.scalars(sides_visible_to(ana)).all() == []
    assert db.session.scalars(sides_visible_to(ben)).all() == []


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
@pytest.mark.parametrize("gone", [0, 1])
def test_who_no_longer_takes_part_neither_sees_nor_is_seen(space, status, gone):
    pair = make_member(space=space), make_member(space=space)
    make_introduction(*pair)
    pair[gone].memberships[0].status = status
    db.session.flush()

    assert not sees(*pair)
    assert not sees(*pair[::-1])


def test_who_is_shut_out_by_the_operator_sees_nobody(space):
    olga = make_member(space=space, role=Role.ORGANISER, active=False)

    assert not sees(olga, make_member(space=space))


def test_organisers_see_their_space_and_no_other(space):
    olga = make_member(space=space, role=Role.ORGANISER)
    suspended = make_member(space=space, status=MembershipStatus.SUSPENDED)
    elsewhere = make_member(space=make_space())

    assert sees(olga, suspended)
    assert not sees(olga, make_invited(space=space))
    assert not sees(olga, elsewhere)


def test_hosts_and_members_do_not(space):
    ana = make_member(space=space)
    for role in (Role.MEMBER, Role.HOST):
        assert not sees(make_member(space=space, role=role), ana)


def test_an_organiser_elsewhere_does_not_see_by_being_a_member_here(space):
    otto = make_member(space=make_space(), role=Role.ORGANISER)
    otto.memberships.append(Membership(space=space, status=MembershipStatus.ACTIVE))
    db.session.flush()

    assert not sees(otto, make_member(space=space))


def test_operators_see_everybody_but_whom_a_block_parts(space):
    opal = make_member(is_operator=True)
    ana, ben = make_member(space=space), make_member(space=space)
    make_block(ana, opal)

    assert sees(opal, ben)
    assert not sees(opal, ana)


def test_who_is_suspended_where_they_were_introduced_sees_nobody_of_it(space):
    """Being members of another space together is no way round a suspension."""
    loft = make_space()
    ana, ben = make_member(space=space), make_member(space=space)
    for member in (ana, ben):
        member.memberships.append(
            Membership(space=loft, status=MembershipStatus.ACTIVE)
        )
    make_introduction(ana, ben)
    ana.memberships[0].status = MembershipStatus.SUSPENDED
    db.session.flush()

    assert not sees(ana, ben)
    assert not sees(ben, ana)
    assert db.session.scalars(sides_visible_to(ana)).all() == []


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("status", EventStatus)
def test_asked_of_many_at_once_the_answer_is_that_of_each(app, visibility, status):
    space = make_space()
    group = make_group(space)
    hana, olga = make_member("Hana", space=space), make_member("Olga", space=space)
    make_following(group, hana, is_host=True)
    event = make_event(
        space, group=group, hosts=[olga], visibility=visibility, status=status
    )
    members = [make_member(space=space) for _ in range(6)]
    members += [make_member(space=make_space()), make_member()]
    left = make_member(space=space, status=MembershipStatus.LEFT)
    for follower in (*members[1:4], left):
        make_following(group, follower)
    make_rsvp(event, members[4])
    make_block(members[2], hana)
    make_block(olga, members[3])

    asked = select(Member).join(Event, Event.id == event.id)
    find = set(db.session.scalars(asked.where(finds_out(Member.id))))

    for member in (*members, left):
        one = select(Event).where(events_visible_to(member))
        assert (member in find) is (db.session.scalar(one) is event)


def test_no_two_functions_share_a_name_for_a_table():
    """Else one could stand within the other, and its rows be taken for the other's."""
    functions = [
        node
        for node in ast.walk(ast.parse(Path(visibility.__file__).read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    uses = [
        use
        for function in functions
        for use in {
            tuple(map(ast.unparse, node.args))
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "_alias"
        }
    ]

    assert len(uses) > 10
    assert len(uses) == len(set(uses))

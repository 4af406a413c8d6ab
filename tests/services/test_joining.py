"""Coming into a space by oneself: at once, after an organiser's yes, or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Joining, JoinRequest, Membership, MembershipStatus
from matchmaker.queries import organiser
from matchmaker.refusal import Refusal
from matchmaker.services import joining, memberships
from tests.factories import (
    NOON,
    make_block,
    make_invited,
    make_member,
    make_request,
    make_space,
)

DAY = timedelta(days=1)


@pytest.fixture
def space(app):
    return make_space("mill", joining=Joining.APPROVAL)


@pytest.fixture
def nia(space):
    return make_member("Nia")


def ask(member, space, now=NOON):
    request = joining.ask(member, space, "I know Ana.", now)
    db.session.flush()
    return request


def told(letters):
    return [(letter.member.name, letter.subject) for letter in letters()]


def test_nobody_joins_past_the_organisers(space, nia):
    with pytest.raises(Refusal, match="say who joins"):
        memberships.join(nia, space, NOON)

    assert nia.membership_in(space) is None


def test_whoever_asks_is_no_member_until_an_organiser_says_yes(
    space, nia, olga, letters
):
    request = ask(nia, space)
    assert (nia.memberships, nia.spaces) == ([], [])

    joining.approve(request, olga, NOON + DAY)
    joining.approve(request, olga, NOON + DAY)

    membership = nia.membership_in(space)
    assert (membership.status, membership.joined_at) == (
        MembershipStatus.ACTIVE,
        NOON + DAY,
    )
    assert request.decided_by is olga
    assert told(letters) == [("Nia", "Welcome to The Old Mill")]


def test_asking_twice_is_asking_once(space, nia):
    assert ask(nia, space) is ask(nia, space)
    assert len(db.session.scalars(select(JoinRequest)).all()) == 1


def test_a_no_is_silent_and_holds_for_a_while(space, nia, olga, letters):
    request = ask(nia, space)

    joining.decline(request, olga, NOON)

    assert letters() == []
    assert joining.waiting(space, olga) == []
    with pytest.raises(Refusal, match="You can ask again from 4 August 2030"):
        ask(nia, space, NOON + 89 * DAY)
    assert ask(nia, space, NOON + 90 * DAY).is_waiting


def test_somebody_let_in_is_not_turned_away_afterwards(space, nia, olga):
    request = ask(nia, space)
    joining.approve(request, olga, NOON)

    with pytest.raises(Refusal, match="Suspend"):
        joining.decline(request, olga, NOON)


def test_whoever_was_invited_need_not_ask(space):
    ivo = make_invited(space=space)

    memberships.join(ivo, space, NOON)

    assert ivo.membership_in(space).is_active


@pytest.mark.parametrize("way", [Joining.APPROVAL, Joining.INVITATION])
def test_walking_in_at_an_event_is_no_invitation(space, way):
    space.joining = way
    walked_in = make_invited("Wim", space=space, confirmed_at=NOON)
    walked_in.memberships[0].invited_at = None

    with pytest.raises(Refusal):
        memberships.join(walked_in, space, NOON)
    if way is Joining.APPROVAL:
        joining.approve(ask(walked_in, space), walked_in, NOON)
        assert walked_in.membership_in(space).is_active


@pytest.mark.parametrize("turned", [False, True])
def test_a_block_leaves_it_to_another_organiser_and_at_last_to_the_operator(
    space, nia, olga, letters, turned
):
    make_block(*((nia, olga) if turned else (olga, nia)))
    opal = make_member("Opal", is_operator=True)
    request = ask(nia, space)

    joining.tell_organisers(space, NOON)

    assert joining.waiting(space, olga) == []
    assert organiser.count_waiting(space, olga).newcomers == 0
    assert joining.find(space, olga, request.id) is None
    assert joining.waiting(space, opal) == [request]
    assert [letter.member for letter in letters()] == [opal]


def test_organisers_hear_of_newcomers_once_a_day_and_without_names(
    space, nia, olga, letters
):
    ask(nia, space)
    assert joining.due(NOON) == [space]
    joining.tell_organisers(space, NOON)
    for number in range(3):
        ask(make_member(f"N{number}"), space, NOON + timedelta(hours=1 + number))

    assert joining.due(NOON + timedelta(hours=5)) == []
    joining.tell_organisers(space, NOON + timedelta(hours=5))
    assert joining.due(NOON + DAY) == [space]
    joining.tell_organisers(space, NOON + DAY)

    assert joining.due(NOON + 2 * DAY) == []
    assert told(letters) == [
        ("Olga", "The Old Mill: One person asks to join"),
        ("Olga", "The Old Mill: 3 people ask to join"),
    ]
    said = "".join(f"{letter.text}{letter.html}" for letter in letters())
    assert "Nia" not in said


def test_a_stranger_who_joins_an_open_space_is_told_of(space, nia, olga, letters):
    space.joining = Joining.OPEN
    memberships.join(nia, space, NOON)
    memberships.join(make_invited(space=space), space, NOON)
    db.session.flush()

    joining.tell_organisers(space, NOON)

    assert told(letters) == [("Olga", "The Old Mill: One person joined")]


def test_without_newcomers_nobody_is_written_to(space, olga):
    assert joining.due(NOON) == []


def test_those_who_wait_stay_waiting_when_joining_is_by_invitation(space, nia, olga):
    request = make_request(nia, space)
    space.joining = Joining.INVITATION

    assert joining.waiting(space, olga) == [request]


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_a_yes_to_somebody_suspended_meanwhile_is_refused(space, nia, olga, status):
    made = ask(nia, space)
    db.session.add(Membership(member=nia, space=space, status=status))
    db.session.flush()

    if status is MembershipStatus.SUSPENDED:
        with pytest.raises(Refusal, match="is suspended"):
            joining.approve(made, olga, NOON)
        assert made.approved is None
    else:
        joining.approve(made, olga, NOON)
        assert nia.membership_in(space).is_active

from datetime import date, timedelta

import pytest

from matchmaker.models import Joining, LetterStatus, MembershipStatus, RsvpStatus
from matchmaker.refusal import Refusal
from matchmaker.services import memberships, rounds
from matchmaker.services.events import places
from tests.factories import (
    NOON,
    make_event,
    make_invited,
    make_member,
    make_rsvp,
    make_space,
)

TODAY = NOON.date()


def test_whoever_joins_is_active_and_not_yet_introduced(app):
    membership = memberships.join(make_member(), make_space(), NOON)

    assert membership.is_active
    assert not membership.wants_introductions


def test_a_space_by_invitation_is_joined_by_the_invited_only(app):
    space = make_space(joining=Joining.INVITATION)

    assert memberships.join(make_invited(space=space), space, NOON).is_active
    with pytest.raises(Refusal, match="by invitation"):
        memberships.join(make_member(), space, NOON)


def test_whoever_is_suspended_cannot_join_again(app):
    space = make_space()
    sue = make_member(space=space, status=MembershipStatus.SUSPENDED)

    with pytest.raises(Refusal, match="suspended"):
        memberships.join(sue, space, NOON)


def test_an_invitation_works_once(app):
    membership = make_invited(space=make_space()).memberships[0]

    memberships.accept_invitation(membership, "hash", NOON)

    assert membership.is_active
    assert membership.member.confirmed_at == NOON
    assert not membership.wants_introductions
    with pytest.raises(Refusal, match="has been used"):
        memberships.accept_invitation(membership, "another", NOON)


def test_each_yes_and_no_is_kept_with_its_words(app):
    membership = memberships.join(make_member(), make_space(name="The Loft"), NOON)

    memberships.start_introductions(membership, "profile page", NOON)
    memberships.start_introductions(membership, "profile page", NOON)
    memberships.stop_introductions(membership, "letter", NOON)

    said = [(consent.given, consent.way) for consent in membership.consents]
    assert said == [(True, "profile page"), (False, "letter")]
    assert "members of The Loft" in membership.consents[0].wording


def test_a_first_no_is_an_answer_too(app):
    membership = memberships.join(make_member(), make_space(), NOON)

    memberships.stop_introductions(membership, "profile page", NOON)

    assert [consent.given for consent in membership.consents] == [False]


def test_stopping_holds_back_the_letters_that_wait(app, letters):
    space = make_space()
    ana = make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    rounds.run(space, "2030-W19", NOON)

    memberships.stop_introductions(ana.memberships[0], "letter", NOON)

    status = {letter.member.name: letter.status for letter in letters()}
    assert status["Ana"] is LetterStatus.CANCELLED


@pytest.mark.parametrize(
    "until", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=400), date.max]
)
def test_a_pause_ends_on_a_day_to_come(app, until):
    membership = make_member(space=make_space()).memberships[0]

    with pytest.raises(Refusal, match="Choose a day"):
        memberships.pause(membership, until, TODAY)


def test_whoever_is_suspended_gives_up_places_at_events_to_come(app, letters):
    space = make_space()
    sue, ben = make_member("Sue", space=space), make_member("Ben", space=space)
    event = make_event(space, capacity=1)
    rsvps = [places.sign_up(event, member, NOON) for member in (sue, ben)]
    past = make_rsvp(make_event(space, starts_at=NOON - timedelta(days=2)), sue)
    elsewhere = make_rsvp(make_event(), sue)

    memberships.suspend(sue.memberships[0], NOON)

    assert [rsvp.status for rsvp in rsvps] == [RsvpStatus.DECLINED, RsvpStatus.GOING]
    assert past.is_going
    assert elsewhere.is_going
    assert [letter.member for letter in letters()][2:] == [ben]

from datetime import timedelta

import pytest

from matchmaker.models import EventStatus, Role, RsvpStatus
from matchmaker.services.events.planning import needs
from matchmaker.services.events.planning.needs import Need
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_member,
    make_picture,
    make_rsvp,
)


@pytest.fixture
def event(space, hana):
    """In two days, with all it needs."""
    event = make_event(space, hosts=[hana], starts_at=NOON + timedelta(days=2))
    make_picture(event)
    make_rsvp(event)
    return event


def of(event, viewer, now=NOON):
    glance = needs.at_a_glance([event], viewer, now)[event.id]
    return [need for need, _ in glance.needs]


def test_an_event_with_all_it_needs_needs_nothing(event, hana):
    assert of(event, hana) == []


def test_each_thing_that_is_missing_is_needed(event, hana, space):
    organiser = make_member(space=space, role=Role.ORGANISER)
    event.questions = [{"id": "a", "text": "Diet?", "options": [], "required": True}]
    event.hosts.clear()
    event.pictures.clear()
    for status in (RsvpStatus.WAITING, RsvpStatus.ASKED):
        make_rsvp(event, status=status)

    assert of(event, organiser) == [
        Need.HOST,
        Need.APPROVE,
        Need.ROOM,
        Need.ANSWERS,
    ]


def test_a_picture_is_asked_for_where_nothing_else_is_needed(event, hana):
    event.pictures.clear()
    assert of(event, hana) == [Need.PICTURE]

    event.rsvps.clear()
    assert of(event, hana) == [Need.PEOPLE]


def test_a_draft_that_begins_soon_is_to_be_published(event, hana):
    event.status = EventStatus.DRAFT
    assert of(event, hana) == [Need.PUBLISH]

    event.place = ""
    assert of(event, hana) == [Need.COMPLETE]

    event.place = "The loft"
    assert of(event, hana, NOON - timedelta(days=9)) == []


def test_nobody_going_matters_when_it_is_near(event, hana):
    event.rsvps.clear()

    assert of(event, hana) == [Need.PEOPLE]
    assert of(event, hana, NOON - timedelta(days=9)) == []


def test_afterwards_it_wants_a_few_words(event, hana):
    assert of(event, hana, event.ends_at) == [Need.NOTES]

    event.notes = "We made bowls."
    assert of(event, hana, event.ends_at) == []
    event.status = EventStatus.CANCELLED
    assert of(event, hana) == []


def test_whoever_a_block_parts_is_not_counted(event, hana, space):
    ana = make_member(space=space)
    make_rsvp(event, ana, guests=2)
    make_rsvp(event, make_member(space=space), RsvpStatus.WAITING)

    assert needs.at_a_glance([event], hana, NOON)[event.id].going == 4
    make_block(ana, hana)
    glance = needs.at_a_glance([event], hana, NOON)[event.id]

    assert (glance.going, glance.waiting) == (1, 1)

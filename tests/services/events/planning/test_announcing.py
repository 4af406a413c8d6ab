"""New events of a group, told to those who asked for it: each once, and nobody else."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from matchmaker.extensions import db
from matchmaker.mail.message import message
from matchmaker.mail.recheck import why_not
from matchmaker.models import (
    Event,
    EventStatus,
    Letter,
    LetterStatus,
    MembershipStatus,
    Role,
    Visibility,
)
from matchmaker.services import groups, memberships, safety
from matchmaker.services.events import places
from matchmaker.services.events.calendars import calendar_import
from matchmaker.services.events.planning import (
    editing,
    plans,
    recurrence,
    series,
    standing,
)
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.planning.series import Scope
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_space,
)
from tests.services.events.calendars.test_calendar_reading import told as told_of
from tests.services.events.calendars.test_calendar_reading import vcalendar, vevent

EVENING = datetime(2030, 5, 14, 18, 30)
LATER = NOON + timedelta(minutes=1)
WEEKLY = recurrence.read("FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def space(request):
    """In the one database, or in each, as the test asks for it."""
    one = "any_database" if "any_database" in request.fixturenames else "app"
    request.getfixturevalue(one)
    return make_space("mill", timezone="Europe/Brussels")


@pytest.fixture
def potters(space, hana):
    group = make_group(space, "potters", name="Potters")
    make_following(group, hana, is_host=True)
    return group


@pytest.fixture
def ana(space, potters):
    return asks("Ana", potters)


def asks(name, group, **fields):
    """Make somebody who follows the group and wants its letters."""
    member = make_member(name, space=group.space, **fields)
    make_following(group, member, wants_letters=True)
    return member


def draft(group, hana, **fields):
    fields = {"status": EventStatus.DRAFT, "hosts": [hana]} | fields
    return make_event(group.space, group=group, **fields)


def told():
    """Who has been written to of a new event, and of which."""
    written = db.select(Letter).where(Letter.kind == "group_event").order_by(Letter.id)
    return [(each.member.name, each.event) for each in db.session.scalars(written)]


def edit(event, by, **said):
    return editing.edit(event, replace(plans.of(event), **said), by, NOON)


# Safety


def test_nobody_hears_of_what_a_block_suspension_or_departure_hides(potters, hana, ana):
    for name, blocker in (("Bo", 0), ("Cy", 1)):
        member = asks(name, potters)
        make_block(*((member, hana) if blocker else (hana, member)))
    asks("Lea", potters, status=MembershipStatus.LEFT)
    asks("Sue", potters, status=MembershipStatus.SUSPENDED)
    asks("Ned", potters, active=False)
    make_following(potters, make_member("Fay", space=potters.space))
    make_following(make_group(potters.space), make_member(space=potters.space))
    event = draft(potters, hana)

    standing.publish(event, hana, NOON)

    assert told() == [("Ana", event)]


@pytest.mark.parametrize(
    ("visibility", "hear"),
    [
        (Visibility.PUBLIC, True),
        (Visibility.SPACE, True),
        (Visibility.GROUP, True),
        (Visibility.LINK, False),
    ],
)
def test_only_what_they_may_see_is_told(potters, hana, ana, visibility, hear):
    event = draft(potters, hana, visibility=visibility)

    standing.publish(event, hana, NOON)
    assert bool(told()) is hear

    edit(event, hana, visibility=Visibility.SPACE)
    assert told() == [("Ana", event)]


WHAT_ENDS_IT = {
    "stopped": lambda said: groups.want_letters(said.group, said.ana, False),
    "no longer followed": lambda said: groups.unfollow(said.group, said.ana),
    "a block": lambda said: safety.block(said.ana, said.hana, LATER),
    "suspended": lambda said: memberships.suspend(said.ana.memberships[0], LATER),
    "called off": lambda said: standing.cancel(said.event, "", said.hana, LATER),
    "hidden": lambda said: edit(said.event, said.hana, visibility=Visibility.LINK),
    "known": lambda said: places.sign_up(said.event, said.ana, LATER),
}


@pytest.mark.parametrize("what", WHAT_ENDS_IT)
def test_a_letter_that_waits_does_not_go_when_it_is_no_longer_true(
    potters, hana, ana, letters, what
):
    event = draft(potters, hana)
    standing.publish(event, hana, NOON)
    letter = letters()[0]
    assert why_not(letter, LATER) == ""

    WHAT_ENDS_IT[what](SimpleNamespace(event=event, group=potters, ana=ana, hana=hana))
    db.session.flush()

    assert why_not(letter, LATER) == "No longer true."


def test_it_is_no_news_when_the_event_has_begun(potters, hana, ana, letters):
    event = draft(potters, hana)
    standing.publish(event, hana, NOON)

    assert why_not(letters()[0], event.starts_at) == "No longer true."


# Once


def test_a_draft_is_told_when_it_is_published_and_never_again(
    any_database, potters, hana, ana
):
    event = draft(potters, hana)
    assert told() == []

    standing.publish(event, hana, NOON)
    standing.publish(event, hana, LATER)
    edit(
        event,
        hana,
        title="Glazing",
        starts_at=EVENING,
        ends_at=EVENING.replace(hour=21),
    )

    assert told() == [("Ana", event)]


def test_whoever_makes_hosts_or_answered_it_knows(potters, hana, ana):
    olga = asks("Olga", potters, role=Role.ORGANISER)
    ivy, kim = asks("Ivy", potters), asks("Kim", potters)
    event = draft(potters, hana)
    event.hosts.append(ivy)
    make_rsvp(event, kim)

    standing.publish(event, olga, NOON)

    assert told() == [("Ana", event)]


def test_of_a_series_there_is_one_letter(any_database, potters, hana, ana):
    plan = Plan(
        "Pottery",
        EVENING,
        EVENING + timedelta(hours=2),
        place="The kitchen",
        group=potters,
        hosts=frozenset({hana}),
    )
    made = series.make(potters.space, plan, WEEKLY, hana, NOON)
    assert told() == []

    series.publish(made.series, hana, NOON)
    assert told() == [("Ana", made.events[0])]

    third = made.events[2]
    series.edit(
        third, replace(plans.of(third), title="Glazing"), Scope.FOLLOWING, hana, NOON
    )
    assert third.series is not made.series
    series.extend(third.series, 3, hana, NOON)
    series.extend(made.series, 1, hana, NOON)
    assert told() == [("Ana", made.events[0])]

    asks("Ben", potters)
    series.extend(third.series, 1, hana, NOON)
    assert [name for name, _ in told()] == ["Ana", "Ben"]


def test_whoever_heard_of_one_does_not_hear_that_it_repeats(potters, hana, ana):
    event = draft(potters, hana)
    standing.publish(event, hana, NOON)

    series.repeat(event, WEEKLY, hana, NOON)

    assert told() == [("Ana", event)]


def test_an_event_that_goes_to_another_group_is_told_there(
    any_database, potters, hana, ana
):
    cooks = make_group(potters.space, "cooks", name="Cooks")
    make_following(cooks, hana, is_host=True)
    make_following(cooks, ana, wants_letters=True)
    asks("Ben", cooks)
    asks("Cleo", potters)
    event = draft(potters, hana)
    standing.publish(event, hana, NOON)
    assert told() == [("Ana", event), ("Cleo", event)]
    of_ana = db.session.scalars(db.select(Letter).order_by(Letter.id)).first()
    of_ana.status = LetterStatus.SENT

    edit(event, hana, group=cooks)

    assert told() == [("Ana", event), ("Ben", event)]


def test_a_letter_that_still_waits_names_the_group_it_went_to(
    potters, hana, ana, letters
):
    cooks = make_group(potters.space, "cooks", name="Cooks")
    make_following(cooks, hana, is_host=True)
    make_following(cooks, ana, wants_letters=True)
    event = draft(potters, hana)
    standing.publish(event, hana, NOON)

    edit(event, hana, group=cooks)

    assert [letter.subject for letter in letters()] == ["New from Cooks: Breakfast"]
    edit(event, hana, group=None)
    assert letters() == []


def test_a_calendars_events_are_told_when_somebody_here_publishes_them(
    potters, hana, ana
):
    for uid, title, publishes in (("1@x", "Talk", True), ("2@x", "Walk", False)):
        entry = vevent(
            UID=uid, SUMMARY=title, DTSTART="20300511T080000Z", DTEND="20300511T100000Z"
        )
        proposal = calendar_import.propose(
            potters.space,
            told_of(vcalendar(entry)),
            NOON,
            group=potters,
            publishes=publishes,
        )
        calendar_import.accept(proposal, hana, NOON)
    assert told() == []

    (event,) = db.session.scalars(
        db.select(Event).where(Event.status == EventStatus.DRAFT)
    )
    edit(event, hana, place="The kitchen", hosts=frozenset({hana}))
    standing.publish(event, hana, NOON)

    assert told() == [("Ana", event)]


def test_nothing_is_told_of_a_group_at_its_end_or_of_what_has_begun(potters, hana, ana):
    groups.archive(potters, NOON)
    standing.publish(draft(potters, hana), hana, NOON)
    potters.archived_at = None
    event = make_event(potters.space, starts_at=NOON - timedelta(hours=1), hosts=[hana])
    edit(event, hana, group=potters)

    assert told() == []


# The letter


def test_the_letter_says_what_when_where_and_how_to_stop(potters, hana, ana, letters):
    event = draft(
        potters,
        hana,
        title="Glazing & firing",
        description="We **glaze** what we threw. " + "Bring a cup. " * 20,
    )

    standing.publish(event, hana, NOON)

    (letter,) = letters()
    said = " ".join(letter.text.split())
    assert letter.subject == "New from Potters: Glazing & firing"
    assert "Hello Ana," in said
    assert "Potters has a new event GLAZING & FIRING" in said
    assert "Monday 13 May, 14:00 to 16:00 (Brussels time)" in said
    assert "The kitchen" in said
    assert "We glaze what we threw." in said
    assert said.count("Bring a cup.") < 12
    assert f"http://localhost/events/{event.id}" in said
    assert "Glazing &amp; firing" in letter.html
    assert "Stop these letters" in letter.html
    envelope = message(letter, letter.said, NOON)
    assert envelope["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert envelope["List-Unsubscribe"].strip("<>") in letter.text
    assert not why_not(letter, LATER)


def test_the_letter_of_a_series_says_how_often(potters, hana, ana, letters):
    event = draft(potters, hana)
    series.repeat(event, recurrence.read("FREQ=WEEKLY;BYDAY=MO;COUNT=4"), hana, NOON)

    standing.publish(event, hana, NOON)

    said = " ".join(letters()[0].text.split())
    assert "Potters has a new series BREAKFAST" in said
    assert "(Brussels time) Every week on Monday, 4 times The kitchen" in said

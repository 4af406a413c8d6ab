from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    CalendarSource,
    Event,
    EventStatus,
    MembershipStatus,
    Role,
    RsvpStatus,
    TimelineEntry,
    Venue,
    Visibility,
)
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events import places
from matchmaker.services.events.planning import editing, plans, standing
from matchmaker.services.events.planning.plans import Plan
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_picture,
    make_rsvp,
    make_space,
)

EVENING = datetime(2030, 5, 14, 18, 30)  # a Tuesday, on the wall
PLAN = Plan("Pottery", EVENING, EVENING + timedelta(hours=2), place="The kitchen")
LATER = NOON + timedelta(hours=1)
CLOCKS_GO_FORWARD = datetime(2031, 3, 30, 2, 30)  # in Brussels


@pytest.fixture
def space(app):
    return make_space(timezone="Europe/Brussels")


def plan_with(**said):
    return replace(PLAN, **said)


def kinds(letters, member):
    return [letter.kind for letter in letters() if letter.member is member]


# Who may


def test_organisers_hosts_and_hosts_of_groups_make_events(space, olga, hana):
    group = make_group(space)
    gus, fay = make_member("Gus", space=space), make_member("Fay", space=space)
    make_following(group, gus, is_host=True)
    make_following(group, fay)
    gone = make_member(space=space, role=Role.HOST, status=MembershipStatus.SUSPENDED)
    left = make_member(space=space, status=MembershipStatus.LEFT)
    make_following(group, left, is_host=True)

    for member in (olga, hana, gus, make_member(is_operator=True)):
        assert editing.may_make(member, space)
    for member in (fay, gone, left, make_member(space=make_space(), role=Role.HOST)):
        assert not editing.may_make(member, space)


def test_the_host_of_a_group_makes_events_of_that_group_only(space, olga):
    mine, other = make_group(space), make_group(space, name="Runners")
    gus = make_member("Gus", space=space)
    make_following(mine, gus, is_host=True)

    for plan in (PLAN, plan_with(group=other)):
        with pytest.raises(Unfit) as refused:
            editing.make(space, plan, gus, NOON)
        assert refused.value.field == "group"
    event = editing.make(space, plan_with(group=mine), gus, NOON)

    assert event.group is mine
    with pytest.raises(Unfit):
        editing.edit(event, replace(plans.of(event), group=None), gus, NOON)
    with pytest.raises(Refusal, match="Ask an organiser"):
        editing.make(space, PLAN, make_member(space=space), NOON)


# Making


def test_an_event_begins_at_the_hour_on_the_wall_and_is_a_draft(space, hana):
    event = editing.make(space, PLAN, hana, NOON)

    assert event.starts_at == datetime(2030, 5, 14, 16, 30, tzinfo=UTC)
    assert event.local_start.replace(tzinfo=None) == EVENING
    assert (event.status, event.hosts) == (EventStatus.DRAFT, [hana])
    assert plans.of(event) == plan_with(hosts=frozenset({hana}))
    assert [entry.what for entry in db.session.scalars(select(TimelineEntry))] == [
        "made"
    ]


def test_pressed_twice_it_is_made_once(space, hana):
    first = editing.make(space, PLAN, hana, NOON)

    assert editing.make(space, PLAN, hana, NOON + timedelta(seconds=5)) is first
    assert editing.make(space, PLAN, hana, NOON + timedelta(hours=5)) is not first


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"title": "  "}, "title", "Give it a title"),
        ({"title": "x" * 121}, "title", "at most 120"),
        ({"ends_at": EVENING}, "ends_at", "ends before it begins"),
        ({"ends_at": EVENING - timedelta(hours=1)}, "ends_at", "ends before it begins"),
        ({"ends_at": EVENING + timedelta(days=32)}, "ends_at", "longer than a month"),
        ({"starts_at": EVENING - timedelta(days=30)}, "starts_at", "in the past"),
        ({"starts_at": datetime(1, 1, 1)}, "starts_at", "in the past"),
        (
            {"starts_at": datetime(9999, 12, 30), "ends_at": datetime(9999, 12, 31)},
            "starts_at",
            "Check the year",
        ),
        (
            {
                "starts_at": CLOCKS_GO_FORWARD,
                "ends_at": CLOCKS_GO_FORWARD + timedelta(hours=2),
            },
            "starts_at",
            "no 02:30 on Sunday 30 March.*such as 03:30",
        ),
        (
            {
                "starts_at": CLOCKS_GO_FORWARD - timedelta(hours=4),
                "ends_at": CLOCKS_GO_FORWARD,
            },
            "ends_at",
            "no 02:30",
        ),
        (
            {"rsvp_closes_at": EVENING + timedelta(1)},
            "rsvp_closes_at",
            "when the event",
        ),
        ({"rsvp_opens_at": EVENING}, "rsvp_opens_at", "no time to sign up"),
        ({"rsvp_opens_at": datetime(1, 1, 1)}, "rsvp_opens_at", "Check the year"),
        ({"online_url": "javascript:alert(1)"}, "online_url", "begins with https"),
        ({"visibility": Visibility.GROUP}, "group", "Choose the group"),
        (
            {
                "questions": tuple(
                    {"id": str(n), "text": "Why?", "options": [], "required": False}
                    for n in range(11)
                )
            },
            "questions",
            "10 questions",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(space, hana, said, field, why):
    with pytest.raises(Unfit, match=why) as refused:
        editing.make(space, plan_with(**said), hana, NOON)

    assert refused.value.field == field
    assert db.session.scalars(select(Event)).all() == []


def test_of_two_same_hours_the_first_is_meant_and_the_second_is_kept(space, hana):
    twice = datetime(2030, 10, 27, 2, 30)
    plan = plan_with(starts_at=twice, ends_at=twice + timedelta(hours=3))
    event = editing.make(space, plan, hana, NOON)
    assert event.starts_at == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)

    event.starts_at += timedelta(hours=1)  # the second, as a calendar may say
    editing.edit(event, replace(plans.of(event), title="Wheel"), hana, NOON)

    assert event.starts_at == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


def test_hosts_are_members_today(space, olga):
    gone = make_member("Gil", space=space, status=MembershipStatus.LEFT)

    with pytest.raises(Unfit, match="Gil is not a member") as refused:
        editing.make(space, plan_with(hosts=frozenset({gone})), olga, NOON)

    assert refused.value.field == "hosts"


# Changing


@pytest.fixture
def event(space, hana):
    event = editing.make(space, PLAN, hana, NOON)
    standing.publish(event, hana, NOON)
    return event


def edit(event, by, **said):
    return editing.edit(event, replace(plans.of(event), **said), by, LATER)


def test_a_change_of_time_or_place_is_told_to_those_who_come(event, hana, letters):
    event.capacity = 1
    told = [
        make_rsvp(event, status=status).member
        for status in (RsvpStatus.GOING, RsvpStatus.WAITING)
    ]
    gone = make_rsvp(event, status=RsvpStatus.DECLINED).member

    assert edit(event, hana, place="The loft") == {"place"}

    for member in told:
        assert kinds(letters, member) == ["event_changed"]
    assert kinds(letters, gone) == []
    assert (event.sequence, event.changed_at) == (1, LATER)


def test_other_changes_are_told_to_calendars_or_to_nobody(event, hana, letters):
    member = make_rsvp(event).member

    edit(event, hana, title="Wheel throwing")
    assert event.sequence == 1
    edit(event, hana, guests_each=2)
    assert event.sequence == 1
    assert edit(event, hana) == set()

    assert kinds(letters, member) == []


def test_a_draft_is_changed_quietly(space, hana, letters):
    event = editing.make(space, PLAN, hana, NOON)

    edit(event, hana, place="The loft", capacity=5)

    assert (event.sequence, event.capacity, letters()) == (0, 5, [])


def test_more_room_lets_in_who_waits_and_too_little_is_refused(event, hana):
    edit(event, hana, capacity=1)
    first, second = (
        places.sign_up(event, make_member(space=event.space), LATER) for _ in range(2)
    )
    assert (first.is_going, second.is_going) == (True, False)

    edit(event, hana, capacity=2)
    assert second.is_going

    with pytest.raises(Unfit) as refused:
        edit(event, hana, capacity=1)
    assert refused.value.field == "capacity"


def test_what_is_over_may_be_changed_but_not_moved(event, hana):
    event.starts_at, event.ends_at = NOON - timedelta(3), NOON - timedelta(2)

    assert edit(event, hana, title="Glazing") == {"title"}
    with pytest.raises(Unfit, match="is over"):
        edit(event, hana, starts_at=EVENING - timedelta(days=20))


def test_an_event_keeps_a_host(event, hana):
    with pytest.raises(Unfit, match="at least one host"):
        edit(event, hana, hosts=frozenset())


def test_whom_a_block_parts_from_a_new_host_does_not_stay_on_the_list(
    event, hana, space
):
    ana, ben, cleo = (make_member(space=space) for _ in range(3))
    make_block(ben, ana)
    parted = make_rsvp(event, ben)
    stays = make_rsvp(event, cleo)

    edit(event, hana, hosts=frozenset({hana, ana}))

    assert (parted.status, stays.status) == (RsvpStatus.DECLINED, RsvpStatus.GOING)


def test_what_was_changed_of_an_imported_event_is_its_own(event, hana, space):
    edit(event, hana, title="One")
    assert event.own_fields == []

    source = CalendarSource(space=space, name="Meetup", made_at=NOON)
    db.session.add(source)
    db.session.flush()
    event.source_id = source.id
    edit(event, hana, title="Two")
    edit(event, hana, place="The loft")

    assert event.own_fields == ["place", "title"]


# Publishing and after


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"place": ""}, "where it is"),
        ({"venue": Venue.ONLINE, "online_url": ""}, "the link"),
    ],
)
def test_what_is_published_is_complete(space, hana, said, why):
    event = editing.make(space, plan_with(**said), hana, NOON)

    with pytest.raises(Refusal, match=why):
        standing.publish(event, hana, NOON)

    assert event.status is EventStatus.DRAFT


def test_nothing_is_published_without_a_host_or_in_the_past(event, hana, space):
    draft = make_event(space, status=EventStatus.DRAFT)
    with pytest.raises(Refusal, match="Name a host"):
        standing.publish(draft, hana, NOON)

    draft.hosts.append(hana)
    with pytest.raises(Refusal, match="over"):
        standing.publish(draft, hana, draft.starts_at)
    standing.publish(draft, hana, NOON)
    standing.publish(draft, hana, NOON)

    assert draft.is_published


def test_who_signed_up_is_told_when_it_is_off_and_once(event, hana, letters):
    signed_up = [
        make_rsvp(event, status=status).member
        for status in (RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.ASKED)
    ]
    make_rsvp(event, status=RsvpStatus.DECLINED)

    assert standing.cancel(event, "The kiln is broken.", hana, LATER) == 3
    assert standing.cancel(event, "The kiln is broken.", hana, LATER) == 0

    assert [letter.kind for letter in letters()] == ["event_cancelled"] * 3
    assert {letter.member for letter in letters()} == set(signed_up)
    assert "The kiln is broken." in letters()[0].text
    assert (event.is_cancelled, event.sequence) == (True, 1)
    with pytest.raises(Refusal, match="Duplicate it"):
        edit(event, hana, title="Again")


def test_only_what_is_over_or_off_is_put_away(event, hana):
    with pytest.raises(Refusal, match="still to come"):
        standing.archive(event, hana, LATER)

    standing.archive(event, hana, event.ends_at)
    assert event.archived_at
    standing.unarchive(event, hana, event.ends_at)
    assert event.archived_at is None
    with pytest.raises(Refusal, match="It is over"):
        standing.cancel(event, "", hana, event.ends_at)


def test_a_draft_that_nobody_has_seen_is_thrown_away_with_all_that_hangs_on_it(
    space, hana, event
):
    draft = editing.make(space, plan_with(title="Never"), hana, NOON)
    make_picture(draft)

    standing.delete(draft)

    assert db.session.scalars(select(Event)).all() == [event]
    with pytest.raises(Refusal, match="Cancel it"):
        standing.delete(event)


# Another like it


def test_a_duplicate_is_ready_to_publish_next_week_without_its_people(event, hana):
    make_rsvp(event)
    make_picture(event, is_cover=True, caption="Clay")
    make_picture(event)
    edit(event, hana, rsvp_closes_at=EVENING - timedelta(hours=6), capacity=8)
    after = datetime(2030, 5, 16, 9, tzinfo=UTC)

    copy = editing.duplicate(event, hana, after)

    assert copy.local_start.replace(tzinfo=None) == EVENING + timedelta(weeks=1)
    assert plans.of(copy) == plans.of(event).at(EVENING + timedelta(weeks=1))
    assert (copy.rsvps, copy.status) == ([], EventStatus.DRAFT)
    assert [picture.caption for picture in copy.pictures] == ["Clay"]
    assert copy.key != event.key
    standing.publish(copy, hana, after)


def test_a_duplicate_of_long_ago_is_in_the_week_to_come(event, hana):
    copy = editing.duplicate(event, hana, datetime(2031, 1, 1, 9, tzinfo=UTC))

    assert copy.local_start.replace(tzinfo=None) == datetime(2031, 1, 7, 18, 30)


def test_a_duplicate_keeps_its_hour_when_the_clocks_change(event, hana):
    edit(
        event,
        hana,
        starts_at=datetime(2030, 10, 22, 18, 30),
        ends_at=datetime(2030, 10, 22, 20, 30),
    )

    copy = editing.duplicate(event, hana, NOON)

    assert copy.starts_at - event.starts_at == timedelta(weeks=1, hours=1)
    assert f"{copy.local_start:%H:%M}" == "18:30"


def test_pressed_twice_there_is_one_duplicate(event, hana):
    assert editing.duplicate(event, hana, NOON) is editing.duplicate(event, hana, NOON)


def test_hosts_who_left_do_not_host_the_next_one(event, hana, olga):
    hana.memberships[0].status = MembershipStatus.LEFT

    assert editing.duplicate(event, olga, NOON).hosts == [olga]


def test_who_may_not_make_events_does_not_duplicate_them(event, space):
    cohost = make_member(space=space)
    event.hosts.append(cohost)

    with pytest.raises(Refusal, match="Ask an organiser"):
        editing.duplicate(event, cohost, NOON)


def test_whoever_is_parted_from_all_of_its_new_group_keeps_no_place(app):
    space = make_space()
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    group = make_group(space)
    make_following(group, hana, is_host=True)
    event = make_event(space)
    event.hosts.append(olga)
    rsvp = make_rsvp(event, ana)
    make_block(ana, hana)

    editing.edit(event, replace(plans.of(event), group=group), olga, NOON)

    assert rsvp.status is RsvpStatus.DECLINED

from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import (
    EventStatus,
    Membership,
    MembershipStatus,
    Role,
    RsvpStatus,
    Visibility,
)
from matchmaker.queries import turnout
from matchmaker.queries.turnout import Missed
from matchmaker.services.events import places, timeline
from matchmaker.services.events.running import attendance, exports
from matchmaker.services.events.running.attendance import Who
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_guest,
    make_member,
    make_rsvp,
    make_space,
)

WEEK = timedelta(days=7)
AFTER = NOON + 2 * WEEK


@pytest.fixture
def space(any_database):
    return make_space("mill")


def names(query):
    return [rsvp.member.name for rsvp in db.session.scalars(query)]


def make_past(space, weeks, **fields):
    """An event so many weeks before the one of the tests."""
    return make_event(space, starts_at=NOON + WEEK - weeks * WEEK, **fields)


def test_who_a_block_parts_is_neither_listed_nor_counted(space, olga):
    event = make_event(space, capacity=10)
    make_guest(event, "Ana", guests=1)
    for parted in (make_guest(event, "Bo", guests=2), make_guest(event, "Cy")):
        make_block(parted.member, olga)
    for status in (RsvpStatus.WAITING, RsvpStatus.ASKED, RsvpStatus.DECLINED):
        make_block(olga, make_guest(event, "Di", status, checked_in_at=NOON).member)

    seen = attendance.figures(event, olga, AFTER)

    assert seen.counts == {who: int(who in {Who.GOING, Who.FIRST}) for who in Who}
    assert (seen.guests, seen.taken, seen.free) == (1, 2, 8)
    assert names(attendance.people(event, olga, AFTER)) == ["Ana"]
    for who in Who:
        assert set(names(attendance.people(event, olga, AFTER, who))) <= {"Ana"}
    assert names(attendance.people(event, olga, AFTER, words="Bo")) == []


def test_each_group_is_counted_as_it_is_listed(space, olga):
    event = make_event(space)
    for status in RsvpStatus:
        make_guest(event, status.value, status)
    make_guest(event, "came", checked_in_at=NOON + WEEK)

    seen = attendance.figures(event, olga, AFTER)

    for who in Who:
        listed = names(attendance.people(event, olga, AFTER, who))
        assert seen.counts[who] == len(listed), who
    assert names(attendance.people(event, olga, AFTER, Who.NO_SHOW)) == ["going"]


def test_the_queue_is_listed_in_its_order(space, olga):
    event = make_event(space)
    for name in ("Zoe", "Ana", "Moe"):
        make_guest(event, name, RsvpStatus.WAITING)

    waiting = attendance.people(event, olga, NOON, Who.WAITING)

    assert names(waiting) == ["Zoe", "Ana", "Moe"]


def test_nobody_stayed_away_before_it_is_over_or_where_nobody_was_checked_in(
    space, olga
):
    event = make_event(space)
    make_guest(event, "Ana")
    came = make_guest(event, "Ben", checked_in_at=NOON + WEEK)

    assert not attendance.figures(event, olga, NOON).counts[Who.NO_SHOW]
    assert attendance.figures(event, olga, AFTER).counts[Who.NO_SHOW] == 1
    came.checked_in_at = None
    assert not attendance.figures(event, olga, AFTER).counts[Who.NO_SHOW]


def test_a_door_that_let_in_only_somebody_unseen_was_not_kept(space, olga):
    event = make_event(space)
    make_guest(event, "Ana")
    make_block(make_guest(event, "Bo", checked_in_at=NOON + WEEK).member, olga)

    assert not attendance.figures(event, olga, AFTER).counts[Who.NO_SHOW]


def test_a_first_timer_has_come_to_no_earlier_event_of_the_space(space, olga):
    event = make_event(space)
    kept, unkept = make_past(space, 1), make_past(space, 2)
    later, off = make_past(space, -1), make_past(space, 3, status=EventStatus.CANCELLED)
    elsewhere = make_past(make_space(), 1)
    people = {
        name: make_guest(event, name).member
        for name in ("new", "came", "missed", "went", "later", "off", "elsewhere")
    }
    make_rsvp(kept, people["came"], checked_in_at=NOON)
    make_rsvp(kept, people["missed"])
    make_rsvp(unkept, people["went"])
    make_rsvp(later, people["later"])
    make_rsvp(off, people["off"])
    make_rsvp(elsewhere, people["elsewhere"])

    first = names(attendance.people(event, olga, AFTER + WEEK, Who.FIRST))

    assert first == ["elsewhere", "later", "missed", "new", "off"]
    rsvps = db.session.scalars(attendance.people(event, olga, AFTER)).all()
    found = attendance.first_timers(event, olga, AFTER + WEEK, rsvps)
    assert found == {people[name].id for name in first}


def test_whoever_missed_several_of_their_latest_is_told_of(space, olga):
    event = make_event(space)
    ana, ben, cem = (make_guest(event, name) for name in ("Ana", "Ben", "Cem"))
    for weeks in range(1, 6):
        past = make_past(space, weeks)
        make_rsvp(past, ana.member, checked_in_at=None if weeks in {1, 3, 5} else NOON)
        make_rsvp(past, ben.member, checked_in_at=None if weeks == 2 else NOON)
        make_rsvp(past, cem.member, RsvpStatus.DECLINED)

    everybody = [rsvp.member_id for rsvp in (ana, ben, cem)]
    told = turnout.missed_often(space, everybody, NOON, olga)
    next_day = turnout.missed_often(space, everybody, NOON + timedelta(days=1), olga)

    assert told == {ana.member_id: Missed(2, of=4)}  # the latest has only just begun
    assert next_day == {ana.member_id: Missed(3, of=5)}


def test_what_happened_where_the_viewer_is_nobody_is_not_told(space):
    """A host knows nothing of events that they do not find, or whose host is parted."""
    hana = make_member("Hana", space=space)
    event = make_event(space, hosts=[hana])
    ana = make_guest(event, "Ana")
    enemy = make_member("Bo", space=space)
    make_block(enemy, hana)
    for weeks in range(1, 5):
        hidden = {"visibility": Visibility.LINK} if weeks % 2 else {"hosts": [enemy]}
        past = make_past(space, weeks, **hidden)
        make_rsvp(past, ana.member)
        make_rsvp(past, make_member(space=space), checked_in_at=NOON)

    assert turnout.missed_often(space, [ana.member_id], NOON, hana) == {}


def test_somebody_else_s_rsvp_is_found_only_by_who_may_see_it(space, olga):
    event = make_event(space)
    ana, bo = make_guest(event, "Ana"), make_guest(event, "Bo")
    make_block(olga, bo.member)

    assert attendance.one(event, olga, ana.member_id) is ana
    assert attendance.one(event, olga, bo.member_id) is None
    assert attendance.one(make_event(space), olga, ana.member_id) is None


def test_what_was_done_by_or_to_somebody_parted_is_not_told(space, olga):
    event = make_event(space, capacity=5)
    ana, bo = make_member("Ana", space=space), make_member("Bo", space=space)
    other = make_member("Otto", space=space, role=Role.ORGANISER)
    make_block(bo, olga)
    make_block(olga, other)
    for member in (ana, bo):
        places.sign_up(event, member, NOON, by=olga)
    places.change_capacity(event, 6, NOON, other)

    told = timeline.of(event, olga, 10)

    assert [(entry.what, entry.about) for entry in told] == [("added", ana)]
    assert len(timeline.of(event, ana, 10)) == 3


def test_the_name_of_a_walk_in_that_another_space_knows_is_not_told(space, olga):
    event = make_event(space)
    ours = make_member("Anouk", space=space, status=MembershipStatus.INVITED)
    ours.confirmed_at = None
    theirs = make_member("Zqq", space=make_space())
    theirs.memberships.append(Membership(space=space, status=MembershipStatus.INVITED))
    for member in (ours, theirs):
        make_rsvp(event, member, is_walk_in=True)

    listed = db.session.scalars(attendance.people(event, olga, NOON)).all()

    assert [rsvp.name for rsvp in listed] == ["Somebody new here", "Anouk"]
    assert names(attendance.people(event, olga, NOON, words="Zqq")) == []
    assert names(attendance.people(event, olga, NOON, words="Anou")) == ["Anouk"]
    assert exports.table(listed, event)[1][0] == "Somebody new here"

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Following,
    Group,
    MembershipStatus,
    RsvpStatus,
    groups_visible_to,
)
from matchmaker.refusal import Refusal
from matchmaker.services import groups
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


def followers(group):
    rows = select(Following.member_id).where(Following.group_id == group.id)
    return set(db.session.scalars(rows))


def seen_by(viewer):
    return set(db.session.scalars(select(Group).where(groups_visible_to(viewer))))


# Safety


def test_whoever_a_block_parts_is_neither_counted_nor_named(app):
    space = make_space()
    ana, ben, cleo = (make_member(name, space=space) for name in ("Ana", "Ben", "Cleo"))
    group = make_group(space)
    make_following(group, ana)
    make_following(group, ben, is_host=True)
    make_following(group, cleo, is_host=True)
    make_block(ben, ana)

    assert groups.count_followers([group], ana) == {group.id: 2}
    assert groups.hosts([group], ana) == {group.id: [cleo]}
    assert groups.count_followers([group], ben) == {group.id: 2}
    assert groups.count_followers([group], cleo) == {group.id: 3}


def test_a_group_run_only_by_somebody_parted_does_not_exist_for_the_other(app):
    space = make_space()
    ana, ben, cleo = (make_member(name, space=space) for name in ("Ana", "Ben", "Cleo"))
    group = make_group(space)
    make_following(group, ben, is_host=True)
    make_block(ana, ben)

    assert seen_by(ana) == set()
    assert groups.of(space, ana) == []
    assert seen_by(ben) == seen_by(cleo) == {group}

    make_following(group, cleo, is_host=True)
    assert seen_by(ana) == {group}


def test_a_group_is_seen_by_the_members_of_its_space_alone(app):
    space = make_space()
    group = make_group(space)
    left = make_member(space=space, status=MembershipStatus.LEFT)
    suspended = make_member(space=space, active=False)

    assert seen_by(make_member(space=space)) == {group}
    assert seen_by(make_member(is_operator=True)) == {group}
    for stranger in (make_member(space=make_space()), left, suspended):
        assert seen_by(stranger) == set()


def test_those_who_left_are_not_counted(app):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)
    make_following(group, make_member(space=space, status=MembershipStatus.LEFT))
    make_following(group, make_member(space=space, active=False), is_host=True)

    assert groups.count_followers([group], ana) == {group.id: 0}
    assert groups.hosts([group], ana) == {group.id: []}


# Following


def test_following_twice_is_following_once(any_database):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)

    groups.follow(group, ana, NOON)
    groups.follow(group, ana, NOON)
    assert followers(group) == {ana.id}
    assert groups.followed_by(ana) == {group.id}

    groups.unfollow(group, ana)
    groups.unfollow(group, ana)
    assert followers(group) == set()


def test_only_members_follow(app):
    group = make_group(make_space(name="The Loft"))

    with pytest.raises(Refusal, match="Join The Loft first"):
        groups.follow(group, make_member(space=make_space()), NOON)


def test_nobody_new_follows_a_group_that_was_archived(app):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)

    groups.archive(group, NOON)

    with pytest.raises(Refusal, match="no longer active"):
        groups.follow(group, ana, NOON)
    assert groups.of(space, ana) == []
    groups.bring_back(group)
    groups.follow(group, ana, NOON)
    assert groups.of(space, ana) == [group]


def test_a_host_does_not_slip_away(app):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)
    groups.set_hosts(group, [ana], NOON)

    with pytest.raises(Refusal, match="You host Potters"):
        groups.unfollow(group, ana)
    assert followers(group) == {ana.id}


# Hosts


def test_hosts_are_members_today_and_follow(app):
    space = make_space()
    ana, ben = make_member(space=space), make_member("Ben", space=space)
    gone = make_member("Gus", space=space, status=MembershipStatus.LEFT)
    group = make_group(space)

    groups.set_hosts(group, [ana], NOON)
    groups.set_hosts(group, [ben], NOON)
    assert groups.hosts([group], ana) == {group.id: [ben]}
    assert followers(group) == {ana.id, ben.id}
    assert groups.hosted_by(ben, space) == [group]
    assert groups.hosted_by(ana, space) == []

    with pytest.raises(Refusal, match="Gus is not a member"):
        groups.set_hosts(group, [gone, ana], NOON)
    assert groups.hosts([group], ana) == {group.id: [ben]}


# Making


def test_a_groups_address_comes_from_its_name(app):
    space = make_space()

    first = groups.make(space, "  Café & Klatsch ", "", NOON)
    assert (first.name, first.slug) == ("Café & Klatsch", "cafe-klatsch")
    groups.archive(first, NOON)
    assert groups.make(space, "Café Klatsch", "", NOON).slug == "cafe-klatsch-2"
    assert groups.make(space, "写真", "", NOON).slug == "group"
    assert groups.make(make_space(), "写真", "", NOON).slug == "group"

    groups.edit(first, "Cake", " Weekly. ")
    assert (first.name, first.slug, first.blurb) == ("Cake", "cafe-klatsch", "Weekly.")


@pytest.mark.parametrize(
    ("name", "why"),
    [(" ", "a name"), ("x" * 81, "at most 80"), ("potters", "called Potters already")],
)
def test_a_name_that_will_not_do_is_refused(app, name, why):
    space = make_space()
    make_group(space, name="Potters")

    with pytest.raises(Refusal, match=why):
        groups.make(space, name, "", NOON)


def test_whoever_is_parted_from_all_who_run_a_group_keeps_no_place_at_its_events(app):
    space = make_space()
    hana, olga, ana = (
        make_member(name, space=space) for name in ("Hana", "Olga", "Ana")
    )
    group = make_group(space)
    groups.set_hosts(group, [olga], NOON)
    rsvp = make_rsvp(make_event(space, group=group), ana)
    make_block(ana, hana)

    groups.set_hosts(group, [olga, hana], NOON)
    assert rsvp.is_going
    groups.set_hosts(group, [hana], NOON)

    assert rsvp.status is RsvpStatus.DECLINED

from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Following,
    Group,
    Member,
    MembershipStatus,
    Role,
    RsvpStatus,
)
from matchmaker.queries.visibility import groups_run_by, groups_visible_to
from matchmaker.refusal import Refusal
from matchmaker.services import groups
from matchmaker.services.groups import picture, who_hosts
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
from tests.racing import race
from tests.services.events.planning.test_pictures import file_of


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
    groups.bring_back(group, ana)
    groups.follow(group, ana, NOON)
    assert groups.of(space, ana) == [group]


def test_a_host_does_not_slip_away(app):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)
    who_hosts.set_hosts(group, [ana], NOON)

    with pytest.raises(Refusal, match="You host Potters"):
        groups.unfollow(group, ana)
    assert followers(group) == {ana.id}


# Hosts


def test_hosts_are_members_today_and_follow(app):
    space = make_space()
    ana, ben = make_member(space=space), make_member("Ben", space=space)
    gone = make_member("Gus", space=space, status=MembershipStatus.LEFT)
    group = make_group(space)

    who_hosts.set_hosts(group, [ana], NOON)
    who_hosts.set_hosts(group, [ben], NOON)
    assert groups.hosts([group], ana) == {group.id: [ben]}
    assert followers(group) == {ana.id, ben.id}
    assert groups.hosted_by(ben, space) == [group]
    assert groups.hosted_by(ana, space) == []

    with pytest.raises(Refusal, match="Gus is not a member"):
        who_hosts.set_hosts(group, [gone, ana], NOON)
    assert groups.hosts([group], ana) == {group.id: [ben]}


def a_group_of(*names):
    """Make a group of Potters with these hosts; give it, and them."""
    space = make_space(name="The Loft")
    group = make_group(space)
    hosts = [make_member(name, space=space) for name in names]
    for host in hosts:
        make_following(group, host, is_host=True)
    return group, *hosts


def test_a_host_makes_a_follower_a_host_too(any_database):
    group, ana = a_group_of("Ana")
    ben, cleo = (make_member(name, space=group.space) for name in ("Ben", "Cleo"))
    make_following(group, ben)

    assert who_hosts.followers(group, ana) == [ben]
    assert who_hosts.name_host(group, ben.id, ana) is ben

    assert groups.hosts([group], ana) == {group.id: [ana, ben]}
    assert who_hosts.followers(group, ana) == []
    for other in (cleo, ana):
        with pytest.raises(Refusal, match="those who follow Potters today"):
            who_hosts.name_host(group, other.id, ana)


def test_nobody_names_or_is_shown_whom_they_are_parted_from_or_who_has_left(app):
    group, ana = a_group_of("Ana")
    bo, gus, sue = (
        make_member(name, space=group.space, **how)
        for name, how in (
            ("Bo", {}),
            ("Gus", {"status": MembershipStatus.LEFT}),
            ("Sue", {"active": False}),
        )
    )
    for member in (bo, gus, sue):
        make_following(group, member)
    make_block(bo, ana)

    assert who_hosts.followers(group, ana) == []
    for member in (bo, gus, sue):
        with pytest.raises(Refusal, match="those who follow Potters today"):
            who_hosts.name_host(group, member.id, ana)


def test_a_host_steps_down_unless_there_is_no_other(any_database):
    group, ana, ben = a_group_of("Ana", "Ben")

    who_hosts.step_down(group, ana, NOON)
    who_hosts.step_down(group, ana, NOON)

    assert groups.hosts([group], ben) == {group.id: [ben]}
    assert ana.id in followers(group)
    with pytest.raises(Refusal, match="You are the only host of Potters"):
        who_hosts.step_down(group, ben, NOON)
    assert groups.hosts([group], ben) == {group.id: [ben]}


def test_of_two_last_hosts_at_once_one_stays(any_database):
    group, *hosts = a_group_of("Ana", "Ben")
    group_id, ids = group.id, [host.id for host in hosts]
    db.session.commit()

    def press(number):
        group = db.session.get_one(Group, group_id)
        return who_hosts.step_down(
            group, db.session.get_one(Member, ids[number % 2]), NOON
        )

    race(any_database, 16, press)

    left = select(Following).where(Following.group_id == group_id, Following.is_host)
    assert len(db.session.scalars(left).all()) == 1


def test_a_host_who_is_parted_or_gone_is_no_other_host(app):
    group, ana, bo, gus = a_group_of("Ana", "Bo", "Gus")
    gus.memberships[0].status = MembershipStatus.LEFT
    make_block(ana, bo)

    with pytest.raises(Refusal, match="You are the only host"):
        who_hosts.step_down(group, ana, NOON)


def test_an_organiser_may_leave_a_group_without_a_host(app):
    group, olga = a_group_of("Olga")
    olga.memberships[0].role = Role.ORGANISER

    who_hosts.step_down(group, olga, NOON)

    assert groups.hosts([group], olga) == {group.id: []}


def test_whoever_is_parted_from_the_one_host_left_keeps_no_place(app):
    group, hana, olga = a_group_of("Hana", "Olga")
    ana = make_member("Ana", space=group.space)
    rsvp = make_rsvp(make_event(group.space, group=group), ana)
    make_block(ana, hana)

    who_hosts.step_down(group, olga, NOON)

    assert rsvp.status is RsvpStatus.DECLINED
    assert seen_by(ana) == set()


def test_a_group_is_run_by_its_hosts_of_today_and_the_organisers(app):
    group, ana, gus = a_group_of("Ana", "Gus")
    gus.memberships[0].status = MembershipStatus.SUSPENDED
    olga = make_member(space=group.space, role=Role.ORGANISER)
    ben = make_member(space=group.space)
    make_following(group, ben)
    elsewhere = make_member(space=make_space(), role=Role.ORGANISER)

    def runs(viewer):
        return db.session.scalar(select(Group).where(groups_run_by(viewer))) is group

    db.session.flush()
    assert all(runs(viewer) for viewer in (ana, olga, make_member(is_operator=True)))
    assert not any(runs(viewer) for viewer in (gus, ben, elsewhere))


# Letters


def test_letters_are_asked_for_by_those_who_follow(app):
    space = make_space()
    ana = make_member(space=space)
    group = make_group(space)
    with pytest.raises(Refusal, match="Follow Potters first"):
        groups.want_letters(group, ana, True)

    groups.follow(group, ana, NOON)
    assert not groups.following_of(group, ana).wants_letters
    groups.want_letters(group, ana, True)
    assert groups.following_of(group, ana).wants_letters

    groups.unfollow(group, ana)
    groups.want_letters(group, ana, False)
    groups.follow(group, ana, NOON)
    assert not groups.following_of(group, ana).wants_letters


# Its picture


def test_a_group_has_one_picture_and_it_is_one_of_ours(app):
    group = make_group(make_space())
    photograph = file_of(Image.new("RGB", (40, 20), "teal"))

    picture.choose(group, photograph, "  A   kiln ", NOON)
    first = group.picture.version
    with pytest.raises(Refusal, match="cannot read this file"):
        picture.choose(group, b"<svg/>", "", NOON)
    assert (group.picture.caption, group.picture.webp[8:12]) == ("A kiln", b"WEBP")

    picture.choose(group, photograph, "", NOON + timedelta(hours=1))
    assert group.picture.caption == ""
    assert group.picture.version != first
    picture.remove(group)
    picture.remove(group)
    assert group.picture is None


# Making


def test_a_groups_address_comes_from_its_name(app):
    space = make_space()

    first = groups.make(space, "  Café & Klatsch ", "", NOON)
    assert (first.name, first.slug) == ("Café & Klatsch", "cafe-klatsch")
    groups.archive(first, NOON)
    assert groups.make(space, "Café Klatsch", "", NOON).slug == "cafe-klatsch-2"
    assert groups.make(space, "写真", "", NOON).slug == "group"
    assert groups.make(make_space(), "写真", "", NOON).slug == "group"

    groups.edit(first, "Cake", " Weekly. ", make_member(space=space))
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


def test_a_name_does_not_tell_of_a_group_that_does_not_exist_for_one(app):
    group, ana = a_group_of("Ana")
    bo = make_member(space=group.space)
    hidden = make_group(group.space, name="Bo's")
    make_following(hidden, bo, is_host=True)
    with pytest.raises(Refusal, match="called Bo's already"):
        groups.edit(group, "Bo's", "", ana)

    make_block(bo, ana)

    groups.edit(group, "Bo's", "", ana)
    assert group.name == "Bo's"


def test_whoever_is_parted_from_all_who_run_a_group_keeps_no_place_at_its_events(app):
    space = make_space()
    hana, olga, ana = (
        make_member(name, space=space) for name in ("Hana", "Olga", "Ana")
    )
    group = make_group(space)
    who_hosts.set_hosts(group, [olga], NOON)
    rsvp = make_rsvp(make_event(space, group=group), ana)
    make_block(ana, hana)

    who_hosts.set_hosts(group, [olga, hana], NOON)
    assert rsvp.is_going
    who_hosts.set_hosts(group, [hana], NOON)

    assert rsvp.status is RsvpStatus.DECLINED

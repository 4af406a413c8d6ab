"""Making an event, making another like it, and changing one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db, lock
from matchmaker.mail import arrangements, event_changes
from matchmaker.models import (
    Event,
    EventStatus,
    Group,
    Member,
    Role,
    Rsvp,
    RsvpStatus,
    Space,
    Visibility,
)
from matchmaker.queries.blocks import blocked_either_way
from matchmaker.queries.visibility import events_run_by, events_visible_to
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services import groups
from matchmaker.services.events import booked_hours, places, timeline
from matchmaker.services.events.planning import announcing, clock, pictures, plans
from matchmaker.services.events.planning.plans import IN_CALENDARS, Plan
from matchmaker.services.groups import who_hosts

# Pressed twice, it is made once.
DOUBLE_PRESS = timedelta(minutes=1)
_TOLD = [RsvpStatus.GOING, RsvpStatus.WAITING, RsvpStatus.OFFERED]
ARRANGEMENTS = {"starts_at", "ends_at", "venue", "place", "online_url"}


def may_make(member: Member, space: Space) -> bool:
    """Whether they make events here: organisers, hosts, and hosts of a group."""
    return _makes_any(member, space) or bool(groups_for(member, space))


def groups_for(member: Member, space: Space) -> list[Group]:
    """The groups for which they may make events."""
    if _makes_any(member, space):
        return groups.of(space, member)
    membership = member.membership_in(space)
    if membership is None or not membership.is_active:
        return []
    return groups.hosted_by(member, space)


def only_for_groups(member: Member, space: Space) -> bool:
    """Whether each event that they make must be one of a group that they host."""
    return not _makes_any(member, space)


def make(space: Space, plan: Plan, by: Member, now: datetime) -> Event:
    """Make a draft. Whoever makes it hosts it; organisers may name others instead."""
    plan = hosted(plan, space, by)
    plans.check(plan, space, now)
    check_group(space, plan, by)
    made = _made_a_moment_ago(space, plan, by, now)
    return made or add(space, plan, by, now)


def add(
    space: Space,
    plan: Plan,
    by: Member | None,
    now: datetime,
    what: str = "made",
    **columns: Any,
) -> Event:
    """Add an event as planned, whatever the rules would have made of it."""
    event = Event(
        **plans.columns(plan, space.zone) | columns,
        space=space,
        made_at=now,
        changed_at=now,
        hosts=sorted(plan.hosts, key=lambda host: host.id),
    )
    db.session.add(event)
    db.session.flush()
    timeline.note(event, what, now, by)
    return event


def edit(event: Event, plan: Plan, by: Member, now: datetime) -> set[str]:
    """Change what the plan says otherwise; give the names of what has changed."""
    lock(event)
    if event.is_cancelled:
        raise Refusal(
            "This event does not take place, and those who signed up know it. Duplicate "
            "it to make a new one."
        )
    old = plans.of(event)
    if event.ends_at <= now and plan.starts_at != old.starts_at:
        raise Unfit(
            "starts_at", "It is over, and cannot be moved. Duplicate it to hold it again."
        )  # fmt: skip
    plan = _with_its_times(event, plan, now)
    plans.check(plan, event.space, now, old)
    if plan.group is not old.group:
        check_group(event.space, plan, by)
    if old.hosts and not plan.hosts:
        raise Unfit("hosts", "Name at least one host, so that people know whom to ask.")
    changed = apply(event, plan, by, now)
    if event.series_id or event.source_id:
        # In a series, one that begins an hour later still lasts as long as the others.
        said = changed if event.source_id else plans.differences(old, plan)
        own = {"group_id" if name == "group" else name for name in said}
        event.own_fields = sorted({*event.own_fields, *own})
    return changed


def apply(event: Event, plan: Plan, by: Member | None, now: datetime) -> set[str]:
    """Write a plan down and tell those who come; the rules have been asked before.

    What belongs to the event's times moves along.
    """
    plan = _with_its_times(event, plan, now)
    before, began = arrangements.of_event(event), event.starts_at
    changed = _write_down(event, plan, by, now)
    if not changed:
        return changed
    event.changed_at = now
    if event.starts_at != began:
        booked_hours.move(event, event.starts_at - began, now)
        places.hold_until(event, now)
    if changed & IN_CALENDARS and event.status is not EventStatus.DRAFT:
        event.sequence += 1
    if changed != {"capacity"}:  # that is noted at the places' door
        timeline.note(event, "edited", now, by, ", ".join(sorted(changed)))
    if event.is_published and event.ends_at > now:
        if changed & ARRANGEMENTS:
            event_changes.changed(event, _to_be_told(event), before, now)
        places.settle(event, now)
        if "group" in changed:
            announcing.move(event, by, now)
        elif "visibility" in changed:
            announcing.announce(event, by, now)
    return changed


def duplicate(
    event: Event, by: Member, now: datetime, starts_at: datetime | None = None
) -> Event:
    """Make a draft like it, ready to publish: all but its people, its notes and album.

    `starts_at` is on the space's wall; without, it is the same hour next week.
    """
    plan = plans.of(event)
    local_now = clock.on_the_wall(now, event.space.zone)
    plan = plan.at(starts_at or clock.next_week(plan.starts_at, local_now))
    hosts = frozenset(host for host in plan.hosts if event.space in host.spaces)
    plan = hosted(replace(plan, hosts=hosts), event.space, by)
    if plan.group and plan.group.archived_at:
        for_all = plan.visibility is Visibility.GROUP
        visibility = Visibility.SPACE if for_all else plan.visibility
        plan = replace(plan, group=None, visibility=visibility)
    check_group(event.space, plan, by)
    same = _draft_like(event.space, plan, by)
    if same is not None:
        return same
    copy = add(event.space, plan, by, now, "duplicated")
    pictures.copy_cover(event, [copy], now)
    return copy


def check_group(space: Space, plan: Plan, by: Member) -> None:
    """Refuse a group for which one may not make events, or none where one must."""
    if not may_make(by, space):
        raise Refusal(
            f"You run events that others have made. Ask an organiser of {space.name} to "
            "make this one, or to let you make your own."
        )
    if plan.group is None:
        if only_for_groups(by, space):
            raise Unfit("group", "Choose one of the groups that you host.")
    elif plan.group not in groups_for(by, space):
        raise Unfit("group", "Choose a group that there is today.")


def hosted(plan: Plan, space: Space, by: Member) -> Plan:
    """With whoever makes it among the hosts, or they would lose sight of it."""
    if (plan.hosts and by.organises(space)) or space not in by.spaces:
        return plan
    return replace(plan, hosts=plan.hosts | {by})


def _makes_any(member: Member, space: Space) -> bool:
    membership = member.membership_in(space)
    hosts = membership and membership.is_active and membership.role is Role.HOST
    return bool(hosts) or (member.active and member.organises(space))


def _with_its_times(event: Event, plan: Plan, now: datetime) -> Plan:
    """Let what belongs to the event's start move along with it, unless it is past."""
    old, local_now = plans.of(event), clock.on_the_wall(now, event.space.zone)
    return plans.keep_past(old, plans.moved_along(old, plan), local_now)


def _write_down(event: Event, plan: Plan, by: Member | None, now: datetime) -> set[str]:
    old = plans.of(event)
    values = plans.columns(plan, event.space.zone)
    if (plan.starts_at, plan.ends_at) == (old.starts_at, old.ends_at):
        # The clock alone does not tell the second of two same hours from the first.
        values |= {"starts_at": event.starts_at, "ends_at": event.ends_at}
    changed = {name for name, value in values.items() if getattr(event, name) != value}
    if "capacity" in changed:
        places.change_capacity(event, values.pop("capacity"), now, by)
    for name in changed & values.keys():
        setattr(event, name, values[name])
    if set(event.hosts) != plan.hosts:
        changed.add("hosts")
        _set_hosts(event, plan.hosts, now)
    if event.group and "group" in changed:
        db.session.flush()
        who_hosts.leave_what_is_gone(event.group, now, only=event)
    return changed


def _to_be_told(event: Event) -> list[Rsvp]:
    query = select(Rsvp).where(Rsvp.event_id == event.id, Rsvp.status.in_(_TOLD))
    told = query.order_by(Rsvp.number).options(joinedload(Rsvp.member))
    return list(db.session.scalars(told))


def _set_hosts(event: Event, hosts: Iterable[Member], now: datetime) -> None:
    """Name the hosts. Whom a block parts from a new one loses sight of it, and the place."""
    new = set(hosts) - set(event.hosts)
    event.hosts = sorted(hosts, key=lambda host: host.id)
    db.session.flush()
    from_them = blocked_either_way(Member.id, [host.id for host in new])
    query = select(Member).join(Rsvp, Rsvp.member_id == Member.id)
    for member in db.session.scalars(query.where(Rsvp.event_id == event.id, from_them)):
        places.leave_everything(member, [event], now)


def _made_a_moment_ago(
    space: Space, plan: Plan, by: Member, now: datetime
) -> Event | None:
    lock(space)  # of two presses the second finds what the first has made
    same = _draft_like(space, plan, by)
    return same if same and now - same.made_at < DOUBLE_PRESS else None


def _draft_like(space: Space, plan: Plan, by: Member) -> Event | None:
    return db.session.scalar(
        select(Event)
        .where(
            Event.space_id == space.id,
            Event.title == plan.title,
            Event.starts_at == clock.moment(plan.starts_at, space.zone),
            Event.status == EventStatus.DRAFT,
            Event.series_id.is_(None),
            Event.archived_at.is_(None),
            events_run_by(by),
            events_visible_to(by),
        )
        .order_by(Event.id)
        .limit(1)
    )

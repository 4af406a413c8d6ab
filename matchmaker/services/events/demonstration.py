"""A programme for the made-up community: what is on, what was, and who comes."""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matchmaker import data
from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventKind,
    Group,
    Member,
    Membership,
    MembershipStatus,
    Question,
    Role,
    Rsvp,
    RsvpStatus,
    Space,
    Venue,
    Verdict,
    Visibility,
)
from matchmaker.services import groups
from matchmaker.services.events import drawings, places
from matchmaker.services.events.afterwards import feedback, thanks
from matchmaker.services.events.places import Wishes
from matchmaker.services.events.planning import clock, editing, pictures, standing
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.room import door

_FILE = Path(data.__file__).parent / "demonstration" / "events.toml"
_ANNOUNCED = timedelta(days=4)
_NOTES = (
    "Best hour of my week.",
    "Could have been longer.",
    "I met two people.",
    "",
    "",
)
_ANSWERS = ("Three years", "Since spring", "Prices", "Hiring", "How to stop at six")


@dataclass(frozen=True)
class _Cast:
    """Who there is to come and to host."""

    hero: Member
    organiser: Member
    host: Member
    members: Sequence[Membership]
    groups: dict[str, Group]


def hold_events(space: Space, now: datetime, chance: random.Random) -> None:
    """Open the space's groups, hold the events that are over, announce those to come.

    Letters are written as of then; whoever calls marks those of the past as sent.
    """
    programme = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    cast = _cast(space)
    for said in programme["groups"]:
        cast.groups[said["name"]] = _open_group(cast, space, said, now, chance)
    held = []
    for said in programme["events"]:
        event, announced_at = _announce(cast, space, said, now, chance)
        _sign_up(cast, event, said, announced_at, now, chance)
        if event.ends_at <= now:
            _hold(cast, event, said, chance)
            held.append(event.ends_at)
    for ended_at in sorted(held):
        if now - thanks.LATEST < ended_at < now - thanks.AFTER:
            thanks.thank(ended_at + thanks.AFTER)  # or that would be done today
    for event in db.session.scalars(select(Event).where(Event.space == space)):
        if event.ends_at <= now:
            _tell(event, now, chance)
    db.session.flush()


def _cast(space: Space) -> _Cast:
    members = db.session.scalars(
        select(Membership)
        .where(Membership.space == space, Membership.status == MembershipStatus.ACTIVE)
        .order_by(Membership.member_id)
    ).all()

    def first(role: Role) -> Member:
        return next(each.member for each in members if each.role is role)

    return _Cast(
        hero=members[0].member,
        organiser=first(Role.ORGANISER),
        host=first(Role.HOST),
        members=[each for each in members if each.role is not Role.ORGANISER],
        groups={},
    )


def _open_group(
    cast: _Cast,
    space: Space,
    said: dict[str, Any],
    now: datetime,
    chance: random.Random,
) -> Group:
    group = groups.make(space, said["name"], said["blurb"], now - timedelta(days=40))
    fond = {*said["interests"]}
    followers = [
        each.member
        for each in cast.members
        if fond & {*each.member.profile.interests} and chance.random() < 0.7
    ]
    for member in followers:
        groups.follow(group, member, now - timedelta(minutes=chance.randrange(20_000)))
    hosts = [m.member for m in cast.members if m.member.name in said["hosts"]]
    groups.set_hosts(group, hosts, now)
    return group


def _announce(
    cast: _Cast,
    space: Space,
    said: dict[str, Any],
    now: datetime,
    chance: random.Random,
) -> tuple[Event, datetime]:
    plan = _plan(cast, space, said, now)
    starts_at = clock.moment(plan.starts_at, space.zone)
    announced_at = min(starts_at, now) - _ANNOUNCED
    event = editing.make(space, plan, cast.organiser, announced_at)
    standing.publish(event, cast.organiser, announced_at)
    if said.get("cover"):
        drawing = drawings.draw(chance)
        pictures.add(event, drawing, "", cast.organiser, announced_at, is_cover=True)
    return event, announced_at


def _plan(cast: _Cast, space: Space, said: dict[str, Any], now: datetime) -> Plan:
    starts_at = _when(said, clock.on_the_wall(now, space.zone))
    group = cast.groups[said["group"]] if "group" in said else None
    hosts = groups.hosts([group], cast.organiser)[group.id] if group else [cast.host]
    questions: list[Question] = [
        {"id": f"q{number}", "text": text, "options": [], "required": True}
        for number, text in enumerate(said.get("questions", ()), 1)
    ]
    return Plan(
        title=said["title"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=said["minutes"]),
        description=said.get("description", ""),
        kind=EventKind(said["kind"]),
        venue=Venue(said.get("venue", "room")),
        place=said.get("place", ""),
        online_url=said.get("online_url", ""),
        group=group,
        visibility=Visibility(said.get("visibility", "space")),
        capacity=said.get("capacity"),
        guests_each=said.get("guests_each", 0),
        needs_approval=said.get("needs_approval", False),
        claim_hours=said.get("claim_hours"),
        questions=tuple(questions),
        hosts=frozenset(hosts),
    )


def _when(said: dict[str, Any], wall: datetime) -> datetime:
    """The day that is meant, on the space's wall."""
    at = time.fromisoformat(said["at"])
    if "weeks" in said:
        ahead = (said["weekday"] - wall.weekday()) % 7
        first = datetime.combine(wall.date() + timedelta(days=ahead), at)
        weeks = said["weeks"] + (first < wall + timedelta(hours=6))
        return first + timedelta(weeks=weeks)
    back = (wall.weekday() - said["weekday"]) % 7
    last = datetime.combine(wall.date() - timedelta(days=back), at)
    is_over = last + timedelta(minutes=said["minutes"], hours=3) < wall
    return last - timedelta(weeks=said["weeks_ago"] + (not is_over))


def _sign_up(
    cast: _Cast,
    event: Event,
    said: dict[str, Any],
    announced_at: datetime,
    now: datetime,
    chance: random.Random,
) -> None:
    """Let them come one after the other, as many as there are to be."""
    wanted = said.get("going", 0) + said.get("waiting", 0) + said.get("asked", 0)
    until = min(event.starts_at, now)
    who = _who(cast, event, said, wanted, announced_at, chance)
    minutes = int((until - announced_at) / timedelta(minutes=1)) - 1
    moments = sorted(chance.sample(range(minutes), len(who)))
    for member, minute in zip(who, moments, strict=True):
        bring = event.guests_each and chance.random() < 0.2
        wishes = Wishes(
            guests=int(bring and said.get("going", 0) < (event.capacity or 99) * 0.8),
            answers={q["id"]: chance.choice(_ANSWERS) for q in event.questions},
            is_shown=chance.random() < 0.7,
            wants_introductions=chance.random() < 0.6,
        )
        moment = announced_at + timedelta(minutes=minute)
        places.sign_up(event, member, moment, wishes)
    if event.needs_approval:
        for rsvp in event.rsvps[: said["going"]]:
            places.approve(rsvp, until - timedelta(minutes=1), cast.organiser)


def _who(
    cast: _Cast,
    event: Event,
    said: dict[str, Any],
    wanted: int,
    announced_at: datetime,
    chance: random.Random,
) -> list[Member]:
    """Those who follow the group first; the hero where they are to be, late in a queue."""
    there = [
        each.member
        for each in cast.members
        if each.joined_at and each.joined_at < announced_at + _ANNOUNCED / 2
    ]
    others = [m for m in there if m is not cast.hero and m not in event.hosts]
    followers = (
        {each.member_id for each in event.group.followings} if event.group else {}
    )
    chance.shuffle(others)
    others.sort(key=lambda member: member.id not in followers)
    if event.visibility is Visibility.GROUP:
        others = [member for member in others if member.id in followers]
    role = said.get("hero")
    who = others[: wanted - 1 if role else wanted]
    chance.shuffle(who)
    if role:
        who.insert(len(who) - 1 if role == "waiting" else len(who) // 2, cast.hero)
    return who


def _hold(
    cast: _Cast, event: Event, said: dict[str, Any], chance: random.Random
) -> None:
    """Let most of those going arrive, take pictures, and write down what it was like."""
    for rsvp in event.rsvps:
        if rsvp.is_going and (rsvp.member is cast.hero or chance.random() < 0.87):
            at = event.starts_at + timedelta(minutes=chance.randrange(-12, 20))
            door.check_in(event, rsvp.member, at, at, event.hosts[0])
    event.notes = said.get("notes", "")
    for caption in said.get("pictures", ()):
        drawing = drawings.draw(chance)
        pictures.add(event, drawing, caption, event.hosts[0], event.ends_at)


def _tell(event: Event, now: datetime, chance: random.Random) -> None:
    """Let those who came say how it was; most do, and most of them liked it."""
    came = select(Rsvp).where(
        Rsvp.event_id == event.id,
        Rsvp.status == RsvpStatus.GOING,
        Rsvp.checked_in_at.is_not(None),
    )
    for rsvp in db.session.scalars(came.order_by(Rsvp.number)).all():
        if chance.random() > 0.65:
            continue
        latest = min(now, event.ends_at + timedelta(days=2))
        at = event.ends_at + (latest - event.ends_at) * chance.random()
        verdict = chance.choices([*Verdict], (70, 24, 6))[0]
        feedback.tell_verdict(rsvp, verdict, at)
        feedback.tell_come_again(rsvp, verdict is not Verdict.NOT_FOR_ME, at)
        feedback.tell_note(rsvp, chance.choice(_NOTES), at)

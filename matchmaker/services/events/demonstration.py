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
    Answer,
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
from matchmaker.services import groups, introductions
from matchmaker.services.events import drawings, places
from matchmaker.services.events.afterwards import feedback, thanks
from matchmaker.services.events.places import Wishes
from matchmaker.services.events.planning import (
    clock,
    editing,
    pictures,
    series,
    standing,
)
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.planning.recurrence import Rule
from matchmaker.services.events.room import door, introducing, mentor_hours, seating
from matchmaker.services.events.room.present import Who
from matchmaker.services.groups import who_hosts

_FILE = Path(data.__file__).parent / "demonstration" / "events.toml"
_ANNOUNCED = timedelta(days=4)


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
        for event, of_it in _announce(cast, space, said, now, chance):
            announced_at = min(event.starts_at, now) - _ANNOUNCED
            _sign_up(cast, event, of_it, announced_at, now, chance)
            if event.ends_at <= now:
                _hold(cast, event, of_it, chance)
                held.append(event.ends_at)
    for ended_at in sorted(held):
        if now - thanks.LATEST < ended_at < now - thanks.AFTER:
            thanked_at = ended_at + thanks.AFTER
            for rsvp in thanks.due(thanked_at):  # or that would be done today
                thanks.thank(rsvp, thanked_at)
    for event in db.session.scalars(select(Event).where(Event.space == space)):
        if event.ends_at <= now:
            _tell(event, programme["told"], now, chance)
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
    who_hosts.set_hosts(group, hosts, now)
    return group


def _announce(
    cast: _Cast,
    space: Space,
    said: dict[str, Any],
    now: datetime,
    chance: random.Random,
) -> list[tuple[Event, dict[str, Any]]]:
    """Publish it, or each of its series, with what is said of each."""
    plan = _plan(cast, space, said, now)
    by = cast.organiser
    announced_at = min(clock.moment(plan.starts_at, space.zone), now) - _ANNOUNCED
    each = said.get("series", [{}])
    if "series" in said:
        rule = Rule("WEEKLY", count=len(each), by_day=((0, said["weekday"]),))
        events = series.make(space, plan, rule, by, announced_at).events
    else:
        events = [editing.make(space, plan, by, announced_at)]
    for event in events:
        standing.publish(event, by, announced_at)
    if said.get("cover"):
        drawing = drawings.draw(chance)
        pictures.add(events[0], drawing, "", by, announced_at, is_cover=True)
        pictures.copy_cover(events[0], events[1:], announced_at)
    return [(event, said | own) for event, own in zip(events, each, strict=True)]


def _plan(cast: _Cast, space: Space, said: dict[str, Any], now: datetime) -> Plan:
    starts_at = _when(said, clock.on_the_wall(now, space.zone))
    group = cast.groups[said["group"]] if "group" in said else None
    hosts = groups.hosts([group], cast.organiser)[group.id] if group else [cast.host]
    questions: list[Question] = [
        {"id": f"q{number}", "text": asked["text"], "options": [], "required": True}
        for number, asked in enumerate(said.get("questions", ()), 1)
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
            answers={
                question["id"]: chance.choice(asked["answers"])
                for question, asked in zip(
                    event.questions, said.get("questions", ()), strict=True
                )
            },
            is_shown=chance.random() < 0.7,
            wants_introductions=chance.random() < 0.6 or member is cast.hero,
        )
        moment = announced_at + timedelta(minutes=minute)
        places.sign_up(event, member, moment, wishes)
    if event.needs_approval:
        for rsvp in event.rsvps[: said["going"]]:
            places.approve(rsvp, until - timedelta(minutes=1), cast.organiser)
    if "mentors" in said:
        _open_hours(event, said, until)


def _open_hours(event: Event, said: dict[str, Any], now: datetime) -> None:
    """Let some of those going be mentors for half an hour each, and one book the first."""
    going = [rsvp.member for rsvp in event.rsvps if rsvp.is_going]
    host, day_before = event.hosts[0], now - timedelta(days=1)
    at, until = event.starts_at, event.ends_at
    going.sort(key=lambda m: (not m.profile.mentor_topics, m.id))
    opened = [
        mentor_hours.open_hours(event, mentor, at, until, 30, day_before, host)
        for mentor in going[: said["mentors"]]
    ]
    booked_at = now - timedelta(hours=2)
    mentor_hours.book(opened[0][0], going[-1], said["topic"], booked_at)


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
    """Let most of those going arrive and meet, take pictures, and write down what it was
    like."""
    for rsvp in event.rsvps:
        if rsvp.is_going and (rsvp.member is cast.hero or chance.random() < 0.87):
            at = event.starts_at + timedelta(minutes=chance.randrange(-12, 20))
            door.check_in(event, rsvp.member, at, at, event.hosts[0])
    if "rounds" in said:
        _seat(cast, event, said["rounds"], chance)
    event.notes = said.get("notes", "")
    for caption in said.get("pictures", ()):
        drawing = drawings.draw(chance)
        pictures.add(event, drawing, caption, event.hosts[0], event.ends_at)


def _seat(cast: _Cast, event: Event, rounds: int, chance: random.Random) -> None:
    """Introduce those who have arrived, let them sit at tables of four, and let most
    say afterwards that they would like to see each other again.
    """
    host, at = event.hosts[0], event.starts_at + timedelta(minutes=20)
    introduced = introducing.introduce(event, Who.ARRIVED, at, host)
    seating.make(event, Who.ARRIVED, rounds, 4, 12, at, host)
    for number in range(1, rounds + 1):
        seating.start_round(event, number, at + timedelta(minutes=13 * number))
    seating.finish(event, event.ends_at - timedelta(minutes=5))
    for introduction in introduced.introductions:
        for side in introduction.sides:
            later = timedelta(minutes=chance.randrange(5, 150))
            if chance.random() < 0.7 or cast.hero in introduction.members:
                introductions.answer(side, Answer.YES, event.ends_at + later)


def _tell(
    event: Event, words: Sequence[str], now: datetime, chance: random.Random
) -> None:
    """Let those who came say how it was; most do, and most of them liked it."""
    came = select(Rsvp).where(
        Rsvp.event_id == event.id,
        Rsvp.status == RsvpStatus.GOING,
        Rsvp.checked_in_at.is_not(None),
    )
    notes = chance.sample(words, len(words))
    for rsvp in db.session.scalars(came.order_by(Rsvp.number)).all():
        if chance.random() > 0.65:
            continue
        latest = min(now, event.ends_at + timedelta(days=2))
        at = event.ends_at + (latest - event.ends_at) * chance.random()
        verdict = chance.choices([*Verdict], (70, 24, 6))[0]
        feedback.tell_verdict(rsvp, verdict, at)
        feedback.tell_come_again(rsvp, verdict is not Verdict.NOT_FOR_ME, at)
        if notes and chance.random() < 0.5:
            feedback.tell_note(rsvp, notes.pop(), at)

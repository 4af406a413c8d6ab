"""What an event still needs, for whoever runs it; and its numbers at a glance.

Whom the viewer may not see is not counted for them.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, Member, Picture, Rsvp, RsvpStatus
from matchmaker.queries.visibility import rsvps_visible_to
from matchmaker.services.events.planning import standing

SOON = timedelta(days=7)
# Until then nobody looks at it yet.
TIME_FOR_A_PICTURE = timedelta(days=21)


class Need(enum.Enum):
    PUBLISH = "publish"  # it begins soon, and nobody can find it
    COMPLETE = "complete"  # something without which it cannot be published
    HOST = "host"
    APPROVE = "approve"  # somebody waits for the host's yes
    ROOM = "room"  # somebody waits for a place
    PEOPLE = "people"  # it begins soon, and nobody comes
    ANSWERS = "answers"  # somebody comes who has not answered what must be answered
    PICTURE = "picture"  # told only where nothing else is needed
    NOTES = "notes"  # it is over, and nobody has said how it was


@dataclass(frozen=True)
class Glance:
    """An event's people, as the viewer may count them, and what it needs."""

    going: int = 0  # people, guests included
    waiting: int = 0
    asked: int = 0
    unanswered: int = 0
    arrived: int = 0
    needs: tuple[tuple[Need, str], ...] = ()


def at_a_glance(
    events: Sequence[Event], viewer: Member, now: datetime
) -> dict[int, Glance]:
    """What each needs, by its id, the most pressing first; asked of the database once."""
    people = _people(events, viewer)
    covered = _with_a_picture(events)
    found = {}
    for event in events:
        glance = _counted(event, people.get(event.id, []))
        needs = tuple(_needs(event, glance, event.id in covered, now))
        found[event.id] = Glance(
            glance.going,
            glance.waiting,
            glance.asked,
            glance.unanswered,
            glance.arrived,
            needs,
        )
    return found


def _needs(
    event: Event, glance: Glance, has_picture: bool, now: datetime
) -> list[tuple[Need, str]]:
    if event.is_cancelled:
        return []
    if event.ends_at <= now:
        return _needs_afterwards(event, has_picture)
    soon = event.starts_at - now < SOON
    needs = _needs_to_be_found(event, soon, now)
    if glance.asked:
        needs.append((Need.APPROVE, f"{_ask(glance.asked)} to come. Say yes or no."))
    if glance.waiting and event.is_published:
        needs.append(
            (Need.ROOM, f"{_wait(glance.waiting)} for a place. Is there more room?")
        )
    if event.is_published and not glance.going and soon:
        needs.append(
            (Need.PEOPLE, "Nobody is going yet. Tell those who would like it.")
        )
    if glance.unanswered:
        needs.append(
            (Need.ANSWERS, f"{_have(glance.unanswered)} not answered your questions.")
        )
    if not needs and not has_picture and event.starts_at - now < TIME_FOR_A_PICTURE:
        needs.append((Need.PICTURE, "It has no picture."))
    return needs


def _needs_to_be_found(
    event: Event, soon: bool, now: datetime
) -> list[tuple[Need, str]]:
    if event.status is EventStatus.DRAFT:
        missing = standing.missing(event, now)
        if missing:
            return [(Need.COMPLETE, " ".join(missing))]
        if soon:
            return [(Need.PUBLISH, "It begins soon and nobody can see it. Publish it.")]
    elif not any(event.space in host.spaces for host in event.hosts):
        return [(Need.HOST, "Nobody hosts it. Name a host.")]
    return []


def _needs_afterwards(event: Event, has_picture: bool) -> list[tuple[Need, str]]:
    if not event.is_published or event.archived_at or event.notes:
        return []
    what = "a few words" if has_picture else "a few words or a picture"
    return [(Need.NOTES, f"It is over. Add {what} for those who missed it.")]


def _people(events: Sequence[Event], viewer: Member) -> dict[int, list[Rsvp]]:
    found: dict[int, list[Rsvp]] = {}
    query = (
        select(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.event_id.in_([event.id for event in events]),
            Rsvp.status != RsvpStatus.DECLINED,
            rsvps_visible_to(viewer),
        )
    )
    for rsvp in db.session.scalars(query):
        found.setdefault(rsvp.event_id, []).append(rsvp)
    return found


def _counted(event: Event, rsvps: list[Rsvp]) -> Glance:
    must = [question["id"] for question in event.questions if question["required"]]
    going = [rsvp for rsvp in rsvps if rsvp.is_going]
    return Glance(
        going=sum(rsvp.party for rsvp in going),
        waiting=sum(r.party for r in rsvps if r.status is RsvpStatus.WAITING),
        asked=sum(rsvp.status is RsvpStatus.ASKED for rsvp in rsvps),
        unanswered=sum(any(not r.answers.get(id_) for id_ in must) for r in going),
        arrived=sum(rsvp.party for rsvp in going if rsvp.has_arrived),
    )


def _with_a_picture(events: Sequence[Event]) -> set[int]:
    ids = [event.id for event in events]
    query = select(Picture.event_id).where(Picture.event_id.in_(ids))
    return set(
        db.session.scalars(query.group_by(Picture.event_id).having(func.count() > 0))
    )


def _ask(count: int) -> str:
    return "Somebody asks" if count == 1 else f"{count} people ask"


def _wait(count: int) -> str:
    return "Somebody waits" if count == 1 else f"{count} people wait"


def _have(count: int) -> str:
    return "Somebody who comes has" if count == 1 else f"{count} who come have"

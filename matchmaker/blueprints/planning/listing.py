"""The list of events: what each still needs, and what may be done to many at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from matchmaker.blueprints.viewer import run_by_viewer, viewer
from matchmaker.extensions import db, lock_all
from matchmaker.mail.wording import day_words
from matchmaker.models import Event, EventStatus, Member, Rsvp, RsvpStatus, Space
from matchmaker.queries.search import finds
from matchmaker.queries.visibility import rsvps_visible_to
from matchmaker.refusal import Refusal
from matchmaker.services.events.planning import clock, editing, needs, plans, standing

ON_A_PAGE = 40
MOST_AT_ONCE = 100
TO_COPY = 6
_is_draft = Event.status == EventStatus.DRAFT
_is_archived = Event.archived_at.is_not(None)


def filters(now: datetime) -> dict[str, tuple[str, ColumnElement[bool]]]:
    """By the word in the address: what the list is called, and which events are in it."""
    is_over = Event.ends_at <= now
    return {
        "upcoming": ("To come", and_(~_is_archived, ~is_over, ~_is_draft)),
        "drafts": ("Drafts", and_(~_is_archived, _is_draft)),
        "past": ("Past", and_(~_is_archived, is_over, ~_is_draft)),
        "archived": ("Archived", _is_archived),
    }


def found(
    space: Space, wanted: ColumnElement[bool], words: str, *, latest_first: bool
) -> Select[Event]:
    """The events in a list, whose title or place holds the words."""
    query = select(Event).where(Event.space_id == space.id, run_by_viewer(), wanted)
    if words:
        query = query.where(finds(Event.search_text, words))
    order = Event.starts_at.desc() if latest_first else Event.starts_at
    return query.order_by(order, Event.id).options(
        joinedload(Event.space),
        joinedload(Event.group),
        selectinload(Event.hosts).selectinload(Member.memberships),
    )


def next_of_each_series(now: datetime) -> ColumnElement[bool]:
    """Of a series only the next, what is soon, and where somebody waits for something."""
    earlier = aliased(Event)
    is_next = ~exists().where(
        earlier.series_id == Event.series_id,
        earlier.ends_at > now,
        earlier.starts_at < Event.starts_at,
        earlier.status != EventStatus.CANCELLED,
        (earlier.status == EventStatus.DRAFT) == _is_draft,
        earlier.archived_at.is_(None),
    )
    somebody_waits = (
        select(Rsvp.event_id)
        .join(Member, Member.id == Rsvp.member_id)
        .where(
            Rsvp.event_id == Event.id,
            Rsvp.status.in_([RsvpStatus.WAITING, RsvpStatus.ASKED]),
            rsvps_visible_to(viewer()),
        )
        .correlate(Event)
        .exists()
    )
    is_soon = Event.starts_at < now + needs.SOON
    return or_(Event.series_id.is_(None), is_next, is_soon, somebody_waits)


def counts(space: Space, now: datetime) -> dict[str, int]:
    """How many are in each list."""
    mine = select(func.count()).where(Event.space_id == space.id, run_by_viewer())
    return {
        name: db.session.scalar(mine.where(wanted)) or 0
        for name, (_, wanted) in filters(now).items()
    }


def chosen(space: Space, ids: list[int]) -> list[Event]:
    """Of the ids that somebody ticked: the events that they run."""
    query = select(Event).where(
        Event.space_id == space.id,
        Event.id.in_(ids[:MOST_AT_ONCE]),
        run_by_viewer(),
    )
    return list(db.session.scalars(query.order_by(Event.starts_at, Event.id)))


def to_copy(space: Space, now: datetime) -> list[Event]:
    """The latest events that are over, one of each name."""
    query = (
        select(Event)
        .where(
            Event.space_id == space.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= now,
            run_by_viewer(),
        )
        .order_by(Event.starts_at.desc())
        .limit(40)
    )
    by_title: dict[str, Event] = {}
    for event in db.session.scalars(query):
        by_title.setdefault(event.title, event)
    return list(by_title.values())[:TO_COPY]


def signed_up(event: Event) -> int:
    """How many of those whom the viewer may see would be told."""
    query = (
        select(func.count())
        .select_from(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Rsvp.event_id == event.id,
            Rsvp.status != RsvpStatus.DECLINED,
            rsvps_visible_to(viewer()),
        )
    )
    return db.session.scalar(query) or 0


def people_to_come(space: Space, now: datetime) -> int:
    """How many different people come to something, of those whom the viewer may see."""
    query = (
        select(func.count(func.distinct(Rsvp.member_id)))
        .select_from(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(
            Event.space_id == space.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at > now,
            Rsvp.status == RsvpStatus.GOING,
            run_by_viewer(),
            rsvps_visible_to(viewer()),
        )
    )
    return db.session.scalar(query) or 0


def _publish(event: Event, by: Member, now: datetime, _words: str) -> str:
    if event.is_published:
        return "It was published already."
    standing.publish(event, by, now)
    return "Published."


def _cancel(event: Event, by: Member, now: datetime, words: str) -> str:
    if event.is_cancelled:
        return "It was cancelled already."
    told = standing.cancel(event, words, by, now)
    return "Cancelled. Those who signed up are told." if told else "Cancelled."


def _archive(event: Event, by: Member, now: datetime, _words: str) -> str:
    standing.archive(event, by, now)
    return "Archived."


def _again(event: Event, by: Member, now: datetime, _words: str) -> str:
    starts_at = plans.of(event).starts_at + timedelta(weeks=1)
    if starts_at <= clock.on_the_wall(now, event.space.zone):
        raise Refusal(
            "A week later is over as well. Copy it by itself, to a day to come."
        )
    copy = editing.duplicate(event, by, now, starts_at)
    return f"A draft for {day_words(copy.local_start)}."


Deed = Callable[[Event, Member, datetime, str], str]
DEEDS: dict[str, tuple[str, Deed]] = {
    "publish": ("Publish", _publish),
    "duplicate": ("Copy to a week later", _again),
    "archive": ("Archive", _archive),
    "cancel": ("Cancel", _cancel),
}


def do_to_each(
    events: list[Event], deed: Deed, by: Member, now: datetime, words: str
) -> list[tuple[Event, str, bool]]:
    """Do it to each by itself; say what was done, or why not, and which."""
    results = []
    lock_all(events)
    for event in events:
        try:
            with db.session.begin_nested():
                results.append((event, deed(event, by, now, words), True))
        except Refusal as refusal:
            results.append((event, str(refusal), False))
    return results

"""What is on, as one of a space's members, or anybody, may see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased, contains_eager, selectinload

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventHost,
    EventKind,
    EventStatus,
    Group,
    Member,
    Picture,
    Rsvp,
    RsvpStatus,
    Space,
    Venue,
    Visibility,
)
from matchmaker.queries import event_view
from matchmaker.queries.event_view import Room, Stage
from matchmaker.queries.viewer import AnyMember, Viewer
from matchmaker.queries.visibility import events_run_by, events_visible_to

PAGE = 20
MOST_SORTED = 400  # events that are read to find those that suit; later ones wait
SOON = timedelta(weeks=6)

_TAKING_PART = (
    RsvpStatus.GOING,
    RsvpStatus.OFFERED,
    RsvpStatus.WAITING,
    RsvpStatus.ASKED,
)
_HAS_PLACE = (RsvpStatus.GOING, RsvpStatus.OFFERED)


@dataclass(frozen=True)
class Filters:
    group: Group | None = None
    kind: EventKind | None = None
    venue: Venue | None = None
    mine: bool = False

    def __bool__(self) -> bool:
        return self.mine or any((self.group, self.kind, self.venue))


@dataclass(frozen=True)
class Reason:
    """What the member said, and how the event says it."""

    field: str
    said: str
    found: str


@dataclass(frozen=True)
class Entry:
    """An event in a list, and what it is to the one who looks."""

    event: Event
    rsvp: Rsvp | None
    stage: Stage
    room: Room
    cover: Picture | None = None
    is_hosted: bool = False  # by the one who looks
    reasons: tuple[Reason, ...] = ()  # why it suits them

    @property
    def is_mine(self) -> bool:
        takes_part = self.rsvp is not None and self.rsvp.status in _TAKING_PART
        return self.is_hosted or takes_part


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    number: int
    has_more: bool

    def by_day(self, now: datetime) -> list[tuple[date, list[Entry]]]:
        """On the space's own clock. What has begun before today is on today."""
        days: dict[date, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            event = entry.event
            today = now.astimezone(event.space.zone).date()
            began = event.local_start.date()
            days[max(began, today) if event.ends_at > now else began].append(entry)
        return list(days.items())


class Said(NamedTuple):
    """What an event says of itself."""

    id: int
    title: str
    description: str
    is_mine: bool  # the viewer takes part, or hosts it
    may_suit: bool  # it is soon, and they have said nothing of it


def page(
    viewer: Member | None,
    now: datetime,
    which: Mapping[str, Any],
    number: int = 1,
    size: int = PAGE,
    *,
    latest_first: bool = False,
) -> Page:
    """List a page of the events that meet `which` of the conditions of `_conditions`.

    Each condition by its name, with the value that it needs; other names are values that
    a condition needs besides.
    """
    query, values = _prepared(viewer, now, which, latest_first=latest_first)
    window = {"size": size + 1, "skipped": (number - 1) * size}
    rows = db.session.execute(query, values | window).all()
    entries = [_entry(row, now) for row in rows[:size]]
    return Page(entries, number, len(rows) > size)


def in_this_order(viewer: Member, now: datetime, ids: Sequence[int]) -> list[Entry]:
    """List these events, as far as the viewer may see them."""
    found = page(viewer, now, {"ids": list(ids)}, size=len(ids)).entries if ids else []
    return sorted(found, key=lambda entry: ids.index(entry.event.id))


def said(viewer: Member, now: datetime, which: Mapping[str, Any]) -> list[Said]:
    """What the soonest of such events say of themselves, to be chosen from."""
    query, values = _prepared(viewer, now, which, only_said=True)
    window = {"size": MOST_SORTED, "skipped": 0}
    return [Said(*row) for row in db.session.execute(query, values | window)]


def passing(filters: Filters | None) -> dict[str, Any]:
    """Say in conditions what somebody has filtered by."""
    filters = filters or Filters()
    chosen = {
        "group": filters.group and filters.group.id,
        "kind": filters.kind,
        "venue": filters.venue,
        "mine": filters.mine,
    }
    return {name: value for name, value in chosen.items() if value}


def with_public_events(spaces: Iterable[Space], now: datetime) -> set[int]:
    """The ids of those spaces where something is on that anybody may come to."""
    ids = [space.id for space in spaces]
    public = _conditions(None)["public"]
    rows = select(Event.space_id).where(Event.space_id.in_(ids), public)
    return set(db.session.scalars(rows.distinct(), {"now": now}))


def next_of_each_group(viewer: Member, space: Space, now: datetime) -> dict[int, Event]:
    """For each group that has one, the next event that the viewer may see."""
    which = {"space": space.id, "to_come": True, "of_a_group": True, "published": True}
    entries = page(viewer, now, which, size=MOST_SORTED).entries
    return {
        entry.event.group_id: entry.event
        for entry in reversed(entries)
        if entry.event.group_id
    }


def is_run_by(viewer: Member, space: Space) -> bool:
    """Whether the viewer runs any event of the space."""
    known = {"viewer": viewer.id, "space": space.id}
    return db.session.scalar(_run_by(AnyMember.like(viewer)), known) is not None


def _prepared(
    viewer: Member | None, now: datetime, which: Mapping[str, Any], **how: bool
) -> tuple[Select[Any], dict[str, Any]]:
    looks = AnyMember.like(viewer) if viewer else None
    query = _listed(looks, tuple(which), **how)
    values = {"now": now, "soon": now + SOON, "viewer": viewer.id if viewer else None}
    return query, {**which, **values}


@cache
def _listed(
    viewer: AnyMember | None,
    which: tuple[str, ...],
    *,
    latest_first: bool = False,
    only_said: bool = False,
) -> Select[Any]:
    """The events that the viewer may see, but for drafts and what is put away.

    As many questions to the database for many events as for one.
    """
    conditions = _conditions(viewer)
    query = _entries(viewer)
    if only_said:
        said = query.with_only_columns(
            Event.id,
            Event.title,
            Event.description,
            conditions["mine"],
            and_(conditions["published"], conditions["unanswered"], conditions["soon"]),
        )
        query = cast(Select[Any], said)
    if latest_first:  # what is over is shown by its pictures
        query = query.options(selectinload(Event.pictures))
    order = (Event.starts_at, Event.id)
    return (
        query.where(
            Event.status != EventStatus.DRAFT,
            Event.archived_at.is_(None),
            events_visible_to(viewer),
            *(conditions[name] for name in which if name in conditions),
        )
        .order_by(*(column.desc() if latest_first else column for column in order))
        .limit(bindparam("size"))
        .offset(bindparam("skipped"))
    )


def _entries(viewer: AnyMember | None) -> Select[Any]:
    mine, taking = aliased(Rsvp), aliased(Rsvp)
    taken = (
        select(func.coalesce(func.sum(taking.party), 0))
        .where(taking.event_id == Event.id, taking.status.in_(_HAS_PLACE))
        .correlate(Event)
        .scalar_subquery()
    )
    picture = aliased(Picture)
    cover = (
        select(func.min(picture.id))
        .where(picture.event_id == Event.id, picture.is_cover)
        .correlate(Event)
        .scalar_subquery()
    )
    is_mine = mine.member_id == viewer.id if viewer else false()
    return (
        select(Event, mine, Picture, taken, _is_host(viewer) if viewer else false())
        .join(Event.space)
        .outerjoin(Event.group)
        .outerjoin(mine, and_(mine.event_id == Event.id, is_mine))
        .outerjoin(Picture, Picture.id == cover)
        .options(contains_eager(Event.space), contains_eager(Event.group))
    )


def _entry(row: Any, now: datetime) -> Entry:
    event, rsvp, cover, taken, is_hosted = row
    room = event_view.how_full(event.capacity, taken)
    stage = event_view.stage(event, now)
    return Entry(event, rsvp, stage, room, cover, bool(is_hosted))


def _conditions(viewer: Viewer | None) -> dict[str, ColumnElement[bool]]:
    """What may be asked for, by the name of the value that it needs."""
    now = bindparam("now", type_=Event.ends_at.type)
    published = Event.status == EventStatus.PUBLISHED
    conditions = {
        "space": Event.space_id == bindparam("space"),
        "to_come": Event.ends_at > now,
        "past": and_(Event.ends_at <= now, published),
        "public": and_(
            Event.ends_at > now,
            Event.visibility == Visibility.PUBLIC,
            published,
            Event.archived_at.is_(None),
        ),
        "published": published,
        "ids": Event.id.in_(bindparam("ids", expanding=True)),
        "group": Event.group_id == bindparam("group"),
        "of_a_group": Event.group_id.is_not(None),
        "kind": Event.kind == bindparam("kind", type_=Event.kind.type),
        "venue": Event.venue == bindparam("venue", type_=Event.venue.type),
        "space_slug": Space.slug == bindparam("space_slug"),
        "group_slug": Group.slug == bindparam("group_slug"),
        "soon": Event.starts_at < _moment("soon"),
        "begins_before": Event.starts_at < _moment("begins_before"),
        "ends_after": Event.ends_at > _moment("ends_after"),
        "after_start": tuple_(Event.starts_at, Event.id)
        > tuple_(_moment("after_start"), bindparam("after_id")),
    }
    if viewer is None:
        return conditions
    answered = exists().where(Rsvp.event_id == Event.id, Rsvp.member_id == viewer.id)
    takes_part = exists().where(
        Rsvp.event_id == Event.id,
        Rsvp.member_id == viewer.id,
        Rsvp.status.in_(_TAKING_PART),
    )
    mine = or_(takes_part, _is_host(viewer))
    return conditions | {
        "mine": mine,
        "answered": answered,
        "unanswered": ~answered,
    }


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Event.starts_at.type)


def _is_host(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        EventHost.event_id == Event.id, EventHost.member_id == viewer.id
    )


@cache
def _run_by(viewer: AnyMember) -> Select[int]:
    return (
        select(Event.id)
        .where(
            Event.space_id == bindparam("space"),
            events_run_by(viewer),
            events_visible_to(viewer),
        )
        .limit(1)
    )

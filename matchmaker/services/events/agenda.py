"""What is on: the events of a space as one of its members, or anybody, may see them."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    EventHost,
    EventKind,
    EventStatus,
    Group,
    Member,
    Rsvp,
    RsvpStatus,
    Space,
    Venue,
    Visibility,
)
from matchmaker.queries.visibility import events_run_by, events_visible_to
from matchmaker.services.events import coming, suits
from matchmaker.services.events.coming import Room, Stage
from matchmaker.services.events.planning import editing
from matchmaker.services.events.suits import Reason, Taste

PAGE = 20
_MOST_SORTED = 400  # events that are read to find those that suit; later ones wait
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of the months that can be looked at

_TAKING_PART = (
    RsvpStatus.GOING,
    RsvpStatus.OFFERED,
    RsvpStatus.WAITING,
    RsvpStatus.ASKED,
)


@dataclass(frozen=True)
class Filters:
    group: Group | None = None
    kind: EventKind | None = None
    venue: Venue | None = None
    mine: bool = False

    def __bool__(self) -> bool:
        return self.mine or any((self.group, self.kind, self.venue))


@dataclass(frozen=True)
class Entry:
    """An event in a list, and what it is to the one who looks."""

    event: Event
    rsvp: Rsvp | None
    stage: Stage
    room: Room
    reasons: tuple[Reason, ...] = ()

    is_hosted: bool = False  # by the one who looks

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


@dataclass(frozen=True)
class Day:
    """A day of a month's grid, and what happens on it."""

    date: date
    is_in_month: bool
    entries: list[Entry]


@dataclass(frozen=True)
class ComingUp:
    """What the front page says of events: one's own, and what may suit one."""

    mine: list[Entry]
    suiting: list[Entry]
    is_anything_on: bool


def upcoming(
    viewer: Member,
    space: Space,
    now: datetime,
    filters: Filters | None = None,
    page: int = 1,
    *,
    suiting_first: bool = False,
) -> Page:
    """What has not ended, soonest first; or what suits the viewer best before the rest."""
    filters = filters or Filters()
    query = _listed(viewer, space).where(Event.ends_at > now, *_passes(filters, viewer))
    query = query.order_by(Event.starts_at, Event.id)
    if not suiting_first:
        events, has_more = _page_of(query, page)
        return Page(_entries(events, viewer, now), page, has_more)
    everything = db.session.scalars(query.limit(_MOST_SORTED)).all()
    taste = Taste.of(viewer.profile)
    best = sorted(everything, key=lambda event: -suits.weight(taste.reasons(event)))
    first = (page - 1) * PAGE
    events = best[first : first + PAGE]
    return Page(_entries(events, viewer, now), page, len(best) > first + PAGE)


def past(
    viewer: Member,
    space: Space,
    now: datetime,
    filters: Filters | None = None,
    page: int = 1,
) -> Page:
    """What is over and took place, the latest first."""
    query = (
        _listed(viewer, space)
        .where(
            Event.ends_at <= now,
            Event.status == EventStatus.PUBLISHED,
            *_passes(filters or Filters(), viewer),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    events, has_more = _page_of(query, page)
    return Page(_entries(events, viewer, now), page, has_more)


def public(
    viewer: Member | None, space: Space, now: datetime, page: int = 1, size: int = PAGE
) -> Page:
    """What anybody may come to see; somebody signed in sees nobody they are parted from."""
    query = (
        _listed(viewer, space)
        .where(*_is_public(now))
        .order_by(Event.starts_at, Event.id)
    )
    events, has_more = _page_of(query, page, size)
    return Page(_entries(events, viewer, now), page, has_more)


def with_public_events(spaces: Iterable[Space], now: datetime) -> set[int]:
    """The ids of those spaces where something is on that anybody may come to."""
    ids = [space.id for space in spaces]
    rows = select(Event.space_id).where(Event.space_id.in_(ids), *_is_public(now))
    return set(db.session.scalars(rows.distinct()))


def month(
    viewer: Member,
    space: Space,
    first: date,
    now: datetime,
    filters: Filters | None = None,
) -> list[list[Day]]:
    """The weeks of the month that begins on `first`, from Monday; whole weeks.

    An event stands on each day that it touches on the space's own clock.
    """
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    opens = _midnight(space, weeks[0][0])
    closes = _midnight(space, weeks[-1][-1] + timedelta(days=1))
    events = db.session.scalars(
        _listed(viewer, space)
        .where(
            Event.starts_at < closes,
            Event.ends_at > opens,
            *_passes(filters or Filters(), viewer),
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    on: dict[date, list[Entry]] = defaultdict(list)
    for entry in _entries(events, viewer, now):
        for day in days_of(entry.event):
            on[day].append(entry)
    return [
        [Day(day, day.month == first.month, on.get(day, [])) for day in week]
        for week in weeks
    ]


def days_of(event: Event) -> list[date]:
    """The days it touches on the space's clock; one that ends at midnight ends before."""
    first = event.local_start.date()
    last_moment = event.ends_at - timedelta(microseconds=1)
    last = last_moment.astimezone(event.space.zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def coming_up(viewer: Member, space: Space, now: datetime) -> ComingUp:
    listed = _listed(viewer, space).where(Event.ends_at > now)
    in_order = listed.order_by(Event.starts_at, Event.id)
    mine = db.session.scalars(in_order.where(_is_mine(viewer)).limit(3)).all()
    others = db.session.scalars(
        in_order.where(
            ~_has_answered(viewer),
            ~_is_mine(viewer),
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at < now + timedelta(weeks=6),
        ).limit(_MOST_SORTED)
    ).all()
    taste = Taste.of(viewer.profile)
    weights = {event.id: suits.weight(taste.reasons(event)) for event in others}
    suiting = sorted(
        (event for event in others if weights[event.id]),
        key=lambda event: -weights[event.id],
    )
    return ComingUp(
        _entries(mine, viewer, now),
        _entries(suiting[:2], viewer, now),
        is_anything_on=bool(mine or others),
    )


def in_order(
    viewer: Member,
    now: datetime,
    limit: int,
    *,
    after: tuple[datetime, int] | None = None,
    space: str | None = None,
    group: str | None = None,
    answered: bool = False,
) -> tuple[list[Entry], bool]:
    """What has not ended in any space, soonest first, and whether there is more.

    `after` is where the last look ended, as a beginning and a number: so nothing is left
    out or comes twice when something ends between two looks. `space` and `group` go by
    their slugs; `answered` are those of which the viewer has said whether they come.
    """
    query = _listed(viewer).where(Event.ends_at > now)
    if after is not None:
        query = query.where(tuple_(Event.starts_at, Event.id) > tuple_(*after))
    if space is not None:
        query = query.join(Event.space).where(Space.slug == space)
    if group is not None:
        query = query.join(Event.group).where(Group.slug == group)
    if answered:
        query = query.where(_has_answered(viewer))
    query = query.order_by(Event.starts_at, Event.id)
    events, has_more = _page_of(query, 1, limit)
    return _entries(events, viewer, now), has_more


def of_group(
    viewer: Member, group: Group, now: datetime, limit: int = PAGE
) -> tuple[list[Entry], list[Entry]]:
    """The group's events that the viewer may see: those to come, and the latest past."""
    filters = Filters(group=group)
    to_come = upcoming(viewer, group.space, now, filters).entries
    return to_come[:limit], past(viewer, group.space, now, filters).entries[:limit]


def next_of_each_group(viewer: Member, space: Space, now: datetime) -> dict[int, Event]:
    """For each group that has one, the next event that the viewer may see."""
    events = db.session.scalars(
        _listed(viewer, space)
        .where(
            Event.ends_at > now,
            Event.group_id.is_not(None),
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(_MOST_SORTED)
    )
    return {event.group_id: event for event in events if event.group_id}


def runs_something(viewer: Member, space: Space) -> bool:
    """Whether there is something here for them to run, or they may begin it."""
    if editing.may_make(viewer, space):
        return True
    run_by_them = select(Event.id).where(
        Event.space_id == space.id, events_run_by(viewer), events_visible_to(viewer)
    )
    return db.session.scalar(run_by_them.limit(1)) is not None


def _listed(viewer: Member | None, space: Space | None = None) -> Select[Event]:
    """The events that the viewer may see, but for drafts and what is put away.

    Those of one space, or of all.
    """
    return (
        select(Event)
        .where(
            Event.space_id == space.id if space else true(),
            Event.status != EventStatus.DRAFT,
            Event.archived_at.is_(None),
            events_visible_to(viewer),
        )
        .options(
            joinedload(Event.space),
            joinedload(Event.group),
            selectinload(Event.pictures),
            selectinload(Event.hosts),
        )
    )


def _is_public(now: datetime) -> list[ColumnElement[bool]]:
    return [
        Event.ends_at > now,
        Event.visibility == Visibility.PUBLIC,
        Event.status == EventStatus.PUBLISHED,
        Event.archived_at.is_(None),
    ]


def _passes(filters: Filters, viewer: Member) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.group:
        conditions.append(Event.group_id == filters.group.id)
    if filters.kind:
        conditions.append(Event.kind == filters.kind)
    if filters.venue:
        conditions.append(Event.venue == filters.venue)
    if filters.mine:
        conditions.append(_is_mine(viewer))
    return conditions


def _is_mine(viewer: Member) -> ColumnElement[bool]:
    """Whether the viewer takes part, or runs it as a host of its own."""
    return or_(
        exists().where(
            Rsvp.event_id == Event.id,
            Rsvp.member_id == viewer.id,
            Rsvp.status.in_(_TAKING_PART),
        ),
        exists().where(
            EventHost.event_id == Event.id, EventHost.member_id == viewer.id
        ),
    )


def _has_answered(viewer: Member) -> ColumnElement[bool]:
    return exists().where(Rsvp.event_id == Event.id, Rsvp.member_id == viewer.id)


def _page_of(
    query: Select[Event], page: int, size: int = PAGE
) -> tuple[Sequence[Event], bool]:
    window = query.limit(size + 1).offset((page - 1) * size)
    events = db.session.scalars(window).all()
    return events[:size], len(events) > size


def _entries(
    events: Sequence[Event], viewer: Member | None, now: datetime
) -> list[Entry]:
    """As many questions to the database for many events as for one."""
    rsvps = _rsvps(events, viewer) if viewer else {}
    taken = _places_taken(events)
    taste = Taste.of(viewer.profile) if viewer else Taste(())
    return [
        Entry(
            event,
            rsvps.get(event.id),
            coming.stage(event, now),
            coming.how_full(event.capacity, taken.get(event.id, 0)),
            tuple(taste.reasons(event)) if event.ends_at > now else (),
            viewer in event.hosts,
        )
        for event in events
    ]


def _rsvps(events: Iterable[Event], viewer: Member) -> dict[int, Rsvp]:
    mine = select(Rsvp).where(
        Rsvp.event_id.in_([event.id for event in events]), Rsvp.member_id == viewer.id
    )
    return {rsvp.event_id: rsvp for rsvp in db.session.scalars(mine)}


def _places_taken(events: Iterable[Event]) -> dict[int, int]:
    people = func.sum(Rsvp.party)
    with_a_place = and_(
        Rsvp.event_id.in_([event.id for event in events]),
        Rsvp.status.in_([RsvpStatus.GOING, RsvpStatus.OFFERED]),
    )
    rows = select(Rsvp.event_id, people).where(with_a_place).group_by(Rsvp.event_id)
    return dict(db.session.execute(rows).all())


def _midnight(space: Space, day: date) -> datetime:
    return datetime.combine(day, time.min, space.zone).astimezone(UTC)

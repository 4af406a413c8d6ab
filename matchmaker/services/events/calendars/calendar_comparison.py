"""A calendar kept elsewhere, laid beside what a space has of it already."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, true

from matchmaker.extensions import db
from matchmaker.mail.message import own_host
from matchmaker.models import (
    CalendarSource,
    Event,
    EventStatus,
    Member,
    events_visible_to,
)
from matchmaker.services.events.calendars import calendar_reading
from matchmaker.services.events.calendars.calendar_reading import Incoming, Refused

FIELDS = (
    "title",
    "description",
    "venue",
    "place",
    "online_url",
    "starts_at",
    "ends_at",
)
TIMES = {"starts_at", "ends_at"}
# So few may go at once without anybody being asked.
FEW = 3


@dataclass(frozen=True)
class Change:
    """An event that is otherwise now; `kept` is what was changed here and stays."""

    event: Event
    incoming: Incoming
    fields: list[str]
    kept: list[str]


@dataclass(frozen=True)
class Twin:
    """One that is new by its name, and like an event that was made by other hands."""

    incoming: Incoming
    event: Event


@dataclass(frozen=True)
class Comparison:
    """What would come of a calendar, as it was read."""

    new: list[Incoming]
    twins: list[Twin]
    changed: list[Change]
    called_off: list[Event]
    gone: list[Event]
    same: list[Event]
    refused: list[Refused]

    @property
    def new_entries(self) -> list[list[Incoming]]:
        """What is new, with the times of one that recurs together."""
        entries: dict[str, list[Incoming]] = {}
        for incoming in self.new:
            entries.setdefault(calendar_reading.base(incoming.uid), []).append(incoming)
        return list(entries.values())

    @property
    def twin_entries(self) -> dict[str, list[Twin]]:
        """What is like an event there is, by its name in the calendar."""
        entries: dict[str, list[Twin]] = {}
        for twin in self.twins:
            name = calendar_reading.base(twin.incoming.uid)
            entries.setdefault(name, []).append(twin)
        return entries

    def with_twins(self, names: Collection[str]) -> "Comparison":
        """The same, but those twins are taken in whose names somebody has ticked."""
        ticked = [
            twin.incoming
            for name, twins in self.twin_entries.items()
            if name in names
            for twin in twins
        ]
        left = [twin for twin in self.twins if twin.incoming not in ticked]
        return replace(self, new=[*self.new, *ticked], twins=left)

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed or self.called_off or self.gone)

    @property
    def looks_like_a_mistake(self) -> bool:
        """So much has gone that it may be the calendar's fault."""
        left = len(self.new) + len(self.changed) + len(self.same)
        many = len(self.gone) > FEW and len(self.gone) > left
        return bool(self.gone) and (left == 0 or many)


def compare(
    source: CalendarSource, content: bytes, now: datetime, viewer: Member | None = None
) -> Comparison:
    """Lay what was read beside what there is.

    Where somebody looks, a twin is an event that they see: another would be given away.
    """
    reading = calendar_reading.read(content, source.space.zone, now)
    known = _known(source, [incoming.uid for incoming in reading.events])
    named = {incoming.uid for incoming in reading.events}
    twins = _twins(source, named, now, viewer)
    found = Comparison([], [], [], [], [], [], list(reading.refused))
    for incoming in reading.events:
        event = known.get(incoming.uid)
        if event is None:
            _lay_by_new(found, incoming, twins.get(_likeness(incoming)))
        else:
            _lay_beside(found, source, incoming, event, now)
    found.gone.extend(
        event
        for event in events_to_come(source, now)
        if event.starts_at < reading.complete_until
        and event.source_uid not in named
        and calendar_reading.base(event.source_uid or "") not in reading.unsure
    )
    return found


def _known(source: CalendarSource, uids: Iterable[str]) -> dict[str, Event]:
    """The space's events by the names that calendars give them."""
    query = select(Event).where(
        Event.space_id == source.space_id, Event.source_uid.in_([*uids])
    )
    return {event.source_uid or "": event for event in db.session.scalars(query)}


def _likeness(event: Event | Incoming) -> tuple[datetime, str]:
    """What two that are the same event have in common, whoever wrote them down."""
    return event.starts_at, " ".join(event.title.casefold().split())


def _twins(
    source: CalendarSource, named: Collection[str], now: datetime, viewer: Member | None
) -> dict[tuple[datetime, str], Event]:
    """The space's events to come that are neither in the calendar nor came of it."""
    query = select(Event).where(
        true() if viewer is None else events_visible_to(viewer),
        Event.space_id == source.space_id,
        Event.source_id.is_distinct_from(source.id),
        Event.status != EventStatus.CANCELLED,
        Event.archived_at.is_(None),
        Event.ends_at > now,
    )
    return {
        _likeness(event): event
        for event in db.session.scalars(query)
        if event.source_uid not in named
    }


def _lay_by_new(found: Comparison, incoming: Incoming, twin: Event | None) -> None:
    if incoming.is_cancelled:
        return
    if _is_our_own(incoming):
        why = "It comes from this portal itself."
        found.refused.append(Refused(incoming.title, why))
    elif twin is not None:
        found.twins.append(Twin(incoming, twin))
    else:
        found.new.append(incoming)


def _lay_beside(
    found: Comparison,
    source: CalendarSource,
    incoming: Incoming,
    event: Event,
    now: datetime,
) -> None:
    other = db.session.get(CalendarSource, event.source_id) if event.source_id else None
    if other is not None and other is not source and other.url:
        why = f"It comes from {other.name} already."
        found.refused.append(Refused(incoming.title, why))
        return
    if event.is_cancelled or event.ends_at <= now:
        found.same.append(event)  # what people were told is not taken back
        return
    if incoming.is_cancelled:
        found.called_off.append(event)
        return
    otherwise = [f for f in FIELDS if getattr(event, f) != getattr(incoming, f)]
    own = {*event.own_fields}
    own |= TIMES if own & TIMES else set()
    fields = [field for field in otherwise if field not in own]
    if fields:
        kept = [field for field in otherwise if field in own]
        found.changed.append(Change(event, incoming, fields, kept))
    else:
        found.same.append(event)


def _is_our_own(incoming: Incoming) -> bool:
    key, _, host = calendar_reading.base(incoming.uid).rpartition("@")
    if host != own_host():
        return False
    return db.session.scalar(select(Event.id).where(Event.key == key)) is not None


def events_to_come(
    source: CalendarSource, now: datetime, seen: ColumnElement[bool] | None = None
) -> list[Event]:
    """Of a calendar's events those that are still to come, and that `seen` lets see."""
    return list(
        db.session.scalars(
            select(Event)
            .where(
                true() if seen is None else seen,
                Event.source_id == source.id,
                Event.starts_at > now,
                Event.status != EventStatus.CANCELLED,
                Event.archived_at.is_(None),
            )
            .order_by(Event.starts_at, Event.id)
        )
    )

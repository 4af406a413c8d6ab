"""A calendar kept elsewhere, laid beside what a space has of it already."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, true

from matchmaker.extensions import db
from matchmaker.mail.message import own_host
from matchmaker.models import CalendarSource, Event, EventStatus, Member
from matchmaker.queries.visibility import events_visible_to
from matchmaker.services.events.calendars import calendar_reading
from matchmaker.services.events.calendars.calendar_reading import (
    Incoming,
    LeftOut,
    Reading,
)
from matchmaker.services.events.calendars.recognition import plain, recognise

FIELDS = (
    "title",
    "description",
    "venue",
    "place",
    "online_url",
    "starts_at",
    "ends_at",
    "is_all_day",
)
TIMES = {"starts_at", "ends_at"}
_WHEN = {*TIMES, "is_all_day"}


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
    left_out: list[LeftOut]
    notes: list[str]
    # The names under which the calendar has events now that it had under others.
    renamed: dict[Event, str]

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


def compare(
    source: CalendarSource,
    reading: Reading,
    now: datetime,
    viewer: Member | None = None,
) -> Comparison:
    """Lay what was read beside what there is.

    Where somebody looks, a twin is an event that they see: another would be given away.
    """
    incoming_now = [one for one in reading.events if one.ends_at > now]
    uids = {incoming.uid for incoming in incoming_now}
    known = _known(source, uids)
    lost = [
        event
        for event in events_to_come(source, now)
        if event.source_uid not in uids
        and calendar_reading.base(event.source_uid or "") not in reading.unsure
    ]
    strangers = [one for one in incoming_now if one.uid not in known]
    recognised = recognise(strangers, lost, now)
    twins = _twins(source, uids, now, viewer)
    found = Comparison(
        [], [], [], [], [], [], [*reading.left_out], [*reading.notes], {}
    )
    for incoming in incoming_now:
        event = known.get(incoming.uid) or recognised.get(incoming.uid)
        if event is None:
            _lay_by_new(found, incoming, twins.get(_likeness(incoming)))
        else:
            if incoming.uid in recognised:
                found.renamed[event] = incoming.uid
            _lay_beside(found, source, incoming, event, now)
    if reading.is_whole:
        found.gone.extend(
            event
            for event in lost
            if event not in found.renamed
            and now < event.starts_at < reading.complete_until
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
    return event.starts_at, plain(event.title)


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
        why = "It was called off there before it came."
        found.left_out.append(LeftOut(incoming.title, why))
    elif _is_our_own(incoming):
        why = "It comes from this portal itself."
        found.left_out.append(LeftOut(incoming.title, why))
    elif any(_is_double(incoming, other) for other in found.new):
        why = "It is in the calendar twice, at the same time and place."
        found.left_out.append(LeftOut(incoming.title, why))
    elif twin is not None:
        found.twins.append(Twin(incoming, twin))
    else:
        found.new.append(incoming)


def _is_double(one: Incoming, other: Incoming) -> bool:
    return _likeness(one) == _likeness(other) and one.place == other.place


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
        found.left_out.append(LeftOut(incoming.title, why))
        return
    if event.is_cancelled or event.ends_at <= now:
        found.same.append(event)  # what people were told is not taken back
        return
    if incoming.is_cancelled:
        found.called_off.append(event)
        return
    otherwise = [f for f in FIELDS if getattr(event, f) != getattr(incoming, f)]
    own = {*event.own_fields}
    own |= _WHEN if own & _WHEN else set()
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
    """Of a calendar's events those that are not over, and that `seen` lets see."""
    return list(
        db.session.scalars(
            select(Event)
            .where(
                true() if seen is None else seen,
                Event.source_id == source.id,
                Event.ends_at > now,
                Event.status != EventStatus.CANCELLED,
                Event.archived_at.is_(None),
            )
            .order_by(Event.starts_at, Event.id)
        )
    )

"""A space shows as its own what is kept in a calendar elsewhere.

What is read is laid beside what there is, and that is looked at before it is done. Later
it is read by itself, hour by hour; then nothing is called off that looks like a mistake.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update

from matchmaker.extensions import db, lock, lock_all
from matchmaker.mail.message import own_host
from matchmaker.models import (
    CalendarSource,
    Event,
    EventStatus,
    Group,
    Member,
    Space,
)
from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.events.calendars import calendar_reading
from matchmaker.services.events.calendars.calendar_comparison import (
    FIELDS,
    TIMES,
    Comparison,
    compare,
)
from matchmaker.services.events.calendars.calendar_reading import Incoming
from matchmaker.services.events.planning import clock, editing, plans, standing

EVERY = timedelta(hours=1)


def propose(
    space: Space,
    content: bytes,
    now: datetime,
    *,
    url: str | None = None,
    name: str = "",
    group: Group | None = None,
    publishes: bool = False,
) -> CalendarSource:
    """Lay a calendar by, for somebody to look at what would come of it.

    A file that goes on with one that is here is that one's, and not another.
    """
    reading = calendar_reading.read(content, space.zone, now)
    if url is not None:
        url = check_address(space, url)
    elif (known := _goes_on_with(space, content, now)) is not None:
        known.pending = calendar_reading.as_text(content)
        return known
    host = urlsplit(url).hostname if url else ""
    source = CalendarSource(
        space=space,
        group=group,
        name=(name.strip() or reading.name or host or "A file")[:80],
        url=url,
        publishes=publishes,
        made_at=now,
        pending=calendar_reading.as_text(content),
    )
    db.session.add(source)
    db.session.flush()
    return source


def _goes_on_with(space: Space, content: bytes, now: datetime) -> CalendarSource | None:
    """The file that was read before and has nothing to come that is not in this one."""
    files = select(CalendarSource).where(
        CalendarSource.space_id == space.id, CalendarSource.url.is_(None)
    )
    text = calendar_reading.as_text(content)
    for source in db.session.scalars(files.order_by(CalendarSource.id)):
        if source.pending == text:
            return source
        if source.read_at is None:
            continue
        found = compare(source, content, now)
        mine = [*found.same, *(change.event for change in found.changed)]
        goes = found.gone or found.called_off
        if not goes and any(event.source_id == source.id for event in mine):
            return source
    return None


def propose_again(source: CalendarSource, content: bytes, now: datetime) -> None:
    """Lay by what the calendar is now, to be looked at."""
    calendar_reading.read(content, source.space.zone, now)
    source.pending = calendar_reading.as_text(content)


def check_address(space: Space, url: str) -> str:
    """Give the address as it is kept; refuse one that is no use."""
    target = fetching.check(url)
    if target.hostname == own_host():
        raise Refusal("This is one of our own calendars. Its events are here already.")
    same = select(CalendarSource).where(
        CalendarSource.space_id == space.id, CalendarSource.url == target.geturl()
    )
    known = db.session.scalar(same)
    if known is not None:
        raise Refusal(f"This calendar is here already: {known.name}.")
    return target.geturl()


def preview(
    source: CalendarSource, now: datetime, viewer: Member | None = None
) -> Comparison | None:
    """What would come of what was laid by, for whoever looks; None: nothing waits."""
    if source.pending is None:
        return None
    return compare(source, source.pending.encode(), now, viewer)


def accept(
    source: CalendarSource, by: Member, now: datetime, twins: Collection[str] = ()
) -> Comparison:
    """Do all that was shown, and take in the twins that are named.

    Pressed twice, it is done once.
    """
    lock(source.space)
    lock(source)
    comparison = preview(source, now, by)
    if comparison is None:
        raise Refusal("This was done, or thrown away, already. Look at the calendars.")
    comparison = comparison.with_twins(twins)
    _take_in(source, comparison, by, now)
    _call_off(comparison.gone, by, now)
    source.pending = None
    source.read_at = now
    source.problem = ""
    return comparison


def discard(source: CalendarSource) -> None:
    """Throw away what was laid by, and a calendar of which nothing was ever taken."""
    source.pending = None
    if source.read_at is None:
        forget(source)


def forget(source: CalendarSource) -> None:
    """Read it no more; the events that came of it stay, and are the space's own."""
    db.session.execute(
        update(Event).where(Event.source_id == source.id).values(source_id=None)
    )
    db.session.delete(source)
    db.session.flush()


def claim_due(now: datetime) -> list[tuple[int, str]]:
    """Give the feeds whose hour is over; by the time it is read, it is another's turn."""
    due = select(CalendarSource).where(
        CalendarSource.url.is_not(None), CalendarSource.read_at <= now - EVERY
    )
    claimed = []
    for source in db.session.scalars(due.order_by(CalendarSource.read_at)).all():
        source.read_at = now
        claimed.append((source.id, source.url or ""))
    return claimed


def read_again(source_id: int, url: str, now: datetime) -> None:
    """Read a feed by itself. The database is left alone while the other side answers.

    What went wrong is kept in words; it is tried again in an hour.
    """
    try:
        content, problem = fetching.fetch(url), ""
    except Refusal as refusal:
        content, problem = b"", str(refusal)
    source = db.session.get(CalendarSource, source_id)
    if source is None:
        return
    lock(source.space)
    lock(source)
    if not problem:
        try:
            comparison = compare(source, content, now)
        except Refusal as refusal:
            problem = str(refusal)
        else:
            problem = _take_in_alone(source, comparison, content, now)
    source.problem = problem


def _take_in_alone(
    source: CalendarSource, comparison: Comparison, content: bytes, now: datetime
) -> str:
    """Do what needs nobody's yes, and say what does."""
    _take_in(source, comparison, None, now)
    if not comparison.looks_like_a_mistake:
        _call_off(comparison.gone, None, now)
        source.pending = None
        return ""
    source.pending = calendar_reading.as_text(content)
    gone = len(comparison.gone)
    events = "an event that was" if gone == 1 else f"{gone} events that were"
    return (
        f"The calendar no longer has {events} to come, and hardly any other. Nothing was "
        "cancelled: look whether that is so."
    )


def _take_in(
    source: CalendarSource, comparison: Comparison, by: Member | None, now: datetime
) -> None:
    known = [*comparison.same, *comparison.called_off, *comparison.gone]
    lock_all([*known, *(change.event for change in comparison.changed)])
    for incoming in comparison.new:
        plan = plans.Plan(
            **_planned(incoming, FIELDS, source.space), group=source.group
        )
        status = EventStatus.PUBLISHED if source.publishes else EventStatus.DRAFT
        editing.add(
            source.space,
            plan,
            by,
            now,
            "imported",
            status=status,
            source_id=source.id,
            source_uid=incoming.uid,
        )
    for change in comparison.changed:
        values = _planned(change.incoming, change.fields, source.space)
        plan = replace(plans.of(change.event), **values)
        editing.apply(change.event, plan, by, now)
    _call_off(comparison.called_off, by, now)
    for event in [*comparison.same, *(change.event for change in comparison.changed)]:
        event.source_id = source.id


def _planned(incoming: Incoming, fields: Iterable[str], space: Space) -> dict[str, Any]:
    """What a plan says of it: its times are those on the wall."""
    values = {field: getattr(incoming, field) for field in fields}
    for field in TIMES & values.keys():
        values[field] = clock.on_the_wall(values[field], space.zone)
    return values


def _call_off(events: Iterable[Event], by: Member | None, now: datetime) -> None:
    for event in events:
        if event.status is EventStatus.DRAFT:
            standing.delete(event)
        else:
            standing.cancel(event, "", by, now)

"""A space shows as its own what is kept in a calendar elsewhere.

What is read is laid beside what there is, and that is looked at before it is done. Later
it is read by itself, hour by hour; then nothing is called off that looks like a mistake.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

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
    Change,
    Comparison,
    compare,
)
from matchmaker.services.events.calendars.calendar_reading import (
    Incoming,
    LeftOut,
    Reading,
    understood,
)
from matchmaker.services.events.calendars.recognition import doubt
from matchmaker.services.events.planning import clock, editing, plans, standing

logger = logging.getLogger(__name__)
# What of the last reading is shown on the calendar's page.
MOST_KEPT = 100
UNKEPT = "It cannot be kept: something in it is not as it should be."
EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Due:
    """A feed whose hour is over, with all that is needed to read it."""

    source_id: int
    url: str
    zone: ZoneInfo


def propose(
    space: Space,
    told: str,
    now: datetime,
    *,
    url: str | None = None,
    name: str = "",
    group: Group | None = None,
    publishes: bool = False,
) -> CalendarSource:
    """Lay by what was read, for somebody to look at what would come of it.

    A file that goes on with one that is here is that one's, and not another.
    """
    reading = understood(told, space.zone)
    if url is not None:
        url = check_address(space, url)
    elif (known := _goes_on_with(space, reading, now)) is not None:
        known.pending = told
        return known
    host = urlsplit(url).hostname if url else ""
    source = CalendarSource(
        space=space,
        group=group,
        name=(name.strip() or reading.name or host or "A file")[:80],
        url=url,
        publishes=publishes,
        made_at=now,
        pending=told,
    )
    db.session.add(source)
    db.session.flush()
    return source


def _goes_on_with(
    space: Space, reading: Reading, now: datetime
) -> CalendarSource | None:
    """The file that was read before and has nothing to come that is not in this one."""
    files = select(CalendarSource).where(
        CalendarSource.space_id == space.id, CalendarSource.url.is_(None)
    )
    for source in db.session.scalars(files.order_by(CalendarSource.id)):
        waits = source.pending and understood(source.pending, space.zone)
        if waits and waits.events == reading.events:
            return source
        if source.read_at is None:
            continue
        found = compare(source, reading, now)
        mine = [*found.same, *(change.event for change in found.changed)]
        if reading.is_whole:
            goes_on = not (found.gone or found.called_off)
        else:  # a message about some of what is in a file
            goes_on, mine = not found.new, [*mine, *found.called_off]
        if goes_on and any(event.source_id == source.id for event in mine):
            return source
    return None


def propose_again(source: CalendarSource, told: str) -> None:
    """Lay by what the calendar is now, to be looked at."""
    source.pending = told


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
    reading = understood(source.pending, source.space.zone)
    return compare(source, reading, now, viewer)


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


def claim_due(now: datetime) -> list[Due]:
    """Give the feeds whose hour is over; by the time it is read, it is another's turn."""
    due = select(CalendarSource).where(
        CalendarSource.url.is_not(None), CalendarSource.read_at <= now - EVERY
    )
    claimed = []
    for source in db.session.scalars(due.order_by(CalendarSource.read_at)).all():
        source.read_at = now
        claimed.append(Due(source.id, source.url or "", source.space.zone))
    return claimed


def read_again(due: Due, now: datetime) -> None:
    """Read a feed by itself. The database is left alone while it is fetched and read.

    What went wrong is kept in words; it is tried again in an hour.
    """
    told, problem = "", ""
    try:
        told = calendar_reading.read(fetching.fetch(due.url), due.zone, now)
    except Refusal as refusal:
        problem = str(refusal)
    source = db.session.get(CalendarSource, due.source_id)
    if source is None:
        return
    lock(source.space)
    lock(source)
    source.problem = problem or _take_in_alone(source, told, now)


def _take_in_alone(source: CalendarSource, told: str, now: datetime) -> str:
    """Do what needs nobody's yes; say why somebody has to look, and then do nothing."""
    comparison = compare(source, understood(told, source.space.zone), now)
    doubts = doubt(comparison)
    if doubts:
        source.pending = told
    else:
        _take_in(source, comparison, None, now)
        source.pending = None
    return doubts


def _take_in(
    source: CalendarSource, comparison: Comparison, by: Member | None, now: datetime
) -> None:
    """Do all of it, each by itself: one that fails is left out and the others come."""
    changed = [change.event for change in comparison.changed]
    goes = [*comparison.called_off, *comparison.gone]
    lock_all([*comparison.same, *changed, *goes])
    left_out = [*comparison.left_out]

    def tried(title: str, deed: Callable[[], object]) -> None:
        try:
            with db.session.begin_nested():
                deed()
        except OperationalError:
            raise
        except (Refusal, SQLAlchemyError, ValueError) as error:
            if not isinstance(error, Refusal):
                logger.exception("An entry of calendar %s cannot be kept.", source.id)
            why = str(error) if isinstance(error, Refusal) else UNKEPT
            left_out.append(LeftOut(title, why))

    for event, uid in comparison.renamed.items():
        event.source_uid = uid
    for incoming in comparison.new:
        tried(incoming.title, partial(_add, source, incoming, by, now))
    for change in comparison.changed:
        tried(change.incoming.title, partial(_change, change, by, now))
    for event in goes:
        tried(event.title, partial(_call_off, event, by, now))
    for event in [*comparison.same, *changed]:
        event.source_id = source.id
    source.left_out = [[one.title, one.why] for one in left_out[:MOST_KEPT]]
    source.notes = comparison.notes


def _add(
    source: CalendarSource, incoming: Incoming, by: Member | None, now: datetime
) -> None:
    plan = plans.Plan(**_planned(incoming, FIELDS, source.space), group=source.group)
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


def _change(change: Change, by: Member | None, now: datetime) -> None:
    values = _planned(change.incoming, change.fields, change.event.space)
    editing.apply(change.event, replace(plans.of(change.event), **values), by, now)


def _planned(incoming: Incoming, fields: Iterable[str], space: Space) -> dict[str, Any]:
    """What a plan says of it: its times are those on the wall."""
    values = {field: getattr(incoming, field) for field in fields}
    for field in TIMES & values.keys():
        values[field] = clock.on_the_wall(values[field], space.zone)
    return values


def _call_off(event: Event, by: Member | None, now: datetime) -> None:
    if event.status is EventStatus.DRAFT:
        standing.delete(event)
    else:
        standing.cancel(event, "", by, now)

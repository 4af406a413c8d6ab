"""Times as they are on a wall: local, without a zone, and what moment each is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def is_missing(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks, put forward, jump over it."""
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


def moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Say when it is; of two the first, and of a missing one as long after the jump.

    So RFC 5545 has it: where the clocks jump from 2 to 3, half past two is half past
    three.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def moments(
    local_start: datetime, local_end: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Say from when to when: both on the clock, but never the end before the start."""
    start, end = moment(local_start, zone), moment(local_end, zone)
    if end <= start or is_missing(local_start, zone):
        end = start + (local_end - local_start)
    return start, end


def on_the_wall(then: datetime, zone: ZoneInfo) -> datetime:
    return then.astimezone(zone).replace(tzinfo=None)


def next_week(local: datetime, now: datetime) -> datetime:
    """The same weekday and hour in a week, or in the first week that is to come."""
    soonest = now + timedelta(days=1)
    weeks = max(1, -((local - soonest) // timedelta(weeks=1)))
    return local + timedelta(weeks=weeks)

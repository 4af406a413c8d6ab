"""When people who were introduced could meet."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

from matchmaker.models import DayPart

CLOCK = {
    DayPart.MORNING: time(9, 30),
    DayPart.LUNCH: time(12, 30),
    DayPart.AFTERNOON: time(15, 30),
    DayPart.EVENING: time(18, 0),
}
NOTICE = timedelta(days=2)
WORKING_DAYS = range(5)


def times_that_suit(
    preferences: Sequence[frozenset[DayPart]], zone: ZoneInfo, now: datetime
) -> list[datetime]:
    """Propose three times on three working days, in the parts of the day all like.

    No preference means any part. Where nothing suits all of them, lunch is proposed:
    the hour that fewest people have to move work for. The times are in `zone`.
    """
    liked = set(DayPart).intersection(*(parts or set(DayPart) for parts in preferences))
    parts = [part for part in CLOCK if part in liked] or [DayPart.LUNCH]
    first_day = (now.astimezone(zone) + NOTICE).date()
    days = (first_day + timedelta(days=ahead) for ahead in range(7))
    working_days = [day for day in days if day.weekday() in WORKING_DAYS][:3]
    return [
        datetime.combine(day, CLOCK[part], zone)
        for day, part in zip(working_days, islice(cycle(parts), 3), strict=True)
    ]

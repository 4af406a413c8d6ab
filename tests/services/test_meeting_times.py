from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models import DayPart
from matchmaker.services.meeting_times import CLOCK, times_that_suit

BERLIN = ZoneInfo("Europe/Berlin")
parts = st.frozensets(st.sampled_from(DayPart))


def test_three_times_that_suit_both():
    morning, lunch = DayPart.MORNING, DayPart.LUNCH
    monday = datetime(2026, 11, 23, 8, tzinfo=UTC)

    times = times_that_suit([{morning, lunch}, {lunch}], BERLIN, monday)

    assert [f"{time:%a %d %H:%M}" for time in times] == [
        "Wed 25 12:30",
        "Thu 26 12:30",
        "Fri 27 12:30",
    ]


def test_a_weekend_is_left_alone():
    thursday = datetime(2026, 11, 26, 8, tzinfo=UTC)

    times = times_that_suit([frozenset()] * 2, BERLIN, thursday)

    assert [time.isoweekday() for time in times] == [1, 2, 3]


@given(
    st.lists(parts, min_size=2, max_size=3),
    st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo", "UTC"]),
)
def test_times_are_three_working_days_at_the_hours_of_the_clock(liked, now, zone):
    times = times_that_suit(liked, ZoneInfo(zone), now)

    assert len({time.date() for time in times}) == 3
    assert all(time.isoweekday() <= 5 for time in times)
    assert all(time > now for time in times)
    assert {time.timetz().replace(tzinfo=None) for time in times} <= {*CLOCK.values()}
    common = set(DayPart).intersection(*(part or set(DayPart) for part in liked))
    if common:
        allowed = {CLOCK[part] for part in common}
        assert {time.timetz().replace(tzinfo=None) for time in times} <= allowed

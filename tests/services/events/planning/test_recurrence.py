from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.refusal import Unfit
from matchmaker.services.events.planning import recurrence, repeats
from matchmaker.services.events.planning.recurrence import MOST
from matchmaker.services.events.planning.repeats import Choice, Repeat

FIRST = datetime(2030, 5, 14, 18, 30)  # the second Tuesday of May
LATEST = datetime(2032, 5, 14)


def times(text, first=FIRST, latest=LATEST):
    return recurrence.times(recurrence.read(text), first, latest)


def days(text, first=FIRST):
    return [f"{time:%d %b}" for time in times(text, first)]


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("FREQ=DAILY;COUNT=3", ["14 May", "15 May", "16 May"]),
        ("RRULE:freq=weekly; count=3", ["14 May", "21 May", "28 May"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", ["14 May", "28 May", "11 Jun"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", ["14 May", "16 May", "21 May"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=3", ["14 May", "11 Jun", "09 Jul"]),
        ("FREQ=MONTHLY;UNTIL=20300714", ["14 May", "14 Jun", "14 Jul"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10;COUNT=2", ["14 May", "14 Jun"]),
        ("FREQ=YEARLY;COUNT=2", ["14 May", "14 May"]),
    ],
)
def test_a_rule_names_its_days(rule, named):
    assert days(rule) == named


def test_the_last_friday_and_the_thirty_first_are_what_they_say():
    assert days("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", datetime(2030, 5, 31, 9)) == [
        "31 May",
        "28 Jun",
        "26 Jul",
    ]
    assert days("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", datetime(2030, 5, 31, 9)) == [
        "31 May",
        "31 Jul",
        "31 Aug",
    ]


rules = st.builds(
    lambda freq, interval, by_day, by_month, by_month_day, week_start, set_pos: (
        ";".join(
            part
            for part in (
                f"FREQ={freq}",
                f"INTERVAL={interval}",
                f"WKST={week_start}",
                by_day and "BYDAY=" + ",".join(by_day),
                by_month and "BYMONTH=" + ",".join(map(str, by_month)),
                by_month_day
                and freq != "WEEKLY"
                and "BYMONTHDAY=" + ",".join(map(str, by_month_day)),
                by_day
                and set_pos
                and freq != "WEEKLY"  # there the other counts from the first day on
                # Of what never comes the other looks through eight thousand years.
                and (freq != "DAILY" or set_pos != 2)
                and f"BYSETPOS={set_pos}",
            )
            if part
        )
    ),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 4),
    st.lists(st.sampled_from(recurrence.WEEKDAYS), max_size=3, unique=True),
    st.lists(st.integers(1, 12), max_size=2, unique=True),
    st.lists(st.integers(1, 28) | st.integers(-28, -1), max_size=2, unique=True),
    st.sampled_from(["MO", "SU", "WE"]),
    st.sampled_from([0, 1, 2, -1]),
)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1)).map(
    lambda time: time.replace(second=0, microsecond=0)
)


def test_there_is_no_second_time_in_a_day():
    rule = recurrence.read("FREQ=DAILY;BYDAY=MO;BYSETPOS=2;COUNT=9")

    assert list(recurrence.without_end(rule, FIRST, LATEST)) == []


@given(rules, starts)
@settings(max_examples=120, deadline=None)
def test_rules_are_read_as_another_library_reads_them(text, first):
    latest = first + timedelta(days=900)
    rule = recurrence.read(f"{text};COUNT=9")

    ours = list(recurrence.without_end(rule, first, latest))[:9]

    theirs = []
    for time in rrulestr(text, dtstart=first):
        if time > latest or len(theirs) == 9:
            break
        theirs.append(time)
    assert ours == theirs


ordinals = st.builds(
    lambda freq, which, day, month: (
        f"FREQ={freq};BYDAY={which}{day}" + (f";BYMONTH={month}" if month else "")
    ),
    st.sampled_from(["MONTHLY", "YEARLY"]),
    st.sampled_from([1, 2, 3, 4, 5, -1, -2]),
    st.sampled_from(recurrence.WEEKDAYS),
    st.sampled_from([0, 2, 7]),
)


@given(ordinals, starts)
@settings(max_examples=150, deadline=None)
def test_the_nth_weekday_is_read_as_another_library_reads_it(text, first):
    latest = first + timedelta(days=900)
    rule = recurrence.read(f"{text};COUNT=9")

    ours = list(recurrence.without_end(rule, first, latest))

    theirs = list(rrulestr(f"{text};UNTIL={latest:%Y%m%dT%H%M%S}", dtstart=first))
    assert ours == theirs


@given(rules)
def test_a_rule_written_down_is_read_as_the_same(text):
    rule = recurrence.read(f"{text};COUNT=9")

    assert recurrence.read(str(rule)) == rule


# What is refused, and where


@pytest.mark.parametrize(
    ("rule", "field", "why"),
    [
        ("", "rule", "how often"),
        ("FREQ=WEEKLY", "count", "Say when it ends"),
        ("FREQ=SECONDLY;COUNT=5", "rule", "once a day at most"),
        ("FREQ=MINUTELY;COUNT=5", "rule", "once a day at most"),
        ("FREQ=HOURLY;COUNT=5", "rule", "once a day at most"),
        ("FREQ=DAILY;BYHOUR=9,10;COUNT=5", "rule", "do not know BYHOUR"),
        ("COUNT=5", "rule", "does not say how often"),
        ("every tuesday", "rule", "cannot read"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=5", "rule", "cannot read"),
        ("FREQ=WEEKLY;BYDAY=2TU;COUNT=5", "rule", "cannot read"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=5", "rule", "cannot read"),
        ("FREQ=WEEKLY;COUNT=-5", "rule", "cannot read"),
        ("FREQ=WEEKLY;COUNT=99999", "rule", "cannot read"),
        ("FREQ=WEEKLY;COUNT=²", "rule", "cannot read"),
        ("FREQ=WEEKLY;UNTIL=20301345", "rule", "cannot read"),
        ("FREQ=WEEKLY;COUNT=5;COUNT=6", "rule", "cannot read"),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=5", "rule", "BYSETPOS"),
        ("FREQ=WEEKLY;COUNT=5;UNTIL=20300801", "count", "not both"),
        ("FREQ=DAILY;COUNT=121", "count", "more than 120"),
        ("FREQ=DAILY;UNTIL=20310801", "count", "more than 120"),
        ("FREQ=WEEKLY;UNTIL=20330801", "count", "until 14 May 2032 at most"),
        ("FREQ=YEARLY;COUNT=5", "count", "until 14 May 2032 at most"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "count", "2032 at most"),
        ("FREQ=WEEKLY;COUNT=1", "count", "once at most"),
        ("FREQ=WEEKLY;UNTIL=20300515", "count", "once at most"),
        ("FREQ=WEEKLY;BYDAY=TH;COUNT=5", "starts_at", "The first is Thursday 16 May"),
    ],
)
def test_a_rule_that_will_not_do_is_refused_beside_its_field(rule, field, why):
    with pytest.raises(Unfit, match=why) as refused:
        times(rule)

    assert refused.value.field == field


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_whatever_is_typed_is_read_or_refused(text):
    fields = set()
    try:
        recurrence.times(recurrence.read(text), FIRST, LATEST)
    except Unfit as refused:
        fields.add(refused.field)

    assert fields <= {"rule", "count", "starts_at"}


def test_as_many_as_may_be_may_be():
    assert len(times(f"FREQ=DAILY;COUNT={MOST}")) == MOST


# What most people want


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(Repeat.WEEKLY, count=10), "Every week on Tuesday, 10 times"),
        (
            Choice(Repeat.FORTNIGHTLY, {3, 1}, count=4),
            "Every two weeks on Tuesday and Thursday, 4 times",
        ),
        (
            Choice(Repeat.SAME_WEEKDAY, until=datetime(2030, 12, 1).date()),
            "Every month on the second Tuesday, until 1 December 2030",
        ),
        (
            Choice(Repeat.SAME_DAY, count=3),
            "Every month on day 14 of the month, 3 times",
        ),
        (
            Choice(Repeat.OWN, own="FREQ=DAILY;INTERVAL=10", count=3),
            "Every 10 days, 3 times",
        ),
        (
            Choice(Repeat.OWN, own="FREQ=YEARLY;BYMONTH=5;COUNT=2"),
            "By a rule of its own (FREQ=YEARLY;BYMONTH=5), 2 times",
        ),
    ],
)
def test_a_choice_makes_a_rule_that_is_said_in_words(choice, said):
    rule = repeats.rule_of(choice, FIRST)

    assert repeats.words(rule) == said
    assert recurrence.times(rule, FIRST, LATEST)[0] == FIRST


def test_the_last_weekday_is_another_choice_than_the_fifth():
    fifth = datetime(2030, 4, 30, 18)
    with pytest.raises(Unfit, match="no fifth Tuesday"):
        repeats.rule_of(Choice(Repeat.SAME_WEEKDAY, count=3), fifth)

    rule = repeats.rule_of(Choice(Repeat.LAST_WEEKDAY, count=3), fifth)

    assert repeats.words(rule) == "Every month on the last Tuesday, 3 times"


def test_a_choice_without_an_end_and_one_with_two_are_refused():
    with pytest.raises(Unfit, match="when it ends"):
        repeats.rule_of(Choice(Repeat.WEEKLY), FIRST)
    both = Choice(Repeat.WEEKLY, count=3, until=datetime(2030, 12, 1).date())
    with pytest.raises(Unfit, match="leave the other"):
        repeats.rule_of(both, FIRST)

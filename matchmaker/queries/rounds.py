"""When rounds are run, and how the latest of them left somebody out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sqlalchemy import Exists, Select, bindparam, exists, select

from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import db
from matchmaker.models import (
    DecisionKind,
    Introduction,
    LeftOut,
    Membership,
    Round,
    RoundDecision,
    Side,
    Space,
    SuggestedLine,
)
from matchmaker.refusal import Refusal

_LONGEST_CADENCE = timedelta(weeks=5)  # one more than a member's may be


@dataclass(frozen=True)
class Run:
    """A week's round, as far as it says when the next one is."""

    made_at: datetime
    introduced_anybody: bool
    with_them: bool  # who asks was introduced


@dataclass(frozen=True)
class Schedule:
    """When the next round is run, and how this week's went, if it was."""

    next_start: datetime
    next_week: str  # the ISO week of the next round
    this_week: Run | None


@dataclass(frozen=True)
class Left:
    """How the latest round left somebody out."""

    why: UnmatchedReason
    suggestions: list[SuggestedLine]  # what suits most others first
    introduced_others: bool


def this_week(space: Space, now: datetime) -> str:
    """Name the ISO week on the space's own clock."""
    year, week, _ = now.astimezone(space.zone).isocalendar()
    return f"{year}-W{week:02}"


def monday_of(week: str) -> date:
    """Give the Monday of a week such as 2026-W48, or refuse what is no week."""
    match = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)  # type: ignore[index]
    except (TypeError, ValueError):
        raise Refusal(
            f"{week} is not a week. Write it as year and ISO week, such as 2026-W48."
        ) from None


def due(now: datetime) -> list[tuple[Space, str]]:
    """Find the spaces whose round is due, and its week."""
    spaces = db.session.scalars(select(Space).order_by(Space.id))
    weeks = [(space, _week_due(space, now, _runs(space, now))) for space in spaces]
    return [
        (space, week)
        for space, week in weeks
        if week and (not space.waits_for_approval or is_approved(space, week))
    ]


def is_approved(space: Space, week: str) -> bool:
    """Whether an organiser has said that a week's round may run."""
    approved = select(RoundDecision.id).where(
        RoundDecision.space_id == space.id,
        RoundDecision.week == week,
        RoundDecision.kind == DecisionKind.APPROVED,
        RoundDecision.undone_at.is_(None),
    )
    return db.session.scalars(approved).first() is not None


def _week_due(space: Space, now: datetime, runs: dict[str, Run]) -> str | None:
    """Return the week whose round is due, also where the worker was down at its hour.

    A round that introduced nobody is tried again at the next hour that there is one.
    What was before the space was made is no hour of its.
    """
    day = now.astimezone(space.zone).date()
    if now < _hour_of(space, day):
        day -= timedelta(days=1)
    hour = _hour_of(space, day)
    if day.isoweekday() not in _weekdays(space) or hour < space.made_at:
        return None
    week = this_week(space, hour)
    latest = runs.get(week)
    if latest and (latest.introduced_anybody or latest.made_at >= hour):
        return None
    return week


def _weekdays(space: Space) -> range:
    """Return the days of a week on which its round may be run: the space's own day, and
    as long as nobody was introduced those after it, but for the eve of the next."""
    return range(space.round_weekday, min(space.round_weekday + 6, 8))


def starts_at(space: Space, week: str) -> datetime:
    """Say when a week's round is run: at an hour of the space's own clock."""
    day = monday_of(week) + timedelta(days=space.round_weekday - 1)
    return _hour_of(space, day)


def _hour_of(space: Space, day: date) -> datetime:
    local = datetime(day.year, day.month, day.day, space.round_hour, tzinfo=space.zone)
    return local.astimezone(UTC)


def schedule(space: Space, now: datetime) -> Schedule:
    """Say when the next round is run, and how this week's went, if it was."""
    runs = _runs(space, now)
    start, week = next(_starts(space, now, runs))
    return Schedule(start.astimezone(space.zone), week, runs.get(this_week(space, now)))


def next_start(space: Space, now: datetime) -> datetime:
    """Say when the next round is run, on the space's own clock; `now` if it is due."""
    return schedule(space, now).next_start


def next_start_for(membership: Membership, now: datetime) -> datetime:
    """Say when the next round is run in which a member's turn comes."""
    space = membership.space
    runs = _runs(space, now, membership.member_id)
    introduced_in = max(
        (week for week, run in runs.items() if run.with_them), default=None
    )
    return next(
        start
        for start, week in _starts(space, now, runs)
        if not rounds_until_due(membership, week, introduced_in)
    ).astimezone(space.zone)


def _starts(
    space: Space, now: datetime, runs: dict[str, Run]
) -> Iterator[tuple[datetime, str]]:
    """Yield when rounds are run from now on, and their weeks, were nobody introduced."""
    if week := _week_due(space, now, runs):
        yield now, week
    day = now.astimezone(space.zone).date()
    monday = day - timedelta(days=day.weekday())
    while True:
        week = f"{monday:%G-W%V}"
        found = runs.get(week)
        for weekday in () if found and found.introduced_anybody else _weekdays(space):
            hour = _hour_of(space, monday + timedelta(days=weekday - 1))
            if hour > now:
                yield hour, week
        monday += timedelta(weeks=1)


def rounds_until_due(membership: Membership, week: str, last: str | None) -> int:
    """Return for how many rounds it isn't a member's turn yet; `last` is the week in which
    they were last introduced."""
    if last is None:
        return 0
    since = (monday_of(week) - monday_of(last)).days // 7
    return max(membership.cadence_weeks - since, 0) if since >= 0 else 0


def left_out_lately(membership: Membership, now: datetime) -> Left | None:
    """Return how the space's latest round left a member out, if it did and was lately."""
    row = db.session.execute(
        _left_out(),
        {
            "space": membership.space_id,
            "member": membership.member_id,
            "since": now - timedelta(weeks=1),
        },
    ).one_or_none()
    return Left(*row) if row else None


def find(space: Space, week: str) -> Round | None:
    """The space's own round of a week; events have theirs beside it."""
    return db.session.scalar(
        select(Round).where(
            Round.space_id == space.id, Round.week == week, Round.event_id.is_(None)
        )
    )


def _runs(space: Space, now: datetime, member_id: int = 0) -> dict[str, Run]:
    """The space's own rounds by week, as far back as they decide whose turn it is."""
    since = this_week(space, now - _LONGEST_CADENCE)
    known = {"space": space.id, "since": since, "member": member_id}
    rows = db.session.execute(_since(), known)
    return {week: Run(at, anybody, them) for week, at, anybody, them in rows}


# Built once: the first page and the organiser's ask them each time.


@cache
def _since() -> Select[str, datetime, bool, bool]:
    with_them = exists(
        select(Side.member_id)
        .join(Introduction, Introduction.id == Side.introduction_id)
        .where(Introduction.round_id == Round.id, Side.member_id == bindparam("member"))
        .correlate(Round)
    )
    return select(Round.week, Round.made_at, _introduced_anybody(), with_them).where(
        Round.space_id == bindparam("space"),
        Round.event_id.is_(None),
        Round.week >= bindparam("since"),
    )


@cache
def _left_out() -> Select[UnmatchedReason, list[SuggestedLine], bool]:
    latest = (
        select(Round.id)
        .where(Round.space_id == bindparam("space"), Round.event_id.is_(None))
        .order_by(Round.week.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(LeftOut.why, LeftOut.suggestions, _introduced_anybody())
        .join(Round, Round.id == LeftOut.round_id)
        .where(
            LeftOut.round_id == latest,
            LeftOut.member_id == bindparam("member"),
            Round.made_at > bindparam("since", type_=Round.made_at.type),
        )
    )


def _introduced_anybody() -> Exists:
    return exists().where(Introduction.round_id == Round.id)

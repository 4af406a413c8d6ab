"""Which times the rule of a series names, and where they go when one of them is moved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail.wording import day_words
from matchmaker.models import Event, Series
from matchmaker.refusal import Unfit
from matchmaker.services.events.planning import clock, plans, recurrence, repeats
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.planning.recurrence import Rule


@dataclass(frozen=True)
class Moved:
    """The rule from here on, and where the times go that it named, if they do."""

    rule: Rule
    goes: dict[datetime, datetime]


def rule_of(series: Series) -> Rule:
    return recurrence.read(series.rule)


def named(event: Event) -> datetime:
    """The time that the rule names for an event of a series."""
    return event.rule_time or event.starts_at


def all_of(series: Series) -> list[Event]:
    """In the order of the rule, wherever one has been moved."""
    query = select(Event).where(Event.series_id == series.id)
    return list(db.session.scalars(query.order_by(Event.rule_time, Event.id)))


def moved(
    series: Series, event: Event, others: list[Event], plan: Plan, now: datetime
) -> Moved:
    """Where the rule's times go, from the first that is changed on."""
    zone = series.zone
    first = min(map(named, [event, *others]))
    times = list(_named_from(series, first))
    rule = replace(rule_of(series), count=len(times), until=None)
    if plan.starts_at == plans.of(event).starts_at:
        return Moved(rule, {})
    ours = (time_ for time_ in times if clock.moment(time_, zone) == named(event))
    at = next(ours, None)
    if at is None:
        raise repeats.too_much_of_its_own()
    rule = repeats.moved(rule, at, plan.starts_at, len(times))
    goes = repeats.times_moved(rule, times, at, plan.starts_at)
    if clock.moment(goes[0], zone) <= now or clock.is_missing(goes[0], zone):
        raise Unfit(
            "starts_at",
            f"The first of them would be on {day_words(goes[0])}, "
            f"{goes[0]:%H:%M}, and that cannot be any more. Change this and the "
            "following, from one that is later.",
        )
    moments = (clock.moment(time_, zone) for time_ in times)
    return Moved(rule, dict(zip(moments, goes, strict=True)))


def _named_from(series: Series, first: datetime) -> Iterator[datetime]:
    """The times that the rule names from a moment on, to the last that there is."""
    zone = series.zone
    starts, last = series.starts_at, max(map(named, all_of(series)))
    latest = clock.on_the_wall(last, zone)
    for time_ in recurrence.without_end(
        rule_of(series), clock.on_the_wall(starts, zone), latest
    ):
        if clock.moment(time_, zone) >= first:
            yield time_

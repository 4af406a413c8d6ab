"""Events that recur: made by a rule, changed one by one, from one on, or all."""

import enum
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from matchmaker.extensions import db, lock, lock_all
from matchmaker.mail.wording import day_words
from matchmaker.models import Event, EventStatus, Member, Series, Space
from matchmaker.refusal import Refusal, Unfit
from matchmaker.services.events.planning import (
    clock,
    editing,
    pictures,
    plans,
    recurrence,
    standing,
)
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.planning.recurrence import MOST, Rule
from matchmaker.services.events.planning.series_times import (
    Moved,
    all_of,
    moved,
    named,
    rule_of,
)


class Scope(enum.Enum):
    """Of a series' events: which a change is for."""

    ONE = "one"
    FOLLOWING = "following"  # this one and those after it
    ALL = "all"  # all that are to come


@dataclass(frozen=True)
class Made:
    """A series' events that are new, and those that no clock shows at the rule's hour."""

    series: Series
    events: list[Event]
    moved: list[datetime]  # as the rule names them, on the wall

    @property
    def sentence(self) -> str:
        """Say which begin at another hour than the rule names; "" where none does."""
        sentences = []
        for local in self.moved:
            begins = clock.on_the_wall(
                clock.moment(local, self.series.zone), self.series.zone
            )
            sentences.append(
                f"On {day_words(local)} the clocks are put forward and there is no "
                f"{local:%H:%M}: that one begins at {begins:%H:%M}."
            )
        return " ".join(sentences)


def make(space: Space, plan: Plan, rule: Rule, by: Member, now: datetime) -> Made:
    """Make a draft for each time that the rule names."""
    plan = editing.hosted(plan, space, by)
    plans.check(plan, space, now)
    editing.check_group(space, plan, by)
    times = _times(space, plan, rule, now)
    made_before = _made_a_moment_ago(space, plan, rule, now)
    if made_before is not None:
        return Made(made_before, list(made_before.events), [])
    series = _add_series(space, rule, plan.starts_at, now)
    return _add_events(series, plan, times, by, now)


def repeat(event: Event, rule: Rule, by: Member, now: datetime) -> Made:
    """Let an event that there is be the first of a series; the others are like it."""
    lock(event)
    if event.series_id is not None:
        raise Refusal("It is one of a series already. Make that longer instead.")
    if event.is_cancelled or event.starts_at <= now:
        raise Refusal("It is over, or off. Duplicate it, and let the new one repeat.")
    plan = plans.of(event)
    editing.check_group(event.space, plan, by)
    times = _times(event.space, plan, rule, now)
    event.series = _add_series(event.space, rule, plan.starts_at, now)
    event.rule_time = event.starts_at
    db.session.flush()
    made = _add_events(event.series, plan, times[1:], by, now)
    pictures.copy_cover(event, made.events, now)
    if event.is_published:
        for other in made.events:
            standing.publish(other, by, now)
    return made


def edit(event: Event, plan: Plan, scope: Scope, by: Member, now: datetime) -> set[str]:
    """Change one, this and those after it, or all to come.

    What was changed of one alone before stays as it is there. Whatever is over stays.
    """
    if scope is Scope.ONE or event.series is None:
        return editing.edit(event, plan, by, now)
    if event.ends_at <= now:
        raise Refusal(
            "This one is over. Change the following from one that is to come."
        )
    series = event.series
    lock(series)
    others = [e for e in _events(event, scope, now) if e is not event]
    lock_all([event, *others])
    old, local_now = plans.of(event), clock.on_the_wall(now, event.space.zone)
    plan = plans.moved_along(old, plan)
    changed = plans.differences(old, plan)
    times = moved(series, event, others, plan, now)
    editing.edit(event, plan, by, now)
    for other in others:
        of_all = changed - _own(other)
        other_plan = plans.of(other)
        starts_at = other_plan.starts_at
        if "starts_at" in of_all:
            starts_at = times.goes.get(named(other), starts_at)
        carried = plans.carried_over(other_plan, plan, of_all, starts_at, local_now)
        if carried != other_plan:
            _apply_to(other, carried, by, now)
    event.own_fields = sorted({*event.own_fields} - _columns(changed))
    _keep_rule(series, [event, *others], scope, times, now)
    return changed


def share_cover(event: Event, now: datetime) -> None:
    """Give its cover to those of its series that are to come and have none."""
    if event.series is not None:
        to_come = [each for each in all_of(event.series) if each.starts_at > now]
        pictures.copy_cover(event, to_come, now)


def publish(series: Series, by: Member, now: datetime) -> int:
    """Publish every draft that is to come; give how many."""
    drafts = [
        event
        for event in all_of(series)
        if event.status is EventStatus.DRAFT and event.starts_at > now
    ]
    lock_all(drafts)
    for event in drafts:
        standing.publish(event, by, now)
    return len(drafts)


def cancel(event: Event, scope: Scope, words: str, by: Member, now: datetime) -> int:
    """Call off one, this and those after it, or all to come; give how many letters."""
    if scope is Scope.ONE or event.series is None:
        return standing.cancel(event, words, by, now)
    lock(event.series)
    chosen = [e for e in _events(event, scope, now) if not e.is_cancelled]
    lock_all(chosen)
    return sum(standing.cancel(each, words, by, now) for each in chosen)


def extend(series: Series, times: int, by: Member, now: datetime) -> Made:
    """Add as many times after the last, each like the last that was not changed alone."""
    lock(series)
    events = all_of(series)
    if times < 1 or len(events) + times > MOST:
        left = max(0, MOST - len(events))
        raise Unfit(
            "times",
            f"A series has {MOST} times at most; {left} more can be added. Then make a "
            "new one from the last.",
        )
    last = max(map(named, events))
    zone = series.zone
    latest = recurrence.horizon(clock.on_the_wall(now, zone))
    rule, first = rule_of(series), clock.on_the_wall(series.starts_at, zone)
    follow = recurrence.without_end(rule, first, latest)
    to_come = (time_ for time_ in follow if clock.moment(time_, zone) > max(now, last))
    added = list(islice(to_come, times))
    if len(added) < times:
        raise Unfit(
            "times",
            f"A series goes on until {latest.day} {latest:%B %Y} at most. Add "
            f"{len(added) or 'none'} now, and more when the time comes.",
        )
    like = next((e for e in reversed(events) if not e.own_fields), events[-1])
    made = _add_events(series, plans.of(like), added, by, now)
    pictures.copy_cover(like, made.events, now)
    if rule.until:
        longer = replace(rule, until=max(rule.until, added[-1]))
    else:
        longer = replace(rule, count=(rule.count or 0) + times)
    series.rule = str(longer)
    if like.is_published:
        for event in made.events:
            standing.publish(event, by, now)
    return made


def _times(space: Space, plan: Plan, rule: Rule, now: datetime) -> list[datetime]:
    latest = recurrence.horizon(clock.on_the_wall(now, space.zone))
    return recurrence.times(rule, plan.starts_at, latest)


def _add_series(space: Space, rule: Rule, first: datetime, now: datetime) -> Series:
    series = Series(
        space=space,
        rule=str(rule),
        timezone=space.timezone,
        starts_at=clock.moment(first, space.zone),
        made_at=now,
    )
    db.session.add(series)
    db.session.flush()
    return series


def _add_events(
    series: Series, plan: Plan, times: list[datetime], by: Member, now: datetime
) -> Made:
    zone = series.zone
    events = [
        editing.add(
            series.space,
            plan.at(time_),
            by,
            now,
            series=series,
            rule_time=clock.moment(time_, zone),
        )
        for time_ in times
    ]
    moved = [time_ for time_ in times if clock.is_missing(time_, zone)]
    return Made(series, events, moved)


def _apply_to(event: Event, plan: Plan, by: Member, now: datetime) -> None:
    """Change one of many; what is refused says of which."""
    if event.is_cancelled:
        return
    try:
        editing.apply(event, plan, by, now)
    except Unfit as unfit:
        day = day_words(event.local_start)
        raise Unfit(unfit.field, f"On {day}: {unfit}") from None


def _events(event: Event, scope: Scope, now: datetime) -> list[Event]:
    """Those that a change is for: nothing that is over."""
    assert event.series is not None  # noqa: S101  (asked only of a series' events)
    return [
        each
        for each in all_of(event.series)
        if each is event
        or (each.ends_at > now and (scope is Scope.ALL or named(each) >= named(event)))
    ]


def _keep_rule(
    series: Series, chosen: list[Event], scope: Scope, times: Moved, now: datetime
) -> None:
    """Split the series where this and the following differ now, and move its times."""
    zone = series.zone
    first = min(map(named, chosen))
    earlier = [event for event in all_of(series) if named(event) < first]
    splits = scope is Scope.FOLLOWING and bool(earlier)
    for event in chosen:
        if named(event) in times.goes:
            event.rule_time = clock.moment(times.goes[named(event)], zone)
    starts_at = series.starts_at
    if times.goes:
        starts_at = clock.moment(min(times.goes.values()), zone)
    if splits:
        later = _add_series(
            series.space, times.rule, clock.on_the_wall(starts_at, zone), now
        )
        later.split_from_id = series.first_id
        for event in chosen:
            event.series = later
        series.rule = str(replace(rule_of(series), count=len(earlier), until=None))
    elif times.goes:
        series.rule, series.starts_at = str(times.rule), starts_at
    db.session.flush()


def _own(event: Event) -> set[str]:
    """What of the plan was changed of this event alone."""
    own = set(event.own_fields)
    return own | ({"group"} if "group_id" in own else set())


def _columns(changed: set[str]) -> set[str]:
    return {"group_id" if name == "group" else name for name in changed}


def _made_a_moment_ago(
    space: Space, plan: Plan, rule: Rule, now: datetime
) -> Series | None:
    lock(space)
    return db.session.scalar(
        select(Series)
        .join(Event)
        .where(
            Series.space_id == space.id,
            Series.rule == str(rule),
            Series.starts_at == clock.moment(plan.starts_at, space.zone),
            Series.made_at > now - editing.DOUBLE_PRESS,
            Event.title == plan.title,
        )
        .limit(1)
    )

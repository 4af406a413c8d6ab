"""What is on at a space, and what of it suits the one who looks."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from matchmaker.models import Event, Group, Member, Space
from matchmaker.queries import agenda
from matchmaker.queries.agenda import (
    PAGE,
    Entry,
    Filters,
    Page,
    Said,
    is_run_by,
    next_of_each_group,
    passing,
    with_public_events,
)
from matchmaker.services.events import suits
from matchmaker.services.events.suits import Taste

__all__ = [
    "Entry",
    "Filters",
    "is_run_by",
    "next_of_each_group",
    "with_public_events",
]

FIRST_YEAR, LAST_YEAR = 2000, 2099  # of the months that can be looked at
_WITHOUT_END = 10_000


@dataclass(frozen=True)
class Day:
    """A day of a month's grid, and what happens on it."""

    date: date
    is_in_month: bool
    entries: list[Entry]


@dataclass(frozen=True)
class ComingUp:
    """What the front page says of events: one's own, and what may suit one."""

    mine: list[Entry]
    suiting: list[Entry]
    is_anything_on: bool


def upcoming(
    viewer: Member,
    space: Space,
    now: datetime,
    filters: Filters | None = None,
    page: int = 1,
    *,
    suiting_first: bool = False,
) -> Page:
    """What has not ended, soonest first; or what suits the viewer best before the rest."""
    which = {"space": space.id, "to_come": True, **passing(filters)}
    if not suiting_first:
        return _explained(agenda.page(viewer, now, which, page), viewer, now)
    best = [id_ for id_, _ in _best_first(viewer, agenda.said(viewer, now, which))]
    first = (page - 1) * PAGE
    entries = agenda.in_this_order(viewer, now, best[first : first + PAGE])
    found = Page(entries, page, len(best) > first + PAGE)
    return _explained(found, viewer, now)


def past(
    viewer: Member,
    space: Space,
    now: datetime,
    filters: Filters | None = None,
    page: int = 1,
) -> Page:
    """What is over and took place, the latest first."""
    which = {"space": space.id, "past": True, **passing(filters)}
    return agenda.page(viewer, now, which, page, latest_first=True)


def public(
    viewer: Member | None, space: Space, now: datetime, page: int = 1, size: int = PAGE
) -> Page:
    """What anybody may come to see; somebody signed in sees nobody they are parted from."""
    which = {"space": space.id, "public": True}
    found = agenda.page(viewer, now, which, page, size)
    return _explained(found, viewer, now) if viewer else found


def month(
    viewer: Member,
    space: Space,
    first: date,
    now: datetime,
    filters: Filters | None = None,
) -> list[list[Day]]:
    """The weeks of the month that begins on `first`, from Monday; whole weeks.

    An event stands on each day that it touches on the space's own clock.
    """
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    opens = _midnight(space, weeks[0][0])
    closes = _midnight(space, weeks[-1][-1] + timedelta(days=1))
    which = {
        "space": space.id,
        "begins_before": closes,
        "ends_after": opens,
        **passing(filters),
    }
    found = agenda.page(viewer, now, which, size=_WITHOUT_END)
    on: dict[date, list[Entry]] = defaultdict(list)
    for entry in _explained(found, viewer, now).entries:
        for day in days_of(entry.event):
            on[day].append(entry)
    return [
        [Day(day, day.month == first.month, on.get(day, [])) for day in week]
        for week in weeks
    ]


def days_of(event: Event) -> list[date]:
    """The days it touches on the space's clock; one that ends at midnight ends before."""
    first = event.local_start.date()
    last_moment = event.ends_at - timedelta(microseconds=1)
    last = last_moment.astimezone(event.space.zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def coming_up(viewer: Member, space: Space, now: datetime) -> ComingUp:
    said = agenda.said(viewer, now, {"space": space.id, "to_come": True})
    mine = [event.id for event in said if event.is_mine][:3]
    others = [event for event in said if event.may_suit and not event.is_mine]
    best = [id_ for id_, weight in _best_first(viewer, others) if weight][:2]
    entries = agenda.in_this_order(viewer, now, mine + best)
    page = _explained(Page(entries, 1, has_more=False), viewer, now)
    return ComingUp(
        [entry for entry in page.entries if entry.event.id in mine],
        [entry for entry in page.entries if entry.event.id in best],
        is_anything_on=bool(mine or others),
    )


def in_order(
    viewer: Member,
    now: datetime,
    limit: int,
    *,
    after: tuple[datetime, int] | None = None,
    space: str | None = None,
    group: str | None = None,
    answered: bool = False,
) -> tuple[list[Entry], bool]:
    """What has not ended in any space, soonest first, and whether there is more.

    `after` is where the last look ended, as a beginning and a number: so nothing is left
    out or comes twice when something ends between two looks. `space` and `group` go by
    their slugs; `answered` are those of which the viewer has said whether they come.
    """
    which: dict[str, Any] = {"to_come": True}
    if after is not None:
        which |= {"after_start": after[0], "after_id": after[1]}
    if space is not None:
        which["space_slug"] = space
    if group is not None:
        which["group_slug"] = group
    if answered:
        which["answered"] = True
    found = agenda.page(viewer, now, which, size=limit)
    return found.entries, found.has_more


def of_group(
    viewer: Member, group: Group, now: datetime, limit: int = PAGE
) -> tuple[list[Entry], list[Entry]]:
    """The group's events that the viewer may see: those to come, and the latest past."""
    filters = Filters(group=group)
    to_come = upcoming(viewer, group.space, now, filters).entries
    return to_come[:limit], past(viewer, group.space, now, filters).entries[:limit]


def _best_first(viewer: Member, events: Iterable[Said]) -> list[tuple[int, int]]:
    """The numbers of events and how well each suits the viewer; the soonest of equals."""
    taste = Taste.of(viewer.profile)
    weights = [
        (said.id, suits.weight(taste.reasons(said.title, said.description)))
        for said in events
    ]
    return sorted(weights, key=lambda each: -each[1])


def _explained(page: Page, viewer: Member, now: datetime) -> Page:
    """Say of what has not ended why it suits the viewer."""
    if not page.entries:
        return page
    taste = Taste.of(viewer.profile)
    entries = [
        replace(entry, reasons=tuple(_reasons(taste, entry.event)))
        if entry.event.ends_at > now
        else entry
        for entry in page.entries
    ]
    return replace(page, entries=entries)


def _reasons(taste: Taste, event: Event) -> Sequence[agenda.Reason]:
    return taste.reasons(event.title, event.description)


def _midnight(space: Space, day: date) -> datetime:
    return datetime.combine(day, time.min, space.zone).astimezone(UTC)

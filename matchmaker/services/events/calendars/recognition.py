"""The same event under another name, and a reading that may be the calendar's fault.

A calendar may name everything anew each time that it is read, or what was edited.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from matchmaker.models import Event
from matchmaker.services.events.calendars.calendar_reading import Incoming
from matchmaker.services.events.planning.editing import ARRANGEMENTS

if TYPE_CHECKING:
    from matchmaker.services.events.calendars.calendar_comparison import Comparison

# So few may go, or move, at once without anybody being asked.
FEW = 3

_T = TypeVar("_T", Event, Incoming)
_Likeness = Callable[[Event | Incoming], Hashable]
# From the surest to the least.
_LIKENESSES: tuple[_Likeness, ...] = (
    lambda event: (event.starts_at, plain(event.title), plain(event.place)),
    lambda event: (event.starts_at, plain(event.title)),
    lambda event: (event.starts_at.date(), plain(event.title), plain(event.place)),
    lambda event: (plain(event.title), plain(event.place)),
)

_AT_ANOTHER_TIME = _LIKENESSES[2:]


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def recognise(
    new: Iterable[Incoming], lost: Iterable[Event], now: datetime
) -> dict[str, Event]:
    """Return which events a calendar has under another name now, by that name.

    By title, time and place, and where one of these was changed by the others. Where
    several are alike to several, it is told which is which only where all is the same.
    What has begun is not at another time any more.
    """
    found: dict[str, Event] = {}
    strangers, missing = list(new), list(lost)
    for number, likeness in enumerate(_LIKENESSES):
        if likeness in _AT_ANOTHER_TIME:
            missing = [event for event in missing if event.starts_at > now]
        events = _grouped(missing, likeness)
        for key, alike in _grouped(strangers, likeness).items():
            candidates = events.get(key, [])
            if number == 0 or len(alike) == len(candidates) == 1:
                pairs = zip(alike, candidates, strict=False)
                found |= {incoming.uid: event for incoming, event in pairs}
        strangers = [one for one in strangers if one.uid not in found]
        missing = [event for event in missing if event not in found.values()]
    return found


def doubt(comparison: "Comparison") -> str:
    """Say why somebody should look before anything is done; nothing where none need.

    Once events are called off or moved, those going have it in writing.
    """
    gone, new = comparison.gone, comparison.new
    kept = [event for event in comparison.same if not event.is_cancelled]
    staying = len(kept) + len(comparison.changed)
    all_go = bool(gone) and not staying
    many_go = len(gone) > FEW and 4 * len(gone) >= len(gone) + staying
    are_replaced = 1 < len(gone) <= len(new)
    starts = {event.starts_at for event in gone}
    one_is_renamed = any(incoming.starts_at in starts for incoming in new)
    if all_go or many_go or are_replaced or one_is_renamed:
        events = (
            "an event that was" if len(gone) == 1 else f"{len(gone)} events that were"
        )
        others = f", and {len(new)} new" if new else ""
        return (
            f"The calendar no longer has {events} to come{others}. Nothing was changed: "
            "look whether that is so."
        )
    moved = [one for one in comparison.changed if ARRANGEMENTS & {*one.fields}]
    if len(moved) > FEW and 4 * len(moved) >= 3 * staying:
        return (
            f"In the calendar {len(moved)} events have another time or place at once. "
            "Nothing was changed: look whether that is so."
        )
    return ""


def _grouped(events: list[_T], likeness: _Likeness) -> dict[Hashable, list[_T]]:
    groups: dict[Hashable, list[_T]] = {}
    for event in events:
        groups.setdefault(likeness(event), []).append(event)
    return groups

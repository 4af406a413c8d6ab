"""When and where an event is, in words; and what those who come were told of it before."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from matchmaker.mail.wording import day_words, days_words
from matchmaker.models import Event, Venue


@dataclass(frozen=True)
class Arrangements:
    """When and where an event is: what those who come were told."""

    starts_at: datetime
    ends_at: datetime
    venue: Venue
    place: str
    online_url: str
    # How it is said, and no change of when it is.
    is_all_day: bool = field(compare=False)

    def details(self) -> dict[str, Any]:
        """Give them for the row of a letter."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return own | {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "venue": self.venue.value,
        }


def of_event(event: Event) -> Arrangements:
    return Arrangements(
        **{each.name: getattr(event, each.name) for each in fields(Arrangements)}
    )


def of_details(details: dict[str, Any]) -> Arrangements:
    """Read what `Arrangements.details` gave."""
    return Arrangements(
        **details
        | {
            "starts_at": datetime.fromisoformat(details["starts_at"]),
            "ends_at": datetime.fromisoformat(details["ends_at"]),
            "venue": Venue(details["venue"]),
        }
    )


def when_words(when: Event | Arrangements, event: Event) -> str:
    """Thursday 4 December, 09:00 to 11:00; on the space's own clock."""
    zone = event.space.zone
    start, end = when.starts_at.astimezone(zone), when.ends_at.astimezone(zone)
    if when.is_all_day:
        return f"{days_words(start, end - timedelta(days=1))}, all day"
    day = day_words(start)
    if start.date() == end.date():
        return f"{day}, {start:%H:%M} to {end:%H:%M}"
    return f"{day}, {start:%H:%M} to {day_words(end)}, {end:%H:%M}"


def where_words(where: Event | Arrangements) -> str:
    if where.venue is Venue.ONLINE:
        return f"online, {where.place}" if where.place else "online"
    return where.place

"""What a public event says of itself to search engines and where its link is shared."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for

from matchmaker.mail.links import absolute
from matchmaker.mail.names import shortened
from matchmaker.mail.plain_text import plain_text
from matchmaker.models import Event, EventStatus, Picture, Venue, Visibility
from matchmaker.names import one_line

LONGEST_SUMMARY = 200


@dataclass(frozen=True)
class Preview:
    """What a link to the event looks like elsewhere; addresses are absolute."""

    url: str
    summary: str
    image: str | None
    structured: dict[str, Any]  # schema.org/Event


def preview(event: Event) -> Preview | None:
    """Nothing for an event that is not public: its page is for those who open it."""
    if event.visibility is not Visibility.PUBLIC or event.status is EventStatus.DRAFT:
        return None
    url = absolute("events.show", event_id=event.id)
    words = one_line(plain_text(event.description))
    summary = shortened(words or f"At {event.space.name}.", LONGEST_SUMMARY)
    image = _absolute_picture(event.cover)
    return Preview(url, summary, image, _structured(event, url, summary, image))


def picture_address(picture: Picture) -> str:
    """Where a picture is, for whoever is looking at its event."""
    event = picture.event
    key = event.key if event.visibility is Visibility.LINK else None
    return url_for("events.picture", event_id=event.id, picture_id=picture.id, key=key)


def _absolute_picture(picture: Picture | None) -> str | None:
    if picture is None:
        return None
    return absolute("events.picture", event_id=picture.event_id, picture_id=picture.id)


def _structured(
    event: Event, url: str, summary: str, image: str | None
) -> dict[str, Any]:
    """The online link is not in it: it is for those who go."""
    is_online = event.venue is Venue.ONLINE
    schema = "https://schema.org/"
    place: dict[str, Any] = (
        {"@type": "VirtualLocation", "url": url}
        if is_online
        else {
            "@type": "Place",
            "name": event.space.name,
            "address": ", ".join(filter(None, [event.place, event.space.city]))
            or event.space.name,
        }
    )
    said = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": summary,
        "url": url,
        "startDate": _iso(event.local_start, event),
        "endDate": _iso(event.local_end, event, event.last_day),
        "eventStatus": schema
        + ("EventCancelled" if event.is_cancelled else "EventScheduled"),
        "eventAttendanceMode": schema
        + ("OnlineEventAttendanceMode" if is_online else "OfflineEventAttendanceMode"),
        "location": place,
        "organizer": {
            "@type": "Organization",
            "name": event.space.name,
            "url": absolute("memberships.join", slug=event.space.slug),
        },
    }
    return said | ({"image": [image]} if image else {})


def _iso(moment: datetime, event: Event, day: date | None = None) -> str:
    """A moment, or of what lasts all day the day."""
    return (
        (day or moment.date()).isoformat() if event.is_all_day else moment.isoformat()
    )

"""What is said of events: what their pages say, without anybody's name."""

from datetime import datetime
from typing import Any

from matchmaker.blueprints.api.schemas import PLACES
from matchmaker.mail.links import absolute
from matchmaker.models import Event, Group, Member, Rsvp, Space
from matchmaker.queries import event_view
from matchmaker.queries.event_view import Room, Stage
from matchmaker.services.events.agenda import Entry

Said = dict[str, Any]

_BEFORE_IT_BEGINS = {Stage.NOT_YET, Stage.OPEN, Stage.CLOSED}
_STILL_TOLD = {*_BEFORE_IT_BEGINS, Stage.BEGUN}


def listed(entry: Entry) -> Said:
    return _event(entry.event, entry.stage, entry.room, entry.rsvp)


def in_full(event: Event, member: Member, now: datetime) -> Said:
    outlook = event_view.outlook(event, member, now)
    company = outlook.company if outlook.stage in _STILL_TOLD else None
    said = _event(event, outlook.stage, outlook.room, outlook.said)
    return said | {
        "description": event.description,
        "online_url": (event.online_url or None) if outlook.sees_link else None,
        "guests_each": event.guests_each,
        "questions": event.questions,
        "needs_approval": event.needs_approval,
        "others_coming": company.people if company else None,
    }


def of_rsvp(rsvp: Rsvp) -> Said:
    return {
        "status": rsvp.status.value,
        "position": event_view.position(rsvp),
        "offered_until": rsvp.offered_until,
        "guests": rsvp.guests,
        "answers": rsvp.answers,
        "is_shown": rsvp.is_shown,
        "wants_introductions": rsvp.wants_introductions,
        "remind_hours": rsvp.remind_hours,
        "wants_messages": rsvp.wants_messages,
    }


def _event(event: Event, stage: Stage, room: Room, rsvp: Rsvp | None) -> Said:
    return {
        "id": event.id,
        "url": absolute("events.show", event_id=event.id),
        "title": event.title,
        "kind": event.kind.value,
        "space": _named(event.space),
        "group": _named(event.group) if event.group else None,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "is_all_day": event.is_all_day,
        "timezone": event.space.timezone,
        "venue": event.venue.value,
        "place": event.place,
        "stage": stage.value,
        "places": PLACES[room] if stage in _BEFORE_IT_BEGINS else None,
        "my_rsvp": of_rsvp(rsvp) if rsvp else None,
    }


def _named(named: Space | Group) -> Said:
    return {"slug": named.slug, "name": named.name}

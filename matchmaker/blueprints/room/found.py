"""The event that a page of the room is about, as its viewer finds it."""

from flask import Blueprint, abort
from flask_login import current_user
from sqlalchemy import select

from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.models import Event, Rsvp, RsvpStatus
from matchmaker.queries.visibility import events_visible_to

bp = Blueprint("room", __name__, url_prefix="/events/<int:event_id>")


def signed_in() -> bool:
    return bool(current_user.is_authenticated)


def event_or_404(event_id: int) -> Event:
    looking = viewer() if signed_in() else None
    query = select(Event).where(Event.id == event_id, events_visible_to(looking))
    return db.session.scalar(query) or abort(404)


def goes(event: Event) -> bool:
    rsvp = db.session.get(Rsvp, (event.id, viewer().id))
    return rsvp is not None and rsvp.status is RsvpStatus.GOING


def event_i_go_to_or_404(event_id: int) -> tuple[Event, Rsvp]:
    event = event_or_404(event_id)
    if not goes(event):
        abort(404)
    return event, db.session.get_one(Rsvp, (event.id, viewer().id))

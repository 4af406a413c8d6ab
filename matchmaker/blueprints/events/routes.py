"""Events, as those see them who might come."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Event, Rsvp, events_visible_to

bp = Blueprint("events", __name__)


@bp.get("/events/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    event = _event_or_404(event_id)
    return render_template("events/show.html", event=event)


@bp.get("/letters/<token>/event")
def by_letter(token: str) -> ResponseReturnValue:
    rsvp = _rsvp_of_or_404(token)
    return render_template("events/by_letter.html", rsvp=rsvp, event=rsvp.event)


def _event_or_404(event_id: int) -> Event:
    """Find an event as the viewer sees it; one that they may not see does not exist."""
    looking = viewer() if current_user.is_authenticated else None
    query = select(Event).where(Event.id == event_id, events_visible_to(looking))
    return db.session.scalar(query) or abort(404)


def _rsvp_of_or_404(token: str) -> Rsvp:
    subject = links.read(links.Purpose.RSVP, token)
    rsvp = db.session.get(Rsvp, subject) if subject else None
    return rsvp or abort(404)

"""In the room: introductions for an event, its tables, and hours with a mentor."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.models import Event, events_run_by, events_visible_to

bp = Blueprint("room", __name__)


@bp.get("/events/<int:event_id>/room")
@login_required
def console(event_id: int) -> ResponseReturnValue:
    event = _event_i_run_or_404(event_id)
    return render_template("room/console.html", event=event)


@bp.get("/events/<int:event_id>/screen")
def screen(event_id: int) -> ResponseReturnValue:
    event = _event_or_404(event_id)
    return render_template("room/console.html", event=event)


@bp.get("/events/<int:event_id>/here")
@login_required
def mine(event_id: int) -> ResponseReturnValue:
    event = _event_or_404(event_id)
    return render_template("room/console.html", event=event)


@bp.get("/events/<int:event_id>/hours")
@login_required
def slots(event_id: int) -> ResponseReturnValue:
    event = _event_or_404(event_id)
    return render_template("room/console.html", event=event)


def _event_or_404(event_id: int) -> Event:
    looking = viewer() if current_user.is_authenticated else None
    query = select(Event).where(Event.id == event_id, events_visible_to(looking))
    return db.session.scalar(query) or abort(404)


def _event_i_run_or_404(event_id: int) -> Event:
    query = select(Event).where(
        Event.id == event_id, events_visible_to(viewer()), events_run_by(viewer())
    )
    return db.session.scalar(query) or abort(404)

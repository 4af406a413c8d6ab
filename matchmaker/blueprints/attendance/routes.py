"""The page from which one event is run, for those who run it."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Event, events_run_by, events_visible_to

bp = Blueprint(
    "attendance", __name__, url_prefix="/organise/<slug>/events/<int:event_id>"
)


@bp.get("")
@login_required
def show(slug: str, event_id: int) -> ResponseReturnValue:
    event = _my_event_or_404(slug, event_id)
    return render_template("attendance/show.html", event=event)


@bp.get("/message")
@login_required
def message(slug: str, event_id: int) -> ResponseReturnValue:
    event = _my_event_or_404(slug, event_id)
    return render_template("attendance/message.html", event=event)


def _my_event_or_404(slug: str, event_id: int) -> Event:
    """Find an event that the viewer runs; others' do not exist."""
    query = select(Event).where(
        Event.id == event_id,
        Event.space_id == space_or_404(slug).id,
        events_run_by(viewer()),
        events_visible_to(viewer()),
    )
    return db.session.scalar(query) or abort(404)

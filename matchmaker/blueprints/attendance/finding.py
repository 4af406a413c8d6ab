"""The blueprint of those who run events, and what each of its pages looks up first."""

from flask import Blueprint, abort
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Event, Rsvp, events_run_by, events_visible_to
from matchmaker.services.events.running import attendance

bp = Blueprint(
    "attendance", __name__, url_prefix="/organise/<slug>/events/<int:event_id>"
)


@bp.before_request
@login_required
def _signed_in() -> None:
    """Nobody runs an event who has not signed in."""


def event_or_404(slug: str, event_id: int) -> Event:
    """Find an event that the viewer runs; others' do not exist, nor one of somebody
    whom a block parts from them."""
    query = select(Event).where(
        Event.id == event_id,
        Event.space_id == space_or_404(slug).id,
        events_run_by(viewer()),
        events_visible_to(viewer()),
    )
    return db.session.scalar(query) or abort(404)


def rsvp_or_404(event: Event, member_id: int) -> Rsvp:
    return attendance.one(event, viewer(), member_id) or abort(404)

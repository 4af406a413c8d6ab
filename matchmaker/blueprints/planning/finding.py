"""The blueprint of those who make events, and what each of its pages looks up first."""

from flask import Blueprint, abort
from flask_login import login_required
from sqlalchemy import ColumnElement, and_, select

from matchmaker.blueprints.viewer import space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    Space,
    events_run_by,
    events_visible_to,
)
from matchmaker.services.events.planning import editing

bp = Blueprint("planning", __name__, url_prefix="/organise/<slug>")


@bp.before_request
@login_required
def _signed_in() -> None:
    """Nobody plans who has not signed in."""


def planned_by_viewer() -> ColumnElement[bool]:
    """The events that the viewer runs; one with a host parted from them is not there."""
    return and_(events_run_by(viewer()), events_visible_to(viewer()))


def event_or_404(slug: str, event_id: int) -> Event:
    found = select(Event).join(Space, Space.id == Event.space_id)
    query = found.where(Event.id == event_id, Space.slug == slug, planned_by_viewer())
    return db.session.scalar(query) or abort(404)


def may_plan_or_404(slug: str) -> Space:
    """Find a space in which the viewer makes events, or runs one."""
    space = space_or_404(slug)
    if editing.may_make(viewer(), space):
        return space
    runs_one = select(Event.id).where(Event.space_id == space.id, planned_by_viewer())
    return space if db.session.scalar(runs_one.limit(1)) else abort(404)


def organised_or_404(slug: str) -> Space:
    """Find a space that the viewer organises."""
    space = space_or_404(slug)
    return space if viewer().organises(space) else abort(404)

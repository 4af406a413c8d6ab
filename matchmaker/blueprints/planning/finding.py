"""The blueprint of those who make events, and what each of its pages looks up first."""

from flask import Blueprint, abort
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import run_by_viewer, space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import (
    Event,
    Space,
)
from matchmaker.services.events.planning import editing

bp = Blueprint("planning", __name__, url_prefix="/organise/<slug>")


@bp.before_request
@login_required
def _signed_in() -> None:
    """Nobody plans who has not signed in."""


def may_plan_or_404(slug: str) -> Space:
    """Find a space in which the viewer makes events, or runs one."""
    space = space_or_404(slug)
    if editing.may_make(viewer(), space):
        return space
    runs_one = select(Event.id).where(Event.space_id == space.id, run_by_viewer())
    return space if db.session.scalar(runs_one.limit(1)) else abort(404)

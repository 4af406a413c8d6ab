"""The blueprint of those who run events, and what each of its pages looks up first."""

from flask import Blueprint, abort
from flask_login import login_required

from matchmaker.blueprints.viewer import viewer
from matchmaker.models import Event, Rsvp
from matchmaker.services.events.running import attendance

bp = Blueprint(
    "attendance", __name__, url_prefix="/organise/<slug>/events/<int:event_id>"
)


@bp.before_request
@login_required
def _signed_in() -> None:
    """Nobody runs an event who has not signed in."""


def rsvp_or_404(event: Event, member_id: int) -> Rsvp:
    return attendance.one(event, viewer(), member_id) or abort(404)

"""Series: what repeats, all its times, and making it longer."""

from flask import abort
from flask.typing import ResponseReturnValue

from matchmaker.blueprints.planning.finding import bp


@bp.route("/events/<int:event_id>/series", methods=["GET", "POST"])
def series(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)

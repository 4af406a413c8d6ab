"""An event's pictures: its cover, and the album for after it."""

from flask import abort
from flask.typing import ResponseReturnValue

from matchmaker.blueprints.planning.finding import bp


@bp.route("/events/<int:event_id>/pictures", methods=["GET", "POST"])
def pictures(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/pictures/<int:picture_id>")
def change_picture(slug: str, event_id: int, picture_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/pictures/<int:picture_id>/remove")
def remove_picture(slug: str, event_id: int, picture_id: int) -> ResponseReturnValue:
    abort(404)

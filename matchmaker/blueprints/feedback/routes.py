"""After an event: how it was, whom one met, and whom one would like to see again."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required

bp = Blueprint("feedback", __name__)


@bp.get("/events/<int:event_id>/after")
@login_required
def show(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/after")
@login_required
def tell(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.route("/letters/<token>/after", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    abort(404)

"""The door of an event: whoever runs it checks people in, prints badges and tables."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required


bp = Blueprint("door", __name__)


@bp.get("/events/<int:event_id>/door")
@login_required
def show(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.get("/events/<int:event_id>/door/people")
@login_required
def people(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/door/check-in")
@login_required
def check_in(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/door/undo")
@login_required
def undo(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/door/walk-in")
@login_required
def walk_in(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/door/replay")
@login_required
def replay(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.get("/events/<int:event_id>/badges")
@login_required
def badges(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.get("/events/<int:event_id>/tables")
@login_required
def table_plan(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.get("/events/<int:event_id>/code.svg")
@login_required
def code(event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.get("/letters/<token>/code")
def ticket(token: str) -> ResponseReturnValue:
    abort(404)

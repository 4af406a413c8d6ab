"""Groups of a space, as its members see and follow them."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required

bp = Blueprint("groups", __name__)


@bp.get("/groups/")
@login_required
def index() -> ResponseReturnValue:
    abort(404)


@bp.get("/groups/<slug>/<group>")
@login_required
def show(slug: str, group: str) -> ResponseReturnValue:
    abort(404)


@bp.post("/groups/<slug>/<group>/follow")
@login_required
def follow(slug: str, group: str) -> ResponseReturnValue:
    abort(404)


@bp.post("/groups/<slug>/<group>/unfollow")
@login_required
def unfollow(slug: str, group: str) -> ResponseReturnValue:
    abort(404)

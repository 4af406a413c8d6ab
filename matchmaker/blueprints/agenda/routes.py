"""Where people look for events: by day, by month, and on other websites."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required

bp = Blueprint("agenda", __name__)


@bp.get("/events/")
@login_required
def index() -> ResponseReturnValue:
    abort(404)


@bp.get("/events/past")
@login_required
def past() -> ResponseReturnValue:
    abort(404)


@bp.get("/events/month/<year_month>")
@login_required
def month(year_month: str) -> ResponseReturnValue:
    abort(404)


@bp.get("/spaces/<slug>/events")
def public(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.get("/embed/<slug>")
def embed(slug: str) -> ResponseReturnValue:
    abort(404)

"""Making events: the list of them, the form, and what becomes of each."""

from flask import abort
from flask.typing import ResponseReturnValue

from matchmaker.blueprints.planning import groups, pictures, series
from matchmaker.blueprints.planning.finding import bp

__all__ = ["bp", "groups", "pictures", "series"]


@bp.get("/events")
def index(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.post("/events")
def bulk(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.route("/events/new", methods=["GET", "POST"])
def make(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.get("/events/new/hosts")
def suggest_hosts(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
def edit(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/duplicate")
def duplicate(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/publish")
def publish(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.route("/events/<int:event_id>/cancel", methods=["GET", "POST"])
def cancel(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/archive")
def archive(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/unarchive")
def unarchive(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)


@bp.post("/events/<int:event_id>/delete")
def delete(slug: str, event_id: int) -> ResponseReturnValue:
    abort(404)

"""The groups of a space, for those who look after them."""

from flask import abort
from flask.typing import ResponseReturnValue

from matchmaker.blueprints.planning.finding import bp


@bp.route("/groups", methods=["GET", "POST"])
def groups(slug: str) -> ResponseReturnValue:
    abort(404)


@bp.route("/groups/<group>", methods=["GET", "POST"])
def group(slug: str, group: str) -> ResponseReturnValue:
    abort(404)


@bp.post("/groups/<group>/archive")
def archive_group(slug: str, group: str) -> ResponseReturnValue:
    abort(404)


@bp.post("/groups/<group>/unarchive")
def unarchive_group(slug: str, group: str) -> ResponseReturnValue:
    abort(404)

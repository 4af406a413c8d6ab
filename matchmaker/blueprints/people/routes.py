from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.viewer import viewer
from matchmaker.queries import introductions, members

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/<int:id_>")
@login_required
def show(id_: int) -> ResponseReturnValue:
    member = members.find(viewer(), id_) or abort(404)
    return render_template(
        "people/show.html",
        member=member,
        sides=[
            side
            for side in introductions.sides(viewer())
            if member in side.introduction.members and member is not side.member
        ],
    )

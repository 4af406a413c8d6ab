from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.models import Member, Side
from matchmaker.queries.visibility import sides_visible_to, visible_to

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/<int:id_>")
@login_required
def show(id_: int) -> ResponseReturnValue:
    member = _visible_or_404(id_)
    ours = sides_visible_to(viewer()).order_by(Side.introduction_id.desc())
    return render_template(
        "people/show.html",
        member=member,
        sides=[
            side
            for side in db.session.scalars(ours)
            if member in side.introduction.members and member is not side.member
        ],
    )


def _visible_or_404(id_: int) -> Member:
    """Find a member as the viewer sees them; whom they may not see does not exist."""
    query = select(Member).where(Member.id == id_, visible_to(viewer()))
    return db.session.scalar(query) or abort(404)

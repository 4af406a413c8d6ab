"""The mailbox of a demonstration: the letters that would have been sent."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints import policies
from matchmaker.extensions import db, talisman
from matchmaker.mail.message import sender
from matchmaker.models import Letter, LetterStatus

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

_NEWEST = 200
_arrives = Letter.status != LetterStatus.CANCELLED


@bp.get("/")
def index() -> ResponseReturnValue:
    to = request.args.get("to", "")
    newest = (
        select(Letter).where(_arrives).order_by(Letter.made_at.desc(), Letter.id.desc())
    )
    if to:
        newest = newest.where(Letter.to == to)
    letters = db.session.scalars(newest.limit(_NEWEST)).all()
    return render_template("mailbox/index.html", letters=letters, to=to)


@bp.get("/<int:id_>")
def show(id_: int) -> ResponseReturnValue:
    return render_template(
        "mailbox/show.html",
        letter=_letter_or_404(id_),
        sender=sender(),
        as_text=request.args.get("as") == "text",
    )


@bp.get("/<int:id_>/html")
@talisman(content_security_policy=policies.LETTER, frame_options="SAMEORIGIN")
def html(id_: int) -> ResponseReturnValue:
    """The letter itself, in a frame; its links open in place of the whole page."""
    letter = _letter_or_404(id_)
    return letter.html.replace('target="_blank"', 'target="_top"')


@bp.get("/<int:id_>/calendar")
def calendar(id_: int) -> ResponseReturnValue:
    letter = _letter_or_404(id_)
    if not letter.calendar:
        abort(404)
    return (
        letter.calendar,
        200,
        {
            "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
            "Content-Disposition": f"attachment; filename={letter.calendar_name}",
        },
    )


def _letter_or_404(id_: int) -> Letter:
    letter = select(Letter).where(Letter.id == id_, _arrives)
    return db.session.scalar(letter) or abort(404)

"""The mailbox of a demonstration: the letters that would have been sent."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints import policies
from matchmaker.extensions import db, talisman
from matchmaker.mail import sending
from matchmaker.mail.compose import Composed
from matchmaker.mail.message import sender
from matchmaker.models import Letter, LetterStatus, utcnow

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
    letters = [
        (letter, _said_in(letter).subject)
        for letter in db.session.scalars(newest.limit(_NEWEST))
    ]
    return render_template("mailbox/index.html", letters=letters, to=to)


@bp.get("/<int:id_>")
def show(id_: int) -> ResponseReturnValue:
    letter = _letter_or_404(id_)
    return render_template(
        "mailbox/show.html",
        letter=letter,
        said=_said_in(letter),
        sender=sender(),
        as_text=request.args.get("as") == "text",
    )


@bp.get("/<int:id_>/html")
@talisman(content_security_policy=policies.LETTER, frame_options="SAMEORIGIN")
def html(id_: int) -> ResponseReturnValue:
    """The letter itself, in a frame; its links open in place of the whole page."""
    said = _said_in(_letter_or_404(id_))
    return said.html.replace('target="_blank"', 'target="_top"')


@bp.get("/<int:id_>/calendar")
def calendar(id_: int) -> ResponseReturnValue:
    letter = _letter_or_404(id_)
    file = _said_in(letter).calendar
    if not file:
        abort(404)
    return (
        file,
        200,
        {
            "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
            "Content-Disposition": f"attachment; filename={letter.calendar_name}",
        },
    )


def _said_in(letter: Letter) -> Composed:
    """What a letter says; one that still waits, as it would be sent now."""
    return sending.composed_or_blank(letter, utcnow())


def _letter_or_404(id_: int) -> Letter:
    letter = select(Letter).where(Letter.id == id_, _arrives)
    return db.session.scalar(letter) or abort(404)

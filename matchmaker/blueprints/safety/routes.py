"""Blocking and reporting, from wherever somebody is shown."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from matchmaker.blueprints.safety.forms import EventReportForm, PersonReportForm
from matchmaker.blueprints.viewer import current_membership, viewer
from matchmaker.extensions import db, limiter
from matchmaker.models import Event, utcnow
from matchmaker.queries.visibility import events_visible_to
from matchmaker.services import reports, safety
from matchmaker.services.safety import Known

bp = Blueprint("safety", __name__)
reports_in_an_hour = limiter.shared_limit(
    "20/hour", "reports", key_func=lambda: str(viewer().id), methods=["POST"]
)


@bp.app_template_global()
def can_block(id_: int) -> bool:
    """Whether a page that names somebody leads to where they can be blocked."""
    return bool(current_user.is_authenticated) and id_ != viewer().id


@bp.route("/people/<int:id_>/safety", methods=["GET", "POST"])
@login_required
@reports_in_an_hour
def person(id_: int) -> ResponseReturnValue:
    """One page for a person: block them, or report them to the organisers."""
    known, form = _known_or_404(id_), PersonReportForm()
    at = _event(_key())
    if form.validate_on_submit():
        now, membership = utcnow(), current_membership()
        reports.report(
            viewer(),
            known.member,
            form.about,
            form.words.data,
            now,
            at=at,
            here=membership.space if membership else None,
        )
        if form.block.data:
            safety.block(viewer(), known.member, now, known.name)
        db.session.commit()
        flash(
            "Thank you. The organisers have your report, and until they close it we "
            f"don’t bring you and {known.name} together."
        )
        return redirect(url_for("pages.home"))
    if not form.is_submitted():
        form.block.data = known.block is None
    page = render_template("safety/person.html", known=known, form=form, at=at)
    return page, 422 if form.is_submitted() else 200


@bp.post("/people/<int:id_>/block")
@login_required
def block(id_: int) -> ResponseReturnValue:
    known = _known_or_404(id_)
    safety.block(viewer(), known.member, utcnow(), known.name)
    db.session.commit()
    flash(
        f"You’ve blocked {known.name}. They aren’t told. You can unblock them on your "
        "profile."
    )
    return redirect(url_for("pages.home"))


@bp.post("/people/<int:id_>/unblock")
@login_required
def unblock(id_: int) -> ResponseReturnValue:
    known = _known_or_404(id_)
    if known.block is None:
        abort(404)
    safety.unblock(known.block)
    db.session.commit()
    flash(
        f"You’ve unblocked {known.name}. What the block took away doesn’t come back by "
        "itself."
    )
    return redirect(url_for(".blocked"))


@bp.get("/profile/blocked")
@login_required
def blocked() -> ResponseReturnValue:
    """The people whom the viewer blocked, for nobody else to see."""
    return render_template("safety/blocked.html", blocks=safety.blocks_of(viewer()))


@bp.route("/events/<int:event_id>/report", methods=["GET", "POST"])
@login_required
@reports_in_an_hour
def event(event_id: int) -> ResponseReturnValue:
    """Report an event, or what happened at it."""
    visible = events_visible_to(viewer(), _key())
    query = select(Event).where(Event.id == event_id, visible)
    found, form = db.session.scalar(query) or abort(404), EventReportForm()
    if form.validate_on_submit():
        reports.report(viewer(), found, form.about, form.words.data, utcnow())
        db.session.commit()
        flash("Thank you. The organisers have your report.")
        return redirect(url_for("pages.home"))
    page = render_template("safety/event.html", event=found, form=form)
    return page, 422 if form.is_submitted() else 200


def _known_or_404(id_: int) -> Known:
    """Find somebody as the viewer knows them; others don't exist for them."""
    if id_ == viewer().id:
        abort(404)
    return safety.find(viewer(), id_, utcnow(), _key()) or abort(404)


def _key() -> str:
    """Of the event on whose page they were shown, which may be found by its link only."""
    return request.args.get("event", "")[:32]


def _event(key: str) -> Event | None:
    query = select(Event).where(Event.key == key, events_visible_to(viewer(), key))
    return db.session.scalar(query) if key else None

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from matchmaker.blueprints.memberships.forms import AskForm, PauseForm
from matchmaker.blueprints.viewer import membership_or_404, space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.mail.links import event_page
from matchmaker.models import Space, utcnow
from matchmaker.queries import members
from matchmaker.services import joining as service
from matchmaker.services import memberships
from matchmaker.services.events import agenda

bp = Blueprint("memberships", __name__)


@bp.get("/join/<slug>")
def join(slug: str) -> ResponseReturnValue:
    """Introduce a space to somebody who might join it."""
    space = space_or_404(slug)
    form = AskForm(name=viewer().name) if _has_to_ask(space) else None
    return _join_page(space, form, event_page(request.args.get("next", "")))


@bp.post("/join/<slug>")
@login_required
def press_join(slug: str) -> ResponseReturnValue:
    space = space_or_404(slug)
    if _has_to_ask(space):
        return _ask(space)
    memberships.join(viewer(), space, utcnow())
    db.session.commit()
    session["space_id"] = space.id
    back = event_page(request.form.get("next", ""))
    if back and not viewer().name:  # first they say who they are
        session["event_page"] = back
        return redirect(url_for("profile.about"))
    return redirect(back or url_for("pages.home"))


def _ask(space: Space) -> ResponseReturnValue:
    """Ask the organisers; the newcomer says who they are and what brings them."""
    form = AskForm()
    if form.validate():
        viewer().name = viewer().name or " ".join((form.name.data or "").split())
        service.ask(viewer(), space, form.words.data or "", utcnow())
        db.session.commit()
        flash(f"Your request to join {space.name} is with its organisers.")
        return redirect(url_for("pages.home"))
    return _join_page(space, form, event_page(request.form.get("next", ""))), 422


def _has_to_ask(space: Space) -> bool:
    return bool(current_user.is_authenticated) and service.has_to_ask(viewer(), space)


def _join_page(space: Space, form: AskForm | None, next_page: str) -> str:
    asked = service.request_of(viewer(), space) if form else None
    return render_template(
        "memberships/join.html",
        joining=space,
        form=form,
        is_waiting=asked is not None and asked.is_waiting,
        next_page=next_page,
        has_public_events=bool(agenda.with_public_events([space], utcnow())),
    )


@bp.post("/membership/use/<slug>")
@login_required
def use(slug: str) -> ResponseReturnValue:
    """Choose which of the member's spaces the pages are about."""
    session["space_id"] = space_or_404(slug).id
    return redirect(url_for("pages.home"))


@bp.route("/membership/pause", methods=["GET", "POST"])
@login_required
def pause() -> ResponseReturnValue:
    membership = membership_or_404()
    form = PauseForm()
    if form.validate_on_submit():
        today = utcnow().astimezone(membership.space.zone).date()
        memberships.pause(membership, form.until.data, today)
        db.session.commit()
        flash("No introductions until then. They go on by themselves.")
        return redirect(url_for("pages.home"))
    page = render_template("memberships/pause.html", membership=membership, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/membership/resume")
@login_required
def resume() -> ResponseReturnValue:
    memberships.resume(membership_or_404())
    db.session.commit()
    flash("Welcome back. You are in the next round.")
    return redirect(url_for("pages.home"))


@bp.route("/letters/<token>/come-back", methods=["GET", "POST"])
def come_back(token: str) -> ResponseReturnValue:
    """Go on with introductions after a rest, by a letter's link: one page, one button."""
    subject = links.read(links.Purpose.COME_BACK, token)
    membership = members.get_membership(*subject) if subject else None
    if membership is None or not membership.is_active:
        abort(404)
    if request.method == "POST" and membership.resting_since:
        memberships.resume(membership)
        db.session.commit()
    return render_template("memberships/come_back.html", membership=membership)

"""Stopping introductions from a letter: with one press, and without signing in."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.extensions import csrf, db
from matchmaker.mail import links
from matchmaker.models import Membership, utcnow
from matchmaker.services import memberships

bp = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")


@bp.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Say what would stop. A mail scanner, which only looks, stops nothing."""
    membership = _membership_or_404(token)
    return render_template("unsubscribe/show.html", membership=membership, token=token)


@bp.post("/<token>")
@csrf.exempt
def stop(token: str) -> ResponseReturnValue:
    """Stop at once, also for a mail program's own button (RFC 8058): no redirect."""
    membership = _membership_or_404(token)
    memberships.stop_introductions(membership, way="letter", now=utcnow())
    db.session.commit()
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "Stopped.\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
    return render_template("unsubscribe/stop.html", membership=membership)


@bp.errorhandler(404)
def unknown(_error: Exception) -> ResponseReturnValue:
    return render_template("unsubscribe/unknown.html"), 404


def _membership_or_404(token: str) -> Membership:
    subject = links.read(links.Purpose.UNSUBSCRIBE, token)
    if subject is None or len(subject) != 1:
        abort(404)
    return db.session.get(Membership, subject[0]) or abort(404)

"""What our accounts library, Flask-Security, does not do: invitations, and confirming an
address by a press instead of by opening a page."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from flask_security.confirmable import confirm_email_token_status
from flask_security.utils import hash_password

from matchmaker.blueprints.accounts.forms import ConfirmForm, PasswordForm
from matchmaker.blueprints.accounts.signing_in import current_session, sign_in
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Member, Membership, MembershipStatus, utcnow
from matchmaker.services import accounts, memberships, sessions

bp = Blueprint("accounts", __name__)


@bp.get("/check-your-mail")
def check_your_mail() -> ResponseReturnValue:
    return render_template("accounts/check_your_mail.html")


@bp.post("/try-my-address")
@login_required
def try_address_again() -> ResponseReturnValue:
    accounts.try_address_again(viewer(), utcnow())
    db.session.commit()
    flash("We've written to you once more. If it arrives, this message goes away.")
    return redirect(url_for("pages.home"))


def confirm(token: str) -> ResponseReturnValue:
    """Stands in for the library's page at the same address, for GET and POST."""
    member = _member_to_confirm(token)
    if member is None:
        return render_template("accounts/confirm.html", member=None), 410
    form = ConfirmForm(member)
    if not form.validate_on_submit():
        page = render_template("accounts/confirm.html", member=member, form=form)
        return page, 422 if form.is_submitted() else 200
    accounts.confirm(member, hash_password(form.password.data), utcnow())
    sign_in(member)
    db.session.commit()
    flash("Your address is confirmed. Welcome.")
    return redirect(
        links.event_page(request.args.get("back", "")) or url_for("pages.home")
    )


@bp.route("/invitations/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    membership = _membership_or_404(token)
    member = membership.member
    if membership.status is not MembershipStatus.INVITED:
        flash("This invitation has been used. Sign in to go on.")
        return redirect(url_for("security.login"))
    if member.confirmed_at is not None:  # an account already: they sign in and join
        return render_template(
            "accounts/invitation.html", membership=membership, form=None
        )
    form = PasswordForm(member)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        page = render_template(
            "accounts/invitation.html", membership=membership, form=form
        )
        return page, status
    memberships.accept_invitation(
        membership, hash_password(form.password.data), utcnow()
    )
    sign_in(member)
    db.session.commit()
    flash(f"Welcome to {membership.space.name}.")
    return redirect(url_for("pages.home"))


@bp.get("/profile/sessions")
@login_required
def list_sessions() -> ResponseReturnValue:
    """List where the member is signed in."""
    return render_template(
        "accounts/list_sessions.html",
        here=current_session(),
        sessions=sessions.list_for(viewer(), utcnow()),
    )


@bp.post("/profile/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    mine = {one.id: one for one in sessions.list_for(viewer(), utcnow())}
    session = mine.get(session_id) or abort(404)
    device = session.device
    sessions.end(session)
    db.session.commit()
    flash(f"{device} is signed out.")
    return redirect(url_for(".list_sessions"))


@bp.post("/profile/sessions/end-others")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    sessions.end_all(viewer(), but=current_session())
    db.session.commit()
    flash("You’re signed out everywhere else.")
    return redirect(url_for(".list_sessions"))


def _member_to_confirm(token: str) -> Member | None:
    """Find whose address the token confirms; a link works once."""
    expired, invalid, member = confirm_email_token_status(token)
    usable = member and not (expired or invalid or member.confirmed_at)
    return member if usable else None


def _membership_or_404(token: str) -> Membership:
    subject = links.read(links.Purpose.INVITATION, token)
    membership = db.session.get(Membership, subject[0]) if subject else None
    return membership or abort(404)

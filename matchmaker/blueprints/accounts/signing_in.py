"""Signing in and out, and the pages for it.

The cookie carries a random token; what it is good for is a row (`services.sessions`).
"""

import re
import secrets

from flask import (
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, login_user, logout_user
from flask_security.changeable import change_user_password
from flask_security.forms import ChangePasswordForm, ResetPasswordForm
from flask_security.recoverable import reset_password_token_status, update_password
from flask_security.utils import hash_password, verify_password

from matchmaker.blueprints.accounts import limits, resuming
from matchmaker.blueprints.accounts.devices import describe
from matchmaker.blueprints.accounts.forms import SignInForm
from matchmaker.blueprints.accounts.resuming import resume
from matchmaker.blueprints.forms import library_page
from matchmaker.blueprints.kept import unpack
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import SAFE_METHODS, db
from matchmaker.extensions import security as accounts_library
from matchmaker.models import Member, MemberSession, utcnow
from matchmaker.refusal import TooMany
from matchmaker.services import accounts, sessions, throttle

# A page of ours. A browser would leave us for "//host", and takes "\" for "/".
_LOCAL_PAGE = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def register(app: Flask) -> None:
    """Let rows say who is signed in, and stand in for pages of the accounts library."""
    manager = app.login_manager  # type: ignore[attr-defined]  # Flask-Login's
    manager.user_loader(_load_member)
    manager.request_loader(None)  # no tokens of the library's own
    manager.session_protection = None
    app.view_functions["security.login"] = sign_in_page
    app.view_functions["security.logout"] = sign_out
    resuming.register(app)
    app.view_functions["security.change_password"] = change_password
    app.view_functions["security.reset_password"] = reset_password


def sign_in(member: Member, *, remember: bool = False) -> None:
    """Sign the member in under a new token. The caller commits."""
    session.clear()
    g.pop("csrf_token", None)  # or Flask-WTF would go on with the old one
    token = sessions.start(
        member, describe(request.user_agent.string), remember=remember, now=utcnow()
    )
    login_user(member)
    session["_user_id"] = token
    session.permanent = remember
    limits.remember_browser(member)


def sign_in_page() -> ResponseReturnValue:
    written = unpack(request.form.get("kept", ""))
    if current_user.is_authenticated and (
        written is None or written.writer in {None, viewer().id}
    ):
        return resume(written) if written else redirect(url_for("pages.home"))
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422 if form.is_submitted() else 200
    try:
        member = _authenticate(form.email.data, form.password.data)
    except TooMany as refusal:
        db.session.rollback()
        form.form_errors = [f"{refusal} Or choose a new password by letter."]
        return _sign_in_page(form), 429, {"Retry-After": str(refusal.seconds)}
    if member is None:
        form.form_errors = ["This e-mail address and password don’t belong together."]
        return _sign_in_page(form), 422
    if current_user.is_authenticated:  # as another, whose form it isn't
        sessions.end(current_session())
    sign_in(member, remember=form.remember.data)
    db.session.commit()
    if written:
        return resume(written)
    back = local_page(request.values.get("next"))
    return redirect(back or url_for("pages.home"))


def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        sessions.end(current_session())
        db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("pages.home"))


@login_required
def change_password() -> ResponseReturnValue:
    """Save a new password. It ends every session; this browser gets a new one."""
    member, remember = viewer(), session.permanent
    form = ChangePasswordForm()
    if request.method == "POST":
        claims = limits.giving_the_password(member)
        throttle.take(claims, utcnow())
        db.session.commit()
    if form.validate_on_submit():
        throttle.give_back(claims, utcnow())
        change_user_password(member, form.new_password.data, autologin=False)
        sign_in(member, remember=remember)
        db.session.commit()
        flash("Your new password is saved.", "success")
        return redirect(url_for("profile.show"))
    return library_page("security/change_password.html", change_password_form=form)


def reset_password(token: str) -> ResponseReturnValue:
    """Choose a new password by a letter's link, which works once."""
    expired, invalid, member = reset_password_token_status(token)
    if member is None or expired or invalid:
        flash("This link was used, or it is older than two hours. Ask for a new one.")
        return redirect(url_for("security.forgot_password"))
    form = ResetPasswordForm()
    form.user = member
    if form.validate_on_submit():
        update_password(member, form.password.data)
        limits.remember_browser(member)  # they get in whoever else is guessing
        db.session.commit()
        flash("Your new password is saved. Sign in with it.", "success")
        return redirect(url_for("security.login"))
    return library_page("security/reset_password.html", reset_password_form=form)


def current_session() -> MemberSession:
    """Return the row behind the cookie of somebody who is signed in."""
    found: MemberSession = g.member_session
    return found


def local_page(path: str | None) -> str:
    """Give back a page of ours, to lead somebody back to; of all else nothing."""
    return path if path and _LOCAL_PAGE.fullmatch(path) else ""


def _sign_in_page(form: SignInForm) -> str:
    sent = request.form.get("kept", "")
    return render_template(
        "security/login_user.html",
        login_user_form=form,
        kept=sent if unpack(sent) else "",
    )


def _authenticate(email: str, password: str) -> Member | None:
    """Find the account to which both belong; an unknown one takes as much work."""
    claims = limits.signing_in(email)
    throttle.take(claims, utcnow())
    member = accounts.find(email)
    may = member is not None and member.active and member.confirmed_at is not None
    kept_hash = member.password if member is not None else None
    db.session.commit()  # hashing takes its time, and nobody else waits for us meanwhile
    password = accounts_library._password_util.normalize(password)
    if not verify_password(password, kept_hash or _dummy_hash()) or not may:
        return None
    throttle.give_back(claims, utcnow())
    return accounts.find(email)


def _dummy_hash() -> str:
    """Return the hash of a password that is nobody's."""
    if "dummy_hash" not in current_app.extensions:
        current_app.extensions["dummy_hash"] = hash_password(secrets.token_urlsafe())
    return str(current_app.extensions["dummy_hash"])


def _load_member(token: str) -> Member | None:
    found = sessions.find(token, utcnow())
    if found is None:
        return None
    g.member_session = found
    if request.method not in SAFE_METHODS:
        sessions.note_use(found, utcnow())
    return found.member

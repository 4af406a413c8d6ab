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
from flask_security.forms import ChangePasswordForm
from flask_security.utils import hash_password, verify_password

from matchmaker.blueprints.accounts.devices import describe
from matchmaker.blueprints.accounts.forms import SignInForm
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import SAFE_METHODS, db
from matchmaker.extensions import security as accounts_library
from matchmaker.models import Member, MemberSession, utcnow
from matchmaker.services import accounts, sessions

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
    app.view_functions["security.change_password"] = change_password


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


def sign_in_page() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    form = SignInForm()
    if form.validate_on_submit():
        member = _authenticate(form.email.data, form.password.data)
        if member is not None:
            sign_in(member, remember=form.remember.data)
            db.session.commit()
            back = local_page(request.values.get("next"))
            return redirect(back or url_for("pages.home"))
        form.form_errors = ["This e-mail address and password don’t belong together."]
    return render_template("security/login_user.html", login_user_form=form)


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
    form = ChangePasswordForm()
    if form.validate_on_submit():
        member, remember = viewer(), session.permanent
        change_user_password(member, form.new_password.data, autologin=False)
        sign_in(member, remember=remember)
        db.session.commit()
        flash("Your new password is saved.", "success")
        return redirect(url_for("profile.show"))
    return render_template("security/change_password.html", change_password_form=form)


def current_session() -> MemberSession:
    """Return the row behind the cookie of somebody who is signed in."""
    found: MemberSession = g.member_session
    return found


def local_page(path: str | None) -> str:
    """Give back a page of ours, to lead somebody back to; of all else nothing."""
    return path if path and _LOCAL_PAGE.fullmatch(path) else ""


def _authenticate(email: str, password: str) -> Member | None:
    """Find the account to which both belong; an unknown one takes as much work."""
    member = accounts.find(email)
    password = accounts_library._password_util.normalize(password)
    if member is None or member.password is None:
        verify_password(password, _dummy_hash())
        return None
    verified = member.verify_and_update_password(password)
    may = member.active and member.confirmed_at is not None
    return member if verified and may else None


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

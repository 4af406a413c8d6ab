"""A form that comes after its writer was signed out: they sign in, and it isn't lost."""

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from matchmaker.blueprints import kept
from matchmaker.blueprints.accounts.forms import SignInForm
from matchmaker.blueprints.kept import Kept
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import SAFE_METHODS


def register(app: Flask) -> None:
    manager = app.login_manager  # type: ignore[attr-defined]  # Flask-Login's
    ask_to_sign_in = manager.unauthorized_callback

    @manager.unauthorized_handler
    def keep_what_was_sent() -> ResponseReturnValue:
        if request.method in SAFE_METHODS:
            return ask_to_sign_in()
        return sign_in_first(kept.sent_form())


def from_another_session() -> ResponseReturnValue | None:
    """Answer a form whose page is from another session, if signing in is what it needs."""
    if request.endpoint == "security.logout" and not current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    form = kept.sent_form()
    if form and form.writer not in {None, kept.account_here()} and _needs_member():
        return sign_in_first(form)
    return None


def sign_in_first(form: Kept | None) -> ResponseReturnValue:
    """Show the sign-in page, with the form, if it may be kept, to go on after it.

    It isn't the page that was asked for, and a password manager that sees a 401 doesn't
    take a password that was on the form for one that was accepted.
    """
    page = render_template(
        "security/login_user.html",
        login_user_form=SignInForm(formdata=None),
        kept=kept.pack(form) if form else None,
    )
    return page, 401


def resume(form: Kept) -> ResponseReturnValue:
    """Show what somebody wrote to them, and to nobody else who signed in here."""
    if form.writer not in {None, viewer().id}:
        flash("What was written here before belongs to another account.")
        return redirect(url_for("pages.home"))
    kept.bind_token()
    return render_template("accounts/resume.html", kept=form)


def _needs_member() -> bool:
    """Whether the page is for somebody signed in: letters' links are for whoever has one."""
    return request.blueprint != "security" and "token" not in (request.view_args or {})

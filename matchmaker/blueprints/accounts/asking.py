"""Asking for a letter: to register, to confirm, to choose a new password.

The answer is the same to everybody, and as quick: see `services.account_requests`.
"""

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from matchmaker.blueprints.accounts import limits
from matchmaker.blueprints.accounts.forms import EmailForm
from matchmaker.extensions import db
from matchmaker.models import Wanted, utcnow
from matchmaker.services import account_requests, throttle


def register(app: Flask) -> None:
    """Stand in for the accounts library's pages of the same names."""
    app.view_functions["security.register"] = register_account
    app.view_functions["security.send_confirmation"] = send_confirmation
    app.view_functions["security.forgot_password"] = forgot_password


def register_account() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    form = EmailForm()
    if form.validate_on_submit():
        _ask(Wanted.ACCOUNT, form)
        back = request.args.get("back") or None
        return redirect(url_for("accounts.check_your_mail", back=back))
    page = render_template("security/register_user.html", register_user_form=form)
    return page, 422 if form.is_submitted() else 200


def send_confirmation() -> ResponseReturnValue:
    form = EmailForm()
    if form.validate_on_submit():
        _ask(Wanted.CONFIRMATION, form)
        flash(
            "If an account waits to be confirmed, a new letter is on its way to "
            f"{form.email.data}. We send at most one in ten minutes.",
        )
        return redirect(url_for(".send_confirmation", back=request.args.get("back")))
    page = render_template(
        "security/send_confirmation.html", send_confirmation_form=form
    )
    return page, 422 if form.is_submitted() else 200


def forgot_password() -> ResponseReturnValue:
    form = EmailForm()
    if form.validate_on_submit():
        _ask(Wanted.RESET, form)
        flash(
            "If there’s an account, a link to choose a new password is on its way to "
            f"{form.email.data}. We send at most one in ten minutes.",
        )
        return redirect(url_for(".forgot_password"))
    page = render_template("security/forgot_password.html", forgot_password_form=form)
    return page, 422 if form.is_submitted() else 200


def _ask(wanted: Wanted, form: EmailForm) -> None:
    throttle.take(limits.asking_for_a_letter(), utcnow())
    account_requests.ask(
        wanted,
        form.email.data,
        request.args.get("back", ""),
        limits.source(),
        utcnow(),
    )
    db.session.commit()

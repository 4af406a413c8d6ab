"""What a person sees when something does not work, and what a program is told."""

import logging
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as AllConnectionsInUse
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError

from matchmaker import problems
from matchmaker.blueprints import forms, kept
from matchmaker.blueprints.accounts.resuming import from_another_session
from matchmaker.extensions import db
from matchmaker.logs import message
from matchmaker.refusal import Refusal, TooMany

logger = logging.getLogger(__name__)

# Sent again it may well be taken.
_PASSES = {400, 413, 429, 500, 503}


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(RateLimitExceeded, _rate_limited)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(AllConnectionsInUse, _database_away)
    app.register_error_handler(IntegrityError, _somebody_was_quicker)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(Exception, _failed)
    # Flask's own words name the path, and a path may hold a token.
    app.log_exception = _failed_late  # type: ignore[method-assign, assignment]


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect, or a library's own answer
        return error.response
    db.session.rollback()
    if isinstance(error, CSRFError) and (answer := from_another_session()):
        return answer
    response = error.get_response()  # keeps Allow and Retry-After
    if isinstance(error, SecurityError):  # not our host, so there is no link to write
        response.content_type = "text/plain; charset=utf-8"
        response.set_data("This is not the address of the portal.")
        return response
    if problems.is_wanted() and error.code:
        errors = getattr(error, "data", {}).get("messages")  # which fields, and why
        told = problems.problem(error.code, error.description or "", errors)
        response.content_type, response.data = told.content_type, told.data
        return response
    response.content_type = "text/html; charset=utf-8"
    page = getattr(error, "page", error.code)
    response.set_data(
        render_template(
            [f"errors/{page}.html", "errors/400.html"], **_kept(error.code or 400)
        )
    )
    return response


def _refused(refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    if problems.is_wanted():
        return problems.problem(409, str(refusal))
    if shown := forms.shown_again(refusal):
        return shown
    db.session.rollback()
    page = render_template("errors/refused.html", sentence=str(refusal), **_kept(409))
    return page, 409


def _too_many(refusal: TooMany) -> ResponseReturnValue:
    db.session.rollback()
    page = render_template("errors/429.html", sentence=str(refusal), **_kept(429))
    return page, 429, {"Retry-After": str(refusal.seconds)}


def _rate_limited(error: RateLimitExceeded) -> ResponseReturnValue:
    """Say the longest that it can take; the library's header says it to the second."""
    if problems.is_wanted() or error.limit is None:
        return _http_error(error)
    return _too_many(TooMany(timedelta(seconds=error.limit.limit.get_expiry())))


def _somebody_was_quicker(error: IntegrityError) -> ResponseReturnValue:
    """Two did at once what can be done only once; the other was first."""
    logger.info("Somebody was quicker: %s", message(error))
    return _refused(Refusal("This was done a moment ago already. Look again."))


def _out_of_range(error: Exception) -> ResponseReturnValue:
    """A number or a date that was sent is larger than anything can be kept."""
    logger.info("A request was out of range: %s", type(error).__name__)
    return _http_error(BadRequest())


def _database_away(error: SQLAlchemyError) -> ResponseReturnValue:
    """The database is locked, full or gone: nothing was saved, and it may pass."""
    logger.error("The database did not take a request: %s", message(error))
    db.session.rollback()
    return _without_a_person(503), 503, {"Retry-After": "10"}


def _failed(error: Exception) -> ResponseReturnValue:
    logger.error("A request failed.", exc_info=error)
    db.session.rollback()
    return _without_a_person(500), 500


def _failed_late(error: Any) -> None:
    """Log what no handler above saw: an error after the view, or in a handler."""
    logger.error("A request failed after its view.", exc_info=error)


def _without_a_person(code: int) -> Response | str:
    """Show a page that asks the database nothing, not even who is looking."""
    if problems.is_wanted():
        return problems.problem(code)
    page = current_app.jinja_env.get_template(f"errors/{code}.html")
    return page.render(**_kept(code))


def _kept(code: int) -> dict[str, Any]:
    """Say what somebody wrote who gets a page without their form; it's lost otherwise."""
    form = kept.to_show()
    if form and code in _PASSES:
        return {"kept": form, "may_send": True}
    # What a rule refuses has to be mended; what isn't there can only be copied.
    return {"kept": form if form and form.words else None, "may_send": code == 409}

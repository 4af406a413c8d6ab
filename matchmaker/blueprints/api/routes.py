"""The API: events and one's own RSVPs, for programs that act for a member.

It says what the pages say, through the same services, and names nobody.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Response, abort, g, request
from flask_limiter.util import get_remote_address
from flask_smorest import Blueprint
from marshmallow import RAISE

from matchmaker.blueprints.api import answers, schemas
from matchmaker.extensions import SAFE_METHODS, csrf, db, limiter, settings
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, Scope, utcnow
from matchmaker.problems import MEDIA_TYPE, problem
from matchmaker.queries import event_view
from matchmaker.refusal import Refusal
from matchmaker.services import api_keys
from matchmaker.services.events import agenda, coming, places

logger = logging.getLogger(__name__)

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)  # no cookie counts here, so a browser cannot be made to do anything


def _who_counts() -> str:
    """Whose requests are counted together: those with one key, here as a hash."""
    _warn_if_each_process_counts_by_itself()
    text = _sent()
    return hashlib.sha256(text.encode()).hexdigest() if text else get_remote_address()


@cache
def _warn_if_each_process_counts_by_itself() -> None:
    stored = settings().rate_limit_storage
    if stored == "memory://" and db.engine.dialect.name != "sqlite":
        logger.warning(
            "Requests of programs are counted in each process by itself. To count them "
            "together, set MATCHMAKER_RATE_LIMIT_STORAGE to redis://…"
        )


limiter.limit("120/minute", key_func=_who_counts)(bp)
limiter.limit("600/minute")(bp)  # of keys that are tried out, too


@bp.before_request
def _only_with_a_key() -> Response | None:
    key = api_keys.find(_sent(), utcnow())
    if key is None:
        told = problem(
            401,
            "Send a key that counts, in the header “Authorization: Bearer …”. You make "
            "one on your profile, under “Keys for programs”.",
        )
        told.headers["WWW-Authenticate"] = "Bearer"
        return told
    needed = Scope.READ if request.method in SAFE_METHODS else Scope.RSVP
    if not key.scope.allows(needed):
        told = problem(
            403, f"This key may only read. Make one that allows {needed.value}."
        )
        told.headers["WWW-Authenticate"] = (
            f'Bearer error="insufficient_scope", scope="{needed.value}"'
        )
        return told
    if needed is Scope.RSVP:
        key.last_changed_on = utcnow().date()  # saved together with what it does
    g.member = key.member
    return None


@bp.before_request
def _only_json() -> None:
    """What is sent as something else would be taken for nothing at all."""
    changes = request.method not in SAFE_METHODS
    if changes and not request.is_json and (request.mimetype or request.get_data()):
        abort(415)
    if changes and request.get_data():
        request.get_json()  # turns away what the library below would stumble over


@bp.after_request
def _for_nobody_else(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _needs(scope: Scope) -> Decorator:
    """Document what `_only_with_a_key` asks for."""
    return bp.doc(security=[{"key": [scope.value]}])


def _says_no(status: int, why: str) -> Decorator:
    return bp.alt_response(
        status, schema=schemas.Problem, content_type=MEDIA_TYPE, description=why
    )


@bp.get("/events")
@_needs(Scope.READ)
@bp.arguments(schemas.Filters, location="query", unknown=RAISE)
@bp.response(200, schemas.Events)
def events(looking: dict[str, Any]) -> dict[str, Any]:
    """The events to come that you may see."""
    return _page(**looking)


@bp.get("/rsvps")
@_needs(Scope.READ)
@bp.arguments(schemas.Paging, location="query", unknown=RAISE)
@bp.response(200, schemas.Events)
def rsvps(looking: dict[str, Any]) -> dict[str, Any]:
    """The events to come of which you have said whether you come."""
    return _page(answered=True, **looking)


@bp.get("/events/<int:event_id>")
@_needs(Scope.READ)
@bp.response(200, schemas.Event)
@_says_no(404, "Not there, or not for you.")
def event(event_id: int) -> dict[str, Any]:
    """One event."""
    return answers.in_full(_event_or_404(event_id), _member(), utcnow())


@bp.put("/events/<int:event_id>/rsvp")
@_needs(Scope.RSVP)
@bp.arguments(schemas.Wishes, required=False)
@bp.response(200, schemas.MyRsvp)
@_says_no(404, "Not there, or not for you.")
@_says_no(409, "A rule of the event says no.")
def come(said: dict[str, Any], event_id: int) -> dict[str, Any]:
    """Come: take a place, one in the queue, or the one that is held for you.

    Without a body it is what one press on the page is. The same twice changes nothing.
    """
    rsvp = _come(_event_or_404(event_id), said)
    answer = answers.of_rsvp(rsvp)  # now: afterwards somebody else may have changed it
    db.session.commit()
    return answer


@bp.delete("/events/<int:event_id>/rsvp")
@_needs(Scope.RSVP)
@bp.response(204)
@_says_no(404, "Not there, or not for you.")
@_says_no(409, "A rule of the event says no.")
def decline(event_id: int) -> None:
    """Say that you do not come: your place goes to whoever would like it."""
    places.decline(_event_or_404(event_id), _member(), utcnow())
    db.session.commit()


def _come(event: Event, said: dict[str, Any]) -> Rsvp:
    now = utcnow()
    wishes = None
    before = places.lock_and_find(event, _member())
    wants_messages = said.pop("wants_messages", None)
    if said:
        usual = coming.usual_wishes(event, _member(), before)
        asked = {question["id"] for question in event.questions}
        if said.get("answers", {}).keys() - asked:
            raise Refusal(
                "The host does not ask all of that. Look at “questions” again."
            )
        known = {id_: text for id_, text in usual.answers.items() if id_ in asked}
        given = known | said.pop("answers", {})  # an empty one takes an answer back
        said["answers"] = {id_: text for id_, text in given.items() if text}
        wishes = replace(usual, **said)
    rsvp = coming.come(
        event, _member(), now, before, wishes, wants_messages=wants_messages
    )
    if wishes and (rsvp.guests, rsvp.answers) != (wishes.guests, wishes.answers):
        raise Refusal(
            "The time to sign up is over: guests and answers stay as they are."
        )
    if rsvp.status is RsvpStatus.OFFERED:
        places.claim(rsvp, now)
    return rsvp


def _page(*, limit: int, **which: Any) -> dict[str, Any]:
    entries, has_more = agenda.in_order(_member(), utcnow(), limit, **which)
    last = entries[-1].event if has_more else None
    return {
        "events": [answers.listed(entry) for entry in entries],
        "next": schemas.Cursor.after(last.starts_at, last.id) if last else None,
    }


def _event_or_404(event_id: int) -> Event:
    """Find an event that the member may see; another might as well not exist."""
    return event_view.find(_member(), event_id) or abort(404)


def _member() -> Member:
    """For whom the program acts: never who is signed in."""
    member: Member = g.member
    return member


def _sent() -> str:
    """The key that was sent, in the one place where it is looked for."""
    sent = request.authorization
    return sent.token or "" if sent and sent.type == "bearer" else ""

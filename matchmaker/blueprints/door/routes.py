"""The door of an event: whoever runs it checks people in.

What is pressed on the page goes through `replay`, so that it may also be told later; the
forms are for browsers without JavaScript.
"""

from datetime import datetime
from pathlib import Path

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import select

from matchmaker.blueprints import policies
from matchmaker.blueprints.door.acts import acts_of, milliseconds
from matchmaker.blueprints.door.codes import drawing_of
from matchmaker.blueprints.door.forms import WalkInForm
from matchmaker.blueprints.door.printed import on_badges, on_tables
from matchmaker.blueprints.odd_input import to_number
from matchmaker.blueprints.viewer import event_i_run_or_404, runs, viewer
from matchmaker.extensions import db, talisman
from matchmaker.mail import links
from matchmaker.models import Event, Rsvp, RsvpStatus, utcnow
from matchmaker.queries.visibility import events_visible_to, may_be_named
from matchmaker.refusal import Refusal
from matchmaker.services.events.room import door
from matchmaker.services.events.room.replay import Act, Told, do, replay_all
from matchmaker.text import is_found, search_text

bp = Blueprint("door", __name__)

UNREAD = "This could not be read. Look for the name, and check them in by it."
LATEST = 5  # check-ins that are shown to be undone
_CAMERA = {"camera": "(self)", "browsing-topics": "()"}


@bp.get("/events/<int:event_id>/door")
@talisman(content_security_policy=policies.SCANNER, permissions_policy=_CAMERA)
@login_required
def show(event_id: int) -> ResponseReturnValue:
    return _page(event_i_run_or_404(event_id), WalkInForm(formdata=None))


def _page(event: Event, form: WalkInForm) -> str:
    everybody = door.everybody(event, viewer())
    words = request.args.get("q", "").strip()[:80]
    arrived = [rsvp for rsvp in everybody if rsvp.has_arrived]
    return render_template(
        "door/show.html",
        event=event,
        words=words,
        people=[r for r in everybody if not words or is_found(_searched(r), words)],
        latest=sorted(arrived, key=_since, reverse=True)[:LATEST],
        numbers=door.numbers(everybody),
        is_open=door.is_open(event, utcnow()),
        is_over=utcnow() > event.ends_at,
        opens_at=door.opens_at(event).astimezone(event.space.zone),
        form=form,
    )


@bp.get("/events/<int:event_id>/door/people")
@login_required
def people(event_id: int) -> ResponseReturnValue:
    """What the page keeps, to find people without a connection."""
    return _state(event_i_run_or_404(event_id))


@bp.get("/events/<int:event_id>/door/worker.js")
@login_required
def worker(event_id: int) -> ResponseReturnValue:
    """What opens the page without a connection; it may do so for this page alone."""
    event = event_i_run_or_404(event_id)
    words = Path(str(current_app.static_folder), "door-worker.js").read_text()
    return words, {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "no-cache",
        "Service-Worker-Allowed": url_for(".show", event_id=event.id),
    }


@bp.post("/events/<int:event_id>/door/check-in")
@login_required
def check_in(event_id: int) -> ResponseReturnValue:
    return _done(event_id, "check-in")


@bp.post("/events/<int:event_id>/door/undo")
@login_required
def undo(event_id: int) -> ResponseReturnValue:
    return _done(event_id, "undo")


@bp.post("/events/<int:event_id>/door/walk-in")
@login_required
def walk_in(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    form = WalkInForm()
    if not form.validate():
        return _page(event, form), 422
    flash(do(event, _act("walk-in", utcnow()), utcnow(), viewer()))
    db.session.commit()
    return redirect(url_for(".show", event_id=event_id))


@bp.post("/events/<int:event_id>/door/replay")
@login_required
def replay(event_id: int) -> ResponseReturnValue:
    """Take what a phone did, now or while it was without a connection."""
    event = event_i_run_or_404(event_id)
    acts, unread = acts_of(request.get_data()) or abort(400)
    told = replay_all(event, acts, utcnow(), viewer())
    told += [Told(id_, is_done=False, says=UNREAD) for id_ in unread]
    db.session.commit()
    results = [
        {"id": each.id, "done": each.is_done, "says": each.says} for each in told
    ]
    return _state(event) | {"results": results}


@bp.get("/events/<int:event_id>/badges")
@login_required
def badges(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    only_arrived = request.args.get("who") == "arrived"
    return render_template(
        "door/badges.html",
        event=event,
        only_arrived=only_arrived,
        badges=on_badges(event, viewer(), only_arrived=only_arrived),
    )


@bp.get("/events/<int:event_id>/tables")
@login_required
def table_plan(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    only_arrived = request.args.get("who") == "arrived"
    return render_template(
        "door/table_plan.html",
        event=event,
        only_arrived=only_arrived,
        rounds=on_tables(event, viewer(), only_arrived=only_arrived),
    )


@bp.get("/events/<int:event_id>/code.svg")
@login_required
def code(event_id: int) -> ResponseReturnValue:
    """The viewer's own code."""
    query = (
        select(Rsvp)
        .join(Event)
        .where(
            Event.id == event_id,
            Rsvp.member_id == viewer().id,
            Rsvp.status == RsvpStatus.GOING,
            events_visible_to(viewer()),
        )
    )
    rsvp = db.session.scalar(query) or abort(404)
    headers = {"Content-Type": "image/svg+xml", "Cache-Control": "private, no-store"}
    return drawing_of(rsvp), headers


@bp.get("/letters/<token>/code")
def ticket(token: str) -> ResponseReturnValue:
    """Somebody's code, to hold up; and for whoever runs the event a button beside it."""
    rsvp = _rsvp_of_or_404(token)
    runs_it = current_user.is_authenticated and runs(rsvp.event)
    return render_template(
        "door/ticket.html",
        rsvp=rsvp,
        event=rsvp.event,
        drawing=Markup(drawing_of(rsvp)),  # noqa: S704  (drawn by us, of our own words)
        token=token,
        runs_it=runs_it,
        is_named=not runs_it or may_be_named(rsvp.member, viewer()),
        is_over=not door.is_open(rsvp.event, utcnow())
        and utcnow() > rsvp.event.ends_at,
    )


def _done(event_id: int, deed: str) -> ResponseReturnValue:
    """Do what a form asks, and lead back to the door."""
    event = event_i_run_or_404(event_id)
    now = utcnow()
    try:
        flash(do(event, _act(deed, now), now, viewer()))
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    return redirect(url_for(".show", event_id=event_id))


def _act(deed: str, now: datetime) -> Act:
    form = request.form
    return Act(
        id="",
        deed=deed,
        at=now,
        code=form.get("code", "")[:400],
        member_id=form.get("member", type=to_number),
        name=form.get("name", "")[:200],
        email=form.get("email", "")[:400],
        anyway="anyway" in form,
        invite="invite" in form,
        guests=form.get("guests", type=int),
    )


def _state(event: Event) -> dict[str, object]:
    """Everybody whom the viewer may see, as the page remembers them."""
    everybody = door.everybody(event, viewer())
    numbers = door.numbers(everybody)
    zone = event.space.zone
    return {
        "now": milliseconds(utcnow()),
        "token": generate_csrf(),
        "arrived": numbers.arrived,
        "going": numbers.going,
        "people": [
            {
                "id": rsvp.member_id,
                "name": rsvp.name,
                "called": _called(rsvp),
                "guests": rsvp.guests,
                "guestsHere": rsvp.guests_here,
                "status": rsvp.status.value,
                "walkIn": rsvp.is_walk_in,
                "arrived": milliseconds(_since(rsvp)) if rsvp.has_arrived else None,
                "since": f"{_since(rsvp).astimezone(zone):%H:%M}",
            }
            for rsvp in everybody
        ],
    }


def _searched(rsvp: Rsvp) -> str:
    return search_text(rsvp.name, _called(rsvp))


def _called(rsvp: Rsvp) -> str:
    """What they like to be called, where their name may be known."""
    return rsvp.member.called if rsvp.name == rsvp.member.name else ""


def _since(rsvp: Rsvp) -> datetime:
    return rsvp.checked_in_at or rsvp.made_at


def _rsvp_of_or_404(token: str) -> Rsvp:
    subject = links.read(links.Purpose.CHECK_IN, token)
    rsvp = db.session.get(Rsvp, subject) if subject and len(subject) == 2 else None
    if rsvp is None or rsvp.status is RsvpStatus.DECLINED:
        abort(404)
    seen = select(Event).where(
        Event.id == rsvp.event_id, events_visible_to(rsvp.member)
    )
    return rsvp if rsvp.member.active and db.session.scalar(seen) else abort(404)

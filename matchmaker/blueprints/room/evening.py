"""The room, for everybody in it: the screen, and one's own page."""

import segno
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from markupsafe import Markup

from matchmaker.blueprints.room.found import (
    bp,
    event_i_go_to_or_404,
    event_or_404,
    signed_in,
)
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail.links import absolute
from matchmaker.models import utcnow
from matchmaker.queries import room
from matchmaker.services.events import booked_hours
from matchmaker.services.events.afterwards import feedback
from matchmaker.services.events.room import introducing, mentor_hours, seating


@bp.get("/screen")
def screen(event_id: int) -> ResponseReturnValue:
    """For the projector: no names, so whoever sees the event may open it."""
    event = event_or_404(event_id)
    now, found = utcnow(), seating.of(event)
    return render_template(
        "room/screen.html",
        event=event,
        seating=found,
        state=room.state_of(found, now),
        now=now,
        version=room.version_of(event, found, None),
        here_url=absolute("room.mine", event_id=event.id),
        code=_code(absolute("room.mine", event_id=event.id)),
    )


@bp.get("/clock.json")
def clock(event_id: int) -> ResponseReturnValue:
    """Which round it is and when it ends: what an open page asks now and then."""
    event = event_or_404(event_id)
    now, found = utcnow(), seating.of(event)
    whose = viewer() if request.args.get("of") == "mine" and signed_in() else None
    response = jsonify(
        now=now.isoformat(),
        ends_at=found.round_ends_at.isoformat()
        if found and found.round_ends_at
        else None,
        state=room.state_of(found, now),
        version=room.version_of(event, found, whose),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/here")
@login_required
def mine(event_id: int) -> ResponseReturnValue:
    """One's own page on the evening: one's table, and whom to look for."""
    event, rsvp = event_i_go_to_or_404(event_id)
    now, found = utcnow(), seating.of(event)
    return render_template(
        "room/mine.html",
        event=event,
        rsvp=rsvp,
        seating=found,
        state=room.state_of(found, now),
        now=now,
        why_closed=feedback.why_closed(rsvp, now),
        tables=room.my_tables(found, viewer()) if found else {},
        sides=room.look_for(event, viewer()),
        booked=mentor_hours.booked_by(event, viewer()),
        hours=[
            slot
            for slot in mentor_hours.of_mentor(event, viewer())
            if booked_hours.is_taken(slot)
        ],
        version=room.version_of(event, found, viewer()),
    )


@bp.post("/here/introductions")
@login_required
def wish(event_id: int) -> ResponseReturnValue:
    event, _ = event_i_go_to_or_404(event_id)
    yes = request.form.get("yes") == "yes"
    introducing.wish(event, viewer(), utcnow(), yes=yes)
    db.session.commit()
    flash(
        "Good. As soon as the host presses the button, you see here whom to look for."
        if yes
        else "Noted: nobody is introduced to you at this event."
    )
    return redirect(url_for(".mine", event_id=event_id))


def _code(url: str) -> Markup:
    """A QR code as SVG, drawn by us."""
    svg = segno.make(url, error="m").svg_inline(border=2, omitsize=True)
    return Markup(svg)  # noqa: S704  (made of squares)

"""Events, as those see them who might come."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Event, Member, Picture, Rsvp, events_visible_to, utcnow
from matchmaker.services.events import places

bp = Blueprint("events", __name__)


@bp.get("/events/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    event = _event_or_404(event_id)
    return render_template("events/show.html", event=event)


@bp.get("/e/<key>")
def by_key(key: str) -> ResponseReturnValue:
    """An event that is to be had by its link; other events have this address too."""
    visible = select(Event).where(Event.key == key, events_visible_to(_looking(), key))
    event = db.session.scalar(visible) or abort(404)
    return render_template("events/show.html", event=event)


@bp.post("/events/<int:event_id>/come")
def sign_up(event_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    places.sign_up(event, viewer(), utcnow())
    db.session.commit()
    return redirect(url_for(".show", event_id=event.id))


@bp.post("/events/<int:event_id>/decline")
def decline(event_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    places.decline(event, viewer(), utcnow())
    db.session.commit()
    return redirect(url_for(".show", event_id=event.id))


@bp.post("/events/<int:event_id>/claim")
def claim(event_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    places.claim(places.of(event, viewer()) or abort(404), utcnow())
    db.session.commit()
    flash("The place is yours.")
    return redirect(url_for(".show", event_id=event.id))


@bp.route("/letters/<token>/event", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    rsvp = _rsvp_of_or_404(links.Purpose.RSVP, token)
    return render_template("events/by_letter.html", rsvp=rsvp, event=rsvp.event)


@bp.route("/letters/<token>/event-messages", methods=["GET", "POST"])
def stop_messages(token: str) -> ResponseReturnValue:
    rsvp = _rsvp_of_or_404(links.Purpose.EVENT_MESSAGES, token)
    return render_template("events/by_letter.html", rsvp=rsvp, event=rsvp.event)


@bp.get("/events/<int:event_id>/pictures/<int:picture_id>.webp")
def picture(event_id: int, picture_id: int) -> ResponseReturnValue:
    """A picture, for those who may see its event."""
    found = db.session.scalar(
        select(Picture)
        .join(Event)
        .where(
            Picture.id == picture_id,
            Event.id == event_id,
            events_visible_to(_looking(), request.args.get("key", "")),
        )
    ) or abort(404)
    response = Response(found.webp, mimetype="image/webp")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _looking() -> Member | None:
    return viewer() if current_user.is_authenticated else None


def _event_or_404(event_id: int) -> Event:
    """Find an event as the viewer sees it; one that they may not see does not exist."""
    key = request.values.get("key", "")
    query = select(Event).where(
        Event.id == event_id, events_visible_to(_looking(), key)
    )
    return db.session.scalar(query) or abort(404)


def _to_sign_in(event_id: int) -> ResponseReturnValue:
    """Ask who it is; then they are back on the page and press again."""
    key = request.form.get("key", "")
    back = url_for(".by_key", key=key) if key else url_for(".show", event_id=event_id)
    return redirect(url_for("security.login", next=back))


def _rsvp_of_or_404(purpose: links.Purpose, token: str) -> Rsvp:
    subject = links.read(purpose, token)
    rsvp = db.session.get(Rsvp, subject) if subject and len(subject) == 2 else None
    return rsvp if rsvp is not None and rsvp.member.active else abort(404)

"""Events, as those see them who might come."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from matchmaker.blueprints.events.forms import DetailsForm, details_form
from matchmaker.blueprints.events.sharing import picture_address, preview
from matchmaker.blueprints.forms import shown_again
from matchmaker.blueprints.kept import sent_form, to_show
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import csrf, db
from matchmaker.mail import links
from matchmaker.mail.wording import queue_rule
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, utcnow
from matchmaker.queries import event_view
from matchmaker.queries.event_view import Stage
from matchmaker.refusal import Refusal
from matchmaker.services.events import coming, places
from matchmaker.services.events.afterwards import feedback

bp = Blueprint("events", __name__)
bp.add_app_template_global(picture_address)

# What happened, and what comes next.
_SAID = {
    RsvpStatus.GOING: "You are going. A letter with the calendar file is on its way.",
    RsvpStatus.WAITING: "You are in the queue. We write as soon as it is your turn.",
    RsvpStatus.ASKED: "You asked to come. The host answers, and then we write to you.",
    RsvpStatus.OFFERED: "A place is held for you. Take it while it is.",
}
_DECLINED = "Thank you for saying so. Your place goes to whoever would like it."


@bp.get("/events/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    """Letters lead here: whoever has not signed in may see more once they have."""
    event = _event(event_id)
    if event is None and not current_user.is_authenticated:
        return _to_sign_in(event_id)
    return _page(event or abort(404))


@bp.get("/e/<key>")
def by_key(key: str) -> ResponseReturnValue:
    """An event that is to be had by its link; other events have this address too."""
    return _page(event_view.find_by_key(_looking(), key) or abort(404))


@bp.post("/events/<int:event_id>/come")
def sign_up(event_id: int) -> ResponseReturnValue:
    """Come, or change what was said; one press without a word is enough."""
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    before = places.lock_and_find(event, viewer())
    was = before.status if before else None
    form = None
    if "details" in request.form:
        form = _form(event, before)
        if not form.validate():
            return _page(event, form), 422
    rsvp = coming.come(
        event,
        viewer(),
        utcnow(),
        before,
        form.wishes if form else None,
        wants_messages=form.wants_messages.data if form else None,
    )
    # Read now: once it is committed somebody else may have changed it.
    said = "Saved." if rsvp.status is was and form else _SAID[rsvp.status]
    db.session.commit()
    flash(said)
    return _back(event_id)


@bp.post("/events/<int:event_id>/decline")
def decline(event_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    places.decline(event, viewer(), utcnow())
    db.session.commit()
    flash(_DECLINED)
    return _back(event_id)


@bp.post("/events/<int:event_id>/claim")
def claim(event_id: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return _to_sign_in(event_id)
    event = _event_or_404(event_id)
    rsvp = places.of(event, viewer()) or abort(404)
    places.claim(rsvp, utcnow())
    db.session.commit()
    flash(_SAID[RsvpStatus.GOING])
    return _back(event_id)


@bp.get("/events/<int:event_id>/pictures/<int:picture_id>.webp")
def picture(event_id: int, picture_id: int) -> ResponseReturnValue:
    """A picture, for those who may see its event."""
    key = request.args.get("key", "")
    event = event_view.find(_looking(), event_id, key) or abort(404)
    found = event_view.picture(event, picture_id) or abort(404)
    response = Response(found.webp, mimetype="image/webp")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.route("/letters/<token>/event", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    """Act for the one to whom a letter went, for this event, and for nothing else."""
    rsvp = _rsvp_of_or_404(links.Purpose.RSVP, token)
    event, now = rsvp.event, utcnow()
    stage = event_view.stage(event, now)
    if not _is_theirs(rsvp) or stage in {Stage.OVER, Stage.CANCELLED}:
        return render_template(
            "events/over.html", event=event, is_seen=_is_theirs(rsvp)
        )
    if request.method == "POST":
        said = _do_by_letter(rsvp, request.form.get("do", ""))
        db.session.commit()
        flash(said)
        return redirect(url_for(".by_letter", token=token))
    return render_template(
        "events/by_letter.html",
        rsvp=rsvp,
        event=event,
        token=token,
        asked=request.args.get("do", ""),
        is_open=stage is Stage.OPEN,
        position=event_view.position(rsvp),
        queue_rule=queue_rule(rsvp),
    )


@bp.route("/letters/<token>/event-messages", methods=["GET", "POST"])
@csrf.exempt
def stop_messages(token: str) -> ResponseReturnValue:
    """Stop the host's letters, also by a mail program's own button (RFC 8058)."""
    rsvp = _rsvp_of_or_404(links.Purpose.EVENT_MESSAGES, token)
    if request.method == "POST":
        coming.stop_messages(rsvp)
        db.session.commit()
        if request.form.get("List-Unsubscribe") == "One-Click":
            return "Stopped.\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
    return render_template(
        "events/stop_messages.html", rsvp=rsvp, event=rsvp.event, token=token
    )


def _page(event: Event, form: DetailsForm | None = None) -> str:
    looking = _looking()
    now = utcnow()
    outlook = event_view.outlook(event, looking, now)
    if form is None and outlook.takes_part:
        form = _form(event, outlook.said)
    return render_template(
        "events/show.html",
        event=event,
        outlook=outlook,
        form=form,
        key=_key(),
        preview=preview(event),
        queue_rule=queue_rule(outlook.rsvp) if outlook.rsvp else "",
        other_times=event_view.other_times(event, looking, now),
        why_closed=outlook.rsvp and feedback.why_closed(outlook.rsvp, now),
    )


def _form(event: Event, said: Rsvp | None) -> DetailsForm:
    return details_form(
        event,
        coming.usual_wishes(event, viewer(), said),
        said,
        is_open=places.is_open(event, utcnow()),
    )


def _do_by_letter(rsvp: Rsvp, deed: str) -> str:
    event, now = rsvp.event, utcnow()
    if deed == "cancel":
        places.decline(event, rsvp.member, now)
        return _DECLINED
    if deed == "claim":
        places.claim(rsvp, now)
        return _SAID[RsvpStatus.GOING]
    if deed == "come":
        said = places.lock_and_find(event, rsvp.member)
        return _SAID[coming.come(event, rsvp.member, now, said).status]
    raise Refusal("Press one of the buttons.")


def _is_theirs(rsvp: Rsvp) -> bool:
    """Whether the one to whom the letter went may still see the event."""
    event = event_view.find(rsvp.member, rsvp.event_id, rsvp.event.key)
    return event is not None and event.space in rsvp.member.spaces


def _looking() -> Member | None:
    return viewer() if current_user.is_authenticated else None


def _key() -> str:
    """What opened an event that is to be had by its link."""
    in_address = (request.view_args or {}).get("key")
    return str(in_address or request.values.get("key", ""))


def _event(event_id: int) -> Event | None:
    """Find an event as the viewer sees it; one that they may not see does not exist."""
    return event_view.find(_looking(), event_id, _key())


def _event_or_404(event_id: int) -> Event:
    return _event(event_id) or abort(404)


@bp.errorhandler(Refusal)
def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Say no on the page on which it was pressed, where it can be seen what to do."""
    db.session.rollback()
    if page := shown_again(refusal):
        return page
    db.session.rollback()
    if (kept := to_show()) and kept.words:
        refused = render_template(
            "errors/refused.html", sentence=str(refusal), kept=kept, may_send=True
        )
        return refused, 409
    flash(str(refusal), "error")
    pressed_on = request.view_args or {}
    if "token" in pressed_on:
        return redirect(url_for(".by_letter", token=pressed_on["token"]))
    return _back(pressed_on["event_id"])


def _back(event_id: int) -> ResponseReturnValue:
    return redirect(_address(event_id))


def _address(event_id: int) -> str:
    key = request.form.get("key", "")
    return url_for(".by_key", key=key) if key else url_for(".show", event_id=event_id)


def _to_sign_in(event_id: int) -> ResponseReturnValue:
    """Ask who it is; then they are back on the page, with what they said."""
    if request.method == "POST" and sent_form():
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return redirect(url_for("security.login", next=_address(event_id)))


def _rsvp_of_or_404(purpose: links.Purpose, token: str) -> Rsvp:
    subject = links.read(purpose, token)
    rsvp = event_view.get_rsvp(*subject) if subject and len(subject) == 2 else None
    return rsvp if rsvp is not None and rsvp.member.active else abort(404)

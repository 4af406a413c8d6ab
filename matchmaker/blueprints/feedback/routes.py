"""After an event: how it was, whom one met, and whom one would like to see again.

A letter's link opens a page for one member and one event. It shows whom the letter named;
the others who were there are shown only after signing in.
"""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.feedback.forms import NoteForm
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Event, Rsvp, Verdict, utcnow
from matchmaker.queries.visibility import events_visible_to
from matchmaker.services.events.afterwards import feedback, met
from matchmaker.services.events.afterwards.feedback import Wish

bp = Blueprint("feedback", __name__)

_VERDICTS = {verdict.name.lower(): verdict for verdict in Verdict}
_WISHES: Mapping[str, Wish | None] = {"": None} | {wish.value: wish for wish in Wish}
_PERSON = "person-"


@bp.get("/events/<int:event_id>/after")
@login_required
def show(event_id: int) -> ResponseReturnValue:
    return _page(_my_rsvp_or_404(event_id))


@bp.post("/events/<int:event_id>/after")
@login_required
def tell(event_id: int) -> ResponseReturnValue:
    rsvp = _my_rsvp_or_404(event_id)
    return _told(rsvp) or redirect(url_for(".show", event_id=event_id))


@bp.route("/letters/<token>/after", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    rsvp = _rsvp_of_or_404(token)
    if request.method == "GET":
        return _page(rsvp, token)
    return _told(rsvp, token) or redirect(url_for(".by_letter", token=token))


def _told(rsvp: Rsvp, token: str | None = None) -> ResponseReturnValue | None:
    """Take what was sent; where it will not do, give the page with it on."""
    form = NoteForm(obj=rsvp)
    if "note" in request.form and not form.validate():
        return _page(rsvp, token, form), 422
    _tell(rsvp, form)
    return None


def _tell(rsvp: Rsvp, rest: NoteForm) -> None:
    """Take whichever part of the page was sent: a tap, or the rest."""
    now, form = utcnow(), request.form
    if verdict := _VERDICTS.get(form.get("verdict", "")):
        feedback.tell_verdict(rsvp, verdict, now)
    if (again := form.get("again")) in {"yes", "no"}:
        feedback.tell_come_again(rsvp, again == "yes", now)
        flash("Thank you. The host reads it together with what the others say.")
    if "note" in form:
        feedback.tell_note(rsvp, rest.note.data or "", now)
        together = feedback.tell_of(rsvp, _wishes(), now)
        flash(
            "Thank you. You both want to see each other again, so we have introduced "
            "you: a letter with addresses and times is on its way."
            if together
            else "Thank you. What you say of people is told to nobody."
        )
    db.session.commit()


def _wishes() -> dict[int, Wish | None]:
    said = {}
    for name, wish in request.form.items():
        number = name.removeprefix(_PERSON)
        if name.startswith(_PERSON) and number.isdecimal() and wish in _WISHES:
            said[int(number[:9])] = _WISHES[wish]
    return said


def _page(rsvp: Rsvp, token: str | None = None, sent: NoteForm | None = None) -> str:
    event = rsvp.event
    why_closed = feedback.why_closed(rsvp, utcnow())
    named = [] if why_closed else met.there(event, rsvp.member)
    return render_template(
        "feedback/show.html",
        rsvp=rsvp,
        event=event,
        token=token,
        action=url_for(".by_letter", token=token)
        if token
        else url_for(".tell", event_id=event.id),
        why_closed=why_closed,
        verdicts=_VERDICTS,
        chosen=_VERDICTS.get(request.args.get("verdict", "")),
        met=named,
        others=[] if why_closed or token else met.others(event, rsvp.member, named),
        said=_wishes() if sent else feedback.said(rsvp),
        form=sent or NoteForm(formdata=None, obj=rsvp),
    )


def _my_rsvp_or_404(event_id: int) -> Rsvp:
    query = (
        select(Rsvp)
        .join(Event)
        .where(
            Event.id == event_id,
            Rsvp.member_id == viewer().id,
            events_visible_to(viewer()),
        )
    )
    return db.session.scalar(query) or abort(404)


def _rsvp_of_or_404(token: str) -> Rsvp:
    subject = links.read(links.Purpose.RSVP, token)
    rsvp = db.session.get(Rsvp, subject) if subject and len(subject) == 2 else None
    if rsvp is None or not rsvp.member.active:
        abort(404)
    seen = select(Event).where(
        Event.id == rsvp.event_id, events_visible_to(rsvp.member)
    )
    return rsvp if db.session.scalar(seen) else abort(404)

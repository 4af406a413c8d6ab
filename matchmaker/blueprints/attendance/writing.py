"""Messages: written, looked at, tried on oneself, and then sent."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from matchmaker.blueprints import policies
from matchmaker.blueprints.attendance.finding import bp
from matchmaker.blueprints.attendance.forms import MessageForm
from matchmaker.blueprints.viewer import event_i_run_or_404, viewer
from matchmaker.extensions import db, limiter, talisman
from matchmaker.models import Event, utcnow
from matchmaker.services.events.running import messages
from matchmaker.services.events.running.messages import Audience, To

_CHOICES = {
    To.GOING: "Those going",
    To.WAITING: "Those in the queue",
    To.ALL: "Everybody on the list",
}


@bp.get("/message")
def message(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    return _write(event, _form(event))


@bp.post("/message/look")
def look(slug: str, event_id: int) -> ResponseReturnValue:
    """Show the message as it will go, or the form again to change it."""
    event = event_i_run_or_404(event_id, slug)
    form = _form(event)
    if "change" in request.form:
        return _write(event, form)
    if not form.validate():
        return _write(event, form), 422
    return _look(event, form)


@bp.post("/message/letter")
@talisman(content_security_policy=policies.LETTER, frame_options="SAMEORIGIN")
def letter(slug: str, event_id: int) -> ResponseReturnValue:
    """The letter itself, in the frame of the page that looks at it."""
    event = event_i_run_or_404(event_id, slug)
    form = _form(event)
    form.validate()
    subject, words = form.subject.data[:60], form.words.data[:5000]
    return messages.compose(event, viewer(), subject, words).html


@bp.post("/message/trial")
@limiter.limit("30/hour")
def trial(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    form = _form(event)
    if not form.validate():
        return _write(event, form), 422
    messages.send_trial(event, viewer(), form.subject.data, form.words.data, utcnow())
    db.session.commit()
    flash(f"A trial is on its way to {viewer().email}, and to nobody else.")
    return _look(event, form)


@bp.post("/message")
@limiter.limit("30/hour")
def send(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    form = _form(event)
    if not form.validate():
        return _write(event, form), 422
    sent = messages.send(
        event, viewer(), form.to.data, form.subject.data, form.words.data, utcnow()
    )
    db.session.commit()
    people = "1 person" if sent.count == 1 else f"{sent.count} people"
    flash(
        f"Your message is on its way to {people}. The timeline keeps that you sent it."
        if sent.is_new
        else "They have this message already. Nobody gets it twice."
    )
    return redirect(url_for(".show", slug=slug, event_id=event_id))


def _form(event: Event) -> MessageForm:
    form = MessageForm()
    form.to.choices = [
        SelectChoice(to.value, label, render_kw={"help": _reach(_audience(event, to))})
        for to, label in _CHOICES.items()
    ]
    return form


def _audience(event: Event, to: To) -> Audience:
    return messages.audience(event, viewer(), to)


def _reach(readers: Audience) -> str:
    """How many get it, and how many do not because they said so."""
    gets = {0: "Nobody gets it", 1: "1 person gets it"}.get(
        readers.count, f"{readers.count} people get it"
    )
    if not readers.unwanted:
        return f"{gets}."
    does = "does" if readers.unwanted == 1 else "do"
    return f"{gets}; {readers.unwanted} {does} not want messages."


def _write(event: Event, form: MessageForm) -> str:
    return render_template(
        "attendance/message.html",
        event=event,
        form=form,
        why_no_more=messages.why_no_more(event, utcnow()),
        most_a_day=messages.MOST_A_DAY,
        most=messages.MOST_IN_ALL,
    )


def _look(event: Event, form: MessageForm) -> str:
    words = (form.subject.data, form.words.data)
    readers = _audience(event, form.to.data)
    return render_template(
        "attendance/look.html",
        event=event,
        form=form,
        to=_CHOICES[form.to.data],
        reach=_reach(readers),
        readers=readers,
        composed=messages.compose(event, viewer(), *words),
        why_no_more=messages.why_no_more(event, utcnow()),
    )

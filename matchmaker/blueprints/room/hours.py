"""Hours with a mentor: offered, booked, given back."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.odd_input import to_number
from matchmaker.blueprints.room.forms import BookForm, HoursForm
from matchmaker.blueprints.room.found import bp, event_or_404, goes
from matchmaker.blueprints.viewer import runs, viewer
from matchmaker.extensions import db
from matchmaker.models import Event, Member, Slot, utcnow
from matchmaker.queries import room
from matchmaker.refusal import Refusal
from matchmaker.services.events import booked_hours
from matchmaker.services.events.room import mentor_hours


@bp.get("/hours")
@login_required
def slots(event_id: int) -> ResponseReturnValue:
    event = event_or_404(event_id)
    return _slots(event, _hours_form(event))


@bp.post("/hours")
@login_required
def open_hours(event_id: int) -> ResponseReturnValue:
    event = event_or_404(event_id)
    form = _hours_form(event) or abort(404)
    if not form.validate():
        return _slots(event, form), 422
    mentor = next(m for m in _possible_mentors(event) if m.id == form.mentor.data)
    begin = _moment(event, form.begin.data.hour, form.begin.data.minute)
    end = _moment(event, form.end.data.hour, form.end.data.minute)
    if end < begin:  # past midnight
        end += timedelta(days=1)
    made = mentor_hours.open_hours(
        event, mentor, begin, end, form.minutes.data, utcnow(), viewer()
    )
    db.session.commit()
    flash(f"{len(made)} slot{'s' if len(made) != 1 else ''} can be booked now.")
    return redirect(url_for(".slots", event_id=event_id))


@bp.post("/hours/book")
@login_required
def book(event_id: int) -> ResponseReturnValue:
    event, now = event_or_404(event_id), utcnow()
    form = BookForm()
    known = [
        *mentor_hours.open_to(event, viewer(), now),
        *mentor_hours.booked_by(event, viewer()),
    ]
    chosen = request.form.get("slot", 0, type=to_number)
    slot = next((slot for slot in known if slot.id == chosen), None)
    if slot is None:
        raise Refusal(mentor_hours.GONE)
    form.topic.id = f"topic-{slot.mentor_id}"
    if not form.validate():
        return _slots(event, _hours_form(event), form, slot), 422
    mentor_hours.book(slot, viewer(), form.topic.data or "", now)
    db.session.commit()
    at = slot.starts_at.astimezone(event.space.zone)
    flash(f"{slot.mentor.name} has time for you at {at:%H:%M}. A letter says so too.")
    return redirect(url_for(".slots", event_id=event_id))


@bp.post("/hours/<int:slot_id>/release")
@login_required
def release(event_id: int, slot_id: int) -> ResponseReturnValue:
    event = event_or_404(event_id)
    theirs = [*mentor_hours.booked_by(event, viewer()), *_offered(event)]
    slot = _find(slot_id, theirs) or abort(404)
    mentor_hours.release(slot, utcnow(), viewer())
    db.session.commit()
    flash("Released. Somebody else can book it now.")
    return redirect(url_for(".slots", event_id=event_id))


@bp.post("/hours/<int:slot_id>/close")
@login_required
def close(event_id: int, slot_id: int) -> ResponseReturnValue:
    event = event_or_404(event_id)
    slot = _find(slot_id, _offered(event)) or abort(404)
    mentor_hours.close(slot, utcnow(), viewer())
    db.session.commit()
    flash("It is no longer offered.")
    return redirect(url_for(".slots", event_id=event_id))


def _slots(
    event: Event,
    form: HoursForm | None,
    book_form: BookForm | None = None,
    booking: Slot | None = None,
) -> str:
    now = utcnow()
    by_mentor: dict[int, list[Slot]] = {}
    for slot in mentor_hours.open_to(event, viewer(), now):
        by_mentor.setdefault(slot.mentor_id, []).append(slot)
    booked = mentor_hours.booked_by(event, viewer())
    mine = mentor_hours.of_mentor(event, viewer())
    return render_template(
        "room/slots.html",
        event=event,
        form=form,
        book_form=book_form or BookForm(formdata=None),
        booking=booking,
        free=list(by_mentor.values()),
        booked=booked,
        booked_with={slot.mentor_id for slot in booked},
        mine=mine,
        gives=any(booked_hours.is_taken(slot) for slot in mine),
        run=[
            slot
            for slot in mentor_hours.all_seen_by(event, viewer())
            if slot.mentor_id != viewer().id
        ]
        if runs(event)
        else [],
        is_taken=booked_hours.is_taken,
        runs=runs(event),
        now=now,
    )


def _hours_form(event: Event) -> HoursForm | None:
    """The form with which hours are offered; nothing for who may not."""
    possible = _possible_mentors(event)
    if not possible:
        return None
    form = HoursForm()
    form.mentor.choices = [(member.id, member.name) for member in possible]
    if not form.is_submitted():
        form.begin.data = event.local_start.time()
        form.end.data = min(
            event.local_end, event.local_start + timedelta(hours=1)
        ).time()
    return form


def _possible_mentors(event: Event) -> list[Member]:
    """Whom the viewer can offer hours of: themselves, and, running it, others."""
    if runs(event):
        return room.mentors(event, viewer())
    return [viewer()] if goes(event) and viewer().profile.mentor_topics else []


def _moment(event: Event, hour: int, minute: int) -> datetime:
    """A time of day as a moment of the event, on the space's clock."""
    start = event.local_start
    at = datetime(
        start.year, start.month, start.day, hour, minute, tzinfo=event.space.zone
    )
    if at < start and event.local_end.date() > start.date():
        at += timedelta(days=1)
    return at.astimezone(UTC)


def _offered(event: Event) -> list[Slot]:
    """The slots that are the viewer's to take away: their own, and those they run."""
    mine = mentor_hours.of_mentor(event, viewer())
    return [*mine, *mentor_hours.all_seen_by(event, viewer())] if runs(event) else mine


def _find(id_: int, slots: Iterable[Slot]) -> Slot | None:
    return next((slot for slot in slots if slot.id == id_), None)

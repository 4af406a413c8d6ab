"""The room, for whoever runs the event."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.odd_input import to_number
from matchmaker.blueprints.room.forms import SeatForm, WhoForm
from matchmaker.blueprints.room.found import bp, goes
from matchmaker.blueprints.viewer import event_i_run_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Event, utcnow
from matchmaker.queries import room
from matchmaker.refusal import Refusal
from matchmaker.services.events.room import introducing, outcome, present, seating
from matchmaker.services.events.room.present import Who

LONGER = 2  # minutes that one press gives


@bp.get("/room")
@login_required
def console(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    crowd = room.crowd(event, viewer())
    who = present.usual(event, utcnow())
    usual = room.suggestion(event, len(crowd.of(who.value)))
    return _console(
        event,
        SeatForm(
            who=who.value,
            table_size=usual.table_size,
            rounds=usual.rounds,
            minutes=usual.minutes,
        ),
    )


@bp.post("/room/introductions")
@login_required
def introduce(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    who = _who()
    introducing.introduce(event, who, utcnow(), viewer())
    seen = {rsvp.member_id for rsvp in room.crowd(event, viewer()).of(who.value)}
    served = (
        seen & introducing.somebody_here(event, _wanting(event, who), viewer()).keys()
    )
    db.session.commit()
    flash(
        f"{_people(len(served))} somebody to look for. "
        "It stands on their own page: ask them to open it."
    )
    return redirect(url_for(".console", event_id=event_id))


@bp.post("/room/tables")
@login_required
def seat(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    form = SeatForm()
    if not form.validate():
        return _console(event, form), 422
    seating.make(
        event,
        Who(form.who.data),
        form.rounds.data,
        form.table_size.data,
        form.minutes.data,
        utcnow(),
        viewer(),
    )
    db.session.commit()
    flash("Everybody has a seat. Open the screen, and start the first round.")
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


@bp.post("/room/tables/mend")
@login_required
def reseat(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    moves = seating.mend(
        event,
        _who(),
        utcnow(),
        viewer(),
        away=request.form.getlist("away", type=to_number),
        back=request.form.getlist("back", type=to_number),
    )
    db.session.commit()
    flash(
        "The tables fit again"
        + (
            f"; {moves} seat{'s' if moves > 1 else ''} changed for those who were seated."
            if moves
            else ", and nobody else had to move."
        )
    )
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


@bp.post("/room/tables/remove")
@login_required
def unseat(event_id: int) -> ResponseReturnValue:
    seating.remove(event_i_run_or_404(event_id))
    db.session.commit()
    flash("The tables are gone. Nobody had sat down yet.")
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


@bp.post("/room/round")
@login_required
def start_round(event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id)
    number = request.form.get("number", 0, type=to_number)
    begun = seating.start_round(event, number, utcnow())
    db.session.commit()
    flash(f"Round {begun.round_now} of {begun.rounds} has begun.")
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


@bp.post("/room/longer")
@login_required
def longer(event_id: int) -> ResponseReturnValue:
    seating.give_longer(event_i_run_or_404(event_id), LONGER, utcnow())
    db.session.commit()
    flash(f"The round has {LONGER} minutes more.")
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


@bp.post("/room/finish")
@login_required
def finish(event_id: int) -> ResponseReturnValue:
    seating.finish(event_i_run_or_404(event_id), utcnow())
    db.session.commit()
    flash("The rounds are over. The screen says thank you.")
    return redirect(url_for(".console", event_id=event_id, _anchor="tables"))


def _console(event: Event, form: SeatForm) -> str:
    crowd = room.crowd(event, viewer())
    found, now = seating.of(event), utcnow()
    who = present.usual(event, now)
    here = crowd.of(who.value)
    coming = seating.seated(found, begun=False) if found else set()
    begun = seating.seated(found, begun=True) if found else set()
    ids = {rsvp.member_id for rsvp in present.rsvps(event, who)}
    plan = room.plan(found, viewer()) if found else []
    seats = (
        (round_.number, table.number, member.id)
        for round_ in plan
        for table in round_.tables
        for member in table.members
    )
    return render_template(
        "room/console.html",
        event=event,
        form=form,
        crowd=crowd,
        who=who,
        goes=goes(event),
        wanting=[rsvp for rsvp in here if rsvp.wants_introductions],
        served=introducing.somebody_here(event, _wanting(event, who), viewer()),
        why=room.why_nobody(event),
        seating=found,
        state=room.state_of(found, now),
        now=now,
        plan=plan,
        outcome=outcome.of(event, seats),
        new=[r for r in here if r.member_id not in coming | begun],
        left=[r for r in here if r.member_id in begun - coming],
        gone=room.named(event, viewer(), coming - ids),
        seated=[rsvp for rsvp in here if rsvp.member_id in coming],
        version=room.version_of(event, found, None),
    )


def _wanting(event: Event, who: Who) -> set[int]:
    """Ids of all who could be looked for, whether the viewer sees them or not."""
    here = present.rsvps(event, who)
    return {rsvp.member_id for rsvp in here if rsvp.wants_introductions}


def _who() -> Who:
    form = WhoForm()
    if not form.validate():
        raise Refusal("Say for whom: who has arrived, or everybody going.")
    return Who(form.who.data)


def _people(count: int) -> str:
    return f"{count} people have" if count != 1 else "One person has"

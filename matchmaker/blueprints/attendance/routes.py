"""The page from which one event is run, and what is changed on it by hand."""

from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints.attendance import writing
from matchmaker.blueprints.attendance.finding import bp, rsvp_or_404
from matchmaker.blueprints.attendance.forms import CapacityForm
from matchmaker.blueprints.odd_input import to_number
from matchmaker.blueprints.viewer import event_i_run_or_404, viewer
from matchmaker.extensions import db, limiter, lock
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, utcnow
from matchmaker.queries import turnout
from matchmaker.queries.visibility import visible_to
from matchmaker.services.events import places, timeline
from matchmaker.services.events.running import attendance, by_hand, exports, summary
from matchmaker.services.events.running.attendance import Who

__all__ = ["bp", "writing"]

ON_A_PAGE = 50
MOST_PAGES = 10_000
LATEST_ENTRIES = 30
LONGEST = 254  # an e-mail address
_WRITTEN = {
    "csv": (exports.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        exports.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@bp.get("")
# Or a host could try whose addresses belong to members.
@limiter.limit("60/hour", exempt_when=lambda: not request.args.get("find"))
def show(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    return _page(event, CapacityForm(obj=event))


@bp.post("/people")
def add(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    found_by = request.form.get("find", "")[:LONGEST]
    member_id = request.form.get("member_id", type=to_number) or 0
    rsvp = by_hand.add(event, member_id, viewer(), found_by, utcnow())
    db.session.commit()
    name = rsvp.name
    flash(
        f"{name} is going, and hears of it by letter. Added by mistake? Remove them below."
        if rsvp.is_going
        else f"{name} is in the queue, because the event is full, and hears of it by "
        "letter. Make more room, and they move up by themselves."
    )
    return _found(event, name)


@bp.post("/people/<int:member_id>/approve")
def approve(slug: str, event_id: int, member_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    rsvp, now = rsvp_or_404(event, member_id), utcnow()
    by_hand.check_changeable(event, now)
    places.approve(rsvp, now, viewer())
    db.session.commit()
    flash(
        f"{rsvp.name} is going, and hears of it by letter."
        if rsvp.is_going
        else f"{rsvp.name} has your yes, and waits for a place in the queue."
    )
    return _back(event)


@bp.post("/people/<int:member_id>/let-in")
def let_in(slug: str, event_id: int, member_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    rsvp, now = rsvp_or_404(event, member_id), utcnow()
    by_hand.check_changeable(event, now)
    places.let_in(rsvp, now, viewer())
    db.session.commit()
    flash(f"{rsvp.name} has a place, and hears of it by letter.")
    return _back(event)


@bp.post("/people/<int:member_id>/remove")
def remove(slug: str, event_id: int, member_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    rsvp, now = rsvp_or_404(event, member_id), utcnow()
    by_hand.check_changeable(event, now)
    places.remove(rsvp, now, viewer())
    db.session.commit()
    flash(
        f"{rsvp.name} is off the list, and is told so by letter. A mistake? Add "
        "them again: they come behind those who wait already."
    )
    return _back(event)


@bp.post("/capacity")
def capacity(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    lock(event)
    form, now = CapacityForm(obj=event), utcnow()
    if not form.validate():
        return _page(event, form), 422
    by_hand.check_changeable(event, now)
    by_hand.change_capacity(event, form.capacity.data, now, viewer())
    db.session.commit()
    flash(
        f"{event.capacity} people can come now. Whoever waits and fits has a place."
        if event.capacity
        else "As many can come as want to. Whoever waited has a place."
    )
    return _back(event)


@bp.post("/people.<any(csv, xlsx):written>")
def export(slug: str, event_id: int, written: str) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    as_file, kind = _WRITTEN[written]
    file = as_file(event, viewer(), utcnow(), _who(request.form.get("who", "")))
    db.session.commit()
    response = make_response(file)
    response.content_type = kind
    name = f"people-{event.local_start:%Y-%m-%d}.{written}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(event: Event, form: CapacityForm) -> str:
    now, looking = utcnow(), viewer()
    who = _who(request.args.get("who", ""))
    words = request.args.get("q", "").strip()[:80]
    find = request.args.get("find", "").strip()[:LONGEST]
    page = db.paginate(
        attendance.people(event, looking, now, who, words),
        page=min(request.args.get("page", 1, type=int), MOST_PAGES),
        per_page=ON_A_PAGE,
        max_per_page=ON_A_PAGE,
    )
    figures = attendance.figures(event, looking, now)
    entries = timeline.of(event, looking, LATEST_ENTRIES)
    return render_template(
        "attendance/show.html",
        event=event,
        now=now,
        figures=figures,
        counts={who.value: count for who, count in figures.counts.items()},
        page=page,
        who=who,
        words=words,
        first=attendance.first_timers(event, looking, now, page.items),
        missed=turnout.missed_often(
            event.space, [rsvp.member_id for rsvp in page.items], now, looking
        ),
        known=_known(page.items),
        organises=looking.organises(event.space),
        find=find,
        found=_found_by(event, find),
        form=form,
        timeline=entries,
        names=attendance.names(event, entries),
        summary=summary.of(event, looking, now),
    )


def _found_by(event: Event, words: str) -> list[tuple[Member, bool]]:
    """Those found, and whether each is on the list already."""
    found = by_hand.find(event, viewer(), words)
    listed = [places.of(event, member) for member in found]
    return [
        (member, rsvp is not None and rsvp.status is not RsvpStatus.DECLINED)
        for member, rsvp in zip(found, listed, strict=True)
    ]


def _known(rsvps: list[Rsvp]) -> set[int]:
    """Those of them whose profile the viewer may open."""
    ids = [rsvp.member_id for rsvp in rsvps]
    query = select(Member.id).where(Member.id.in_(ids), visible_to(viewer()))
    return set(db.session.scalars(query))


def _who(value: str) -> Who | None:
    return next((who for who in Who if who.value == value), None)


def _back(event: Event) -> ResponseReturnValue:
    """The people as they were looked at, so that the next can follow."""
    who = _who(request.form.get("who", ""))
    return redirect(
        url_for(
            ".show",
            slug=event.space.slug,
            event_id=event.id,
            who=who.value if who else None,
            _anchor="people",
        )
    )


def _found(event: Event, name: str) -> ResponseReturnValue:
    return redirect(
        url_for(
            ".show", slug=event.space.slug, event_id=event.id, q=name, _anchor="people"
        )
    )

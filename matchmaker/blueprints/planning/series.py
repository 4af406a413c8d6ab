"""Series: what repeats, all its times, and making it longer."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints.planning.finding import bp
from matchmaker.blueprints.planning.small_forms import ExtendForm, RepeatForm
from matchmaker.blueprints.viewer import event_i_run_or_404, run_by_viewer, viewer
from matchmaker.extensions import db
from matchmaker.models import Event, EventStatus, utcnow
from matchmaker.refusal import Unfit
from matchmaker.services.events.planning import plans, repeats, series_times
from matchmaker.services.events.planning import series as recurring
from matchmaker.services.events.planning.repeats import Repeat


@bp.route("/events/<int:event_id>/series", methods=["GET", "POST"])
def series(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    here = url_for(".series", slug=slug, event_id=event_id)
    if event.series is None:
        form = RepeatForm(data={"repeat": Repeat.WEEKLY})
        if form.validate_on_submit():
            _repeat(event, form)
            return redirect(here)
        page = render_template(
            "planning/repeat.html", organised=event.space, event=event, form=form
        )
        return page, 422 if form.is_submitted() else 200
    if request.method == "POST" and request.form.get("do") == "publish":
        count = recurring.publish(event.series, viewer(), utcnow())
        db.session.commit()
        flash(f"{count} published." if count else "All of them are published already.")
        return redirect(here)
    extend = ExtendForm()
    if extend.validate_on_submit():
        _extend(event, extend)
        return redirect(here)
    now = utcnow()
    events = _events_of(event)
    page = render_template(
        "planning/series.html",
        organised=event.space,
        event=event,
        events=events,
        rule=repeats.words(series_times.rule_of(event.series)),
        drafts=[
            e for e in events if e.status is EventStatus.DRAFT and e.starts_at > now
        ],
        form=extend,
        now=now,
    )
    return page, 422 if extend.is_submitted() else 200


def _repeat(event: Event, form: RepeatForm) -> None:
    if form.repeat.data is Repeat.NEVER:
        raise Unfit("repeat", "Choose how often it takes place.")
    rule = repeats.rule_of(form.choice, plans.of(event).starts_at)
    made = recurring.repeat(event, rule, viewer(), utcnow())
    db.session.commit()
    if made.sentence:
        flash(made.sentence)
    flash(f"{len(made.events)} more are made, like this one.")


def _extend(event: Event, form: ExtendForm) -> None:
    assert event.series is not None  # noqa: S101  (asked of a series' events)
    made = recurring.extend(event.series, form.times.data, viewer(), utcnow())
    db.session.commit()
    if made.sentence:
        flash(made.sentence)
    flash(f"{len(made.events)} more, like the last.")


def _events_of(event: Event) -> list[Event]:
    query = select(Event).where(Event.series_id == event.series_id, run_by_viewer())
    return list(db.session.scalars(query.order_by(Event.starts_at, Event.id)))

"""Making events: the list of them, the form, and what becomes of each."""

from dataclasses import replace

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_

from matchmaker.blueprints.odd_input import to_number
from matchmaker.blueprints.planning import groups, listing, pictures, series
from matchmaker.blueprints.planning.finding import bp, may_plan_or_404
from matchmaker.blueprints.planning.forms import (
    EditEventForm,
    EventForm,
    MakeForm,
    filled_in,
    next_week,
)
from matchmaker.blueprints.planning.small_forms import CancelForm
from matchmaker.blueprints.viewer import event_i_run_or_404, viewer
from matchmaker.extensions import db, lock, lock_all
from matchmaker.mail.wording import day_words
from matchmaker.models import Event, Member, Space, utcnow
from matchmaker.refusal import Refusal
from matchmaker.services.events.planning import (
    editing,
    hosting,
    needs,
    plans,
    repeats,
    series_times,
    standing,
)
from matchmaker.services.events.planning import series as recurring
from matchmaker.services.events.planning.repeats import Repeat
from matchmaker.services.events.planning.series import Scope

__all__ = ["bp", "groups", "pictures", "series"]

MOST_PAGES = 10_000


@bp.get("/events")
def index(slug: str) -> ResponseReturnValue:
    space, now = may_plan_or_404(slug), utcnow()
    lists = listing.filters(now)
    shown = request.args.get("show", "upcoming")
    shown = shown if shown in lists else "upcoming"
    words = request.args.get("q", "").strip()[:80]
    wanted = lists[shown][1]
    folds = shown in {"upcoming", "drafts"} and not words and "all" not in request.args
    if folds:
        wanted = and_(wanted, listing.next_of_each_series(now))
    page = db.paginate(
        listing.found(space, wanted, words, latest_first=shown in {"past", "archived"}),
        page=min(request.args.get("page", 1, type=int), MOST_PAGES),
        per_page=listing.ON_A_PAGE,
        max_per_page=listing.ON_A_PAGE,
    )
    glances = needs.at_a_glance(page.items, viewer(), now)
    return render_template(
        "planning/index.html",
        organised=space,
        lists={name: title for name, (title, _) in lists.items()},
        counts=listing.counts(space, now),
        shown=shown,
        folds=folds,
        words=words,
        page=page,
        glances=glances,
        deeds={name: words for name, (words, _) in listing.DEEDS.items()},
        people=listing.people_to_come(space, now),
        may_make=editing.may_make(viewer(), space),
        organises=viewer().organises(space),
        now=now,
    )


@bp.post("/events")
def bulk(slug: str) -> ResponseReturnValue:
    space, now = may_plan_or_404(slug), utcnow()
    events = listing.chosen(space, request.form.getlist("event", type=to_number))
    name = request.form.get("do", "")
    if name not in listing.DEEDS:
        raise Refusal("Choose what to do with them first.")
    if not events:
        flash("Tick the events first, and then choose what to do with them.", "error")
        return redirect(url_for(".index", slug=slug))
    title, deed = listing.DEEDS[name]
    form = CancelForm()
    del form.scope
    if name == "cancel" and not (request.form.get("sure") and form.validate()):
        return render_template(
            "planning/cancel_many.html", organised=space, events=events, form=form
        )
    words = form.words.data or ""
    results = listing.do_to_each(events, deed, viewer(), now, words)
    db.session.commit()
    return render_template(
        "planning/bulk.html", organised=space, title=title, results=results
    )


@bp.route("/events/new", methods=["GET", "POST"])
def make(slug: str) -> ResponseReturnValue:
    space, now = may_plan_or_404(slug), utcnow()
    if not editing.may_make(viewer(), space):
        abort(404)
    mine = [viewer().name] if space in viewer().spaces else []
    form = MakeForm(data=filled_in(next_week(space, now), mine))
    _offer(form, space, None)
    if form.validate_on_submit():
        return redirect(_make(form, space))
    page = render_template(
        "planning/make.html",
        organised=space,
        form=form,
        to_copy=listing.to_copy(space, now),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/events/new/hosts")
def suggest_hosts(slug: str) -> ResponseReturnValue:
    space = may_plan_or_404(slug)
    words = request.args.get("q", "").strip()[:60]
    return jsonify(hosting.suggest(space, viewer(), words) if words else [])


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
def edit(slug: str, event_id: int) -> ResponseReturnValue:
    event, now = event_i_run_or_404(event_id, slug), utcnow()
    if request.method == "POST":
        _lock_to_edit(event)
    names = hosting.labels(event.space, viewer(), event.hosts)
    form = EditEventForm(data=filled_in(plans.of(event), names))
    _offer(form, event.space, event)
    if form.validate_on_submit():
        _edit(form, event)
        if event.is_published:
            return redirect(url_for("attendance.show", slug=slug, event_id=event.id))
        return redirect(url_for(".edit", slug=slug, event_id=event.id))
    page = render_template(
        "planning/edit.html",
        organised=event.space,
        event=event,
        form=form,
        missing=standing.missing(event, now),
        glance=needs.at_a_glance([event], viewer(), now)[event.id],
        rule=repeats.words(series_times.rule_of(event.series)) if event.series else "",
        now=now,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/events/<int:event_id>/duplicate")
def duplicate(slug: str, event_id: int) -> ResponseReturnValue:
    copy = editing.duplicate(event_i_run_or_404(event_id, slug), viewer(), utcnow())
    db.session.commit()
    flash("Here is the next one, as a draft. Look at the day, and publish it.")
    return redirect(url_for(".edit", slug=slug, event_id=copy.id))


@bp.post("/events/<int:event_id>/publish")
def publish(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    standing.publish(event, viewer(), utcnow())
    db.session.commit()
    flash(f"{event.title} is published. Members can sign up.")
    return redirect(url_for("attendance.show", slug=slug, event_id=event.id))


@bp.route("/events/<int:event_id>/cancel", methods=["GET", "POST"])
def cancel(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    form = CancelForm()
    if event.series_id is None:
        del form.scope
    if form.validate_on_submit():
        scope = form.scope.data if form.scope else Scope.ONE
        told = recurring.cancel(event, scope, form.words.data or "", viewer(), utcnow())
        db.session.commit()
        flash("It is cancelled." + (" Those who signed up are told." if told else ""))
        return redirect(url_for(".index", slug=slug))
    page = render_template(
        "planning/cancel.html",
        organised=event.space,
        event=event,
        form=form,
        signed_up=listing.signed_up(event),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/events/<int:event_id>/archive")
def archive(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    standing.archive(event, viewer(), utcnow())
    db.session.commit()
    flash(f"{event.title} is archived. You find it in the list of those.")
    return redirect(url_for(".index", slug=slug))


@bp.post("/events/<int:event_id>/unarchive")
def unarchive(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    standing.unarchive(event, viewer(), utcnow())
    db.session.commit()
    flash(f"{event.title} is back in the list.")
    return redirect(url_for(".edit", slug=slug, event_id=event.id))


@bp.post("/events/<int:event_id>/delete")
def delete(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    title = event.title
    standing.delete(event)
    db.session.commit()
    flash(f"The draft of {title} is gone.")
    return redirect(url_for(".index", slug=slug, show="drafts"))


def _lock_to_edit(event: Event) -> None:
    """Let what the form is compared with stay until it is saved."""
    if event.series and request.form.get("scope", Scope.ONE.value) != Scope.ONE.value:
        lock(event.series)
        lock_all(event.series.events)
    else:
        lock(event)


def _offer(form: EventForm, space: Space, event: Event | None) -> None:
    form.offer(
        editing.groups_for(viewer(), space),
        event,
        only_groups=editing.only_for_groups(viewer(), space)
        and (event is None or event.group is not None),
    )


def _plan(form: EventForm, space: Space, hosts: list[Member]) -> plans.Plan:
    named = hosting.named(space, viewer(), form.hosts.data or [], hosts)
    known = editing.groups_for(viewer(), space)
    return form.plan(known, named)


def _make(form: MakeForm, space: Space) -> str:
    """Make what the form says, and say where to go on."""
    now, slug = utcnow(), space.slug
    plan = _plan(form, space, [])
    if form.repeat.data is Repeat.NEVER:
        event = editing.make(space, plan, viewer(), now)
        series, sentence = None, ""
    else:
        rule = repeats.rule_of(form.choice, plan.starts_at)
        made = recurring.make(space, plan, rule, viewer(), now)
        event, series, sentence = made.events[0], made.series, made.sentence
    is_out = _publish_too(event, Scope.ALL)
    db.session.commit()
    if sentence:
        flash(sentence)
    if series is not None:
        flash("Published, each of them." if is_out else "A series of drafts is made.")
        return url_for(".series", slug=slug, event_id=event.id)
    if is_out:
        flash(f"{event.title} is published. Members can sign up.")
        return url_for("attendance.show", slug=slug, event_id=event.id)
    flash("Saved as a draft. Add a picture, look at it, and publish it.")
    return url_for(".edit", slug=slug, event_id=event.id)


def _edit(form: EventForm, event: Event) -> None:
    scope = form.scope.data if form.scope else Scope.ONE
    plan = _plan(form, event.space, event.hosts)
    if plan.group is None and form.group.data == event.group_id:
        plan = replace(plan, group=event.group)  # one that is archived by now
    closed = event.rsvp_closes_at
    changed = recurring.edit(event, plan, scope, viewer(), utcnow())
    is_out = _publish_too(event, scope)
    db.session.commit()
    if is_out:
        flash(f"{event.title} is published. Members can sign up.")
    elif changed & editing.ARRANGEMENTS and event.is_published:
        flash("Saved. Those who signed up are told what has changed.")
    else:
        flash("Saved." if changed else "Nothing has changed.")
    if "starts_at" in changed and closed and event.rsvp_closes_at:
        ends = event.rsvp_closes_at.astimezone(event.space.zone)
        words = f"{day_words(ends)}, {ends:%H:%M}"
        if event.rsvp_closes_at != closed:
            flash(f"Signing up ends on {words} now.")
        elif closed <= utcnow():
            flash(f"Signing up ended on {words}. Change that if people may still come.")


def _publish_too(event: Event, scope: Scope) -> bool:
    """Publish what was just saved, if that was pressed; it stays saved if it cannot be."""
    if request.form.get("then") != "publish" or event.is_published:
        return False
    try:
        with db.session.begin_nested():
            if event.series and scope is not Scope.ONE:
                recurring.publish(event.series, viewer(), utcnow())
            else:
                standing.publish(event, viewer(), utcnow())
    except Refusal as refusal:
        flash(f"It is saved as a draft. {refusal}", "error")
        return False
    return True

"""Calendars kept elsewhere whose events a space shows as its own: for its organisers."""

from contextlib import closing
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from wtforms import SelectChoice

from matchmaker.blueprints.calendars.finding import bp, source_or_404
from matchmaker.blueprints.calendars.forms import AT_ONCE, FileForm, SourceForm
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db, limiter
from matchmaker.models import CalendarSource, Group, Space, utcnow
from matchmaker.queries.visibility import events_visible_to
from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.events.calendars import (
    calendar_comparison,
    calendar_import,
    calendar_reading,
)

_A_FEW = limiter.limit("60/hour", methods=["POST"])


@bp.route("/organise/<slug>/calendars", methods=["GET", "POST"])
@login_required
@_A_FEW
def sources(slug: str) -> ResponseReturnValue:
    space, now = organised_or_404(slug), utcnow()
    form = _form(space)
    if not form.validate_on_submit():
        return _list(space, form, 422 if form.is_submitted() else 200)
    try:
        source = _proposed(space, form, now)
    except Refusal as refusal:
        field = form.url if form.url.data else form.file
        field.errors = [str(refusal)]
        return _list(organised_or_404(slug), form, 422)
    if source.made_at < now:
        flash(f"This goes on with {source.name}, which is here already.")
    db.session.commit()
    return redirect(url_for(".source", slug=slug, source_id=source.id))


@bp.get("/organise/<slug>/calendars/<int:source_id>")
@login_required
def source(slug: str, source_id: int) -> ResponseReturnValue:
    return _page(source_or_404(slug, source_id), FileForm(), 200)


@bp.post("/organise/<slug>/calendars/<int:source_id>/read")
@login_required
@_A_FEW
def read(slug: str, source_id: int) -> ResponseReturnValue:
    """Read it now, and show what would come of it."""
    found = source_or_404(slug, source_id)
    form = FileForm()
    try:
        told = _read(found.space, found.url, _content(form.file.data))
        found = source_or_404(slug, source_id)
        calendar_import.propose_again(found, told)
    except Refusal as refusal:
        found = source_or_404(slug, source_id)
        form.file.errors = [str(refusal)]
        return _page(found, form, 422)
    db.session.commit()
    return redirect(url_for(".source", slug=slug, source_id=source_id))


@bp.post("/organise/<slug>/calendars/<int:source_id>/accept")
@login_required
def accept(slug: str, source_id: int) -> ResponseReturnValue:
    found = source_or_404(slug, source_id)
    done = calendar_import.accept(
        found, viewer(), utcnow(), request.form.getlist("twin")
    )
    db.session.commit()
    flash(_said(found, done))
    return redirect(url_for(".sources", slug=slug))


@bp.post("/organise/<slug>/calendars/<int:source_id>/discard")
@login_required
def discard(slug: str, source_id: int) -> ResponseReturnValue:
    calendar_import.discard(source_or_404(slug, source_id))
    db.session.commit()
    flash("Thrown away. Nothing has changed.")
    return redirect(url_for(".sources", slug=slug))


@bp.post("/organise/<slug>/calendars/<int:source_id>/stop")
@login_required
def stop(slug: str, source_id: int) -> ResponseReturnValue:
    found = source_or_404(slug, source_id)
    name = found.name
    calendar_import.forget(found)
    db.session.commit()
    flash(f"{name} is not read any more. The events that came of it are yours to keep.")
    return redirect(url_for(".sources", slug=slug))


def _proposed(space: Space, form: SourceForm, now: datetime) -> CalendarSource:
    url, content = (form.url.data or "").strip(), _content(form.file.data)
    if bool(url) == bool(content):
        raise Refusal("Give an address or a file, one of the two.")
    slug = space.slug
    if url:
        calendar_import.check_address(space, url)
    told = _read(space, url, content)
    group_id = form.group_id.data
    return calendar_import.propose(
        organised_or_404(slug),
        told,
        now,
        url=url or None,
        name=form.name.data or "",
        group=db.session.get(Group, group_id) if group_id else None,
        publishes=form.publishes.data == AT_ONCE,
    )


def _form(space: Space) -> SourceForm:
    form = SourceForm()
    groups = select(Group).where(
        Group.space_id == space.id, Group.archived_at.is_(None)
    )
    form.group_id.choices = [SelectChoice(0, f"All of {space.name}")] + [
        SelectChoice(group.id, group.name)
        for group in db.session.scalars(groups.order_by(Group.name))
    ]
    return form


def _content(file: FileStorage | None) -> bytes:
    if not file:
        return b""
    with closing(file):
        content = file.read(fetching.MOST + 1)
    if len(content) > fetching.MOST:
        raise fetching.too_large()
    return content


def _read(space: Space, url: str | None, content: bytes) -> str:
    """Read what is at an address, or in a file; nobody waits for the database meanwhile."""
    zone = space.zone
    db.session.rollback()
    return calendar_reading.read(
        fetching.fetch(url) if url else content, zone, utcnow()
    )


def _list(space: Space, form: SourceForm, status: int) -> ResponseReturnValue:
    now = utcnow()
    query = select(CalendarSource).where(CalendarSource.space_id == space.id)
    found = db.session.scalars(query.order_by(CalendarSource.name, CalendarSource.id))
    seen = events_visible_to(viewer())
    rows = [
        (source, len(calendar_comparison.events_to_come(source, now, seen)))
        for source in found
    ]
    waiting = select(CalendarSource.id).where(
        CalendarSource.space_id == space.id, CalendarSource.pending.is_not(None)
    )
    page = render_template(
        "calendars/sources.html",
        organised=space,
        rows=rows,
        waiting=set(db.session.scalars(waiting)),
        form=form,
    )
    return page, status


def _page(source: CalendarSource, form: FileForm, status: int) -> ResponseReturnValue:
    now = utcnow()
    preview = calendar_import.preview(source, now, viewer())
    page = render_template(
        "calendars/source.html",
        organised=source.space,
        source=source,
        preview=preview,
        coming=calendar_comparison.events_to_come(
            source, now, events_visible_to(viewer())
        ),
        form=form,
    )
    return page, status


def _said(source: CalendarSource, done: calendar_comparison.Comparison) -> str:
    parts = [
        f"{count} {word}"
        for count, word in (
            (len(done.new), "new"),
            (len(done.changed), "changed"),
            (len(done.called_off) + len(done.gone), "called off"),
        )
        if count
    ]
    told = f"{', '.join(parts)}." if parts else "Nothing was new."
    if done.new and not source.publishes:
        return f"{source.name}: {told} The new ones wait as drafts for you to publish."
    return f"{source.name}: {told}"

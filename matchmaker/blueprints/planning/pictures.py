"""An event's pictures: its cover, and the album for after it."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints.planning.finding import bp
from matchmaker.blueprints.planning.small_forms import (
    CaptionForm,
    NotesForm,
    PictureForm,
)
from matchmaker.blueprints.viewer import event_i_run_or_404, viewer
from matchmaker.extensions import db, lock
from matchmaker.models import Event, Picture, utcnow
from matchmaker.services.events.planning import pictures as album
from matchmaker.services.events.planning import series, standing

# A form around the picture is small.
_MOST_BYTES = album.MOST_BYTES + 64 * 1024


@bp.url_value_preprocessor
def _let_pictures_be_larger(
    endpoint: str | None, _values: dict[str, Any] | None
) -> None:
    """Here and nowhere else: before anybody reads the form, as the token's check does."""
    if endpoint in {"planning.pictures", "planning.group_picture"}:
        request.max_content_length = _MOST_BYTES


@bp.route("/events/<int:event_id>/pictures", methods=["GET", "POST"])
def pictures(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    form = _picture_form(event)
    if form.validate_on_submit():
        _add(event, form)
        flash("The picture is in.")
        return redirect(url_for(".pictures", slug=slug, event_id=event_id))
    return _page(event, form), 422 if form.is_submitted() else 200


@bp.post("/events/<int:event_id>/pictures/<int:picture_id>")
def change_picture(slug: str, event_id: int, picture_id: int) -> ResponseReturnValue:
    picture = _picture_or_404(slug, event_id, picture_id)
    if request.form.get("do") == "cover":
        album.make_cover(picture)
        flash("That is the picture at the top now.")
    else:
        lock(picture)
        form = _caption_form(picture)
        if not form.validate():
            return _page(picture.event, captions={picture.id: form}), 422
        album.describe(picture, form.caption.data or "")
        flash("Saved what it shows.")
    db.session.commit()
    return redirect(url_for(".pictures", slug=slug, event_id=event_id))


@bp.post("/events/<int:event_id>/pictures/<int:picture_id>/remove")
def remove_picture(slug: str, event_id: int, picture_id: int) -> ResponseReturnValue:
    album.remove(_picture_or_404(slug, event_id, picture_id))
    db.session.commit()
    flash("The picture is gone.")
    return redirect(url_for(".pictures", slug=slug, event_id=event_id))


@bp.post("/events/<int:event_id>/notes")
def notes(slug: str, event_id: int) -> ResponseReturnValue:
    event = event_i_run_or_404(event_id, slug)
    lock(event)
    form = NotesForm(obj=event)
    if not form.validate():
        return _page(event, notes=form), 422
    standing.tell_how_it_was(event, form.notes.data or "", viewer(), utcnow())
    db.session.commit()
    flash("Saved how it was. Whoever sees the event can read it.")
    return redirect(url_for(".pictures", slug=slug, event_id=event_id))


def _page(
    event: Event,
    form: PictureForm | None = None,
    notes: NotesForm | None = None,
    captions: Mapping[int, CaptionForm] | None = None,
) -> str:
    """The page, with the one form of it that was sent and refused."""
    blank: dict[str, Any] = {"formdata": None}
    return render_template(
        "planning/pictures.html",
        organised=event.space,
        event=event,
        form=form or _picture_form(event, **blank),
        notes=notes or NotesForm(obj=event, **blank),
        captions={p.id: _caption_form(p, **blank) for p in event.pictures}
        | dict(captions or {}),
        has_begun=event.starts_at <= utcnow(),
        most_bytes=album.MOST_BYTES,
    )


def _picture_form(event: Event, **options: Any) -> PictureForm:
    usual = {"is_cover": event.cover is None, "for_series": True}
    form = PictureForm(data=usual, **options)
    if event.series_id is None:
        del form.for_series
    return form


def _caption_form(picture: Picture, **options: Any) -> CaptionForm:
    form = CaptionForm(obj=picture, **options)
    form.caption.id = f"caption-{picture.id}"
    return form


def _add(event: Event, form: PictureForm) -> None:
    album.add(
        event,
        form.picture.data.read(),
        form.caption.data or "",
        viewer(),
        utcnow(),
        is_cover=form.is_cover.data,
    )
    if form.is_cover.data and form.for_series and form.for_series.data:
        series.share_cover(event, utcnow())
    db.session.commit()


def _picture_or_404(slug: str, event_id: int, picture_id: int) -> Picture:
    event = event_i_run_or_404(event_id, slug)
    query = select(Picture).where(
        Picture.id == picture_id, Picture.event_id == event.id
    )
    return db.session.scalar(query) or abort(404)

"""The blueprint, and what of a space an organiser may see of its calendars."""

from typing import Any

from flask import Blueprint, abort, request
from sqlalchemy import select

from matchmaker.blueprints.viewer import organised_or_404
from matchmaker.extensions import db
from matchmaker.models import CalendarSource
from matchmaker.services import fetching

bp = Blueprint("calendars", __name__)

# A calendar's file, and the few words beside it.
_ROOM = fetching.MOST + 64 * 1024


@bp.url_value_preprocessor
def _give_files_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: everything else we are sent is far smaller."""
    if endpoint in {"calendars.sources", "calendars.read"}:
        request.max_content_length = _ROOM


def source_or_404(slug: str, source_id: int) -> CalendarSource:
    space = organised_or_404(slug)
    query = select(CalendarSource).where(
        CalendarSource.id == source_id, CalendarSource.space_id == space.id
    )
    return db.session.scalar(query) or abort(404)

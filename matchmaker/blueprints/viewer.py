"""Who is looking, and at which space."""

from datetime import UTC
from typing import Any, cast

from flask import abort, current_app, session
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, select

from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Event, Member, Membership, Space, utcnow
from matchmaker.queries.visibility import events_run_by, events_visible_to


def viewer() -> Member:
    """The member who is signed in."""
    return cast(Member, current_user._get_current_object())


def current_membership() -> Membership | None:
    """The membership whose space the pages are about: the chosen one, or the first."""
    if not current_user.is_authenticated:
        return None
    active = [m for m in viewer().memberships if m.is_active]
    chosen = session.get("space_id")
    return next(
        (m for m in active if m.space_id == chosen), active[0] if active else None
    )


def membership_or_404() -> Membership:
    return current_membership() or abort(404)


def space_or_404(slug: str) -> Space:
    return db.session.scalar(select(Space).where(Space.slug == slug)) or abort(404)


def organised_or_404(slug: str) -> Space:
    """Find a space that the viewer organises; others' consoles do not exist."""
    mine = (m.space for m in viewer().memberships)
    space = next((s for s in mine if s.slug == slug), None) or space_or_404(slug)
    return space if viewer().organises(space) else abort(404)


def run_by_viewer() -> ColumnElement[bool]:
    """The events that the viewer runs; one with a host parted from them is not there."""
    return and_(events_run_by(viewer()), events_visible_to(viewer()))


def runs(event: Event) -> bool:
    query = select(Event.id).where(Event.id == event.id, run_by_viewer())
    return db.session.scalar(query) is not None


def event_i_run_or_404(event_id: int, slug: str | None = None) -> Event:
    """Find an event that the viewer runs, in the space of that name if one is given."""
    query = select(Event).where(Event.id == event_id, run_by_viewer())
    if slug is not None:
        query = query.join(Space, Space.id == Event.space_id).where(Space.slug == slug)
    return db.session.scalar(query) or abort(404)


def what_every_page_shows() -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    membership = current_membership()
    zone = membership.space.zone if membership else UTC
    return {
        # Themselves, and not the library's stand-in, which looks them up at each question.
        "current_user": current_user._get_current_object(),
        "today": utcnow().astimezone(zone).date(),
        "space": membership.space if membership else None,
        "is_organiser": bool(membership and viewer().organises(membership.space)),
        "demonstration": settings.demonstration,
    }

"""Who is looking, and at which space."""

import hashlib
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import abort, current_app, session, url_for
from flask_login import current_user
from sqlalchemy import select

from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Member, Membership, Space, utcnow


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


def what_every_page_shows() -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    membership = current_membership()
    zone = membership.space.zone if membership else UTC
    return {
        "today": utcnow().astimezone(zone).date(),
        "space": membership.space if membership else None,
        "is_organiser": bool(membership and viewer().organises(membership.space)),
        "demonstration": settings.demonstration,
    }


def static_url(path: str) -> str:
    """Address a static file by its content, so that browsers may keep it for good."""
    return url_for(
        "static", filename=path, v=_version(str(current_app.static_folder), path)
    )


@cache
def _version(folder: str, path: str) -> str:
    return hashlib.sha256(Path(folder, path).read_bytes()).hexdigest()[:12]

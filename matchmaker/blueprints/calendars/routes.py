"""Calendars that others' programs read, and calendars of others that we read.

A program has no session: the token in an address stands for the member, and opens
nothing but this. Without one there is what anybody may see.
"""

import hashlib

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Following, Group, Member, Space, utcnow
from matchmaker.services.events import feeds

bp = Blueprint("calendars", __name__)


@bp.get("/events/<int:event_id>.ics")
def event(event_id: int) -> ResponseReturnValue:
    feed = feeds.of_event(event_id, _reader(), request.args.get("key", ""))
    return _file(feed, download=True)


@bp.get("/series/<key>.ics")
def series(key: str) -> ResponseReturnValue:
    return _file(feeds.of_series(key, _reader(), utcnow()))


@bp.get("/groups/<slug>/<group>.ics")
def group(slug: str, group: str) -> ResponseReturnValue:
    found = _group_or_404(space_or_404(slug), group)
    return _file(feeds.of_group(found, _reader(), utcnow()))


@bp.get("/spaces/<slug>/events.ics")
def space(slug: str) -> ResponseReturnValue:
    return _file(feeds.of_space(space_or_404(slug), _reader(), utcnow()))


@bp.get("/calendar/<token>.ics")
def mine(token: str) -> ResponseReturnValue:
    """What the member goes to."""
    return _file(feeds.of_mine(_holder_or_404(token), utcnow()))


@bp.get("/calendar/<token>/all.ics")
def everything(token: str) -> ResponseReturnValue:
    """All that is on in the member's spaces."""
    return _file(feeds.of_all_spaces(_holder_or_404(token), utcnow()))


@bp.get("/calendar")
@login_required
def subscribe() -> ResponseReturnValue:
    member = viewer()
    followed = (
        select(Group)
        .join(Following)
        .where(
            Following.member_id == member.id,
            Group.space_id.in_([space.id for space in member.spaces]),
            Group.archived_at.is_(None),
        )
        .order_by(Group.name)
    )
    return render_template(
        "calendars/subscribe.html",
        member=member,
        token=feeds.token(member),
        groups=list(db.session.scalars(followed)),
    )


@bp.post("/calendar/new-addresses")
@login_required
def rotate() -> ResponseReturnValue:
    feeds.make_new_addresses(viewer())
    db.session.commit()
    flash("Your calendars have new addresses. Add them again where you use them.")
    return redirect(url_for(".subscribe"))


def _reader() -> Member | None:
    """Whose eyes the events are seen with: the token's, or whoever is signed in."""
    token = request.args.get("token")
    if token is not None:
        return _holder_or_404(token)
    return viewer() if current_user.is_authenticated else None


def _holder_or_404(token: str) -> Member:
    return feeds.reader(token) or abort(404)


def _group_or_404(space: Space, slug: str) -> Group:
    query = select(Group).where(Group.space_id == space.id, Group.slug == slug)
    return db.session.scalar(query) or abort(404)


def _file(feed: feeds.Feed | None, *, download: bool = False) -> Response:
    if feed is None:
        abort(404)
    text = feed.text(utcnow())
    response = make_response(text)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Disposition"] = (
        f'{"attachment" if download else "inline"}; filename="events.ics"'
    )
    response.last_modified = feed.changed_at
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    # An event that one may no longer see goes, and no other changes by it: only the
    # whole text tells, not when an event was last changed.
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response


@bp.get("/organise/<slug>/calendars")
@login_required
def sources(slug: str) -> ResponseReturnValue:
    space = space_or_404(slug)
    if not viewer().organises(space):
        abort(404)
    return render_template("calendars/sources.html", organised=space)

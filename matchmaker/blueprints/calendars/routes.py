"""Calendars that others' programs read, and calendars of others that we read.

A program has no session: the token in an address stands for the member, and opens
nothing but this. Without one there is what anybody may see.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import (
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

from matchmaker.blueprints.calendars import sources
from matchmaker.blueprints.calendars.finding import bp
from matchmaker.blueprints.viewer import current_membership, space_or_404, viewer
from matchmaker.extensions import db
from matchmaker.mail.links import absolute
from matchmaker.models import Following, Group, Member, Space, utcnow
from matchmaker.queries.visibility import groups_visible_to
from matchmaker.services import groups
from matchmaker.services.events.calendars import feeds

__all__ = ["bp", "sources"]


@dataclass(frozen=True)
class Address:
    """A calendar's address, and the ways in which programs take it."""

    title: str
    what: str
    address: str

    @property
    def id(self) -> str:
        return f"address-{hashlib.sha256(self.address.encode()).hexdigest()[:8]}"

    @property
    def webcal(self) -> str:
        return f"webcal:{self.address.partition(':')[2]}"

    @property
    def google(self) -> str:
        query = urlencode({"cid": self.webcal})
        return f"https://calendar.google.com/calendar/render?{query}"

    @property
    def outlook(self) -> str:
        query = urlencode({"url": self.address, "name": self.title})
        return f"https://outlook.live.com/calendar/0/addfromweb?{query}"


@bp.get("/events/<int:event_id>.ics")
def event(event_id: int) -> ResponseReturnValue:
    feed = feeds.of_event(event_id, _reader(), request.args.get("key", ""))
    return _file(feed, download=True)


@bp.get("/events/<int:event_id>/hours.ics")
@login_required
def hours(event_id: int) -> ResponseReturnValue:
    """What one has booked with mentors there, and what others have with oneself."""
    return _file(feeds.of_hours(event_id, viewer()), download=True)


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
            groups_visible_to(member),
            Group.space_id.in_([space.id for space in member.spaces]),
            Group.archived_at.is_(None),
        )
        .order_by(Group.name)
    )
    token = feeds.token(member)
    own = Address(
        "Your own events",
        "What you go to, and what you wait for.",
        absolute("calendars.mine", token=token),
    )
    several = Address(
        "All of your spaces",
        "Whatever is on in any of them, and yours to see.",
        absolute("calendars.everything", token=token),
    )
    spaces = [
        Address(
            space.name,
            "Whatever is on there, and yours to see.",
            absolute("calendars.space", slug=space.slug, token=token),
        )
        for space in member.spaces
    ]
    of_groups = [
        Address(
            group.name,
            f"A group that you follow in {group.space.name}.",
            absolute(
                "calendars.group",
                slug=group.space.slug,
                group=group.slug,
                token=token,
            ),
        )
        for group in db.session.scalars(followed)
    ]
    here = current_membership()  # its groups are those that the link leads to
    known = {group.id for group in groups.of(here.space, member)} if here else set()
    return render_template(
        "calendars/subscribe.html",
        own=own if spaces else None,
        others=[*([several] if len(spaces) > 1 else []), *spaces, *of_groups],
        has_more_groups=bool(known - groups.followed_by(member)),
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
    reader = _reader()
    if reader is not None:
        query = query.where(groups_visible_to(reader))
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

"""Where people look for events: by day, by month, and on other websites."""

import enum
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from matchmaker.blueprints import policies
from matchmaker.blueprints.viewer import membership_or_404, space_or_404, viewer
from matchmaker.extensions import talisman
from matchmaker.mail import links
from matchmaker.models import EventKind, Group, Member, Venue, utcnow
from matchmaker.queries import spaces
from matchmaker.services import groups
from matchmaker.services.events import agenda
from matchmaker.services.events.agenda import Filters
from matchmaker.services.events.planning import editing

bp = Blueprint("agenda", __name__)

Choice = TypeVar("Choice", bound=enum.Enum)

_MOST_PAGES = 1000
_EMBEDDED, _MOST_EMBEDDED = 10, 50


@bp.get("/events/")
@login_required
def index() -> ResponseReturnValue:
    space, now = membership_or_404().space, utcnow()
    known = groups.of(space, viewer())
    filters, page = _filters(known), _page()
    suiting_first = request.args.get("sort") == "suits"
    found = agenda.upcoming(
        viewer(), space, now, filters, page, suiting_first=suiting_first
    )
    may_make = editing.may_make(viewer(), space)
    return render_template(
        "agenda/index.html",
        space=space,
        page=found,
        now=now,
        filters=filters,
        groups=known,
        chosen=_chosen(filters, suiting_first=suiting_first),
        suiting_first=suiting_first,
        may_make=may_make,
        runs_something=may_make or agenda.is_run_by(viewer(), space),
    )


@bp.get("/events/past")
@login_required
def past() -> ResponseReturnValue:
    space, now = membership_or_404().space, utcnow()
    known = groups.of(space, viewer())
    filters = _filters(known)
    return render_template(
        "agenda/past.html",
        space=space,
        page=agenda.past(viewer(), space, now, filters, _page()),
        now=now,
        filters=filters,
        groups=known,
        chosen=_chosen(filters),
    )


@bp.get("/events/month/<year_month>")
@login_required
def month(year_month: str) -> ResponseReturnValue:
    first = _first_of_month(year_month)
    space, now = membership_or_404().space, utcnow()
    known = groups.of(space, viewer())
    filters = _filters(known)
    return render_template(
        "agenda/month.html",
        space=space,
        first=first,
        weeks=agenda.month(viewer(), space, first, now, filters),
        before=_in_reach(first - timedelta(days=1)),
        after=_in_reach(first + timedelta(days=31)),
        now=now,
        filters=filters,
        groups=known,
        chosen=_chosen(filters),
    )


@bp.get("/spaces/<slug>/events")
def public(slug: str) -> ResponseReturnValue:
    """What a space holds for anybody, with a way to show it on the space's own site."""
    space, now, looking = space_or_404(slug), utcnow(), _looking()
    return render_template(
        "agenda/public.html",
        holding=space,
        page=agenda.public(looking, space, now, _page()),
        now=now,
        organises=looking is not None and looking.organises(space),
        embed_url=links.absolute("agenda.embed", slug=slug),
    )


@bp.get("/embed/<slug>")
@talisman(content_security_policy=policies.EMBEDDED, frame_options=None)
def embed(slug: str) -> ResponseReturnValue:
    """A list of public events, alone on its page, for another website to frame."""
    space = spaces.find(slug)
    now, looking = utcnow(), _looking()
    page = space and agenda.public(looking, space, now, size=_size())
    html = render_template(
        "agenda/embed.html",
        holding=space,
        page=page,
        now=now,
        theme={"light": "morning", "dark": "evening"}.get(request.args.get("look", "")),
    )
    # An error page of ours could be framed from here, so this page says it itself.
    response = make_response(html, 200 if space else 404)
    response.headers["Cache-Control"] = "private" if looking else "public, max-age=300"
    return response


def _looking() -> Member | None:
    return viewer() if current_user.is_authenticated else None


def _filters(known: Sequence[Group]) -> Filters:
    """What the address asks for; what makes no sense there asks for nothing."""
    slug = request.args.get("group")
    return Filters(
        group=next((group for group in known if group.slug == slug), None),
        kind=_choice(EventKind, "kind"),
        venue=_choice(Venue, "venue"),
        mine=request.args.get("mine") == "1",
    )


def _choice(choices: type[Choice], name: str) -> Choice | None:
    given = request.args.get(name)
    return next((choice for choice in choices if choice.value == given), None)


def _chosen(filters: Filters, *, suiting_first: bool = False) -> dict[str, str]:
    """The filters, as the address of another page says them."""
    said = {
        "group": filters.group.slug if filters.group else "",
        "kind": filters.kind.value if filters.kind else "",
        "venue": filters.venue.value if filters.venue else "",
        "mine": "1" if filters.mine else "",
        "sort": "suits" if suiting_first else "",
    }
    return {name: value for name, value in said.items() if value}


def _page() -> int:
    return _number("page", 1, _MOST_PAGES)


def _size() -> int:
    return _number("size", _EMBEDDED, _MOST_EMBEDDED)


def _number(name: str, usual: int, most: int) -> int:
    given = request.args.get(name, "")
    if not re.fullmatch("[0-9]{1,6}", given):
        return usual
    return min(max(int(given), 1), most)


def _first_of_month(year_month: str) -> date:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}", year_month):
        abort(404)
    try:
        first = datetime.strptime(year_month, "%Y-%m").date()  # noqa: DTZ007  (a day)
    except ValueError:
        abort(404)
    return _in_reach(first) or abort(404)


def _in_reach(day: date) -> date | None:
    """The first of the day's month, if that month can be looked at."""
    is_in_reach = agenda.FIRST_YEAR <= day.year <= agenda.LAST_YEAR
    return day.replace(day=1) if is_in_reach else None

"""The organiser's pages of a space. Whom an organiser may not see is not counted either."""

import re
from itertools import combinations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.organiser import newcomers
from matchmaker.blueprints.organiser import reports as report_pages
from matchmaker.blueprints.organiser import topics as topic_pages
from matchmaker.blueprints.organiser import twins as twin_pages
from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import (
    Member,
    Membership,
    Round,
    Space,
    utcnow,
)
from matchmaker.queries import introductions, organiser
from matchmaker.queries.rounds import schedule
from matchmaker.refusal import Refusal
from matchmaker.services import memberships, rounds

__all__ = ["bp", "newcomers", "report_pages", "topic_pages", "twin_pages"]

MOST_PAGES = 10_000
_IDS = re.compile(r"[0-9]{1,9}(-[0-9]{1,9})+")  # of those kept apart


@bp.get("/")
@login_required
def overview(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    now = utcnow()
    return render_template(
        "organiser/overview.html",
        organised=space,
        counts=organiser.count_members(space, viewer()),
        rounds=organiser.latest_rounds(space, viewer()),
        schedule=schedule(space, now),
        waiting=organiser.count_waiting(space, viewer()),
        now=now,
    )


@bp.get("/members")
@login_required
def members(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    words = request.args.get("q", "").strip()[:80]
    number = min(request.args.get("page", 1, type=int), MOST_PAGES)
    if number < 1:
        abort(404)
    page = organiser.members(space, viewer(), words, number)
    if number > 1 and not page.items:
        abort(404)
    return render_template(
        "organiser/members.html", organised=space, page=page, words=words
    )


@bp.post("/members/<int:id_>/suspend")
@login_required
def suspend(slug: str, id_: int) -> ResponseReturnValue:
    membership = _membership_or_404(organised_or_404(slug), id_)
    memberships.suspend(membership, utcnow())
    db.session.commit()
    flash(f"{membership.member.name} is suspended, and can be let back in at any time.")
    return redirect(_found(slug, membership))


@bp.post("/members/<int:id_>/reinstate")
@login_required
def reinstate(slug: str, id_: int) -> ResponseReturnValue:
    membership = _membership_or_404(organised_or_404(slug), id_)
    memberships.reinstate(membership)
    db.session.commit()
    flash(f"{membership.member.name} is back.")
    return redirect(_found(slug, membership))


@bp.get("/rounds/<week>")
@login_required
def round_(slug: str, week: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    return _round_page(space, rounds.find(space, week) or abort(404))


@bp.post("/rounds")
@login_required
def run_round(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    now = utcnow()
    week = rounds.this_week(space, now)
    made = rounds.run(space, week, now, vetoes=_vetoes(_kept_apart()))
    db.session.commit()
    count = len(
        introductions.of_round(made, viewer())
    )  # those that this organiser may see
    flash(f"{count} introduction{'s' if count != 1 else ''} on the way.")
    return redirect(url_for(".round_", slug=slug, week=week))


@bp.post("/rounds/preview")
@login_required
def preview_round(slug: str) -> ResponseReturnValue:
    """Show what this week's round would be; a dry run is a rollback."""
    space = organised_or_404(slug)
    now = utcnow()
    apart = _kept_apart()
    week = rounds.this_week(space, now)
    made = rounds.run(space, week, now, vetoes=_vetoes(apart))
    page = _round_page(space, made, apart)
    db.session.rollback()
    return page


def _kept_apart() -> dict[str, list[Member]]:
    """Who shall not be introduced to each other this time, as the form names them: by
    their ids. Only whom the organiser may see can be told that they were named."""
    named = dict.fromkeys(filter(_IDS.fullmatch, request.form.getlist("apart")))
    named.pop(request.form.get("again", ""), None)
    groups = {name: [*map(int, name.split("-"))] for name in named}
    ids = set().union(*groups.values())
    members = organiser.visible_members(viewer(), ids)
    return {
        name: [members[id_] for id_ in group]
        for name, group in groups.items()
        if members.keys() >= {*group}
    }


def _vetoes(apart: dict[str, list[Member]]) -> list[frozenset[int]]:
    return [
        frozenset({one.id, other.id})
        for group in apart.values()
        for one, other in combinations(group, 2)
    ]


def _found(slug: str, membership: Membership) -> str:
    """The members' page, with the one who was just changed on it."""
    return url_for(".members", slug=slug, q=membership.member.email)


def _round_page(
    space: Space, round_: Round, apart: dict[str, list[Member]] | None = None
) -> str:
    """A round that was run; or, with those kept apart in it, one that would be."""
    return render_template(
        "organiser/round.html",
        organised=space,
        round=round_,
        introductions=introductions.of_round(round_, viewer()),
        left_out=organiser.left_out(round_, viewer()),
        is_preview=apart is not None,
        apart=apart,
    )


def _membership_or_404(space: Space, member_id: int) -> Membership:
    membership = organiser.find_member(space, viewer(), member_id) or abort(404)
    if membership.member is viewer():
        raise Refusal("Ask another organiser to do that for you.")
    return membership

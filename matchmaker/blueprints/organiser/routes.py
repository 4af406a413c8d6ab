"""The organiser's pages of a space. Whom an organiser may not see is not counted either."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.organiser import draft as draft_pages
from matchmaker.blueprints.organiser import newcomers
from matchmaker.blueprints.organiser import reports as report_pages
from matchmaker.blueprints.organiser import topics as topic_pages
from matchmaker.blueprints.organiser import twins as twin_pages
from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Membership, Space, utcnow
from matchmaker.queries import introductions, organiser
from matchmaker.queries.rounds import schedule
from matchmaker.refusal import Refusal
from matchmaker.services import memberships, rounds

__all__ = [
    "bp",
    "draft_pages",
    "newcomers",
    "report_pages",
    "topic_pages",
    "twin_pages",
]

MOST_PAGES = 10_000


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
    found = rounds.find(space, week) or abort(404)
    return render_template(
        "organiser/round.html",
        organised=space,
        round=found,
        introductions=introductions.of_round(found, viewer()),
        left_out=organiser.left_out(found, viewer()),
    )


@bp.post("/rounds")
@login_required
def run_round(slug: str) -> ResponseReturnValue:
    """Run this week's round now, as its draft shows it; a later one waits."""
    space = organised_or_404(slug)
    now = utcnow()
    week = rounds.this_week(space, now)
    made = rounds.run(space, week, now)
    db.session.commit()
    count = len(
        introductions.of_round(made, viewer())
    )  # those that this organiser may see
    flash(f"{count} introduction{'s' if count != 1 else ''} on the way.")
    return redirect(url_for(".round_", slug=slug, week=week))


def _found(slug: str, membership: Membership) -> str:
    """The members' page, with the one who was just changed on it."""
    return url_for(".members", slug=slug, q=membership.member.email)


def _membership_or_404(space: Space, member_id: int) -> Membership:
    membership = organiser.find_member(space, viewer(), member_id) or abort(404)
    if membership.member is viewer():
        raise Refusal("Ask another organiser to do that for you.")
    return membership

"""The organiser's pages of a space. Whom an organiser may not see is not counted either."""

import re
from itertools import combinations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.blueprints.organiser import newcomers
from matchmaker.blueprints.organiser import reports as report_pages
from matchmaker.blueprints.organiser import topics as topic_pages
from matchmaker.blueprints.organiser import twins as twin_pages
from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.email_addresses import look_up
from matchmaker.extensions import db
from matchmaker.models import (
    Introduction,
    LeftOut,
    Member,
    Membership,
    MembershipStatus,
    Round,
    Side,
    Space,
    utcnow,
)
from matchmaker.queries.blocks import blocked_between
from matchmaker.queries.search import finds
from matchmaker.queries.visibility import introductions_visible_to, visible_to
from matchmaker.refusal import Refusal
from matchmaker.services import joining, memberships, reports, rounds, twins

__all__ = ["bp", "newcomers", "report_pages", "topic_pages", "twin_pages"]

ON_A_PAGE = 50
MOST_PAGES = 10_000
LATEST_ROUNDS = 12
_IDS = re.compile(r"[0-9]{1,9}(-[0-9]{1,9})+")  # of those kept apart
_is_invited = Membership.status == MembershipStatus.INVITED


@bp.get("/")
@login_required
def overview(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    now = utcnow()
    latest = (
        select(Round)
        .where(Round.space_id == space.id, Round.event_id.is_(None))
        .order_by(Round.week.desc())
        .limit(LATEST_ROUNDS)
    )
    return render_template(
        "organiser/overview.html",
        organised=space,
        counts={
            status: _count(_members_of(space, status)) for status in MembershipStatus
        },
        rounds=[
            (round_, _introductions_of(round_)) for round_ in db.session.scalars(latest)
        ],
        this_round=rounds.find(space, rounds.this_week(space, now)),
        newcomers=joining.count_waiting(space, viewer()),
        twins=twins.count_undecided(space, viewer()),
        open_reports=reports.count_open(space, viewer()),
        next_round=rounds.next_start(space, now),
        now=now,
    )


@bp.get("/members")
@login_required
def members(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    words = request.args.get("q", "").strip()[:80]
    query = _members_of(space)
    if words:
        query = query.where(
            # The name of somebody invited may be one that another space knows.
            (finds(Member.search_name, words) & ~_is_invited)
            | Member.email.contains(look_up(words), autoescape=True)
        )
    page = db.paginate(
        query.order_by(Member.name, Member.id).options(
            joinedload(Membership.member).joinedload(Member.profile)
        ),
        page=min(request.args.get("page", 1, type=int), MOST_PAGES),
        per_page=ON_A_PAGE,
        max_per_page=ON_A_PAGE,
    )
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
    count = len(_introductions_of(made))  # those that this organiser may see
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
    query = select(Member).where(Member.id.in_(ids), visible_to(viewer()))
    members = {member.id: member for member in db.session.scalars(query)}
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
    left_out = db.session.execute(
        select(LeftOut, Member)
        .join(Member, Member.id == LeftOut.member_id)
        .where(LeftOut.round_id == round_.id, visible_to(viewer()))
        .order_by(Member.name)
    ).all()
    return render_template(
        "organiser/round.html",
        organised=space,
        round=round_,
        introductions=_introductions_of(round_),
        left_out=left_out,
        is_preview=apart is not None,
        apart=apart,
    )


def _introductions_of(round_: Round) -> list[Introduction]:
    return list(
        db.session.scalars(
            select(Introduction)
            .where(
                Introduction.round_id == round_.id, introductions_visible_to(viewer())
            )
            .order_by(Introduction.value.desc(), Introduction.id)
            .options(
                selectinload(Introduction.sides)
                .joinedload(Side.member)
                .joinedload(Member.profile)
            )
        )
    )


def _members_of(
    space: Space, status: MembershipStatus | None = None
) -> Select[Membership]:
    query = (
        select(Membership)
        .join(Member, Member.id == Membership.member_id)
        .where(
            Membership.space_id == space.id,
            visible_to(viewer()) | (_is_invited & ~blocked_between(viewer())),
        )
    )
    return query if status is None else query.where(Membership.status == status)


def _membership_or_404(space: Space, member_id: int) -> Membership:
    query = _members_of(space).where(Membership.member_id == member_id)
    membership = db.session.scalar(query) or abort(404)
    if membership.member is viewer():
        raise Refusal("Ask another organiser to do that for you.")
    return membership


def _count(query: Select[Membership]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0

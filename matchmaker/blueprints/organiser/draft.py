"""The next round before it runs: looked at, changed, approved or run."""

from itertools import combinations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import DecisionKind, Member, Space, utcnow
from matchmaker.queries import organiser
from matchmaker.queries.rounds import is_approved, schedule
from matchmaker.refusal import Refusal
from matchmaker.services import round_decisions, rounds


@bp.get("/rounds/draft")
@login_required
def draft(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    now = utcnow()
    planned = schedule(space, now)
    drafted = rounds.draft(space, planned.next_week, now)
    decided = round_decisions.of_week(space, planned.next_week)
    ids = rounds.named_in(drafted).union(*(each.ids for each in decided))
    members = organiser.visible_members(viewer(), ids)
    return render_template(
        "organiser/draft.html",
        organised=space,
        schedule=planned,
        draft=rounds.shown(drafted, space, members),
        decisions=[
            each for each in decided if each.members and each.ids <= members.keys()
        ],
        is_approved=is_approved(space, planned.next_week),
        is_this_week=planned.next_week == rounds.this_week(space, now),
        now=now,
    )


@bp.post("/rounds/draft/decide")
@login_required
def decide(slug: str) -> ResponseReturnValue:
    """Keep one decision about one or two members."""
    space = organised_or_404(slug)
    now = utcnow()
    try:
        kind = DecisionKind(request.form.get("kind", ""))
    except ValueError:
        abort(400)
    if kind is DecisionKind.APPROVED:  # of the whole round: there is a button for that
        abort(400)
    is_for_good = kind is DecisionKind.APART and "for_good" in request.form
    week = schedule(space, now).next_week
    members = _members(space)
    if kind is DecisionKind.TOGETHER:
        rounds.check_pair(space, week, frozenset(each.id for each in members), now)
    some = [members]
    if kind is DecisionKind.APART and len(members) > 2:
        some = [[*pair] for pair in combinations(members, 2)]
    for each in some:
        round_decisions.decide(
            space, kind, each, None if is_for_good else week, viewer(), now
        )
    db.session.commit()
    return redirect(url_for(".draft", slug=slug))


@bp.post("/rounds/draft/decisions/<int:decision_id>/undo")
@login_required
def undo_decision(slug: str, decision_id: int) -> ResponseReturnValue:
    space = organised_or_404(slug)
    decision = round_decisions.find(space, decision_id) or abort(404)
    if not decision.ids <= organiser.visible_members(viewer(), {*decision.ids}).keys():
        abort(404)
    round_decisions.undo(decision, utcnow())
    db.session.commit()
    return redirect(url_for(".draft", slug=slug))


@bp.post("/rounds/draft/approve")
@login_required
def approve_round(slug: str) -> ResponseReturnValue:
    """Let the next round run at its hour."""
    space = organised_or_404(slug)
    now = utcnow()
    planned = schedule(space, now)
    round_decisions.decide(
        space, DecisionKind.APPROVED, [], planned.next_week, viewer(), now
    )
    db.session.commit()
    flash("Approved. It runs by itself at its hour.")
    return redirect(url_for(".draft", slug=slug))


@bp.post("/rounds/draft/sending")
@login_required
def choose_sending(slug: str) -> ResponseReturnValue:
    """Choose whether rounds run by themselves or wait for an organiser."""
    space = organised_or_404(slug)
    space.waits_for_approval = request.form.get("waits") == "yes"
    db.session.commit()
    flash(
        "Rounds wait for your yes from now on."
        if space.waits_for_approval
        else "Rounds run by themselves from now on."
    )
    return redirect(url_for(".draft", slug=slug))


def _members(space: Space) -> list[Member]:
    """The members named by the form: by their numbers, or by e-mail or full name."""
    numbers = [each for each in request.form.getlist("member") if each.isdecimal()]
    if numbers:
        ids = {int(each) for each in numbers if len(each) < 10}
        found = organiser.visible_members(viewer(), ids)
        if found.keys() != ids:
            abort(404)
        return [*found.values()]
    return [
        _named(space, request.form.get(field, "").strip()) for field in ("one", "other")
    ]


def _named(space: Space, words: str) -> Member:
    found = organiser.members_called(space, viewer(), words)
    if not found:
        raise Refusal(f"Nobody here is called “{words[:80]}”. Try their e-mail.")
    if len(found) > 1:
        raise Refusal(f"Several are called “{words[:80]}”. Use their e-mail.")
    return found[0]

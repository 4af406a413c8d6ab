"""The next round before it runs: looked at, changed, approved or run."""

from itertools import combinations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from wtforms import Field

from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.organiser.forms import TogetherForm
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import DecisionKind, Member, Space, utcnow
from matchmaker.queries import organiser
from matchmaker.queries.rounds import is_approved, schedule
from matchmaker.services import round_decisions, rounds


@bp.get("/rounds/draft")
@login_required
def draft(slug: str) -> ResponseReturnValue:
    return _page(organised_or_404(slug), TogetherForm())


@bp.post("/rounds/draft/decide")
@login_required
def decide(slug: str) -> ResponseReturnValue:
    """Keep one decision about the members of an introduction."""
    space = organised_or_404(slug)
    try:
        kind = DecisionKind(request.form.get("kind", ""))
    except ValueError:
        abort(400)
    if kind is DecisionKind.APPROVED:  # of the whole round: there is a button for that
        abort(400)
    is_for_good = kind is DecisionKind.APART and "for_good" in request.form
    _decide(space, kind, _members(), is_for_good=is_for_good)
    return redirect(url_for(".draft", slug=slug))


@bp.post("/rounds/draft/together")
@login_required
def bring_together(slug: str) -> ResponseReturnValue:
    """Introduce two by hand, who are named."""
    space = organised_or_404(slug)
    form = TogetherForm()
    if form.validate():
        members = [_named(space, field) for field in (form.one, form.other)]
        if all(members):
            _decide(space, DecisionKind.TOGETHER, [each for each in members if each])
            return redirect(url_for(".draft", slug=slug))
    return _page(space, form), 422


def _decide(
    space: Space,
    kind: DecisionKind,
    members: list[Member],
    *,
    is_for_good: bool = False,
) -> None:
    now = utcnow()
    week = schedule(space, now).next_week
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


def _page(space: Space, form: TogetherForm) -> str:
    now = utcnow()
    planned = schedule(space, now)
    hidden = organiser.hidden_members(space, viewer())
    drafted = rounds.draft(space, planned.next_week, now, without=hidden)
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
        form=form,
        now=now,
    )


def _members() -> list[Member]:
    """The members of an introduction, by their numbers."""
    numbers = request.form.getlist("member")
    if not all(each.isdecimal() and len(each) < 10 for each in numbers):
        abort(404)
    ids = {int(each) for each in numbers}
    found = organiser.visible_members(viewer(), ids)
    if found.keys() != ids or not ids:
        abort(404)
    return [*found.values()]


def _named(space: Space, field: Field) -> Member | None:
    """Find who a field names; where that isn't clear, say so at the field."""
    words = " ".join(field.data.split())
    found = organiser.members_called(space, viewer(), words)
    if len(found) == 1:
        return found[0]
    field.errors = [
        f"Several are called “{words}”. Use their e-mail."
        if found
        else f"Nobody here is called “{words}”. Try their e-mail."
    ]
    return None

"""Introductions: seen and answered on a page after signing in, or by a letter's link.

A link opens a page for one side of one introduction and nothing else; a person presses a
button on it. Mail scanners open links too.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.introductions.forms import (
    GAVE_UP,
    YES,
    AnswerForm,
    FeedbackForm,
    ReasonForm,
)
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import brief, links
from matchmaker.models import Answer, Event, Outcome, Side, SideState, utcnow
from matchmaker.queries import event_view
from matchmaker.queries import introductions as queries
from matchmaker.services import introductions, profiles

bp = Blueprint("introductions", __name__)

# So many introductions on a page and more can be searched.
SEARCH_FROM = 20


@bp.get("/introductions/")
@login_required
def index() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:80]
    sides = queries.sides(viewer(), words)
    return render_template(
        "introductions/index.html",
        words=words,
        may_search=words or len(sides) >= SEARCH_FROM,
        by_state={
            state: [side for side in sides if side.state is state]
            for state in SideState
        },
        now=utcnow(),
    )


@bp.get("/introductions/<int:id_>")
@login_required
def show(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    return _page(side, FeedbackForm())


@bp.post("/introductions/<int:id_>/answer")
@login_required
def answer(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    form = AnswerForm()
    if not form.validate():
        return _page(side, FeedbackForm(), form), 422
    _answer(side, form)
    return redirect(url_for(".show", id_=id_))


@bp.post("/introductions/<int:id_>/undo")
@login_required
def undo(id_: int) -> ResponseReturnValue:
    _undo(_my_side_or_404(id_))
    return redirect(url_for(".show", id_=id_))


@bp.post("/introductions/<int:id_>/reason")
@login_required
def reason(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    form = ReasonForm()
    if not form.validate():
        return _page(side, FeedbackForm(), reason_form=form), 422
    _say_why(side, form)
    return redirect(url_for(".show", id_=id_))


@bp.post("/introductions/<int:id_>/feedback")
@login_required
def feedback(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    form = FeedbackForm()
    if not form.validate():
        return _page(side, form), 422
    _tell(side, form)
    return redirect(url_for(".show", id_=id_))


@bp.route("/letters/<token>/answer", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    side = _side_of_or_404(token)
    if _is_over(side):
        return render_template("introductions/over.html")
    form = AnswerForm()
    if form.validate_on_submit():
        _answer(side, form)
        return redirect(url_for(".by_letter", token=token))
    page = _letter_page(side, token, form, _reason_form(side))
    return page, 422 if form.is_submitted() else 200


@bp.post("/letters/<token>/undo")
def undo_by_letter(token: str) -> ResponseReturnValue:
    side = _side_of_or_404(token)
    if not _is_over(side):
        _undo(side)
    return redirect(url_for(".by_letter", token=token))


@bp.post("/letters/<token>/reason")
def reason_by_letter(token: str) -> ResponseReturnValue:
    side, form = _side_of_or_404(token), ReasonForm()
    if not form.validate():
        return _letter_page(side, token, AnswerForm(), form), 422
    if not _is_over(side):
        _say_why(side, form)
    return redirect(url_for(".by_letter", token=token))


@bp.route("/letters/<token>/met", methods=["GET", "POST"])
def feedback_by_letter(token: str) -> ResponseReturnValue:
    side = _side_of_or_404(token)
    if _is_over(side) or side.introduction.introduced_at is None:
        return render_template("introductions/over.html")
    form = FeedbackForm(met=request.args.get("met"))
    if form.validate_on_submit():
        _tell(side, form)
        return redirect(url_for(".feedback_by_letter", token=token))
    page = render_template(
        "introductions/feedback_by_letter.html", side=side, form=form
    )
    return page, 422 if form.is_submitted() else 200


def _answer(side: Side, form: AnswerForm) -> None:
    introductions.answer(side, Answer(form.answer.data), utcnow())
    db.session.commit()
    if side.introduction.introduced_at:
        flash("You’ve all said yes. A letter with e-mails and times is on its way.")
    elif side.answer is Answer.YES:
        flash("Thanks! We’ll tell you as soon as everybody has said yes.")
    else:
        flash("Thanks, we’ve got your answer. The next round looks for somebody else.")


def _undo(side: Side) -> None:
    introductions.undo(side, utcnow())
    db.session.commit()
    flash("Your answer is undone.")


def _say_why(side: Side, form: ReasonForm) -> None:
    introductions.say_why(
        side,
        form.reason.data or "",
        utcnow(),
        not_before=form.not_before.data,
        met_on=form.met_on.data,
    )
    db.session.commit()
    flash("Thanks for telling us.")


def _reason_form(side: Side) -> ReasonForm:
    return ReasonForm(reason=side.reason, not_before=side.not_before)


def _tell(side: Side, form: FeedbackForm) -> None:
    introductions.tell(
        side,
        met=form.met.data == YES,
        outcome=Outcome(form.outcome.data) if form.outcome.data else None,
        meet_again=form.meet_again.data == YES if form.meet_again.data else None,
        note=form.note.data or "",
        gave_up=form.met.data == GAVE_UP,
        now=utcnow(),
    )
    if want := (form.want.data or "").strip():
        profiles.add_want(side.member, want, utcnow())
    db.session.commit()
    flash("Thanks! The next rounds learn from it.")


def _chosen(name: str) -> Answer:
    """Give the answer whose button in a letter led here."""
    try:
        return Answer(name.replace("-", " "))
    except ValueError:
        return Answer.YES


def _my_side_or_404(id_: int) -> Side:
    """Find the member's own side; other people's introductions do not exist."""
    return queries.side_of(viewer(), id_) or abort(404)


def _side_of_or_404(token: str) -> Side:
    subject = links.read(links.Purpose.SIDE, token)
    if subject is None:
        abort(404)
    side = queries.get_side(*subject)
    if side is None or not side.member.active:
        abort(404)
    return side


def _is_over(side: Side) -> bool:
    """Whether a letter's link leads nowhere any more; the page never says why.

    So that nobody can tell a block from somebody who left, paused or said no.
    """
    if queries.side_of(side.member, side.introduction_id) is None:
        return True
    return side.introduction.introduced_at is None and side.state is SideState.OVER


def _letter_page(
    side: Side, token: str, form: AnswerForm, reason_form: ReasonForm
) -> str:
    return render_template(
        "introductions/by_letter.html",
        side=side,
        token=token,
        chosen=_chosen(request.args.get("answer", "")),
        form=form,
        reason_form=reason_form,
        now=utcnow(),
    )


def _page(
    side: Side,
    feedback: FeedbackForm,
    answer: AnswerForm | None = None,
    reason_form: ReasonForm | None = None,
) -> str:
    return render_template(
        "introductions/show.html",
        side=side,
        answer_form=answer or AnswerForm(),
        reason_form=reason_form or _reason_form(side),
        feedback_form=feedback,
        now=utcnow(),
        questions=brief.questions(side),
        event=_event_of(side),
    )


def _event_of(side: Side) -> Event | None:
    """The event that it was made for, if the viewer still sees that."""
    event_id = side.introduction.round.event_id
    return event_view.find(viewer(), event_id) if event_id else None

"""Introductions: seen and answered on a page after signing in, or by a letter's link.

A link opens a page for one side of one introduction and nothing else; a person presses a
button on it. Mail scanners open links too.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.introductions.forms import YES, AnswerForm, FeedbackForm
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.mail import brief, links
from matchmaker.models import Answer, Event, Outcome, Side, utcnow
from matchmaker.queries import event_view
from matchmaker.queries import introductions as queries
from matchmaker.services import introductions

bp = Blueprint("introductions", __name__)


@bp.get("/introductions/")
@login_required
def index() -> ResponseReturnValue:
    return render_template("introductions/index.html", sides=queries.sides(viewer()))


@bp.get("/introductions/<int:id_>")
@login_required
def show(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    return _page(side, AnswerForm(answer=_answered(side)), FeedbackForm())


@bp.post("/introductions/<int:id_>/answer")
@login_required
def answer(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    form = AnswerForm()
    if not form.validate():
        return _page(side, form, FeedbackForm()), 422
    _answer(side, form)
    return redirect(url_for(".show", id_=id_))


@bp.post("/introductions/<int:id_>/feedback")
@login_required
def feedback(id_: int) -> ResponseReturnValue:
    side = _my_side_or_404(id_)
    form = FeedbackForm()
    if not form.validate():
        return _page(side, AnswerForm(), form), 422
    _tell(side, form)
    return redirect(url_for(".show", id_=id_))


@bp.route("/letters/<token>/answer", methods=["GET", "POST"])
def by_letter(token: str) -> ResponseReturnValue:
    side = _side_of_or_404(token)
    if _is_over(side):
        return render_template("introductions/over.html")
    chosen = request.args.get("answer", "").replace("-", " ")
    form = AnswerForm(answer=chosen if chosen in _answers() else _answered(side))
    if form.validate_on_submit():
        _answer(side, form)
        return redirect(url_for(".by_letter", token=token))
    page = render_template(
        "introductions/by_letter.html",
        side=side,
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


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
    introductions.answer(
        side, Answer(form.answer.data), utcnow(), form.reason.data or ""
    )
    db.session.commit()
    if side.introduction.introduced_at:
        flash("You have all said yes. A letter with addresses and times is on its way.")
    elif side.answer is Answer.YES:
        flash("Thank you. We will tell you as soon as everybody has said yes.")
    else:
        flash("Thank you. Nobody is told why; the next round brings somebody else.")


def _tell(side: Side, form: FeedbackForm) -> None:
    introductions.tell(
        side,
        met=form.met.data == YES,
        outcome=Outcome(form.outcome.data) if form.outcome.data else None,
        meet_again=form.meet_again.data == YES if form.meet_again.data else None,
        note=form.note.data or "",
        now=utcnow(),
    )
    db.session.commit()
    flash("Thank you. The next rounds learn from it.")


def _answered(side: Side) -> str | None:
    return side.answer.value if side.answer else None


def _answers() -> set[str]:
    return {answer.value for answer in Answer}


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

    So that nobody can tell a block from a "not now".
    """
    if queries.side_of(side.member, side.introduction_id) is None:
        return True
    return not (side.introduction.introduced_at or side.can_answer)


def _page(side: Side, answer: AnswerForm, feedback: FeedbackForm) -> str:
    return render_template(
        "introductions/show.html",
        side=side,
        answer_form=answer,
        feedback_form=feedback,
        questions=brief.questions(side),
        event=_event_of(side),
    )


def _event_of(side: Side) -> Event | None:
    """The event that it was made for, if the viewer still sees that."""
    event_id = side.introduction.round.event_id
    return event_view.find(viewer(), event_id) if event_id else None

"""Topics of a space's own, beside those that every space has."""

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from matchmaker.blueprints.edit_form import EditForm
from matchmaker.blueprints.fields import PhrasesField
from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404
from matchmaker.extensions import db, lock
from matchmaker.models import Space, SpaceTopic, utcnow
from matchmaker.services import topics as service


class TopicForm(EditForm):
    """A topic: its name, how people say it, what it is near."""

    name = StringField(
        "Name",
        description="As it stands under a member’s phrase: “letterpress printing”.",
        validators=[DataRequired("Say what it’s called."), Length(max=60)],
    )
    aliases = PhrasesField(
        "How do people say it?",
        description="A few ways, in any language. Enter after each.",
        render_kw={"rows": 3},
    )
    near = PhrasesField(
        "Which of our topics is it near?",
        description="Those who offer one can often help with the other. Type and choose.",
        most=5,
        render_kw={"rows": 2},
    )


@bp.route("/topics", methods=["GET", "POST"])
@login_required
def topics(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    form = TopicForm()
    if form.validate_on_submit():
        own = service.add(
            space, form.name.data, form.aliases.data, form.near.data, utcnow()
        )
        db.session.commit()
        flash(f"Added {own.name}. Members’ phrases are read with it in a moment.")
        return redirect(url_for(".topics", slug=slug))
    page = render_template(
        "organiser/topics.html",
        organised=space,
        form=form,
        topics=service.own_of(space),
        near_of=service.names,
        most=service.MOST,
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/topics/<int:topic_id>", methods=["GET", "POST"])
@login_required
def topic(slug: str, topic_id: int) -> ResponseReturnValue:
    space = organised_or_404(slug)
    own = _topic_or_404(space, topic_id)
    form = TopicForm(name=own.name, aliases=own.aliases, near=service.names(own.near))
    if form.validate_on_submit():
        service.change(own, form.name.data, form.aliases.data, form.near.data, utcnow())
        db.session.commit()
        flash("Saved.")
        return redirect(url_for(".topics", slug=slug))
    page = render_template(
        "organiser/topic.html", organised=space, form=form, topic=own
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/topics/<int:topic_id>/remove")
@login_required
def remove_topic(slug: str, topic_id: int) -> ResponseReturnValue:
    own = _topic_or_404(organised_or_404(slug), topic_id)
    service.remove(own)
    db.session.commit()
    flash(f"{own.name} is removed.")
    return redirect(url_for(".topics", slug=slug))


@bp.get("/topics/suggest")
@login_required
def suggest_topics(slug: str) -> ResponseReturnValue:
    organised_or_404(slug)
    return jsonify(service.suggest(request.args.get("q", "")[:80]))


def _topic_or_404(space: Space, id_: int) -> SpaceTopic:
    """Find a topic of the space; where it is to be changed, as it stays until then."""
    own = service.find_own(space, id_) or abort(404)
    if request.method == "POST":
        lock(own)
    return own

"""Who asks to join, for an organiser to say yes or no."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.organiser.forms import JoiningForm
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Joining, Space, utcnow
from matchmaker.services import joining, spaces, twins


@bp.get("/newcomers")
@login_required
def newcomers(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    return _page(space, JoiningForm(joining=space.joining.value))


@bp.post("/newcomers/joining")
@login_required
def choose_joining(slug: str) -> ResponseReturnValue:
    """Choose who can join."""
    space, form = organised_or_404(slug), JoiningForm()
    if not form.validate():
        return _page(space, form), 422
    spaces.set_joining(space, Joining(form.joining.data))
    db.session.commit()
    flash("Saved.")
    return redirect(url_for(".newcomers", slug=slug))


def _page(space: Space, form: JoiningForm) -> str:
    return render_template(
        "organiser/newcomers.html",
        organised=space,
        form=form,
        requests=joining.waiting(space, viewer()),
        alike={
            member.id
            for pair in twins.of_space(space, viewer())
            if pair.verdict is None
            for member in pair.members
        },
    )


@bp.post("/newcomers/<int:request_id>")
@login_required
def newcomer(slug: str, request_id: int) -> ResponseReturnValue:
    """Let somebody in, or don't."""
    space = organised_or_404(slug)
    asked = joining.find(space, viewer(), request_id) or abort(404)
    name, now = asked.member.name, utcnow()
    if request.form.get("act") == "approve":
        joining.approve(asked, viewer(), now)
        flash(f"{name} is a member now, and hears of it by letter.")
    elif request.form.get("act") == "decline":
        joining.decline(asked, viewer(), now)
        flash(f"{name} isn’t let in. They read that you can’t take them in now.")
    db.session.commit()
    return redirect(url_for(".newcomers", slug=slug))

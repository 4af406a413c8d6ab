"""Accounts that may be one person's, for an organiser to say."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.organiser.finding import bp
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import TwinVerdict, utcnow
from matchmaker.services import twin_holds
from matchmaker.services import twins as service

_ACTS = {
    "different": (
        TwinVerdict.DIFFERENT,
        "They’re two people, and can be introduced to each other.",
    ),
    "same": (TwinVerdict.SAME, "They’re one person, and are never introduced."),
    "open": (None, "It’s open again, and the two are kept apart."),
}


@bp.get("/twins")
@login_required
def twins(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    return render_template(
        "organiser/twins.html",
        organised=space,
        twins=service.of_space(space, viewer()),
    )


@bp.post("/twins/<int:id_>/<int:other_id>")
@login_required
def decide_twins(slug: str, id_: int, other_id: int) -> ResponseReturnValue:
    space = organised_or_404(slug)
    pair = service.find(space, viewer(), id_, other_id) or abort(404)
    act = _ACTS.get(request.form.get("act", ""))
    if act:
        verdict, words = act
        twin_holds.decide(pair, verdict, viewer(), utcnow())
        db.session.commit()
        flash(words)
    return redirect(url_for(".twins", slug=slug))

"""One's keys, with which programs act for one."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.keys.forms import KeyForm
from matchmaker.blueprints.viewer import viewer
from matchmaker.extensions import db
from matchmaker.models import Scope, utcnow
from matchmaker.services import api_keys

bp = Blueprint("keys", __name__, url_prefix="/profile/keys")


@bp.get("/")
@login_required
def index() -> ResponseReturnValue:
    return _page(KeyForm())


@bp.post("/")
@login_required
def make() -> ResponseReturnValue:
    """Make a key and show it on the page that answers: it is kept nowhere to show again."""
    form = KeyForm()
    if not form.validate():
        return _page(form), 422
    key, secret = api_keys.make(
        viewer(), form.name.data, Scope(form.scope.data), int(form.days.data), utcnow()
    )
    name = key.name
    db.session.commit()
    page = _page(KeyForm(formdata=None), name=name, secret=secret)
    return page, 201, {"Cache-Control": "no-store"}


@bp.post("/<int:key_id>/revoke")
@login_required
def revoke(key_id: int) -> ResponseReturnValue:
    key = next((key for key in viewer().api_keys if key.id == key_id), None) or abort(
        404
    )
    name = key.name
    api_keys.revoke(key)
    db.session.commit()
    flash(f"“{name}” opens nothing any more.")
    return redirect(url_for(".index"))


def _page(form: KeyForm, name: str = "", secret: str = "") -> str:
    return render_template(
        "keys/index.html",
        form=form,
        keys=viewer().api_keys,
        now=utcnow(),
        most=api_keys.MOST,
        new_name=name,
        secret=secret,
    )

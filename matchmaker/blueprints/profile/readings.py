"""How we read a member's phrases, and the member's last word on it."""

import json
import re

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.viewer import current_membership, membership_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import readings

bp = Blueprint("profile", __name__, url_prefix="/profile")

PAGES = ("show", "exchange", "meeting")
_PLACE = re.compile(r"[a-z_]+-[0-9]{1,2}")


def readings_by_phrase() -> dict[tuple[str, str], readings.ReadPhrase]:
    """Return how the viewer's phrases are read, by field and text."""
    membership = current_membership()
    read = readings.topics_of(membership) if membership else []
    return {(phrase.field.value, phrase.text): phrase for phrase in read}


@bp.post("/topics")
@login_required
def confirm_topics() -> ResponseReturnValue:
    """Note what each phrase is about, and lead back to where it was said."""
    membership = membership_or_404()
    for said in request.form.getlist("phrase"):
        readings.confirm(membership, *_field_text_and_slugs(said))
    readings.note_seen(membership.member.profile, utcnow())
    db.session.commit()
    page, place = request.args.get("page"), request.args.get("at", "")
    return redirect(
        url_for(
            f".{page if page in PAGES else PAGES[0]}",
            _anchor=place if _PLACE.fullmatch(place) else "readings",
        )
    )


@bp.post("/look")
@login_required
def answer_look() -> ResponseReturnValue:
    """Show a member how their profile is read, or don't; ask no more."""
    readings.note_seen(viewer().profile, utcnow())
    db.session.commit()
    if request.form.get("do") == "look":
        return redirect(url_for(".show", _anchor="readings"))
    return redirect(url_for("pages.home"))


def _field_text_and_slugs(said: str) -> tuple[str, str, list[str]]:
    """Read what a button says, as our own page wrote it."""
    try:
        field, text, slugs = json.loads(said)
        if all(isinstance(each, str) for each in [field, text, *slugs]):
            return field, text, [*slugs]
    except (ValueError, TypeError, RecursionError):
        pass
    raise Refusal("We couldn’t read that. Open your profile again and choose there.")

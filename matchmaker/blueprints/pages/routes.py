from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from matchmaker.blueprints.viewer import current_membership, viewer
from matchmaker.models import Member, Membership, SideState, utcnow
from matchmaker.queries import introductions, turnout
from matchmaker.queries.spaces import open_to_strangers
from matchmaker.services import joining, readings, rounds, spaces
from matchmaker.services.events import agenda
from matchmaker.services.events.planning import editing

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        open_spaces = open_to_strangers()
        return render_template(
            "pages/welcome.html",
            spaces=open_spaces,
            with_events=agenda.with_public_events(open_spaces, utcnow()),
        )
    membership = current_membership()
    if membership is None:
        return _without_a_space(viewer())
    if not (membership.wants_introductions or membership.consents):
        return redirect(url_for("profile.about"))
    now = utcnow()
    left_out = rounds.left_out_lately(membership, now)
    sides = introductions.latest_sides(viewer(), 20)
    coming_up = agenda.coming_up(viewer(), membership.space, now)
    return render_template(
        "pages/home.html",
        membership=membership,
        waiting=[side for side in sides if side.state is SideState.TO_ANSWER],
        answered=[side for side in sides if side.state is SideState.WAITING],
        untold=[side for side in sides if side.is_asked_whether_they_met],
        next_round=rounds.next_start_for(membership, now),
        left_out=left_out,
        suggested=rounds.suggested(
            membership.space, left_out.suggestions if left_out else []
        ),
        to_tell=turnout.still_to_tell(viewer(), membership.space, now),
        coming_up=coming_up,
        may_make=not coming_up.is_anything_on
        and editing.may_make(viewer(), membership.space),
        requests=joining.undecided_of(viewer()),
        wants_a_look=readings.wants_a_look(viewer().profile),
        now=now,
    )


def _without_a_space(member: Member) -> ResponseReturnValue:
    def of(status: str) -> list[Membership]:
        return [m for m in member.memberships if m.status.value == status]

    return render_template(
        "pages/no_space.html",
        invited=[m for m in of("invited") if not m.is_uninvited],
        requests=joining.undecided_of(member),
        may_ask_again_at=joining.may_ask_again_at,
        now=utcnow(),
        suspended=of("suspended"),
        spaces=open_to_strangers(),
        run_by_me=spaces.everything() if member.is_operator else [],
    )

"""Groups of a space, as its members see and follow them."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import membership_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Group, Space, groups_visible_to, utcnow
from matchmaker.services import groups
from matchmaker.services.events import agenda

bp = Blueprint("groups", __name__, url_prefix="/groups")


@bp.get("/")
@login_required
def index() -> ResponseReturnValue:
    space, now = membership_or_404().space, utcnow()
    known = groups.of(space, viewer())
    return render_template(
        "groups/index.html",
        space=space,
        now=now,
        groups=known,
        followed=groups.followed_by(viewer()),
        followers=groups.count_followers(known, viewer()),
        hosts=groups.hosts(known, viewer()),
        next_up=agenda.next_of_each_group(viewer(), space, now),
        organises=viewer().organises(space),
    )


@bp.get("/<slug>/<group>")
@login_required
def show(slug: str, group: str) -> ResponseReturnValue:
    shown, now = _group_or_404(slug, group), utcnow()
    coming_up, past = agenda.of_group(viewer(), shown, now)
    hosts = groups.hosts([shown], viewer())[shown.id]
    return render_template(
        "groups/show.html",
        group=shown,
        now=now,
        coming_up=coming_up,
        past=past,
        hosts=hosts,
        followers=groups.count_followers([shown], viewer())[shown.id],
        follows=shown.id in groups.followed_by(viewer()),
        takes_part=shown.space in viewer().spaces,
        runs_it=viewer() in hosts or viewer().organises(shown.space),
    )


@bp.post("/<slug>/<group>/follow")
@login_required
def follow(slug: str, group: str) -> ResponseReturnValue:
    chosen = _mine_or_404(slug, group)
    groups.follow(chosen, viewer(), utcnow())
    db.session.commit()
    flash(f"You follow {chosen.name}. What is only for the group is on your page now.")
    return redirect(url_for(".show", slug=slug, group=group))


@bp.post("/<slug>/<group>/unfollow")
@login_required
def unfollow(slug: str, group: str) -> ResponseReturnValue:
    chosen = _mine_or_404(slug, group)
    groups.unfollow(chosen, viewer())
    db.session.commit()
    flash(
        f"You no longer follow {chosen.name}. Where you have signed up, you still go."
    )
    return redirect(url_for(".show", slug=slug, group=group))


def _group_or_404(slug: str, group: str) -> Group:
    query = (
        select(Group)
        .join(Space, Space.id == Group.space_id)
        .where(Space.slug == slug, Group.slug == group, groups_visible_to(viewer()))
    )
    return db.session.scalar(query) or abort(404)


def _mine_or_404(slug: str, group: str) -> Group:
    """Find a group of a space in which the viewer takes part."""
    found = _group_or_404(slug, group)
    return found if found.space in viewer().spaces else abort(404)

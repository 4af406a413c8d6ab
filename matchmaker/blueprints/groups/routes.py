"""Groups of a space, as its members see and follow them."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select

from matchmaker.blueprints.viewer import membership_or_404, viewer
from matchmaker.extensions import csrf, db
from matchmaker.mail import links
from matchmaker.models import Group, Member, Space, utcnow
from matchmaker.queries.visibility import groups_run_by, groups_visible_to
from matchmaker.services import groups
from matchmaker.services.events import agenda

bp = Blueprint("groups", __name__)


@bp.get("/groups/")
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
        hosted={group.id for group in groups.hosted_by(viewer(), space)},
        followers=groups.count_followers(known, viewer()),
        hosts=groups.hosts(known, viewer()),
        next_up=agenda.next_of_each_group(viewer(), space, now),
        organises=viewer().organises(space),
        is_anything_on=bool(known)
        or agenda.coming_up(viewer(), space, now).is_anything_on,
    )


@bp.get("/groups/<slug>/<group>")
@login_required
def show(slug: str, group: str) -> ResponseReturnValue:
    shown, now = _group_or_404(slug, group), utcnow()
    coming_up, past = agenda.of_group(viewer(), shown, now)
    runs_it = select(Group.id).where(Group.id == shown.id, groups_run_by(viewer()))
    return render_template(
        "groups/show.html",
        group=shown,
        now=now,
        coming_up=coming_up,
        past=past,
        hosts=groups.hosts([shown], viewer())[shown.id],
        followers=groups.count_followers([shown], viewer())[shown.id],
        following=groups.following_of(shown, viewer()),
        takes_part=shown.space in viewer().spaces,
        runs_it=db.session.scalar(runs_it) is not None,
    )


@bp.post("/groups/<slug>/<group>/follow")
@login_required
def follow(slug: str, group: str) -> ResponseReturnValue:
    chosen = _mine_or_404(slug, group)
    groups.follow(chosen, viewer(), utcnow())
    db.session.commit()
    flash(f"You follow {chosen.name}. What is only for the group is on your page now.")
    return redirect(url_for(".show", slug=slug, group=group))


@bp.post("/groups/<slug>/<group>/letters")
@login_required
def write_to_me(slug: str, group: str) -> ResponseReturnValue:
    chosen = _mine_or_404(slug, group)
    groups.want_letters(chosen, viewer(), True)
    db.session.commit()
    flash(f"We write to you when {chosen.name} has a new event.")
    return redirect(url_for(".show", slug=slug, group=group))


@bp.post("/groups/<slug>/<group>/letters/stop")
@login_required
def stop_letters(slug: str, group: str) -> ResponseReturnValue:
    chosen = _mine_or_404(slug, group)
    groups.want_letters(chosen, viewer(), False)
    db.session.commit()
    flash("These letters have stopped. You still follow the group.")
    return redirect(url_for(".show", slug=slug, group=group))


@bp.route("/letters/<token>/group", methods=["GET", "POST"])
@csrf.exempt
def by_letter(token: str) -> ResponseReturnValue:
    """Stop a group's letters, also by a mail program's own button (RFC 8058)."""
    group, member = _named_or_404(token)
    if request.method == "POST":
        groups.want_letters(group, member, False)
        db.session.commit()
        if request.form.get("List-Unsubscribe") == "One-Click":
            return "Stopped.\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
    following = groups.following_of(group, member)
    return render_template(
        "groups/by_letter.html",
        group=group,
        token=token,
        wants_letters=following is not None and following.wants_letters,
    )


@bp.get("/groups/<slug>/<group>/picture.webp")
@login_required
def picture(slug: str, group: str) -> ResponseReturnValue:
    """Its picture, for those who may see the group."""
    found = _group_or_404(slug, group).picture or abort(404)
    response = Response(found.webp, mimetype="image/webp")
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.post("/groups/<slug>/<group>/unfollow")
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


def _named_or_404(token: str) -> tuple[Group, Member]:
    """The group, and the member to whom the letter about it went."""
    subject = links.read(links.Purpose.GROUP_LETTERS, token)
    if subject is None or len(subject) != 2:
        abort(404)
    group = db.session.get(Group, subject[0])
    member = db.session.get(Member, subject[1])
    return (group, member) if group and member and member.active else abort(404)


def _mine_or_404(slug: str, group: str) -> Group:
    """Find a group of a space in which the viewer takes part."""
    found = _group_or_404(slug, group)
    return found if found.space in viewer().spaces else abort(404)

"""The groups of a space, for those who look after them."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from matchmaker.blueprints.planning.finding import bp
from matchmaker.blueprints.planning.small_forms import GroupForm
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db
from matchmaker.models import Group, Space, groups_visible_to, utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import groups as interest_groups
from matchmaker.services.events.planning import hosting


@bp.route("/groups", methods=["GET", "POST"])
def groups(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    form = GroupForm()
    if form.validate_on_submit():
        made = _save(form, space, None)
        if made:
            flash(f"{made.name} is open. Members can follow it.")
            return redirect(url_for(".groups", slug=slug))
    found = db.session.scalars(
        select(Group)
        .where(Group.space_id == space.id, groups_visible_to(viewer()))
        .order_by(Group.archived_at.is_not(None), Group.name, Group.id)
    ).all()
    page = render_template(
        "planning/groups.html",
        organised=space,
        form=form,
        groups=found,
        hosts=interest_groups.hosts(found, viewer()),
        followers=interest_groups.count_followers(found, viewer()),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/groups/<group>", methods=["GET", "POST"])
def group(slug: str, group: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    found = _group_or_404(space, group)
    hosts = interest_groups.hosts([found], viewer())[found.id]
    form = GroupForm(
        data={
            "name": found.name,
            "blurb": found.blurb,
            "hosts": hosting.labels(space, viewer(), hosts),
        }
    )
    if form.validate_on_submit() and _save(form, space, found):
        flash("Saved.")
        return redirect(url_for(".groups", slug=slug))
    page = render_template(
        "planning/group.html", organised=space, form=form, group=found
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/groups/<group>/archive")
def archive_group(slug: str, group: str) -> ResponseReturnValue:
    found = _group_or_404(organised_or_404(slug), group)
    interest_groups.archive(found, utcnow())
    db.session.commit()
    flash(f"{found.name} is no longer listed. What it did stays.")
    return redirect(url_for(".groups", slug=slug))


@bp.post("/groups/<group>/unarchive")
def unarchive_group(slug: str, group: str) -> ResponseReturnValue:
    found = _group_or_404(organised_or_404(slug), group)
    interest_groups.bring_back(found)
    db.session.commit()
    flash(f"{found.name} is back.")
    return redirect(url_for(".groups", slug=slug))


def _save(form: GroupForm, space: Space, group: Group | None) -> Group | None:
    """Make or change a group; where it will not do, put the sentence on the form."""
    now, name, blurb = utcnow(), form.name.data or "", form.blurb.data or ""
    try:
        if group is None:
            group, before = interest_groups.make(space, name, blurb, now), []
        else:
            before = interest_groups.hosts([group], viewer())[group.id]
            interest_groups.edit(group, name, blurb)
        named = hosting.named(space, viewer(), form.hosts.data or [], before)
        all_hosts = [each.member for each in group.followings if each.is_host]
        unseen = [m for m in all_hosts if m not in before and space in m.spaces]
        interest_groups.set_hosts(group, {*named, *unseen}, now)
    except Refusal as refusal:
        db.session.rollback()
        form.refuse(refusal)
        return None
    db.session.commit()
    return group


def _group_or_404(space: Space, slug: str) -> Group:
    query = select(Group).where(
        Group.space_id == space.id,
        Group.slug == slug,
        groups_visible_to(viewer()),
    )
    return db.session.scalar(query) or abort(404)

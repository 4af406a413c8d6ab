"""The groups of a space, for those who look after them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from matchmaker.blueprints.planning.finding import bp
from matchmaker.blueprints.planning.small_forms import (
    GroupForm,
    GroupPictureForm,
    HostForm,
)
from matchmaker.blueprints.viewer import organised_or_404, viewer
from matchmaker.extensions import db, lock
from matchmaker.models import Group, Space, utcnow
from matchmaker.queries.visibility import groups_run_by, groups_visible_to
from matchmaker.services import groups as interest_groups
from matchmaker.services.events.planning import hosting
from matchmaker.services.events.planning import pictures as album
from matchmaker.services.groups import picture, who_hosts


@bp.route("/groups", methods=["GET", "POST"])
def groups(slug: str) -> ResponseReturnValue:
    space = organised_or_404(slug)
    form = GroupForm()
    if form.validate_on_submit():
        made = _save(form, space, None)
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
    found = _group_i_run_or_404(slug, group)
    if request.method == "POST":
        lock(found.space)
        lock(found)
    form = _form(found)
    if form.validate_on_submit():
        _save(form, found.space, found)
        flash("Saved.")
        return _back(found)
    return _page(found, form), 422 if form.is_submitted() else 200


@bp.post("/groups/<group>/picture")
def group_picture(slug: str, group: str) -> ResponseReturnValue:
    """Choose a picture, or say anew what the one there is shows."""
    found = _group_i_run_or_404(slug, group)
    form = GroupPictureForm()
    if not form.validate():
        return _page(found, _form(found), form), 422
    picture.choose(found, form.picture.data.read(), form.caption.data or "", utcnow())
    db.session.commit()
    flash("The picture is on the group's page.")
    return _back(found)


@bp.post("/groups/<group>/picture/remove")
def remove_group_picture(slug: str, group: str) -> ResponseReturnValue:
    found = _group_i_run_or_404(slug, group)
    picture.remove(found)
    db.session.commit()
    flash("The picture is gone.")
    return _back(found)


@bp.post("/groups/<group>/hosts")
def name_host(slug: str, group: str) -> ResponseReturnValue:
    found = _group_i_run_or_404(slug, group)
    form = _host_form(found)
    if not form.validate():
        return _page(found, _form(found), host_form=form), 422
    named = who_hosts.name_host(found, form.member.data, viewer()).name
    db.session.commit()
    flash(f"{named} hosts {found.name} too.")
    return _back(found)


@bp.post("/groups/<group>/step-down")
def step_down(slug: str, group: str) -> ResponseReturnValue:
    found = _group_i_run_or_404(slug, group)
    who_hosts.step_down(found, viewer(), utcnow())
    db.session.commit()
    flash(f"You no longer host {found.name}. You still follow it.")
    return redirect(url_for("groups.show", slug=slug, group=group))


@bp.post("/groups/<group>/archive")
def archive_group(slug: str, group: str) -> ResponseReturnValue:
    found = _group_i_run_or_404(slug, group)
    interest_groups.archive(found, utcnow())
    db.session.commit()
    flash(f"{found.name} is no longer listed. What it did stays.")
    return _back(found)


@bp.post("/groups/<group>/unarchive")
def unarchive_group(slug: str, group: str) -> ResponseReturnValue:
    found = _group_i_run_or_404(slug, group)
    interest_groups.bring_back(found, viewer())
    db.session.commit()
    flash(f"{found.name} is back.")
    return _back(found)


def _page(
    group: Group,
    form: GroupForm,
    picture_form: GroupPictureForm | None = None,
    host_form: HostForm | None = None,
) -> str:
    return render_template(
        "planning/group.html",
        organised=group.space,
        group=group,
        form=form,
        picture_form=picture_form or GroupPictureForm(formdata=None),
        hosts=interest_groups.hosts([group], viewer())[group.id],
        followers=who_hosts.followers(group, viewer()),
        host_form=host_form or _host_form(group, formdata=None),
        organises=viewer().organises(group.space),
        most_bytes=album.MOST_BYTES,
    )


def _host_form(group: Group, **options: Any) -> HostForm:
    form, followers = HostForm(**options), who_hosts.followers(group, viewer())
    names = [member.name for member in followers]
    form.member.choices = [
        SelectChoice(
            member.id,
            f"{member.name}, {member.headline}"
            if names.count(member.name) > 1 and member.headline
            else member.name,
        )
        for member in followers
    ]
    return form


def _form(group: Group) -> GroupForm:
    """What there is; hosts are named by name only by whoever knows everybody here."""
    hosts = interest_groups.hosts([group], viewer())[group.id]
    names = hosting.labels(group.space, viewer(), hosts)
    form = GroupForm(data={"name": group.name, "blurb": group.blurb, "hosts": names})
    if not viewer().organises(group.space):
        del form.hosts
    return form


def _save(form: GroupForm, space: Space, group: Group | None) -> Group:
    now, name, blurb = utcnow(), form.name.data or "", form.blurb.data or ""
    if group is None:
        group, before = interest_groups.make(space, name, blurb, now), []
    else:
        before = interest_groups.hosts([group], viewer())[group.id]
        interest_groups.edit(group, name, blurb, viewer())
    if form.hosts:
        named = hosting.named(space, viewer(), form.hosts.data or [], before)
        all_hosts = [each.member for each in group.followings if each.is_host]
        unseen = [m for m in all_hosts if m not in before and space in m.spaces]
        who_hosts.set_hosts(group, {*named, *unseen}, now)
    db.session.commit()
    return group


def _group_i_run_or_404(slug: str, group: str) -> Group:
    query = (
        select(Group)
        .join(Space, Space.id == Group.space_id)
        .where(
            Space.slug == slug,
            Group.slug == group,
            groups_run_by(viewer()),
            groups_visible_to(viewer()),
        )
    )
    return db.session.scalar(query) or abort(404)


def _back(group: Group) -> ResponseReturnValue:
    return redirect(url_for(".group", slug=group.space.slug, group=group.slug))

"""The profile: three short steps the first time, three pages to change it afterwards."""

from flask import (
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.blueprints.forms import Form
from matchmaker.blueprints.profile.forms import (
    NO,
    YES,
    AboutForm,
    ExchangeForm,
    MeetingForm,
)
from matchmaker.blueprints.profile.readings import bp, readings_by_phrase
from matchmaker.blueprints.viewer import current_membership, membership_or_404, viewer
from matchmaker.data import given_names, industries, languages, skills
from matchmaker.extensions import db, lock
from matchmaker.models import DayPart, Format, Membership, Profile, utcnow
from matchmaker.services import memberships, profiles, twin_holds

__all__ = ["bp"]

STEPS = ("about", "exchange", "meeting")


@bp.get("/")
@login_required
def show() -> ResponseReturnValue:
    return render_template(
        "profile/show.html",
        member=viewer(),
        membership=current_membership(),
        readings=readings_by_phrase(),
    )


@bp.route("/about", methods=["GET", "POST"])
@login_required
def about() -> ResponseReturnValue:
    member, profile = viewer(), _my_profile()
    form = AboutForm(
        obj=profile,
        name=member.name,
        preferred_name=member.preferred_name or given_names.guess(member.name),
        industry_query=profile.industry_label,
    )
    if form.validate_on_submit():
        profiles.say_who_you_are(
            member,
            name=form.name.data,
            preferred_name=form.preferred_name.data or "",
            headline=form.headline.data,
            company=form.company.data,
            industry=form.industry.data or "",
            years=form.years.data,
            bio=form.bio.data,
        )
        twin_holds.notice(member, member.spaces, utcnow())
        db.session.commit()
        if form.company.data and not profile.company:
            flash(_no_company(form.company.data))
        return _onward("about")
    return _page("about", form)


@bp.route("/exchange", methods=["GET", "POST"])
@login_required
def exchange() -> ResponseReturnValue:
    form = ExchangeForm(obj=_my_profile())
    if form.validate_on_submit():
        profiles.say_what_you_exchange(
            viewer(),
            offers=form.offers.data,
            wants=form.wants.data,
            interests=form.interests.data,
            now=utcnow(),
        )
        db.session.commit()
        return _onward("exchange")
    return _page("exchange", form)


@bp.route("/meeting", methods=["GET", "POST"])
@login_required
def meeting() -> ResponseReturnValue:
    membership = membership_or_404()
    form = MeetingForm(
        obj=_my_profile(),
        introductions=_introductions_so_far(membership),
        cadence_weeks=membership.cadence_weeks,
        per_round=membership.per_round,
    )
    if form.validate_on_submit():
        first_run = not membership.consents
        _save_meeting(membership, form)
        db.session.commit()
        if first_run:
            flash("Thank you, that is all we need. You can change it at any time.")
            return redirect(session.pop("event_page", None) or url_for("pages.home"))
        return _onward("meeting")
    return _page("meeting", form, wording=memberships.wording(membership.space))


@bp.get("/suggest/skills")
@login_required
def suggest_skills() -> ResponseReturnValue:
    return jsonify(skills.suggest(request.args.get("q", "")[:80]))


@bp.get("/suggest/languages")
@login_required
def suggest_languages() -> ResponseReturnValue:
    return jsonify(languages.suggest(request.args.get("q", "")[:80]))


@bp.get("/suggest/industries")
@login_required
def suggest_industries() -> ResponseReturnValue:
    found = industries.search(request.args.get("q", "")[:80])
    return jsonify(
        [
            {"code": industry.code, "label": industry.label, "path": industry.title}
            for industry in found
        ]
    )


def _no_company(text: str) -> str:
    return (
        f"We've left the company empty: “{text.strip()}” isn't one. If it is a company's "
        "name, add its legal form, such as Ltd."
    )


def _save_meeting(membership: Membership, form: MeetingForm) -> None:
    profiles.say_how_you_meet(
        membership.member,
        formats=[Format(value) for value in form.formats.data],
        times=[DayPart(value) for value in form.times.data],
        languages=form.languages.data,
        unlike=form.unlike.data,
        choosiness=form.choosiness.data,
        mentor_topics=form.mentor_topics.data,
        mentor_places=form.mentor_places.data or 1,
        mentee_topics=form.mentee_topics.data,
        now=utcnow(),
    )
    membership.cadence_weeks = form.cadence_weeks.data
    membership.per_round = form.per_round.data
    if form.introductions.data == YES:
        memberships.start_introductions(membership, "profile page", utcnow())
    else:
        memberships.stop_introductions(membership, "profile page", utcnow())


def _introductions_so_far(membership: Membership) -> str | None:
    """Nothing is chosen for a newcomer: a yes must be theirs."""
    if not membership.consents:
        return None
    return YES if membership.wants_introductions else NO


def _my_profile() -> Profile:
    """One's profile; where it is to be saved, as it stays until then."""
    if request.method == "POST":
        lock(viewer().profile)
    return viewer().profile


def _in_first_run() -> bool:
    membership = current_membership()
    return membership is None or not membership.consents


def _onward(step: str) -> ResponseReturnValue:
    """Go to the next of the three steps, or back to the profile."""
    if _in_first_run() and step != STEPS[-1]:
        following = STEPS[STEPS.index(step) + 1]
        return redirect(url_for(f"profile.{following}"))
    flash("Saved. The next round knows.")
    return redirect(url_for("profile.show"))


def _page(step: str, form: Form, **more: str) -> ResponseReturnValue:
    page = render_template(
        f"profile/{step}.html",
        form=form,
        first_run=_in_first_run(),
        step=STEPS.index(step) + 1,
        member=viewer(),
        readings={} if step == "about" else readings_by_phrase(),
        **more,
    )
    return page, 422 if form.is_submitted() else 200

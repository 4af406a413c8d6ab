"""Pages: HTTP in, HTML out. One folder for each area."""

from flask import Flask, Response, request, session
from flask_security import Security, SQLAlchemyUserDatastore

from matchmaker.blueprints import forms, odd_input, static_files, viewer
from matchmaker.blueprints.markdown import excerpt, render_markdown
from matchmaker.config import Settings
from matchmaker.models import utcnow


def register(app: Flask) -> None:
    """Add every page. Imported here: routes need extensions that are ready."""
    from matchmaker.blueprints.accounts import asking, signing_in
    from matchmaker.blueprints.accounts.routes import bp as accounts
    from matchmaker.blueprints.accounts.routes import confirm
    from matchmaker.blueprints.agenda.routes import bp as agenda
    from matchmaker.blueprints.api import documentation as api
    from matchmaker.blueprints.attendance.routes import bp as attendance
    from matchmaker.blueprints.calendars.routes import bp as calendars
    from matchmaker.blueprints.door.routes import bp as door
    from matchmaker.blueprints.events.routes import bp as events
    from matchmaker.blueprints.feedback.routes import bp as feedback
    from matchmaker.blueprints.groups.routes import bp as groups
    from matchmaker.blueprints.introductions.routes import bp as introductions
    from matchmaker.blueprints.keys.routes import bp as keys
    from matchmaker.blueprints.mailbox.routes import bp as mailbox
    from matchmaker.blueprints.memberships.routes import bp as memberships
    from matchmaker.blueprints.organiser.routes import bp as organiser
    from matchmaker.blueprints.pages.routes import bp as pages
    from matchmaker.blueprints.people.routes import bp as people
    from matchmaker.blueprints.planning.routes import bp as planning
    from matchmaker.blueprints.profile.routes import bp as profile
    from matchmaker.blueprints.room.routes import bp as room
    from matchmaker.blueprints.safety.routes import bp as safety
    from matchmaker.blueprints.unsubscribe.routes import bp as unsubscribe

    for blueprint in (
        accounts,
        attendance,
        agenda,
        calendars,
        door,
        events,
        feedback,
        groups,
        introductions,
        keys,
        memberships,
        organiser,
        pages,
        people,
        planning,
        profile,
        room,
        safety,
        unsubscribe,
    ):
        app.register_blueprint(blueprint)
    api.register(app)
    odd_input.register(app)
    settings: Settings = app.config["SETTINGS"]
    if settings.demonstration:
        app.register_blueprint(mailbox)
    signing_in.register(app)
    asking.register(app)
    # The library confirms on GET, so that a mail scanner would; ours asks for a press.
    app.view_functions["security.confirm_email"] = confirm
    app.after_request(_keep_no_copy)
    app.context_processor(viewer.what_every_page_shows)
    static_files.register(app)
    app.jinja_env.globals["is_refused"] = forms.is_refused
    app.jinja_env.globals["problems"] = forms.problems
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.filters["excerpt"] = excerpt


def _keep_no_copy(response: Response) -> Response:
    """Let no browser or proxy keep what is one person's, unless the page says how."""
    if request.endpoint == "static" or "Cache-Control" in response.headers:
        return response
    if "_user_id" in session or "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
    return response


def register_accounts_library(
    app: Flask, security: Security, datastore: SQLAlchemyUserDatastore
) -> None:
    """Add registering, confirming, signing in and resetting."""
    from matchmaker.blueprints.accounts.passwords import Passwords
    from matchmaker.mail.account_letters import AccountMail

    security._password_util_cls = Passwords
    security._mail_util_cls = AccountMail  # `init_app` overlooks it as an argument
    security.init_app(
        app,
        datastore,
        datetime_factory=utcnow,  # times are aware
        render_template=forms.library_page,
    )

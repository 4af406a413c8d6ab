"""Matchmaker gets the members of a coworking space who could help each other to meet."""

from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_security import SQLAlchemyUserDatastore
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter, Map

from matchmaker import blueprints, errors
from matchmaker.blueprints import policies
from matchmaker.blueprints.kept import bind_token
from matchmaker.blueprints.line_ends import FormRequest
from matchmaker.config import INSTANCE, ROOT, Settings, flask_config, read_settings
from matchmaker.enums import UnmatchedReason
from matchmaker.extensions import (
    csrf,
    db,
    limiter,
    migrate,
    security,
    talisman,
)
from matchmaker.logs import RequestLog, request_id
from matchmaker.mail import outbox, reasons
from matchmaker.mail.compose import wrapped
from matchmaker.models import Answer, DecisionKind, Kind, Member, SideState
from matchmaker.models.base import UTCDateTime
from matchmaker.proxies import TrustedProxies
from matchmaker.sqlite import tune_sqlite


def create_app(
    settings: Settings | None = None, overrides: Mapping[str, Any] | None = None
) -> Flask:
    """Make the application; raise `SettingError` where a setting stops the start."""
    settings = settings or read_settings()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        instance_path=str(INSTANCE),
    )
    app.config.from_mapping(flask_config(settings) | dict(overrides or {}))
    app.request_class = FormRequest
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["wrapped"] = wrapped
    app.jinja_env.globals["request_id"] = request_id.get
    app.jinja_env.globals["reasons"] = reasons
    app.jinja_env.globals["version"] = metadata.version("matchmaker")
    for enum in (Answer, DecisionKind, Kind, SideState, UnmatchedReason):
        app.jinja_env.globals[enum.__name__] = enum
    app.wsgi_app = RequestLog(TrustedProxies(app.wsgi_app, settings))  # type: ignore[method-assign]

    with suppress(OSError):  # needed only where the database is in it, and said there
        INSTANCE.mkdir(exist_ok=True)
    db.init_app(app)
    tune_sqlite(app)
    migrate.init_app(
        app,
        db,
        directory=str(ROOT / "matchmaker" / "migrations"),
        render_as_batch=True,
        include_name=_is_ours,
        render_item=_render_times,
    )
    app.url_map.converters["int"] = _Number
    app.before_request(bind_token)  # before the token is asked for
    csrf.init_app(app)
    limiter.init_app(app)
    talisman.init_app(
        app,
        force_https=settings.base_url.startswith("https"),
        session_cookie_secure=settings.base_url.startswith("https"),
        content_security_policy=policies.EVERY_PAGE,
        referrer_policy="no-referrer",  # never the token in a letter's link
        permissions_policy={"browsing-topics": "()"},
    )
    blueprints.register_accounts_library(
        app,
        security,
        SQLAlchemyUserDatastore(db, Member, None),  # type: ignore[arg-type]  # no roles
    )
    blueprints.register(app)
    errors.register(app)

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        """Say that the application and its database answer, and what keeps letters."""
        return "\n".join(["ok", *outbox.troubles()]), {"Content-Type": "text/plain"}

    return app


class _Number(IntegerConverter):
    """A number that a database can look up; a larger one is no page of ours."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002
        super().__init__(map, **({"max": 2**31 - 1} | options))


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job engine's tables in the same database to the job engine."""
    return kind != "table" or name in db.metadata.tables


def _render_times(kind: str, item: object, _context: object) -> str | bool:
    """Write migrations without our classes, which a later version may move."""
    return (
        "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False
    )


__all__ = ["create_app"]

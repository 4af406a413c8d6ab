"""Static files: kept for good under an address of their content, and sent compressed."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Request, Response, current_app, request, url_for
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
)
from flask_compress import Compress

_YEAR = 365 * 24 * 60 * 60
# Of nothing else: a page's compressed length gives away the secrets that it holds beside
# what others wrote (BREACH).
_compress = Compress()


def register(app: Flask) -> None:
    app.config.from_mapping(COMPRESS_REGISTER=False, COMPRESS_ALGORITHM=["br", "gzip"])
    _compress.init_app(app)
    app.after_request(_send_well)
    app.session_interface = _SessionsOfPages()
    app.jinja_env.globals["static_url"] = static_url


class _SessionsOfPages(SecureCookieSessionInterface):
    """No session for static files: they are the same for everybody, in every cache."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(f"{app.static_url_path}/"):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        if not request.path.startswith(f"{app.static_url_path}/"):
            super().save_session(app, session, response)


def static_url(path: str) -> str:
    """Address a static file by its content, so that browsers may keep it for good."""
    return url_for("static", filename=path, v=_version(_folder(), path))


def _send_well(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code >= 400:
        return response
    path = (request.view_args or {})["filename"]
    if request.args.get("v") == _version(_folder(), path):
        control = response.cache_control
        control.no_cache = None
        control.public, control.max_age, control.immutable = True, _YEAR, True
    if response.status_code == 200:
        response.direct_passthrough = False
        response.get_data()  # as a whole, or gzip would be left out
    return _compress.after_request(response)


def _folder() -> str:
    return str(current_app.static_folder)


@cache
def _version(folder: str, path: str) -> str:
    return hashlib.sha256(Path(folder, path).read_bytes()).hexdigest()[:12]

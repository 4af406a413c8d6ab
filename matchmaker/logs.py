"""What goes to stderr: a line for each record and each request, and nothing of anybody.

A record names no member, no address and no token. So the message of an exception is
told only where it speaks of code; its type and its frames always are.
"""

import logging.config
import re
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPMethod
from types import TracebackType
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)
request_id: ContextVar[str] = ContextVar("request_id", default="-")

_OF_CODE = (AttributeError, ImportError, NameError, TemplateError, TypeError)
_DEEPEST = 5  # exceptions that led to one another
# What libraries may write into their own messages.
_PRIVATE = re.compile(
    r"[^\s@<>\"',;:()]+@[^\s@<>\"',;:()]+"  # an e-mail address, a password in a URL
    r"|\[parameters: [^\n]*|DETAIL: [^\n]*"  # the values of a statement
    r"|(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{22,}"  # a token
)


def configure() -> None:
    """Send every record of this process to stderr, the libraries' too."""
    ours = {"handlers": ["stderr"], "propagate": False}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": Line}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "line"}
            },
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {
                "matchmaker": {"level": "INFO"},
                # These have handlers of their own, unless they are given one.
                "dbos": {"level": "WARNING"} | ours,
                "gunicorn.error": ours,
            },
        }
    )
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # it would print what a record was made of
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(
        told.exc_type, told.exc_value, told.exc_traceback
    )


class Line(logging.Formatter):
    """Time, level, request, logger and message, with no end of line among them."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += "\n" + "".join(_told(record.exc_info[1]))
        text = _PRIVATE.sub("…", text).rstrip()
        text = "".join(
            sign if sign.isprintable() else repr(sign)[1:-1] for sign in text
        )
        at = datetime.fromtimestamp(record.created, UTC).isoformat(" ", "milliseconds")
        return f"{at} {record.levelname} {request_id.get()} {record.name}: {text}"


def message(error: BaseException) -> str:
    """Say what is wrong as far as it cannot hold what somebody wrote."""
    if isinstance(error, DBAPIError):
        # The first line of the driver's; PostgreSQL tells values in those after it.
        says = str(error.orig).partition("\n")[0]
        return "" if isinstance(error, DataError) else says
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if isinstance(error, _OF_CODE) else ""


def _told(error: BaseException, depth: int = 0) -> Iterable[str]:
    before = error.__cause__ or (
        None if error.__suppress_context__ else error.__context__
    )
    if before and depth < _DEEPEST:
        yield from _told(before, depth + 1)
        yield "Then:\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__qualname__}: {message(error)}".rstrip(": ") + "\n"


def _uncaught(
    kind: type[BaseException],
    error: BaseException | None,
    frames: TracebackType | None,
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), frames)
    elif error and not issubclass(kind, SystemExit):
        logger.critical("Nobody caught this.", exc_info=error)


class RequestLog:
    """Give each request an id of ours, and write a line about it once it is answered."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request_id.set(secrets.token_hex(6))
        begun = time.perf_counter()
        said = ""

        def start(code: str, headers: Any, exc_info: Any = None) -> Any:
            nonlocal said  # now: Flask forgets the request before the body is sent
            said = f"{_asked(environ)} {code[:3]}"
            return start_response(code, headers, exc_info)

        def done() -> None:
            spent = (time.perf_counter() - begun) * 1000
            logger.info("%s %.0f ms", said, spent)
            request_id.set("-")

        try:
            body = self.app(environ, start)
        except Exception:
            logger.exception("A request was not answered.")
            body = [b"Something broke on our side."]
            start("500 Internal Server Error", [("Content-Type", "text/plain")])
        return ClosingIterator(body, done)


def _asked(environ: "WSGIEnvironment") -> str:
    """Say the method and the route; its own values may be tokens."""
    method = environ["REQUEST_METHOD"]
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    known = method if method in HTTPMethod.__members__ else "?"
    return f"{known} {rule or '(no route)'}"

"""What a program is told when something does not work (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from flask import Response, json, request

from matchmaker.logs import request_id

MEDIA_TYPE = "application/problem+json"

# By status, for what the library or the framework turned away; they say it for people
# who write programs, or not at all.
_SENTENCES = {
    400: "This could not be read. Send JSON, as /api shows it.",
    404: "There is nothing here that you may see. Check the address and the number.",
    405: "This address does not take that method. Those in the header Allow it does.",
    413: "This is too large. Send less than a megabyte.",
    415: "Send the body as JSON, with the header “Content-Type: application/json”.",
    422: "Something in it does not fit. Mend what “errors” names, and send it again.",
    429: "These were many requests. Wait as many seconds as the header Retry-After says.",
    500: "This is our fault, not yours. Nothing was saved. Try again a little later.",
    503: "The database does not answer just now. Nothing was saved. Try again shortly.",
}


def is_wanted() -> bool:
    """Whether it is a program that asks: then it is answered like one."""
    return request.path.startswith("/api/")


def problem(
    status: int, sentence: str = "", errors: dict[str, Any] | None = None
) -> Response:
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _SENTENCES.get(status) or sentence,
    }
    if status >= 500:
        said["request_id"] = request_id.get()
    if errors:
        said["errors"] = errors
    return Response(json.dumps(said), status, mimetype=MEDIA_TYPE)

"""What no page of ours and no program in its senses sends is turned away at the edge.

So that no field, query or database behind it meets half a character, a number with five
thousand digits or a body that is nested without end.
"""

import json
import re
from typing import Any

from flask import Flask, abort, request
from flask.json.provider import DefaultJSONProvider

from matchmaker.extensions import SAFE_METHODS

MOST = 2**31 - 1  # that a column of ours holds
_JSON_IS_READ = {"api", "door.replay"}  # all other pages read forms


def register(app: Flask) -> None:
    app.json = StrictJSON(app)
    app.before_request(_no_nul)
    app.before_request(_forms_only)


def to_number(text: str) -> int:
    """Read a number that a database can look up; for `get(…, type=to_number)`."""
    if len(text) > 11 or not -MOST <= (value := int(text)) <= MOST:
        raise ValueError("no number of ours")
    return value


class StrictJSON(DefaultJSONProvider):
    """JSON as its standard has it."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raise `ValueError`, which Flask answers with 400, for all that is odd."""
        try:
            return json.loads(s, **{"parse_constant": _none_such} | kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def is_writable(text: str) -> bool:
    """Whether a database can keep a text: no NUL in it, and no half of a character."""
    return not re.search("[\0\ud800-\udfff]", text)


def _none_such(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _no_nul() -> None:
    """PostgreSQL fails on a NUL in a text, and no person types one."""
    names = [*request.args, *request.form]
    texts = [request.path, *request.args.values(), *request.form.values()]
    if any("\0" in text for text in [*names, *texts]):
        abort(400)


def _forms_only() -> None:
    """Of what only reads no body is looked at, and the door's page sends the header."""
    is_sent = request.method not in SAFE_METHODS and request.is_json
    if is_sent and _JSON_IS_READ.isdisjoint({request.blueprint, request.endpoint}):
        abort(415)

"""What a phone at the door says it did, in JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app

from matchmaker.blueprints.odd_input import is_writable
from matchmaker.services.events.room.replay import Act

MOST, LONGEST = 500, 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTURY = 100 * 365 * 86_400_000
_DEEDS = {"check-in", "undo", "walk-in"}


def acts_of(body: bytes) -> tuple[list[Act], list[str]] | None:
    """Read what was sent: what was done, and the ids of what can't be read, so that one
    of those keeps nothing else waiting. None where it isn't what our page sends."""
    try:
        said = current_app.json.loads(body, parse_constant=str, parse_int=_whole)
    except ValueError:
        return None
    acts = said.get("acts") if isinstance(said, dict) else None
    if not isinstance(acts, list) or len(acts) > MOST or not all(map(_has_id, acts)):
        return None
    read = [(act["id"], _act(act)) for act in acts]
    return [act for _, act in read if act], [id_ for id_, act in read if not act]


def milliseconds(moment: datetime) -> int:
    """As JavaScript counts."""
    return int((moment - _EPOCH) / timedelta(milliseconds=1))


def _has_id(act: Any) -> bool:
    id_ = act.get("id") if isinstance(act, dict) else None
    return isinstance(id_, str) and 0 < len(id_) <= LONGEST


def _whole(digits: str) -> int | str:
    """Leave what no number of ours is as long as, and Python may refuse, as it is."""
    return int(digits) if len(digits) <= LONGEST else digits


def _act(said: dict[str, Any]) -> Act | None:
    at, member_id, guests = said.get("at", -1), said.get("member"), said.get("guests")
    is_time = type(at) in {int, float} and 0 <= at <= _CENTURY  # so no NaN either
    is_number = guests is None or (type(guests) is int and 0 <= guests <= MOST)
    is_member = member_id is None or (type(member_id) is int and 0 < member_id < 2**31)
    texts = {name: said.get(name, "") for name in ("id", "code", "name", "email")}
    are_texts = all(
        isinstance(text, str) and len(text) <= LONGEST and is_writable(text)
        for text in texts.values()
    )
    if not (
        is_time and is_member and is_number and are_texts and said.get("deed") in _DEEDS
    ):
        return None
    return Act(
        deed=said["deed"],
        at=_EPOCH + timedelta(milliseconds=at),
        member_id=member_id,
        anyway=said.get("anyway") is True,
        invite=said.get("invite") is True,
        guests=guests,
        **texts,
    )

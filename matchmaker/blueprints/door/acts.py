"""What a phone at the door says it did, in JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

from matchmaker.services.events.room.replay import Act

MOST = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTURY = 100 * 365 * 86_400_000
_DEEDS = {"check-in", "undo", "walk-in"}


def acts_of(said: Any) -> list[Act] | None:
    """Read what was sent; nothing where it is not what our page sends."""
    acts = said.get("acts") if isinstance(said, dict) else None
    if not isinstance(acts, list) or len(acts) > MOST:
        return None
    read = [_act(act) for act in acts]
    return None if None in read else [act for act in read if act]


def milliseconds(moment: datetime) -> int:
    """As JavaScript counts."""
    return int((moment - _EPOCH) / timedelta(milliseconds=1))


def _act(said: Any) -> Act | None:
    if not isinstance(said, dict):
        return None
    at, member_id = said.get("at", -1), said.get("member")
    is_time = type(at) in {int, float} and 0 <= at <= _CENTURY  # so no NaN either
    is_member = member_id is None or (type(member_id) is int and 0 < member_id < 2**31)
    texts = {name: said.get(name, "") for name in ("id", "code", "name", "email")}
    are_texts = all(
        isinstance(text, str) and len(text) <= 400 and "\0" not in text
        for text in texts.values()
    )
    if not (is_time and is_member and are_texts and said.get("deed") in _DEEDS):
        return None
    return Act(
        deed=said["deed"],
        at=_EPOCH + timedelta(milliseconds=at),
        member_id=member_id,
        anyway=said.get("anyway") is True,
        invite=said.get("invite") is True,
        **texts,
    )

"""How many letters anybody can draw upon a mailbox by typing in its address.

However it is spelt: "Ana.D+news@googlemail.com" is ana.d's mailbox, and so anad's.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, true

from matchmaker.extensions import db, keyed_hash
from matchmaker.models import RequestedLetter

logger = logging.getLogger(__name__)

Limits = Iterable[tuple[int, timedelta]]
_EVER = timedelta(days=3650)  # as good as
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_PAUSE = timedelta(minutes=10)

# Somebody else's address may have been typed in.
_UNCONFIRMED: Limits = ((1, _PAUSE), (3, _DAY), (5, _EVER))
_CONFIRMED: Limits = ((1, _PAUSE), (10, _DAY))
# A whole event may sign up from one address.
_SOURCE: Limits = ((200, _HOUR), (1000, _DAY))
_OVERALL: Limits = ((1000, _HOUR),)


def may_write(email: str, source: str, *, is_confirmed: bool, now: datetime) -> bool:
    """Whether one more letter may go; if so it is counted."""
    mailbox = keyed_hash("mailbox", normalise(email))
    asked_at = keyed_hash("source", source)
    if not _is_within(_OVERALL, true(), now):
        logger.error("More letters are asked for than an hour may have: none are sent.")
        return False
    # Once it is confirmed they may ask afresh, such as for a new password at once.
    theirs = and_(
        RequestedLetter.mailbox == mailbox,
        RequestedLetter.was_confirmed == is_confirmed,
    )
    if not _is_within(_CONFIRMED if is_confirmed else _UNCONFIRMED, theirs, now):
        return False
    if not _is_within(_SOURCE, RequestedLetter.source == asked_at, now):
        logger.warning("One address asks for more letters than a day may have.")
        return False
    db.session.add(
        RequestedLetter(
            mailbox=mailbox, source=asked_at, was_confirmed=is_confirmed, created_at=now
        )
    )
    db.session.flush()
    return True


def normalise(email: str) -> str:
    """Return one spelling for all that reach the same mailbox."""
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def prune(now: datetime) -> None:
    """Forget letters to owners of mailboxes; those to others count for good."""
    db.session.execute(
        delete(RequestedLetter).where(
            RequestedLetter.was_confirmed, RequestedLetter.created_at < now - _DAY
        )
    )


def _is_within(limits: Limits, which: ColumnElement[bool], now: datetime) -> bool:
    counted = [
        func.count().filter(RequestedLetter.created_at > now - within)
        for _, within in limits
    ]
    since = now - max(within for _, within in limits)
    found = db.session.execute(
        select(*counted).where(which, RequestedLetter.created_at > since)
    ).one()
    return all(count < most for count, (most, _) in zip(found, limits, strict=True))

"""The outbox: a letter is a row, left to the transaction of what it announces.

The row says of which kind the letter is, to whom it goes and what it is about. What it
says is written when it is sent: see `sending`. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker.extensions import db, settings
from matchmaker.mail import installation, kinds
from matchmaker.models import (
    Event,
    Introduction,
    Letter,
    LetterStatus,
    Member,
    Membership,
    Outbox,
)
from matchmaker.models.encrypted import CHANGED_KEY

WAITING = (LetterStatus.QUEUED, LetterStatus.SENDING)


def post(
    kind: str,
    member: Member,
    now: datetime,
    *,
    cause: str,
    membership: Membership | None = None,
    introduction: Introduction | None = None,
    event: Event | None = None,
    details: Mapping[str, Any] | None = None,
) -> Letter:
    """Leave a letter to the present transaction.

    Among the `details` is what must be said as it is now, whatever becomes of it until
    the letter is sent.
    """
    letter = draft(
        kind,
        member,
        now,
        cause=cause,
        membership=membership,
        introduction=introduction,
        event=event,
        details=details,
    )
    post_all([letter])
    return letter


def draft(
    kind: str,
    member: Member,
    now: datetime,
    *,
    cause: str,
    membership: Membership | None = None,
    introduction: Introduction | None = None,
    event: Event | None = None,
    details: Mapping[str, Any] | None = None,
) -> Letter:
    """Make the row of a letter, for `post_all`."""
    kinds.check(kind)
    return Letter(
        cause=cause,
        kind=kind,
        member=member,
        to=member.email,
        membership_id=membership.id if membership else None,
        introduction=introduction,
        event=event,
        details=dict(details or {}),
        due_at=now,
        made_at=now,
    )


def post_all(letters: Sequence[Letter]) -> None:
    """Leave letters to the present transaction: workers look for them each second."""
    if letters:
        installation.adopt(installation.outbox())
    db.session.add_all(letters)
    db.session.flush()


def cancel(letter: Letter, why: str = "") -> None:
    """Keep a letter from being sent, for good."""
    letter.status = LetterStatus.CANCELLED
    letter.problem = why
    empty(letter)


def empty(letter: Letter) -> None:
    """Forget what acts for the member, and what was said."""
    letter.subject = letter.text = letter.html = letter.calendar = ""
    letter.details = letter.headers = {}


def is_held(now: datetime, outbox: Outbox | None = None) -> bool:
    """Whether nothing is sent, because this is a copy or the operator has said so."""
    if goes_nowhere():
        return False
    return installation.is_held(outbox or installation.outbox(), now)


def hold(now: datetime) -> None:
    installation.hold(installation.outbox(locked=True), now)


def release(cancel_before: datetime | None) -> int:
    """Send again; give how many of the letters that waited were cancelled instead."""
    outbox = installation.outbox(locked=True)
    outbox.held_at = None
    installation.sign(outbox)
    old = [] if cancel_before is None else _waiting_since_before(cancel_before)
    for letter in old:
        cancel(letter, "Written before the database was restored.")
    return len(old)


def waiting() -> int:
    """How many letters are still to be sent."""
    unsent = select(func.count()).where(Letter.status.in_(WAITING))
    return db.session.scalar(unsent) or 0


def unreadable() -> int:
    """How many of them wait for the key under which they were written."""
    kept = select(func.count()).where(
        Letter.status.in_(WAITING), Letter.problem == CHANGED_KEY
    )
    return db.session.scalar(kept) or 0


def troubles() -> list[str]:
    """Say what keeps letters from being sent, for the operator."""
    outbox = installation.outbox()
    if outbox.held_at is not None:
        return [
            f"letters: held since {outbox.held_at:%Y-%m-%d %H:%M} UTC. "
            "See: flask letters release --help"
        ]
    if outbox.paused_at is not None:
        return [
            f"letters: paused since {outbox.paused_at:%Y-%m-%d %H:%M} UTC, one try a "
            f"minute. The mail server says: {outbox.problem}"
        ]
    if count := unreadable():
        return [
            f"letters: {count} of those that wait can't be read, because "
            "MATCHMAKER_SECRET_KEY was changed. Set it to what it was."
        ]
    return []


def goes_nowhere() -> bool:
    """Whether letters stay here, on the mailbox page of a demonstration."""
    return settings().demonstration and not settings().smtp_url


def _waiting_since_before(time: datetime) -> Sequence[Letter]:
    old = select(Letter).where(Letter.status.in_(WAITING), Letter.made_at <= time)
    return db.session.scalars(old).all()

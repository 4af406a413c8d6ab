"""The outbox: a letter is a row, written with what it announces and sent by a job.

Sending comes before marking as sent, so that none is lost. After a crash between the
two a letter goes again under the same Message-ID, and no more than three times.
Nothing here commits: the job does, after `claim` and before `send`, so that no
transaction is open while the mail server takes its time. Where it is away, or refuses us
and not the letter, all wait: one is tried each minute, and none is counted.
"""

import logging
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.exc import DBAPIError

from matchmaker.config import Settings
from matchmaker.extensions import db, job_client
from matchmaker.mail import installation
from matchmaker.mail.compose import Composed
from matchmaker.mail.kinds import KINDS, URGENT
from matchmaker.mail.message import PackingError, own_host, packed
from matchmaker.mail.smtp import Fate, MailServer, Parcel, Report
from matchmaker.mail.staleness import why_not
from matchmaker.models import (
    Event,
    Introduction,
    Letter,
    LetterStatus,
    Member,
    Membership,
    Outbox,
)

JOB = "send_letter"
QUEUE = "letters"

logger = logging.getLogger(__name__)

# How long a letter may be on its way before it counts as lost sight of.
LEASE = timedelta(seconds=60)
# Copies that may be under way at most; before the last, its receiver gets time.
COPIES = 3
PAUSE = timedelta(minutes=15)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120))
GIVE_UP = timedelta(days=7)
PACKING_ATTEMPTS = 5
AT_ONCE = 5  # letters looked for at once; an urgent one waits for as many at most
# How long a mail server that is away, or refuses us, is left alone.
RETRY_AFTER = timedelta(minutes=1)
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_WAITING = (LetterStatus.QUEUED, LetterStatus.SENDING)
_IN_TURN = (case((Letter.kind.in_(URGENT), 0), else_=1), Letter.id)


def post(
    composed: Composed,
    *,
    kind: str,
    cause: str,
    member: Member,
    now: datetime,
    membership: Membership | None = None,
    introduction: Introduction | None = None,
    event: Event | None = None,
    calendar: str = "",
    headers: dict[str, str] | None = None,
) -> Letter:
    """Leave a letter, and the job that will send it, to the present transaction."""
    letter = draft(
        composed,
        kind=kind,
        cause=cause,
        member=member,
        event=event,
        calendar=calendar,
        now=now,
    )
    letter.introduction = introduction
    letter.membership_id = membership.id if membership else None
    letter.headers = headers or {}
    post_all([letter])
    return letter


def draft(
    composed: Composed,
    *,
    kind: str,
    cause: str,
    member: Member,
    event: Event | None,
    calendar: str,
    now: datetime,
) -> Letter:
    """Write a letter down, for `post_all`."""
    return Letter(
        cause=cause,
        kind=kind,
        member=member,
        to=member.email,
        event=event,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        calendar=calendar,
        headers={},
        due_at=now,
        made_at=now,
    )


def post_all(letters: Sequence[Letter]) -> None:
    """Leave letters to the present transaction, and one job, which sends all that wait.

    A job for each would hold the lock on the database several times as long. Should
    the one fail, `requeue_due` leaves another.
    """
    for letter in letters:
        _check_kind(letter)
    if letters:
        installation.adopt(installation.outbox())
    db.session.add_all(letters)
    db.session.flush()
    if letters:
        first = letters[0]
        _enqueue(f"letter-{first.id}", first.id, is_urgent=first.kind in URGENT)


def _check_kind(letter: Letter) -> None:
    """Refuse a letter that nobody has thought about, or that should say how to stop it."""
    if letter.kind not in KINDS:
        raise ValueError(f"There is no row for {letter.kind!r} in mail/kinds.py.")
    if KINDS[letter.kind].can_be_stopped and "List-Unsubscribe" not in letter.headers:
        raise ValueError(f"A letter of the kind {letter.kind!r} needs `one_click`.")


def claim(letter_id: int, now: datetime) -> Parcel | None:
    """Take a letter that is due for sending; nothing where it shall not go, or not now.

    Commit before sending: whoever finds the letter on its way leaves it alone until
    the lease is over. One that cannot be put into its envelope is tried again later,
    and a few times only.
    """
    outbox = installation.outbox(locked=True)
    if is_held(now, outbox) or _is_paused(outbox, now):
        return None
    letter = db.session.get(
        Letter, letter_id, with_for_update=True, populate_existing=True
    )
    if letter is None or letter.status not in _WAITING or letter.due_at > now:
        return None
    if letter.status is LetterStatus.SENDING and not _found_again(letter, now):
        return None
    try:
        if why := why_not(letter, now):
            cancel(letter, why)
            return None
        parcel = packed(letter, now)
    except DBAPIError:  # the database's fault, not the letter's
        raise
    except Exception as error:
        _could_not_pack(letter, error, now)
        return None
    letter.status = LetterStatus.SENDING
    letter.attempts += 1
    letter.due_at = now + LEASE
    return replace(parcel, mark=installation.count_claim(outbox))


def mail_server() -> MailServer:
    """Open the way for one letter or many; used in a `with`."""
    return MailServer(_settings().smtp_url, own_host())


def send(parcel: Parcel, server: MailServer) -> Report:
    """Send a claimed letter. No transaction is open, however long that takes."""
    installation.write_mark(*parcel.mark)
    return Report(Fate.SENT) if _goes_nowhere() else server.send(parcel)


def note(parcel: Parcel, report: Report, now: datetime) -> None:
    """Note what became of a letter that was sent, or was not."""
    letter = db.session.get_one(Letter, parcel.letter_id)
    letter.problem = report.problem
    if report.fate in {Fate.AWAY, Fate.REFUSES_US}:
        _pause(report, now)
        _put_back(letter, report.fate, now)
        return
    _resume()
    match report.fate:
        case Fate.SENT:
            letter.status = LetterStatus.SENT
            letter.sent_at = now
            if not _goes_nowhere():
                _empty(letter)
            if letter.to == letter.member.email:
                letter.member.bounced_at = None
        case Fate.UNKNOWN:
            _lost_sight_of(letter, now)
        case Fate.BOUNCED:
            _fail(letter, report.problem)
            if letter.to == letter.member.email:
                letter.member.bounced_at = now
        case Fate.REFUSED:
            _fail(letter, report.problem)
        case _:
            _try_later(letter, now)


def deliver(parcel: Parcel, now: datetime) -> None:
    """Send one letter by itself, and note what became of it."""
    with mail_server() as server:
        note(parcel, send(parcel, server), now)


def next_due(now: datetime) -> list[int]:
    """Find the letters to send next; those go first for which somebody waits.

    A few at once, because to look is to sort all that wait.
    """
    outbox = installation.outbox()
    if is_held(now, outbox) or _is_paused(outbox, now):
        return []
    due = select(Letter.id).where(_is_due(now)).order_by(*_IN_TURN).limit(AT_ONCE)
    return [*db.session.scalars(due)]


def requeue_due(now: datetime) -> None:
    """See to it that letters that are due have a job: after a pause or a crash."""
    if next_due(now):
        _enqueue(f"letters-{int(now.timestamp()) // 60}", 0, is_urgent=True)


def is_held(now: datetime, outbox: Outbox | None = None) -> bool:
    """Whether nothing is sent, because this is a copy or the operator has said so."""
    if _goes_nowhere():
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
    unsent = select(func.count()).where(Letter.status.in_(_WAITING))
    return db.session.scalar(unsent) or 0


def _waiting_since_before(time: datetime) -> Sequence[Letter]:
    old = select(Letter).where(Letter.status.in_(_WAITING), Letter.made_at <= time)
    return db.session.scalars(old).all()


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
    return []


def cancel(letter: Letter, why: str = "") -> None:
    """Keep a letter from being sent, for good."""
    letter.status = LetterStatus.CANCELLED
    letter.problem = why
    _empty(letter)


def _is_paused(outbox: Outbox, now: datetime) -> bool:
    return outbox.retry_at is not None and outbox.retry_at > now


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Letter.status.in_(_WAITING), Letter.due_at <= now)


def _enqueue(job: str, letter_id: int, *, is_urgent: bool) -> None:
    """Leave a job, once for each name. Whichever begins first sends all that waits."""
    job_client().enqueue_in_transaction(
        db.session(),
        {
            "queue_name": QUEUE,
            "workflow_name": JOB,
            "workflow_id": job,
            "priority": 1 if is_urgent else 10,
        },
        letter_id,
    )


def _pause(report: Report, now: datetime) -> None:
    """Let no letter go for a minute; say so once, and not of each letter."""
    outbox = installation.outbox()
    problem = _ADDRESS.sub("<…>", report.problem)
    if outbox.paused_at is None:
        outbox.paused_at = now
        logger.error("No letters are sent: the mail server says: %s", problem)
    outbox.retry_at = now + RETRY_AFTER
    outbox.problem = problem
    installation.note_change(outbox)


def _resume() -> None:
    outbox = installation.outbox()
    if outbox.paused_at is not None:
        logger.warning("Letters are sent again.")
        outbox.paused_at = outbox.retry_at = None
        outbox.problem = ""
        installation.note_change(outbox)


def _put_back(letter: Letter, fate: Fate, now: datetime) -> None:
    """Wait for the mail server, and don't count it.

    If it said so of this letter, another is next to try whether that is so of all.
    """
    if now - letter.made_at > GIVE_UP:
        _fail(letter, f"Given up after a week: {letter.problem}")
        return
    letter.attempts -= 1
    letter.status = LetterStatus.QUEUED
    letter.due_at = now + (PAUSE if fate is Fate.REFUSES_US else timedelta())


def _could_not_pack(letter: Letter, error: Exception, now: datetime) -> None:
    """Count it. Of an error that isn't ours the words may hold personal data."""
    letter.attempts += 1
    why = str(error) if isinstance(error, PackingError) else type(error).__name__
    letter.problem = f"It could not be put into its envelope: {why}"
    logger.error("Letter %s: %s", letter.id, letter.problem)
    if letter.attempts >= PACKING_ATTEMPTS:
        _fail(letter, letter.problem)
    else:
        _try_later(letter, now)


def _found_again(letter: Letter, now: datetime) -> bool:
    """Whether a letter whose sender vanished may go again at once."""
    _lost_sight_of(letter, now)
    return letter.status is LetterStatus.QUEUED and letter.due_at <= now


def _lost_sight_of(letter: Letter, now: datetime) -> None:
    """It may have arrived. Send it again, but not for ever."""
    letter.unknown_outcomes += 1
    if letter.unknown_outcomes >= COPIES:
        _fail(letter, f"No reply after {COPIES} copies; it may have arrived.")
        return
    letter.status = LetterStatus.QUEUED
    letter.due_at = now + (
        PAUSE if letter.unknown_outcomes == COPIES - 1 else timedelta()
    )


def _try_later(letter: Letter, now: datetime) -> None:
    if now - letter.made_at > GIVE_UP:
        _fail(letter, f"Given up after a week: {letter.problem}")
        return
    letter.status = LetterStatus.QUEUED
    wait = BACKOFF[min(letter.attempts, len(BACKOFF)) - 1]
    # Not all at once again, and the same when computed again.
    chance = random.Random(f"{letter.id}.{letter.attempts}")  # noqa: S311
    letter.due_at = now + wait * (1 + chance.random() / 5)


def _fail(letter: Letter, problem: str) -> None:
    logger.warning("Letter %s failed: see its row.", letter.id)  # it may name somebody
    letter.status = LetterStatus.FAILED
    letter.problem = problem
    _empty(letter)


def _empty(letter: Letter) -> None:
    """Forget what acts for the member, and what was said."""
    letter.text = letter.html = letter.calendar = ""
    letter.headers = {}


def _goes_nowhere() -> bool:
    """Whether letters stay here, on the mailbox page of a demonstration."""
    settings = _settings()
    return settings.demonstration and not settings.smtp_url


def _settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])

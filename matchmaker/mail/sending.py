"""Sends the letters of the outbox: each is taken, written and handed to the mail server.

To write a letter takes longer than to note that it is to be sent, and may fail. So it is
done here, one by one and outside of any transaction that writes: nobody waits for it,
and one that cannot be written fails alone.

Sending comes before marking as sent, so that none is lost. After a crash between the
two a letter goes again under the same Message-ID, and no more than three times.
Nothing here commits: the job does, after `claim` and before `send`, so that no
transaction is open while the mail server takes its time. Where it is away, or refuses us
and not the letter, all wait: one is tried each minute, and none is counted.
"""

import logging
import random
import re
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, case, exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db, only_read, settings
from matchmaker.mail import installation, outbox

# Each of these marks how letters of its kinds are written.
from matchmaker.mail import (  # noqa: F401  # isort: skip
    after_letters,
    event_changes,
    event_letters,
    group_letters,
    joining_letters,
    letters,
    room_letters,
    safety_letters,
)
from matchmaker.mail.compose import Composed
from matchmaker.mail.kinds import COMPOSERS, KINDS, URGENT
from matchmaker.mail.message import PackingError, own_host, packed
from matchmaker.mail.recheck import why_not
from matchmaker.mail.smtp import Fate, MailServer, Report
from matchmaker.models import Event, Letter, LetterStatus, Outbox
from matchmaker.models.encrypted import UnreadableError

logger = logging.getLogger(__name__)

# How long a letter may be on its way before it counts as lost sight of.
LEASE = timedelta(seconds=60)
# Copies that may be under way at most; before the last, its receiver gets time.
COPIES = 3
PAUSE = timedelta(minutes=15)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120))
GIVE_UP = timedelta(days=7)
WRITING_ATTEMPTS = 5
AT_ONCE = 5  # letters looked for at once; an urgent one waits for as many at most
# How long a mail server that is away, or refuses us, is left alone.
RETRY_AFTER = timedelta(minutes=1)
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_WHAT_IT_IS_ABOUT = (
    joinedload(Letter.member),
    joinedload(Letter.event).joinedload(Event.space),
)
_IN_TURN = (case((Letter.kind.in_(URGENT), 0), else_=1), Letter.id)


@dataclass(frozen=True)
class Claim:
    """A letter that is ours to send."""

    letter_id: int
    mark: tuple[str, int]  # for `installation.write_mark`


def is_any_due(now: datetime) -> bool:
    """Look whether there is something to send, without keeping anybody waiting."""
    only_read()
    is_due = not _is_paused(installation.outbox(), now) and db.session.scalar(
        select(exists().where(_is_due(now)))
    )
    db.session.rollback()
    return bool(is_due)


def next_due(now: datetime) -> list[int]:
    """Find the letters to send next; those go first for which somebody waits.

    A few at once, because to look is to sort all that wait.
    """
    row = installation.outbox()
    if outbox.is_held(now, row) or _is_paused(row, now):
        return []
    due = select(Letter.id).where(_is_due(now)).order_by(*_IN_TURN).limit(AT_ONCE)
    return [*db.session.scalars(due)]


def claim(letter_id: int, now: datetime) -> Claim | None:
    """Take a letter that is due for sending; nothing where it shall not go, or not now.

    Commit before sending: whoever finds the letter on its way leaves it alone until
    the lease is over.
    """
    row = installation.outbox(locked=True)
    if outbox.is_held(now, row) or _is_paused(row, now):
        return None
    letter = db.session.get(
        Letter, letter_id, with_for_update=True, populate_existing=True
    )
    if letter is None or letter.status not in outbox.WAITING or letter.due_at > now:
        return None
    if letter.status is LetterStatus.SENDING and not _found_again(letter, now):
        return None
    letter.status = LetterStatus.SENDING
    letter.attempts += 1
    letter.due_at = now + LEASE
    return Claim(letter.id, installation.count_claim(row))


def mail_server() -> MailServer:
    """Open the way for one letter or many; used in a `with`."""
    return MailServer(settings().smtp_url, own_host())


def send(claimed: Claim, server: MailServer, now: datetime) -> Report:
    """Write a claimed letter and send it, if it still may go. Nothing is locked meanwhile."""
    installation.write_mark(*claimed.mark)
    only_read()
    try:
        letter = db.session.get_one(
            Letter, claimed.letter_id, options=_WHAT_IT_IS_ABOUT
        )
        if why := why_not(letter, now):
            return Report(Fate.WITHHELD, why)
        parcel = packed(letter, composed(letter, now), now)
    except DBAPIError:  # the database's fault, not the letter's
        raise
    except UnreadableError as error:
        return Report(Fate.UNREADABLE, str(error))
    except Exception as error:
        return Report(Fate.UNWRITTEN, _what_went_wrong(error))
    finally:
        db.session.rollback()
    return Report(Fate.SENT) if outbox.goes_nowhere() else server.send(parcel)


def composed(letter: Letter, now: datetime) -> Composed:
    """Give what a letter says, or would say if it were sent now."""
    if letter.text:
        return Composed(
            letter.subject, letter.text, letter.html, letter.calendar, letter.headers
        )
    written = COMPOSERS[letter.kind](letter, now)
    if KINDS[letter.kind].can_be_stopped and "List-Unsubscribe" not in written.headers:
        raise PackingError(f"A letter of the kind {letter.kind!r} needs `one_click`.")
    return written


def composed_or_blank(letter: Letter, now: datetime) -> Composed:
    """Give what a letter says for its page, also where nothing can be said any more."""
    try:
        return composed(letter, now)
    except Exception as error:
        logger.warning("Letter %s: %s", letter.id, _what_went_wrong(error))
        return Composed("A letter that is not kept", "", "")


def keep(letter: Letter, now: datetime) -> None:
    """Note a letter of a demonstration as sent, with all that it says."""
    written = composed(letter, now)
    letter.subject, letter.text = written.subject, written.text
    letter.html, letter.calendar = written.html, written.calendar
    letter.headers = dict(written.headers)
    letter.status, letter.sent_at = LetterStatus.SENT, now


def note(claimed: Claim, report: Report, now: datetime) -> None:
    """Note what became of a letter that was sent, or was not."""
    row = installation.outbox(locked=True)  # before the letter, as `claim` does
    with_reader = [joinedload(Letter.member)]
    letter = db.session.get_one(Letter, claimed.letter_id, options=with_reader)
    if report.fate is Fate.UNREADABLE and not outbox.unreadable():
        logger.error("Letters wait: %s", report.problem)
    letter.problem = report.problem
    match report.fate:
        case Fate.UNREADABLE:  # until the key is set back; others go
            _put_back(letter, report.fate, now)
        case Fate.WITHHELD:
            outbox.cancel(letter, report.problem)
        case Fate.UNWRITTEN:
            _could_not_write(letter, now)
        case Fate.AWAY | Fate.REFUSES_US:
            _pause(row, report, now)
            _put_back(letter, report.fate, now)
        case _:
            _resume(row)
            _note_answer(letter, report, now)


def _note_answer(letter: Letter, report: Report, now: datetime) -> None:
    """Note what the mail server said of a letter, or that it said nothing."""
    match report.fate:
        case Fate.SENT:
            if outbox.goes_nowhere():
                keep(letter, now)
            else:
                letter.status, letter.sent_at = LetterStatus.SENT, now
                outbox.empty(letter)
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


def deliver(claimed: Claim, now: datetime) -> None:
    """Send one letter by itself, and note what became of it."""
    with mail_server() as server:
        note(claimed, send(claimed, server, now), now)


def _what_went_wrong(error: Exception) -> str:
    """Say it without the error's own words, unless they are ours: they may name people."""
    if isinstance(error, PackingError):
        return f"It could not be written: {error}"
    at = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(at.filename).name}, line {at.lineno}"
    return f"It could not be written: {type(error).__name__} in {where}"


def _is_paused(row: Outbox, now: datetime) -> bool:
    return row.retry_at is not None and row.retry_at > now


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Letter.status.in_(outbox.WAITING), Letter.due_at <= now)


def _pause(row: Outbox, report: Report, now: datetime) -> None:
    """Let no letter go for a minute; say so once, and not of each letter."""
    problem = _ADDRESS.sub("<…>", report.problem)
    if row.paused_at is None:
        row.paused_at = now
        logger.error("No letters are sent: the mail server says: %s", problem)
    row.retry_at = now + RETRY_AFTER
    row.problem = problem
    installation.note_change(row)


def _resume(row: Outbox) -> None:
    if row.paused_at is not None:
        logger.warning("Letters are sent again.")
        row.paused_at = row.retry_at = None
        row.problem = ""
        installation.note_change(row)


def _put_back(letter: Letter, fate: Fate, now: datetime) -> None:
    """Wait for the mail server, or for the operator, and don't count it.

    If it is about this letter, another is next to try whether that is so of all.
    """
    if now - letter.made_at > GIVE_UP:
        _fail(letter, f"Given up after a week: {letter.problem}")
        return
    letter.attempts -= 1
    letter.status = LetterStatus.QUEUED
    letter.due_at = now + (timedelta() if fate is Fate.AWAY else PAUSE)


def _could_not_write(letter: Letter, now: datetime) -> None:
    logger.error("Letter %s: %s", letter.id, letter.problem)
    if letter.attempts >= WRITING_ATTEMPTS:
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
    outbox.empty(letter)

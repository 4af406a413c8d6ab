"""What runs later or on a schedule: a thin port over the job engine, DBOS.

Each job is a call to a service, and this is its edge: it asks for the clock and it
commits. `MATCHMAKER_DATABASE_URL` holds the queue too, so a job is committed together
with what it is about. Letters are no jobs: their table is their queue, and each worker
has a thread that sends.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig
from flask import Flask
from sqlalchemy import Engine, event, inspect
from sqlalchemy.exc import OperationalError

from matchmaker.extensions import db, only_read
from matchmaker.mail import governor, outbox, sending
from matchmaker.mail.sending import Claim
from matchmaker.mail.smtp import Report
from matchmaker.models import Base, Space, utcnow
from matchmaker.refusal import Refusal
from matchmaker.services import (
    account_requests,
    encoding,
    first_introductions,
    introductions,
    job_failures,
    joining,
    readings,
    round_decisions,
    rounds,
    sessions,
    throttle,
    topics,
)
from matchmaker.services.events import places, reminders
from matchmaker.services.events.afterwards import thanks
from matchmaker.services.events.calendars import calendar_import

P = ParamSpec("P")
T = TypeVar("T")
Look = Callable[[datetime], Iterable[Any]]
logger = logging.getLogger(__name__)
_app: Flask  # set by `start`: the engine calls a job with nothing but its arguments
_sender: threading.Thread
_stopping = threading.Event()

# How often letters that wait are looked for, in seconds; and how long after a failure.
LOOK_EVERY, AFTER_A_FAILURE = 1.0, 10.0


def send_letters() -> None:
    """Send letter after letter on one connection, until none is due.

    What became of one is committed together with the claim of the next.
    """
    if not sending.is_any_due(utcnow()):
        return
    with sending.mail_server() as server:
        sent: tuple[Claim, Report] | None = None
        due: list[int] = []
        while True:
            if sent:
                sending.note(*sent, utcnow())
            due = [] if _stopping.is_set() else due or sending.next_due(utcnow())
            claim = sending.claim(due[0], utcnow()) if due else None
            db.session.commit()
            if not due:
                return
            del due[0]
            sent = (claim, sending.send(claim, server, utcnow())) if claim else None


def _send_until_stopped() -> None:
    pause = LOOK_EVERY
    while not _stopping.wait(pause):
        pause = LOOK_EVERY
        try:
            with _app.app_context():
                send_letters()
        except Exception:
            logger.exception("Sending letters failed; it is tried again.")
            pause = AFTER_A_FAILURE


@DBOS.workflow(name=account_requests.JOB)
def answer_account_requests(_request_id: int) -> None:
    """Write whatever letters were asked for."""
    with _app.app_context():
        answer_all(utcnow())


def answer_all(now: datetime) -> None:
    for request in _found(account_requests.waiting, now):
        _do_counted(account_requests.answer, request, now=now)


@DBOS.workflow(name=encoding.JOB)
def read_profiles() -> None:
    """Read whatever is unread."""
    with _app.app_context():
        read_all(utcnow())


def read_all(now: datetime) -> None:
    """Read profiles by the hundred; no transaction is open while they are encoded."""
    after = 0
    while batch := _found(partial(_unread, after), now):
        after = batch[-1].member_id
        for encoded in readings.encode_all(batch):
            _do_counted(readings.keep, encoded, now=now)
    for id_, texts in _found(lambda _now: topics.unread(), now):
        _do_counted(topics.keep, topics.encode_own(id_, texts), now=now)


def _unread(after: int, _now: datetime) -> list[readings.Unread]:
    return readings.unread(after)


@DBOS.workflow(name="tick")
def tick(_scheduled_at: datetime, _context: Any) -> None:
    """Every minute. One that was missed is made up by the next."""
    with _app.app_context():
        do_what_is_due(utcnow())


def do_what_is_due(now: datetime) -> None:
    """Do each thing in a transaction of its own, so that it fails alone.

    Nothing in a copy: what would be written there has been written by the original.
    """
    if _found(lambda now: [now] if outbox.is_held(now) else [], now):
        return
    for look, deed in _what_comes_due():
        for each in _found(look, now):
            subjects = each if isinstance(each, tuple) else (each,)
            _do_counted(deed, *subjects, now=now)
    answer_all(now)
    _do(job_failures.tidy, now)
    _do(readings.request_if_unread, now)
    _do(sessions.prune, now)
    _do(throttle.prune, now)
    _do(governor.prune, now)
    _read_calendars(now)


def _what_comes_due() -> Iterable[tuple[Look, Callable[..., object]]]:
    """What is looked for, and what is done to each that is found; in this order, so that
    who got no answer goes first in the round that comes after."""
    return (
        (introductions.to_end, introductions.end),
        (round_decisions.waiting_for_approval, round_decisions.ask_for_approval),
        (rounds.due, run_round),
        (first_introductions.newcomers, first_introductions.introduce),
        (introductions.sides_to_remind, introductions.remind),
        (introductions.sides_to_ask, introductions.ask_whether_they_met),
        (introductions.unreachable, introductions.withdraw_unreachable),
        (places.late_offers, places.take_back),
        (reminders.due, reminders.remind),
        (thanks.due, thanks.thank),
        (joining.due, joining.tell_organisers),
    )


def run_round(space: Space, week: str, now: datetime) -> None:
    """Choose in a transaction that only reads, so that nobody's save waits for it."""
    db.session.rollback()
    only_read()
    drafted = rounds.draft(space, week, now)
    db.session.rollback()
    rounds.run(space, week, now, drafted=drafted)


def _read_calendars(now: datetime) -> None:
    """Read those that are due, with no transaction open while the other side answers."""
    claimed: list[calendar_import.Due] = []
    _do(lambda: claimed.extend(calendar_import.claim_due(now)))
    for due in claimed:
        _do(calendar_import.read_again, due, now)


def _found(look: Callable[[datetime], Iterable[T]], now: datetime) -> list[T]:
    """Look for what is due; where that fails, what comes after it is done all the same."""
    found: list[T] = []
    _do(lambda: found.extend(look(now)))
    return found


def _do_counted(deed: Callable[..., object], *args: Any, now: datetime) -> None:
    """Do one thing; where it fails, try it again later and later, and then no more.

    So what always fails neither fills the log nor keeps the others waiting.
    """
    job = _name(deed, args)

    def do() -> None:
        if job_failures.may_try(job, now):
            deed(*args, now)
            job_failures.forget(job)

    error = _do(do)
    if error is not None and not isinstance(error, OperationalError):
        _do(job_failures.note, job, error, now)


def _do(
    deed: Callable[P, object], *args: P.args, **kwargs: P.kwargs
) -> Exception | None:
    """Do one thing in a transaction of its own; give what went wrong."""
    try:
        deed(*args, **kwargs)
        db.session.commit()
    except Refusal:  # another worker was quicker
        db.session.rollback()
    except Exception as error:
        db.session.rollback()
        logger.exception("%s failed; it is tried again later.", deed)
        return error
    return None


def _name(deed: Callable[..., object], args: Iterable[Any]) -> str:
    """Name a deed and what it is done to: thanks.thank(12.7)"""
    subjects = (
        ".".join(map(str, inspect(arg).identity or ()))
        if isinstance(arg, Base)
        else str(arg)
        for arg in args
    )
    module = deed.__module__.rpartition(".")[2]
    return f"{module}.{deed.__name__}({', '.join(subjects)})"


def _count_milliseconds(connection: object, _record: object) -> None:
    """Give an older SQLite what the job engine expects of it under Python 3.12 and later.

    Before 3.42 `unixepoch('subsec')` is NULL, and no job could be enqueued.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, lambda _unit: time.time())


if sqlite3.sqlite_version_info < (3, 42):
    event.listen(Engine, "connect", _count_milliseconds)


def start(app: Flask) -> None:
    """Start working the jobs of this application, in threads of this process."""
    global _app, _sender
    _app = app
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    DBOS(config=_config(url))
    DBOS.launch()
    DBOS.register_queue(account_requests.QUEUE, global_concurrency=1)
    DBOS.register_queue(encoding.QUEUE, global_concurrency=1)
    DBOS.apply_schedules(
        [{"schedule_name": "tick", "workflow_fn": tick, "schedule": "* * * * *"}]
    )
    _stopping.clear()
    _sender = threading.Thread(target=_send_until_stopped, name="letters", daemon=True)
    _sender.start()


def stop() -> None:
    """Let the letter and the jobs under way finish, and stop."""
    _stopping.set()
    _sender.join(timeout=10)
    DBOS.destroy(workflow_completion_timeout_sec=10)


def prepare_database(engine: Engine) -> None:
    """Make the job engine's own tables, beside ours in the same database."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS.migrate(engine.url.render_as_string(hide_password=False))


def _config(url: str) -> DBOSConfig:
    return {
        "name": "matchmaker",
        "system_database_url": url,
        # Fixed, so that a new release and a restarted worker go on where it stopped.
        "application_version": "1",
        "executor_id": "worker",
        "run_migrations": False,
        "log_level": "WARNING",
        "scheduler_polling_interval_sec": 5.0,
    }

"""How SQLite's one write lock is shared: writers queue for a bounded time, readers go on."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from matchmaker.extensions import SAFE_METHODS, db

PATIENCE = 5.0  # seconds that a person waits for another's change
PATIENCE_OF_JOBS = 15.0  # and that a job or a command does
# So many may wait for the lock at once, and more only as long as the line moves. The server
# has more threads than that, and so there is always one for somebody who only reads.
WAITING_REQUESTS = 16
STUCK = 1.0  # seconds in which others held the lock and none of us got it


class WriteQueue:
    """The threads of this process that wait for the write lock, in their order."""

    def __init__(self) -> None:
        self._line: list[Event] = []  # the first is set: it may ask SQLite for the lock
        self._change = Lock()
        self._holder: Connection | None = None  # one of ours, which is at work
        self._moved_at = 0.0

    @contextmanager
    def turn(self, patience: float, *, is_request: bool) -> Iterator[float]:
        """Wait to be the first in line; give the seconds of patience that are left.

        Raises OperationalError when they are spent; and for a request also where many wait
        and the line is stuck, so that threads are left for those who only read.
        """
        end = time.monotonic() + patience
        my_turn = Event()
        self._join(my_turn)
        try:
            while not my_turn.wait(
                self._time_left(my_turn, end, is_request=is_request)
            ):
                if not self._time_left(my_turn, end, is_request=is_request):
                    raise _locked()
            yield max(0.0, end - time.monotonic())
        finally:
            self._leave(my_turn)

    def begun(self, connection: Connection) -> None:
        self._holder = connection
        self._moved_at = time.monotonic()

    def ended(self, connection: Connection) -> None:
        if connection is self._holder:
            self._holder = None
            self._moved_at = time.monotonic()

    def _join(self, turn: Event) -> None:
        with self._change:
            if not self._line:
                self._moved_at = time.monotonic()
                turn.set()
            self._line.append(turn)

    def _leave(self, turn: Event) -> None:
        with self._change:
            self._line.remove(turn)
            if self._line:
                self._line[0].set()

    def _time_left(self, turn: Event, end: float, *, is_request: bool) -> float:
        """Say how long to wait before looking again; 0 to give up."""
        now = time.monotonic()
        if is_request and self._line.index(turn) >= WAITING_REQUESTS:
            moved_at = now if self._holder else self._moved_at
            end = min(end, moved_at + STUCK)
        return max(0.0, end - now)


def tune_sqlite(app: Flask) -> None:
    """Let writers queue for the one lock, instead of failing half way to it."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        return

    queue = WriteQueue()

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        _be_patient(connection, PATIENCE)
        _write_ahead(connection)

    event.listen(engine, "commit", queue.ended)
    event.listen(engine, "rollback", queue.ended)

    @event.listens_for(engine, "begin")
    def take_the_lock_at_once(connection: Connection) -> None:
        is_request = has_request_context()
        only_reads = connection.get_execution_options().get("only_reads")
        if only_reads or (is_request and request.method in SAFE_METHODS):
            connection.exec_driver_sql("BEGIN")
            return
        patience = PATIENCE if is_request else PATIENCE_OF_JOBS
        with queue.turn(patience, is_request=is_request) as left:
            _lock(connection, left)
            queue.begun(connection)


def _lock(connection: Connection, patience: float) -> None:
    """Begin to write, or fail once the patience is spent.

    SQLite's own waiting isn't fair: in a rush some writers would starve. So only the first
    in line of our threads polls for the lock.
    """
    try:
        _be_patient(connection.connection, patience)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        with suppress(sqlite3.Error):
            _be_patient(connection.connection, PATIENCE)


def _be_patient(connection: Any, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _locked() -> OperationalError:
    locked = sqlite3.OperationalError("database is locked")
    return OperationalError("BEGIN IMMEDIATE", None, locked)


def _write_ahead(connection: Any) -> None:
    """Let readers go on while somebody writes; a copy by VACUUM INTO has lost that."""
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode == "delete":
        with suppress(sqlite3.OperationalError):  # in use: the next connection does it
            connection.execute("PRAGMA journal_mode = WAL")

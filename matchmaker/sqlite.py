"""How SQLite's one write lock is shared: writers queue for a bounded time, readers go on."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock
from typing import Any

from flask import Flask, has_request_context, request
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from matchmaker.extensions import SAFE_METHODS, db

PATIENCE = 5.0  # seconds that a person waits for another's change
PATIENCE_OF_JOBS = 15.0  # and that a job or a command does
# So many requests may wait for the lock at once. The server has more threads than that,
# and so there is always one for somebody who only reads.
WAITING_REQUESTS = 16
STUCK = 1.0  # seconds in which nobody got the lock; then no more are let into the queue


class WriteQueue:
    """Requests and jobs that wait for the write lock."""

    def __init__(self) -> None:
        self.turn = Lock()  # only its holder polls for SQLite's lock
        self._places = BoundedSemaphore(WAITING_REQUESTS)
        self._moved_at = 0.0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while a request waits for the lock.

        Others wait for one as long as the queue moves. Raises OperationalError once it
        is stuck, so that threads are left for those who only read.
        """
        end = time.monotonic() + PATIENCE
        while not self._places.acquire(timeout=self._time_left(end)):
            if not self._time_left(end):
                raise _locked()
        self.note_move()
        try:
            yield
        finally:
            self._places.release()

    def note_move(self) -> None:
        self._moved_at = time.monotonic()

    def _time_left(self, end: float) -> float:
        return max(0.0, min(self._moved_at + STUCK, end) - time.monotonic())


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

    @event.listens_for(engine, "begin")
    def take_the_lock_at_once(connection: Connection) -> None:
        if not has_request_context():
            _lock(connection, queue, PATIENCE_OF_JOBS)
        elif request.method in SAFE_METHODS:
            connection.exec_driver_sql("BEGIN")
        else:
            with queue.place():
                _lock(connection, queue, PATIENCE)


def _lock(connection: Connection, queue: WriteQueue, patience: float) -> None:
    """Begin to write, or fail once the patience is spent.

    SQLite's own waiting isn't fair: in a rush some writers would starve. Only one of our
    threads polls for the lock; the others wait for their turn.
    """
    end = time.monotonic() + patience
    if not queue.turn.acquire(timeout=patience):
        raise _locked()
    try:
        _be_patient(connection.connection, max(0.0, end - time.monotonic()))
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        queue.note_move()
    finally:
        queue.turn.release()
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

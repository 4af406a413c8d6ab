"""The jobs as they run: the real engine in a real process, killed without warning."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Letter, LetterStatus, Round, utcnow
from matchmaker.services import rounds
from tests.factories import make_member, make_space

WORKER = """
import sys, time
from dataclasses import replace
from matchmaker import create_app, jobs
from matchmaker.config import Settings
settings = Settings(
    secret_key="a key for tests only, long enough to be read",
    base_url="http://localhost",
    smtp_url=sys.argv[1],
    database_url=sys.argv[2],
)
jobs.start(create_app(settings))
print("working", flush=True)
time.sleep(60)
"""


@dataclass
class Sink:
    """A mail server that keeps what it is sent, and can hold its answer back."""

    received: list[Message] = field(default_factory=list)
    hold: threading.Event | None = None

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        import asyncio

        while self.hold is not None and not self.hold.is_set():
            await asyncio.sleep(0.05)
        self.received.append(message_from_bytes(envelope.content))
        return "250 Taken"


@pytest.fixture
def sink():
    handler = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.url = f"smtp://127.0.0.1:{port}"
    yield handler
    if handler.hold is not None:
        handler.hold.set()
    controller.stop()


@pytest.fixture
def worker(settings, sink):
    """Starts processes that work the jobs, and ends what is left of them."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, sink.url, settings.database_url],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        started.append(process)
        assert process.stdout.readline() == "working\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(what, seconds=25):
    """Wait until something is so; whoever asks says what."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not so within {seconds} s: {what}")


def make_round_of_two():
    space = make_space()
    make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    now = utcnow()
    rounds.run(space, rounds.this_week(space, now), now)
    db.session.commit()
    db.session.remove()


def statuses():
    db.session.rollback()
    found = db.session.scalars(select(Letter.status).order_by(Letter.id)).all()
    db.session.rollback()
    return found


def test_the_letters_of_a_round_are_sent(app, worker, sink):
    make_round_of_two()

    worker()

    wait_for(lambda: statuses() == [LetterStatus.SENT] * 2)
    assert len(sink.received) == 2
    assert all(mail["List-Unsubscribe-Post"] for mail in sink.received)


def test_a_round_that_is_undone_sends_nothing(app, worker, sink):
    space = make_space()
    make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    db.session.commit()
    rounds.run(space, "2030-W19", utcnow())
    db.session.rollback()
    make_round_of_two()

    worker()

    wait_for(lambda: statuses() == [LetterStatus.SENT] * 2)
    assert len(sink.received) == 2


def test_a_worker_killed_while_sending_loses_no_letter(app, worker, sink, monkeypatch):
    sink.hold = threading.Event()
    make_round_of_two()
    first = worker()
    wait_for(lambda: LetterStatus.SENDING in statuses())

    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    sink.hold.set()
    sink.hold = None
    _let_the_lease_run_out()
    worker()

    wait_for(lambda: statuses() == [LetterStatus.SENT] * 2, seconds=90)
    ids = [mail["Message-ID"] for mail in sink.received]
    assert len(set(ids)) == 2
    assert len(ids) <= 3  # a letter in flight may go twice, under the same id


def test_the_tick_runs_the_round_that_is_due(app):
    """A tick does what has come due, once, however often it comes."""
    from matchmaker import jobs

    space = make_space(round_weekday=1, round_hour=0)
    make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    db.session.commit()

    for _ in range(2):
        jobs.do_what_is_due(utcnow())

    assert len(db.session.scalars(select(Round)).all()) == 1
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_one_space_that_fails_does_not_stop_the_others(app, monkeypatch, caplog):
    from matchmaker import jobs

    broken, sound = make_space(round_hour=0), make_space(round_hour=0)
    db.session.commit()
    broken_id, run = broken.id, rounds.run

    def fail(space, week, now):
        if space.id == broken_id:
            raise ZeroDivisionError
        return run(space, week, now)

    monkeypatch.setattr(rounds, "run", fail)

    jobs.do_what_is_due(utcnow())

    assert db.session.scalars(select(Round.space_id)).all() == [sound.id]
    assert "the next tick tries again" in caplog.text


def _let_the_lease_run_out():
    """As if a minute had passed since the letter was taken."""
    db.session.rollback()
    for letter in db.session.scalars(
        select(Letter).where(Letter.status == LetterStatus.SENDING)
    ):
        letter.due_at = utcnow()
    db.session.commit()
    db.session.remove()

"""Workers as they run, in processes of their own, and a mail server that receives."""

import asyncio
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from matchmaker.extensions import db
from tests.conftest import SETTINGS
from tests.waiting import free_port


@dataclass
class Sink:
    """A mail server that keeps what it is sent, and can hold its answer back."""

    received: list[Message] = field(default_factory=list)
    senders: set[object] = field(default_factory=set)  # where they came from
    hold: threading.Event | None = None
    delay: float = 0.0  # seconds

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        self.senders.add(session.peer)
        await asyncio.sleep(self.delay)
        while self.hold is not None and not self.hold.is_set():
            await asyncio.sleep(0.05)
        self.received.append(message_from_bytes(envelope.content))
        return "250 Taken"


@pytest.fixture
def sink():
    handler = Sink()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.url = f"smtp://127.0.0.1:{port}"
    yield handler
    if handler.hold is not None:
        handler.hold.set()
    controller.stop()


@pytest.fixture
def worker(sink):
    """Starts `flask jobs work` on the test's database; ends what is left of it."""
    started = []

    def start():
        environ = {
            "MATCHMAKER_SECRET_KEY": SETTINGS.secret_key,
            "MATCHMAKER_BASE_URL": SETTINGS.base_url,
            "MATCHMAKER_SMTP_URL": sink.url,
            "MATCHMAKER_MAIL_FROM": SETTINGS.mail_from or "portal@example.org",
            "MATCHMAKER_DATABASE_URL": db.engine.url.render_as_string(False),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "jobs", "work"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | environ,
        )
        started.append(process)
        assert process.stdout.readline().startswith("Working")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()

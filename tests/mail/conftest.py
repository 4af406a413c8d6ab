"""A mail server that does as it is told, and what tests of letters share."""

import asyncio
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask

from matchmaker.extensions import db
from matchmaker.mail import sending
from matchmaker.models import Letter, LetterStatus


@dataclass
class Sink:
    """Keeps what arrives. Replies may be scripted for each step; `lose` hangs up
    after taking a message, `wait` is the seconds before the reply to it."""

    port: int = 0
    mail: str = ""
    rcpt: str = ""
    data: str = ""
    lose: bool = False
    wait: float = 0
    password: str = "right"
    of: dict[str, str] = field(default_factory=dict)  # replies to some recipients
    hang_up_after: int = 0
    log_ins: int = 0
    asked_for: list[str] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    arrived: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.asked_for.append(address)
        if reply := self.of.get(address, self.rcpt):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.data:
            return self.data
        self.raw.append(envelope.content)
        self.arrived.append(message_from_bytes(envelope.content, policy=default))
        await asyncio.sleep(self.wait)
        self.peers.add(session.peer)
        if self.hang_up_after and len(self.arrived) % self.hang_up_after == 0:
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
            return "250 OK"
        if self.lose:
            server.transport.abort()
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, auth_data):
        self.log_ins += 1
        right = auth_data.password.decode() == self.password
        return AuthResult(success=right, handled=False)


@pytest.fixture
def sink(app: Flask) -> Iterator[Sink]:
    """A mail server, to which the application's letters go."""
    with listening(app) as sink:
        yield sink


@contextmanager
def listening(app: Flask) -> Iterator[Sink]:
    sink = Sink(port=_free_port())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises TLS, also on this machine
        controller = Controller(
            sink,
            hostname="127.0.0.1",
            port=sink.port,
            authenticator=sink.authenticate,
            auth_require_tls=False,
        )
        controller.start()
        use(app, smtp_url=sink.url)
        yield sink
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def use(app: Flask, **settings: object) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **settings)


def work(letter: Letter, now: datetime) -> bool:
    """Do what a worker does; say whether the letter was tried."""
    claimed = sending.claim(letter.id, now)
    db.session.commit()
    if claimed:
        sending.deliver(claimed, now)
        db.session.commit()
    return claimed is not None and letter.status is not LetterStatus.CANCELLED

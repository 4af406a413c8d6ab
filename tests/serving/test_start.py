"""The server, started as a process of its own, as an operator would."""

import signal
import socket

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Letter, LetterStatus
from tests.serving.site import Site
from tests.waiting import free_port, wait_for


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_pages_and_sends_letters_until_it_is_told_to_stop(app, start, how):
    port = free_port()
    process = start(MATCHMAKER_PORT=str(port))
    site = Site(f"http://127.0.0.1:{port}")
    wait_for(site.answers)

    def sent():
        letters = select(Letter.to).where(Letter.status == LetterStatus.SENT)
        found = db.session.scalars(letters).all()
        db.session.rollback()  # a transaction that goes on would keep the lock
        return found

    with site.visitor() as visitor:
        site.post(visitor, "/register", data={"email": "ivo@example.org"})
    assert wait_for(sent, seconds=20) == ["ivo@example.org"]  # who is still looking
    process.send_signal(how)
    said = process.said(timeout=30)

    assert process.returncode == 0
    assert f"Matchmaker is at http://127.0.0.1:{port}" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_stops_the_start_with_a_sentence(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        process = start(MATCHMAKER_PORT=str(port))
        said = process.said(timeout=60)

    assert process.returncode == 2
    assert f"Something else listens on port {port} already." in said
    assert "MATCHMAKER_PORT=" in said
    assert "Traceback" not in said


def test_tables_that_are_missing_stop_the_start_with_a_sentence(start, tmp_path):
    process = start(MATCHMAKER_DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    said = process.said(timeout=60)

    assert process.returncode == 2
    assert said.startswith("Matchmaker cannot start. The database has no tables yet.")
    assert "flask db upgrade" in said


def test_an_address_that_is_not_ours_stops_the_start_with_a_sentence(start):
    process = start(MATCHMAKER_HOST="192.0.2.1", MATCHMAKER_PORT=str(free_port()))
    said = process.said(timeout=60)

    assert process.returncode == 2
    assert "It cannot listen on 192.0.2.1" in said

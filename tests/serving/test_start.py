"""The server, started as a process of its own, as an operator would."""

import signal
import socket
import urllib.request
from dataclasses import replace

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import letters as letter_texts
from matchmaker.models import Letter, LetterStatus, utcnow
from tests.conftest import make_app
from tests.factories import make_invited, make_space
from tests.waiting import free_port, wait_for


def page(port):
    url = f"http://127.0.0.1:{port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.read().decode()
    except OSError:
        return ""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_pages_and_sends_letters_until_it_is_told_to_stop(
    settings, start, how
):
    port = free_port()
    app = make_app(replace(settings, demonstration=True))
    with app.app_context():
        ivo = make_invited(space=make_space())
        letter_texts.invitation(ivo.memberships[0], None, utcnow())
        db.session.commit()

        def sent():
            status = db.session.scalar(select(Letter.status))
            db.session.rollback()  # a transaction that goes on would keep the lock
            return status is LetterStatus.SENT

        process = start(MATCHMAKER_PORT=str(port))
        assert wait_for(lambda: page(port)) == "ok"
        wait_for(sent)
        process.send_signal(how)
        said, _ = process.communicate(timeout=30)
        db.session.remove()
        db.engine.dispose()

    assert process.returncode == 0
    assert f"Matchmaker is at http://127.0.0.1:{port}" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_stops_the_start_with_a_sentence(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        process = start(MATCHMAKER_PORT=str(port))
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert f"Something else listens on port {port} already." in said
    assert "MATCHMAKER_PORT=" in said
    assert "Traceback" not in said


def test_tables_that_are_missing_stop_the_start_with_a_sentence(start, tmp_path):
    process = start(MATCHMAKER_DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert said.startswith("Matchmaker cannot start. The database has no tables yet.")
    assert "flask db upgrade" in said


def test_an_address_that_is_not_ours_stops_the_start_with_a_sentence(start):
    process = start(MATCHMAKER_HOST="192.0.2.1", MATCHMAKER_PORT=str(free_port()))
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "It cannot listen on 192.0.2.1" in said

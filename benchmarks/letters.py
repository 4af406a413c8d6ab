"""How many letters a second go to a mail server on this machine, urgent ones beside.

Run it on an idle machine: .venv/bin/python benchmarks/letters.py [letters]
"""

import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import flask_migrate
from aiosmtpd.controller import Controller

from matchmaker import create_app, jobs
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.mail import letters
from matchmaker.models import Letter, Member, utcnow


class Sink:
    def __init__(self) -> None:
        self.arrived: list[tuple[float, str]] = []

    async def handle_DATA(self, _server, _session, envelope):  # type: ignore[no-untyped-def]  # noqa: N802
        self.arrived.append((time.monotonic(), envelope.rcpt_tos[0]))
        return "250 OK"


def main(count: int) -> None:
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                secret_key="k" * 40,
                base_url="http://localhost",
                mail_from="Matchmaker <matchmaker@localhost>",
                smtp_url=f"smtp://127.0.0.1:{port}",
                database_url=f"sqlite:///{Path(folder) / 'letters.db'}",
            )
        )
        with app.app_context():
            flask_migrate.upgrade()
            now = utcnow()
            members = [
                Member(email=f"m{n}@example.org", name=f"M{n}", fs_uniquifier=f"{n}")
                for n in range(count + 1)
            ]
            db.session.add_all(members)
            db.session.flush()
            for member in members[:-1]:
                letters.password_changed(member, now).kind = "introduced"  # not urgent
            db.session.commit()
            asked = [0.0]

            def ask() -> None:
                time.sleep(1)
                with app.app_context():
                    asked[0] = time.monotonic()
                    letters.password_changed(db.session.get(Member, count + 1), now)
                    db.session.commit()

            asking = threading.Thread(target=ask)
            asking.start()
            begun = time.monotonic()
            jobs.send_letters()
            took = time.monotonic() - begun
            asking.join()
            jobs.send_letters()
            sent = db.session.query(Letter).filter(Letter.sent_at.is_not(None)).count()
    controller.stop()
    urgent = next(when for when, to in sink.arrived if to == f"m{count}@example.org")
    print(f"{sent} letters, {len(sink.arrived)} arrived: {count / took:.0f} a second")
    print(f"an urgent one among {count} that wait: {urgent - asked[0]:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

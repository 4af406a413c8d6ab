"""Everybody presses at once, over HTTP, on both databases; and what the lock is for.

Run with -s for the figures. The large storms are slow: `make faults` runs them.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import text
from waitress.server import create_server

from matchmaker import sqlite
from matchmaker.extensions import db
from matchmaker.models import Event, Letter, Member, Role, Rsvp, RsvpStatus
from matchmaker.services.events import places
from tests.blueprints.test_events import soon
from tests.conftest import Figure
from tests.factories import make_api_key, make_member, make_rsvp, make_session
from tests.waiting import stop

SERVER_THREADS = sqlite.WAITING_REQUESTS + 8  # as many as `python app.py` has
SIZES = [
    pytest.param(60, 10, id="60 members, 10 places"),
    pytest.param(1_000, 50, id="1,000 members, 50 places", marks=pytest.mark.slow),
]


class Press(NamedTuple):
    who: int
    address: str
    said: dict[str, str]
    method: str = "POST"  # another is a program's, with the member's key


@dataclass
class Storm:
    """The application behind a server with many threads; everybody's cookies and keys."""

    app: Flask
    port: int
    figure: Figure
    cookies: dict[int, str] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def let_in(self, *members: Member) -> None:
        """Sign members in, and give each a key for programs."""
        for member in members:
            self.keys[member.id] = make_api_key(member)[1]
            make_session(member)
        db.session.commit()
        for member in members:
            cookie = self.app.test_client(user=member).get_cookie("session")
            assert cookie is not None
            self.cookies[member.id] = f"session={cookie.value}"

    def break_loose(self, presses: list[Press]) -> Counter[int]:
        """Do all presses at once; count the answers by their status."""
        db.session.commit()
        self.statuses.clear()
        self.seconds.clear()
        with ThreadPoolExecutor(min(100, len(presses))) as people:
            for status, seconds in people.map(self._press, presses):
                self.statuses.append(status)
                self.seconds.append(seconds)
        return Counter(self.statuses)

    def _press(self, press: Press) -> tuple[int, float]:
        who, address, said, method = press
        began = time.perf_counter()
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        if method == "POST":
            body = urlencode(said)
            headers = {
                "Cookie": self.cookies[who],
                "Content-Type": "application/x-www-form-urlencoded",
            }
        else:
            body = json.dumps(said)
            headers = {
                "Authorization": f"Bearer {self.keys[who]}",
                "Content-Type": "application/json",
            }
        connection.request(method, address, body, headers | {"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, time.perf_counter() - began

    def note(self, what: str, came_of_it: str = "") -> None:
        """Note how quickly the last storm was answered, and what came of it."""
        seconds = sorted(self.seconds)
        half, most = (
            seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.99)
        )
        self.figure(
            f"{what}, {db.engine.dialect.name}, {len(seconds)} presses",
            f"{came_of_it}answers {dict(Counter(self.statuses))}, "
            f"half within {half:.0f} ms, p99 {most:.0f} ms",
        )


@pytest.fixture
def storm(
    any_database: Flask, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Storm]:
    # It is about places. How long one waits for them depends on what else the machine does.
    monkeypatch.setattr(sqlite, "PATIENCE", 30.0)
    # Sessions are told by their cookie, as they are outside of tests.
    server = create_server(
        any_database, host="127.0.0.1", port=0, threads=SERVER_THREADS, backlog=1024
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Storm(any_database, server.effective_port, figure)
    stop(server, thread)


def come(event: Event, member: Member, **said: str) -> Press:
    return Press(member.id, f"/events/{event.id}/come", said)


def decline(event: Event, member: Member) -> Press:
    return Press(member.id, f"/events/{event.id}/decline", {})


def by_program(event: Event, member: Member, method: str) -> Press:
    return Press(member.id, f"/api/v1/events/{event.id}/rsvp", {}, method)


def organise(event: Event, by: Member, deed: str, **said: str) -> Press:
    address = f"/organise/{event.space.slug}/events/{event.id}/{deed}"
    return Press(by.id, address, said)


def crowd(event: Event, count: int) -> list[Member]:
    return [make_member(f"Member {n}", space=event.space) for n in range(count)]


def rows(event_id: int) -> list[Rsvp]:
    """Afresh, in the order in which they came."""
    db.session.rollback()
    db.session.expire_all()
    query = db.select(Rsvp).where(Rsvp.event_id == event_id).order_by(Rsvp.number)
    return list(db.session.scalars(query))


def with_status(rsvps: list[Rsvp], *statuses: RsvpStatus) -> list[Rsvp]:
    return [rsvp for rsvp in rsvps if rsvp.status in statuses]


def sold(taken: int, places: int) -> str:
    """Say how many too many have a place, and how many places stay empty."""
    return f"oversold {max(taken - places, 0)}, undersold {max(places - taken, 0)}, "


def is_refused_or_done(answers: Counter[int]) -> bool:
    """Each got an answer that says what became of it: no server errors."""
    return set(answers) <= {200, 204, 302, 409, 422}


@pytest.mark.parametrize(("members", "capacity"), SIZES)
def test_at_a_thousand_presses_at_once_nobody_is_one_too_many(
    storm: Storm, members: int, capacity: int
) -> None:
    event = soon(capacity=capacity)
    people = crowd(event, members)
    storm.let_in(*people)
    presses = [come(event, member) for member in people]
    presses += [by_program(event, member, "PUT") for member in people]
    random.Random(1).shuffle(presses)

    answers = storm.break_loose(presses)

    rsvps = rows(event.id)
    going, waiting = (
        with_status(rsvps, status) for status in (RsvpStatus.GOING, RsvpStatus.WAITING)
    )
    storm.note(
        f"{members} members and their programs, {capacity} places",
        f"{sold(len(going), capacity)}doubled {len(rsvps) - members}, ",
    )
    assert answers == {302: members, 200: members}
    assert len(going) == capacity
    assert len(waiting) == members - capacity
    assert len({rsvp.number for rsvp in rsvps}) == members
    # In the order in which they were committed, and each was told once.
    assert going == rsvps[:capacity]
    told = db.session.scalars(db.select(Letter).order_by(Letter.id)).all()
    assert [letter.member_id for letter in told] == [rsvp.member_id for rsvp in rsvps]


@pytest.mark.parametrize(("members", "capacity"), SIZES)
def test_whatever_is_pressed_meanwhile_no_place_is_sold_twice_or_stays_empty(
    storm: Storm, members: int, capacity: int
) -> None:
    event = soon(capacity=capacity)
    olga = make_member("Olga", space=event.space, role=Role.ORGANISER)
    people = crowd(event, members)
    storm.let_in(olga, *people)
    chance = random.Random(2)
    for member in people[:capacity]:
        make_rsvp(event, member)
    presses = [come(event, member) for member in people[capacity:]]
    presses += [by_program(event, member, "PUT") for member in people[capacity:]]
    presses += [decline(event, member) for member in people[: capacity // 4]]
    presses += [
        by_program(event, member, "DELETE")
        for member in people[capacity // 4 : capacity // 2]
    ]
    presses += [come(event, member) for member in people[: capacity // 4]]
    presses += [
        decline(event, m) for m in chance.sample(people[capacity:], members // 10)
    ]
    presses += [
        organise(event, olga, "capacity", capacity=str(capacity + extra))
        for extra in (1, 4, 2, 5, 3)
    ]
    presses += [
        organise(event, olga, "people", find=member.name, member_id=str(member.id))
        for member in chance.sample(people[capacity:], members // 20)
    ]
    presses += [
        organise(event, olga, f"people/{member.id}/remove")
        for member in people[capacity // 2 : capacity // 2 + 3]
    ]
    chance.shuffle(presses)

    answers = storm.break_loose(presses)

    rsvps = rows(event.id)
    active = with_status(rsvps, RsvpStatus.GOING, RsvpStatus.WAITING)
    going = with_status(rsvps, RsvpStatus.GOING)
    capacity_now = db.session.get_one(Event, event.id).capacity
    assert capacity_now is not None
    storm.note(
        f"{members} members and an organiser, {capacity} places and more",
        sold(len(going), capacity_now),
    )
    assert is_refused_or_done(answers)
    assert len(active) > capacity_now
    assert len(going) == capacity_now
    assert going == active[:capacity_now]
    assert len({rsvp.number for rsvp in rsvps}) == len(rsvps)


@pytest.mark.parametrize(("members", "capacity"), [(20, 24)])
def test_of_guests_brought_at_once_no_more_come_than_there_is_room_for(
    storm: Storm, members: int, capacity: int
) -> None:
    answers, taken = bring_guests(storm, members, capacity)

    assert is_refused_or_done(answers)
    assert taken == capacity


# What the tests above would not notice, were the lock of no use.


@pytest.fixture
def unlocked(storm: Storm, monkeypatch: pytest.MonkeyPatch) -> Storm:
    """The same, with nothing that lets one deed wait for another, on a slow machine."""
    monkeypatch.setattr(places, "lock", lambda _row: db.session.flush())
    # On SQLite a change waits as it begins; now it begins like one that only reads.
    looking = {*sqlite.SAFE_METHODS, "POST"}
    monkeypatch.setattr(sqlite, "SAFE_METHODS", looking)
    if db.engine.dialect.name == "postgresql":
        # The second line of defence: of two with the same number one is turned away.
        constraint = "ALTER TABLE rsvp DROP CONSTRAINT uq_rsvp_event_id"
        db.session.execute(text(constraint))
        db.session.commit()
    slowly(monkeypatch, places.letters, "going")
    slowly(monkeypatch, places, "_write_down")
    return storm


def slowly(monkeypatch: pytest.MonkeyPatch, of: object, name: str) -> None:
    quick: Callable[..., object] = getattr(of, name)

    def slow(*args: object) -> object:
        time.sleep(0.1)
        return quick(*args)

    monkeypatch.setattr(of, name, slow)


def test_without_the_lock_places_are_sold_twice_or_presses_lost(
    unlocked: Storm,
) -> None:
    event = soon(capacity=10)
    people = crowd(event, 60)
    unlocked.let_in(*people)

    answers = unlocked.break_loose([come(event, member) for member in people])

    going = len(with_status(rows(event.id), RsvpStatus.GOING))
    unlocked.note("without the lock, 10 places", sold(going, 10))
    if db.engine.dialect.name == "postgresql":
        assert going > 10
    else:  # it turns away what it cannot keep in order
        assert answers[503] > 0
        assert len(rows(event.id)) < len(people)


def test_without_the_lock_guests_come_whom_there_is_no_room_for(
    unlocked: Storm,
) -> None:
    answers, taken = bring_guests(unlocked, 20, 24, "without the lock, ")

    assert taken > 24 or answers[503] > 0


def bring_guests(
    storm: Storm, members: int, capacity: int, how: str = ""
) -> tuple[Counter[int], int]:
    """All who are going bring a guest at once; say how many people then come."""
    event = soon(capacity=capacity, guests_each=1)
    people = crowd(event, members)
    storm.let_in(*people)
    for member in people:
        make_rsvp(event, member)
    said = {"details": "1", "guests": "1", "remind_hours": "24"}

    answers = storm.break_loose([come(event, member, **said) for member in people])

    taken = sum(rsvp.party for rsvp in rows(event.id))
    storm.note(
        f"{how}{members} going bring a guest, {capacity} places",
        sold(taken, capacity),
    )
    return answers, taken

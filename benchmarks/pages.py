"""Pages a second, beside a bare Flask page with one query.

gunicorn with two workers, SQLite, eight connections, on this machine alone:
python benchmarks/pages.py [seconds for each page]
"""

import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import flask_migrate
from flask import Flask, Response, g, request
from sqlalchemy import event as events
from sqlalchemy import insert

from matchmaker import create_app
from matchmaker.config import read_settings
from matchmaker.extensions import db
from matchmaker.models import (
    Consent,
    Event,
    EventHost,
    EventStatus,
    Following,
    Group,
    Introduction,
    Joining,
    Kind,
    Member,
    MemberSession,
    Membership,
    MembershipStatus,
    Part,
    Profile,
    Role,
    Round,
    Rsvp,
    RsvpStatus,
    Side,
    Space,
    Visibility,
    utcnow,
)
from matchmaker.models.base import digest

ROOT = Path(__file__).parents[1]
CONNECTIONS, WORKERS, SECONDS = 8, 2, 4.0
PEOPLE, EVENTS, GUESTS, PAIRS = 2_000, 60, 20, 60
MEMBER, ORGANISER = 1, 2
# A page, who looks at it, and the share of the bare page that it must reach.
PAGES = {
    "event": ("/events/1", MEMBER, 0.20),
    "list of events": ("/events/", MEMBER, 0.15),
    "home": ("/", MEMBER, 0.12),
    "organiser’s overview, 3 rounds": ("/organise/new/", ORGANISER, 0.12),
    "organiser’s overview, 150 rounds": ("/organise/old/", ORGANISER, 0.12),
    "members, 2,000 people": ("/organise/old/members", ORGANISER, 0.12),
}
TOPICS = [
    "pricing",
    "hiring",
    "grants",
    "Postgres",
    "pottery",
    "sailing",
    "accounting",
    "design",
]


def run(seconds: float = SECONDS) -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "MATCHMAKER_SECRET_KEY": "a key for the benchmark only, long enough",
            "MATCHMAKER_BASE_URL": "http://localhost",
            "MATCHMAKER_SMTP_URL": "smtp://127.0.0.1:9",
            "MATCHMAKER_MAIL_FROM": "Matchmaker <matchmaker@localhost>",
            "MATCHMAKER_DATABASE_URL": f"sqlite:///{folder}/pages.db",
        }
        os.environ |= environment
        cookies = _fill()
        with _served("pages:bare") as port:
            bare, _ = _rate(port, "/", "", seconds)
        yield "bare Flask page, one query", f"{bare:,.0f} a second", ""
        with _served("pages:counted") as port:
            for name, (path, member, bar) in PAGES.items():
                rate, queries = _rate(port, path, cookies[member], seconds)
                share = rate / bare
                yield (
                    name,
                    f"{rate:,.0f} a second, {share:.3f} of the bare page, {queries} queries",
                    f"≥ {bar:.2f}",
                )


def bare() -> Flask:
    """Make the smallest application that reads something and shows it."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["MATCHMAKER_DATABASE_URL"]
    db.init_app(app)

    @app.get("/")
    def show() -> str:
        return f"<p>{db.session.get(Member, MEMBER).name}</p>"

    return app


def counted() -> Flask:
    """Make ours, which says how many queries each page asked."""
    app = create_app()
    with app.app_context():

        @events.listens_for(db.engine, "before_cursor_execute")
        def count(*_: object) -> None:
            g.queries = g.get("queries", 0) + 1

    @app.after_request
    def say(response: Response) -> Response:
        if "X-Count" in request.headers:
            response.headers["X-Queries"] = str(g.get("queries", 0))
        return response

    return app


@contextmanager
def _served(what: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).with_name("gunicorn"), "--log-level", "warning"]
    command += ["--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", f"{what}()"]
    server = subprocess.Popen(command, cwd=Path(__file__).parent)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def _rate(port: int, path: str, cookie: str, seconds: float) -> tuple[float, str]:
    """How many a second are answered, and how many queries each of them asks."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += f"Cookie: {cookie}\r\n" if cookie else ""
    for _ in range(4 * WORKERS):  # each worker compiles its templates and statements
        answer = _ask(port, f"{head}X-Count: yes\r\n\r\n".encode())
    queries = answer.split(b"X-Queries: ")[-1].split(b"\r\n")[0].decode()[:4]
    line, ends = f"{head}\r\n".encode(), time.monotonic() + seconds
    counts = [0] * CONNECTIONS

    def ask(number: int) -> None:
        while time.monotonic() < ends:
            _ask(port, line)
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=[n]) for n in range(CONNECTIONS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun), queries


def _ask(port: int, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(words)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:2000].decode())
    return answer


def _fill() -> dict[int, str]:
    """Make an old space with all that it has gone through, and a new one with as many
    people; give the cookies of those who look."""
    app = create_app(read_settings())
    with app.app_context():
        flask_migrate.upgrade()
        now, chance = utcnow(), random.Random(1)
        old, new = (_space(slug) for slug in ("old", "new"))
        _people((old, new), now, chance)
        _rounds(old, 150, now, chance)
        _rounds(new, 3, now, chance)
        _events(old, now, chance)
        tokens = {member: secrets.token_hex() for member in (MEMBER, ORGANISER)}
        for member, token in tokens.items():
            db.session.add(_session(member, token, now))
        db.session.commit()
        serializer = app.session_interface.get_signing_serializer(app)
        assert serializer is not None
        return {
            member: "session="
            + serializer.dumps({"_user_id": token, "_fresh": True, "space_id": old.id})
            for member, token in tokens.items()
        }


def _space(slug: str) -> Space:
    space = Space(
        slug=slug, name=slug.title(), timezone="Europe/Lisbon", joining=Joining.OPEN
    )
    db.session.add(space)
    db.session.flush()
    return space


def _session(member_id: int, token: str, now: datetime) -> MemberSession:
    return MemberSession(
        member_id=member_id,
        digest=digest(token),
        made_under=f"u{member_id}",
        device="Firefox on Linux",
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=1),
    )


def _people(spaces: Iterable[Space], now: datetime, chance: random.Random) -> None:
    ids = range(1, PEOPLE + 1)
    _insert(
        Member,
        (
            {
                "id": id_,
                "email": f"m{id_}@example.org",
                "name": f"Member {id_:04}",
                "fs_uniquifier": f"u{id_}",
                "password": "unusable",
                "confirmed_at": now,
            }
            for id_ in ids
        ),
    )
    _insert(
        Profile,
        (
            {
                "member_id": id_,
                "headline": "I make things that people need",
                "company": "Quince",
                **{
                    field: chance.sample(TOPICS, 2)
                    for field in ("offers", "wants", "interests")
                },
            }
            for id_ in ids
        ),
    )
    memberships = [(id_, space.id) for space in spaces for id_ in ids]
    _insert(
        Membership,
        (
            {
                "id": number,
                "member_id": id_,
                "space_id": space_id,
                "role": Role.ORGANISER if id_ == ORGANISER else Role.MEMBER,
                "status": MembershipStatus.ACTIVE,
                "wants_introductions": True,
                "joined_at": now - timedelta(days=900),
            }
            for number, (id_, space_id) in enumerate(memberships, 1)
        ),
    )
    _insert(
        Consent,
        (
            {
                "membership_id": number,
                "given": True,
                "wording": "Yes.",
                "way": "a benchmark",
                "made_at": now,
            }
            for number in range(1, len(memberships) + 1)
        ),
    )


def _rounds(space: Space, count: int, now: datetime, chance: random.Random) -> None:
    """The one who looks is introduced in the latest few of them."""
    for number in range(count):
        made_at = now - timedelta(weeks=number)
        year, week, _ = made_at.isocalendar()
        round_ = Round(space=space, week=f"{year}-W{week:02}", seed=1, value=1, bound=1)
        round_.is_optimal, round_.made_at = True, made_at
        db.session.add(round_)
        members = chance.sample(range(2, PEOPLE + 1), 2 * PAIRS)
        if number < 3:
            members[0] = MEMBER
        round_.introductions = [
            Introduction(
                kind=Kind.PEERS,
                value=0.5,
                industry_distance=1.0,
                made_at=made_at,
                ends_at=made_at + timedelta(weeks=1),
                sides=[_side(*pair), _side(*pair[::-1])],
            )
            for pair in zip(members[::2], members[1::2], strict=True)
        ]
        db.session.flush()


def _side(member_id: int, giver: int) -> Side:
    gain = {"giver": giver, "kind": "giving", "strength": 0.8}
    words = {"offer": "a sign above my door", "want": "sign painting"}
    return Side(member_id=member_id, part=Part.PEER, gains=[gain | words])


def _events(space: Space, now: datetime, chance: random.Random) -> None:
    group = Group(space=space, slug="potters", name="Potters", made_at=now)
    db.session.add(group)
    db.session.flush()
    _insert(Following, [_follows(group, id_, now) for id_ in range(1, 200)])
    for number in range(1, EVENTS + 1):
        starts_at = now + timedelta(days=number)
        event = Event(
            id=number,
            space=space,
            group=group if number % 3 else None,
            title=f"{chance.choice(TOPICS)} breakfast {number}",
            description="Bring **coffee**, and what you are at work on.",
            place="The long hall",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            visibility=Visibility.SPACE,
            capacity=100,
            status=EventStatus.PUBLISHED,
            made_at=now,
            changed_at=now,
        )
        db.session.add(event)
        db.session.flush()
        _insert(EventHost, [{"event_id": number, "member_id": ORGANISER}])
        comes = [MEMBER] if number % 2 else []
        comes += chance.sample(range(3, PEOPLE + 1), GUESTS)
        _insert(
            Rsvp,
            [
                {
                    "event_id": number,
                    "member_id": id_,
                    "status": RsvpStatus.GOING,
                    "number": place,
                    "is_shown": place % 2 == 0,
                    "made_at": now,
                    "changed_at": now,
                }
                for place, id_ in enumerate(comes, 1)
            ],
        )


def _follows(group: Group, member_id: int, now: datetime) -> dict[str, object]:
    return {
        "group_id": group.id,
        "member_id": member_id,
        "is_host": member_id == ORGANISER,
        "made_at": now,
    }


def _insert(table: type, rows: Iterable[dict[str, object]]) -> None:
    db.session.execute(insert(table), [*rows])


if __name__ == "__main__":
    for row in run(*map(float, sys.argv[1:2])):
        print(" · ".join(filter(None, row)))

"""The server while others hold its connections, or the one lock of its database."""

import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
from flask_security import hash_password

from matchmaker.extensions import db
from tests.factories import make_member, make_space
from tests.serving.site import Site
from tests.waiting import free_port, wait_for

PASSWORD = "seven quiet harbours"


@pytest.fixture
def site(app, start):
    make_member(
        "Ana", email="ana@example.org", space=make_space()
    ).password = hash_password(PASSWORD)
    db.session.commit()
    db.session.remove()
    port = free_port()
    start(MATCHMAKER_PORT=str(port))
    site = Site(f"http://127.0.0.1:{port}")
    wait_for(site.answers)
    return site


def test_connections_that_send_nothing_keep_nobody_out(site):
    port = int(site.url.rpartition(":")[2])
    with ExitStack() as idle:
        for number in range(300):
            half_open = socket.create_connection(("127.0.0.1", port))
            idle.enter_context(half_open)
            half_open.sendall(b"GET / HTTP/1.1\r\nHost: loc"[: number % 27])

        with site.visitor() as visitor:
            assert visitor.get(site.url + "/healthz", timeout=2).text == "ok"


@pytest.mark.parametrize(("writers", "held"), [(10, 3), (30, 30)], ids=["3 s", "30 s"])
def test_readers_go_on_while_writers_wait_for_the_lock(settings, site, writers, held):
    path = settings.database_url.removeprefix("sqlite:///")
    with site.visitor() as visitor:
        sign_in = {"email": "ana@example.org", "password": PASSWORD}
        site.post(visitor, "/sign-in", data=sign_in)
        token = site.token(visitor, "/profile/about")
        cookies = visitor.cookies.get_dict()

    def write(number):
        began = time.monotonic()
        with site.visitor() as writer:
            writer.cookies.update(cookies)
            about = {"name": f"Ana {number}", "headline": "x"}
            answer = site.post(writer, "/profile/about", token, about, timeout=20)
        return answer, time.monotonic() - began

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(writers) as pool, site.visitor() as reader:
            began = time.monotonic()
            waiting = [pool.submit(write, number) for number in range(writers)]
            reader.cookies.update(cookies)
            reads = []
            while time.monotonic() - began < min(held, 4):
                asked = time.monotonic()
                page = reader.get(site.url + "/profile/", timeout=4)
                reads.append((page.status_code, time.monotonic() - asked))
            if held <= 4:
                other.execute("ROLLBACK")
            answers = [each.result() for each in waiting]

    assert {code for code, _ in reads} == {200}
    assert max(seconds for _, seconds in reads) < 2
    codes = {answer.status_code for answer, _ in answers}
    if held < 5:
        assert codes == {200}
    else:
        assert codes == {503}
        assert all(answer.headers["Retry-After"] for answer, _ in answers)
        assert max(seconds for _, seconds in answers) < 8

"""The server behind nginx and TLS, set up by the recipe that operators are given."""

import io
import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from flask_security import hash_password
from PIL import Image
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from matchmaker.config import ROOT
from matchmaker.extensions import db
from matchmaker.models import Role
from matchmaker.proxies import TrustedProxies
from matchmaker.services.events.planning.pictures import MOST_BYTES
from tests.conftest import SETTINGS
from tests.factories import make_event, make_member, make_space
from tests.serving.site import Site
from tests.waiting import free_port, wait_for

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
CERTIFICATE = ROOT / "tests" / "services" / "loopback.pem"  # and its key

ORGANISER = {"email": "olu@example.org", "password": "seven quiet harbours"}


def _eight_megabytes():
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    return file.getvalue().ljust(MOST_BYTES, b"\0")


EIGHT_MB = _eight_megabytes()

# Around the recipe stands what Debian's own nginx.conf has, gzip included.
MAIN = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    gzip on;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/matchmaker.conf;
}}
"""


class Portal(Site):
    """The site as visitors know it, and the address that leads them there."""

    def __init__(self, port, plain_port):
        super().__init__(f"https://localhost:{port}", str(CERTIFICATE))
        self.plain_url = f"http://localhost:{plain_port}"


@pytest.fixture
def behind_nginx(start, tmp_path):
    """Serve the application behind nginx; give the address that visitors know."""
    proxies = []

    def behind_nginx(command, **environment):
        port, plain_port, inner = free_port(), free_port(), free_port()
        recipe = (ROOT / "docs" / "nginx.conf").read_text()
        for theirs, ours in {
            "listen 80;": f"listen 127.0.0.1:{plain_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "portal.example.org;": "localhost;",
            "/etc/ssl/certs/portal.example.org.pem": str(CERTIFICATE),
            "/etc/ssl/private/portal.example.org.key": str(CERTIFICATE),
            "127.0.0.1:8000": f"127.0.0.1:{inner}",
        }.items():
            assert theirs in recipe
            recipe = recipe.replace(theirs, ours)
        (tmp_path / "matchmaker.conf").write_text(recipe)
        (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path))
        portal = Portal(port, plain_port)
        start(
            [part.format(port=inner) for part in command],
            MATCHMAKER_DEMONSTRATION="0",
            MATCHMAKER_PORT=str(inner),
            MATCHMAKER_BASE_URL=portal.url,
            MATCHMAKER_SMTP_URL="smtp://127.0.0.1:9",
            MATCHMAKER_MAIL_FROM="The Old Mill <mill@example.org>",
            **{"MATCHMAKER_TRUSTED_PROXIES": "1"} | environment,
        )
        proxies.append(
            subprocess.Popen(
                [NGINX, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"]
            )
        )
        wait_for(portal.answers)
        return portal

    yield behind_nginx
    for proxy in proxies:
        proxy.terminate()
        proxy.wait(timeout=20)


ALONE = ("app.py",)
GUNICORN = (
    "-m",
    "gunicorn",
    "--no-control-socket",
    "--bind=127.0.0.1:{port}",
    "app:app",
)


@pytest.mark.skipif(not NGINX, reason="there is no nginx")
@pytest.mark.parametrize("command", [ALONE, GUNICORN], ids=["app.py", "gunicorn"])
def test_members_reach_the_portal_over_tls_and_are_told_apart(
    app, behind_nginx, command
):
    pictures = _organisers_page(app)
    portal = behind_nginx(command)

    with portal.visitor() as organiser:
        plain = organiser.get(portal.plain_url + "/events", allow_redirects=False)
        assert plain.headers["Location"] == "https://localhost/events"
        page = organiser.get(portal.url + pictures)
        assert page.url.startswith(portal.url + "/sign-in")
        assert "Content-Encoding" not in page.headers  # it holds secrets
        (style,) = re.findall(r'href="(/static/app.css[^"]+)"', page.text)
        kept = organiser.get(portal.url + style).headers
        assert kept["Content-Encoding"] in {"br", "gzip"}
        assert "immutable" in kept["Cache-Control"]
        portal.post(organiser, "/sign-in", data=ORGANISER)
        assert organiser.get(portal.url + pictures).url == portal.url + pictures
        assert all(cookie.secure for cookie in organiser.cookies)

        sent = portal.post(organiser, pictures, files={"picture": ("a.png", EIGHT_MB)})
        large = {"email": "x" * 2_000_000}
        refused = organiser.post(portal.url + "/sign-in", data=large)
        assert "The picture is in." in sent.text, sent.text
        assert refused.status_code == 413

    # The address that nginx saw counts, not those that a visitor writes before it.
    with portal.visitor() as forger, portal.visitor("127.0.0.2") as neighbour:
        assert _guess(portal, forger, times=5)[-1] == 429
        assert _guess(portal, neighbour, times=1) != [429]


def _organisers_page(app):
    space = make_space("mill")
    member = make_member(space=space, role=Role.ORGANISER, email=ORGANISER["email"])
    member.password = hash_password(ORGANISER["password"])
    event = make_event(space)
    path = f"/organise/mill/events/{event.id}/pictures"
    db.session.commit()
    db.session.remove()  # a transaction that goes on would keep the lock
    return path


def _guess(portal, visitor, times):
    """Guess at sign-in, each time as if from another address, until told to wait."""
    token = portal.token(visitor, "/sign-in")
    answers = []
    while len(answers) < times and answers[-1:] != [429]:
        number = len(answers)
        forged = ("10.1.2.{}", '"10.1.2.{}', "10.9.9.9, 10.1.2.{}")[number % 3]
        answer = portal.post(
            visitor,
            "/sign-in",
            token=token,
            data={"email": "nobody@example.org", "password": "a guess"},
            headers={"X-Forwarded-For": forged.format(number)},
        )
        answers.append(answer.status_code)
    return answers


def test_who_is_no_proxy_of_ours_is_not_believed(caplog):
    settings = replace(SETTINGS, trusted_proxies=1, proxy_addresses="10.0.0.0/8, ::1")

    @Request.application
    def who_asks(request):
        return Response(request.remote_addr)

    visitor = Client(TrustedProxies(who_asks, settings))

    def asked_from(peer, said="192.0.2.7"):
        return visitor.get(
            environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": said}
        ).text

    assert asked_from("203.0.113.9") == "203.0.113.9"
    assert "add 203.0.113.9 to MATCHMAKER_PROXY_ADDRESSES" in caplog.text
    assert asked_from("10.1.2.3") == asked_from("::1") == "192.0.2.7"
    assert asked_from("::ffff:10.1.2.3") == asked_from("") == "192.0.2.7"
    assert asked_from("10.1.2.3", '"forged, 192.0.2.7') == "192.0.2.7"

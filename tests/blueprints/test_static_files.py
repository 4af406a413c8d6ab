import gzip

import pytest

from matchmaker.blueprints.static_files import static_url
from matchmaker.config import ROOT
from tests.factories import make_member, make_space

CSS = (ROOT / "matchmaker" / "static" / "app.css").read_bytes()
GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def hashed(app):
    with app.test_request_context():
        return static_url("app.css")


def test_only_under_the_address_of_its_content_is_a_file_kept_for_good(visitor, hashed):
    def kept(path):
        return visitor.get(path, buffered=True).headers.get("Cache-Control", "")

    assert set(kept(hashed).split(", ")) == set(GOOD.split(", "))
    assert kept("/static/app.css") == kept("/static/app.css?v=another") == "no-cache"
    assert kept("/static/vendor/inter-latin.woff2") == "no-cache"
    assert "immutable" not in kept("/static/none.css?v=")


def test_a_file_is_sent_compressed_to_those_who_take_it(as_member, hashed):
    browser = as_member(make_member("Ana", space=make_space()))

    def get(accepted, **headers):
        headers |= {"Accept-Encoding": accepted}
        return browser.get(hashed, headers=headers, buffered=True)

    plain, small, smaller = get(""), get("gzip"), get("gzip, deflate, br, zstd")

    assert plain.data == CSS == gzip.decompress(small.data)
    assert small.headers["Content-Encoding"] == "gzip"
    assert smaller.headers["Content-Encoding"] == "br"
    assert len(smaller.data) < len(CSS) / 4
    assert len({answer.headers["ETag"] for answer in (plain, small, smaller)}) == 3
    for answer in (plain, small, smaller):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        accepted = answer.headers.get("Content-Encoding", "")
        known = get(accepted, **{"If-None-Match": answer.headers["ETag"]})
        assert (known.status_code, known.data) == (304, b"")
        assert "immutable" in known.headers["Cache-Control"]


def test_pages_are_not_compressed_for_they_hold_secrets(visitor, as_member):
    for browser in (visitor, as_member(make_member("Ana", space=make_space()))):
        page = browser.get("/", headers={"Accept-Encoding": "gzip, br"})

        assert page.status_code == 200
        assert "Content-Encoding" not in page.headers


def test_what_is_compressed_already_is_sent_as_it_is(visitor):
    font = visitor.get(
        "/static/vendor/inter-latin.woff2",
        headers={"Accept-Encoding": "gzip, br"},
        buffered=True,
    )

    assert "Content-Encoding" not in font.headers

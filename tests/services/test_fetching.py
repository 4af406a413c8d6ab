"""Nothing within is reached by an address that somebody typed in."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.fetching import Allowance, fetch, is_public

CERTIFICATE = Path(__file__).with_name("loopback.pem")
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

# {p} is the port of the listener on this machine.
WITHIN = [
    "https://127.0.0.1/",
    "https://127.0.0.1:{p}/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.255.255.254/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7F.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0177.0.0x1/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost:{p}/",
    "https://[::1]/",
    "https://[::1]:{p}/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[::7f00:1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::1]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:20::1]/",
    "https://[2001:db8::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25lo]/",
    "https://[fec0::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[ff0e::1]/",
    "https://[100::1]/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
]
MISSHAPEN = [
    "",
    "calendar.ics",
    "//127.0.0.1:{p}/",
    "http://127.0.0.1:{p}/",
    "http://localhost:{p}/",
    "ftp://127.0.0.1:{p}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/",
    "javascript:alert(1)",
    "https:///etc/passwd",
    "https://",
    "https://:443/",
    "https://user@localhost:{p}/",
    "https://user:word@localhost/",
    "https://example.com@127.0.0.1:{p}/",
    "https://example.com:{p}/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[::1/",
    "https://localhost:{p}\\@example.com/",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: localhost",
    "https://example.com/\x00",
    "https://exämple.com/",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://example.com/" + "a" * 3000,
    "webcal://127.0.0.1/",
    "webcal://localhost:{p}/x.ics",
    "webcals://[::1]:{p}/",
]


@contextmanager
def listening() -> Iterator[tuple[int, list[socket.socket]]]:
    """Listen on this machine, on both its addresses, and count whoever comes."""
    came: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def count() -> None:
            with suppress(OSError):
                while True:
                    came.append(server.accept()[0])

        threading.Thread(target=count, daemon=True).start()
        yield port, came
        server.shutdown(socket.SHUT_RDWR)
    for channel in came:
        channel.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[socket.socket]]]:
    with listening() as found:
        yield found


@pytest.mark.parametrize(
    "url", [*WITHIN, *MISSHAPEN], ids=lambda url: url[:60] or "none"
)
def test_an_address_within_is_refused_and_nobody_is_asked(url, listener, monkeypatch):
    port, came = listener
    tried: list[object] = []
    connect = socket.create_connection

    def count(*args, **kwargs):
        tried.append(args)
        return connect(*args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", count)

    with pytest.raises(Refusal) as refused:
        fetch(url.replace("{p}", str(port)))

    assert str(refused.value).endswith(".")
    assert tried == []
    assert came == []


def test_the_corpus_is_as_large_as_it_should_be():
    assert len({*WITHIN, *MISSHAPEN}) == len(WITHIN) + len(MISSHAPEN) >= 80


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"],
)
def test_an_address_that_everybody_reaches_is_let_through(address):
    assert is_public(ipaddress.ip_address(address))


def resolver(*answers: str) -> Callable[..., list]:
    """Answer with one address after the other, and with the last for good."""
    left = list(answers)

    def resolve(host, port, *_args, **_kwargs):
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_a_name_that_answers_otherwise_the_next_moment_changes_nothing(
    listener, monkeypatch
):
    _, came = listener
    connected: list[tuple[str, int]] = []

    def connect(address, *_args, **_kwargs):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver("1.1.1.1", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(Refusal, match="could not be reached"):
        fetch("https://rebinds.example/")

    assert connected == [("1.1.1.1", 443)]
    assert came == []


def test_one_address_within_among_several_is_one_too_many(monkeypatch):
    def both(host, port, *_args, **_kwargs):
        return [
            *resolver("1.1.1.1")(host, port),
            *resolver("10.0.0.1")(host, port),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)

    with pytest.raises(Refusal, match="not on the internet"):
        fetch("https://both.example/")


def test_a_name_that_nobody_knows_is_said_to_be_so(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(Refusal, match="no server of that name"):
        fetch("https://nowhere.example/")


@pytest.fixture
def hanging(monkeypatch):
    """A resolver that does not answer until it is told to; how many ask it."""
    asked: list[str] = []
    answer = threading.Event()

    def hang(host, *_args, **_kwargs):
        asked.append(host)
        answer.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(fetching, "SECONDS", 0.4)
    yield asked, answer
    answer.set()


def test_a_look_up_that_hangs_is_not_waited_for(hanging):
    began = time.monotonic()
    with pytest.raises(Refusal, match="longer than ten seconds"):
        fetch("https://hangs.example/")
    assert time.monotonic() - began < 4


def test_only_so_many_look_ups_stay_behind_and_what_ends_makes_room(
    hanging, monkeypatch
):
    asked, answer = hanging
    monkeypatch.setattr(fetching, "_LOOKING_UP", threading.BoundedSemaphore(2))
    for _ in range(2):
        with pytest.raises(Refusal, match="longer than ten seconds"):
            fetch("https://hangs.example/")
    for _ in range(2):
        with pytest.raises(Refusal, match="slow to look up"):
            fetch("https://hangs.example/")
    assert len(asked) == 2

    answer.set()
    fetching._LOOKING_UP.acquire(timeout=20)
    fetching._LOOKING_UP.release()
    with pytest.raises(Refusal, match="no server of that name"):
        fetch("https://nowhere.example/")
    assert len(asked) == 3


# From here on against a real server on this machine, which only a test allows.

Answer = Callable[[socket.socket, str], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, Allowance, list[str]]]:
    """Speak TLS; `answer` says what for which path."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    asked: list[str] = []

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as channel:
            head = b""
            while b"\r\n\r\n" not in head:
                head += channel.recv(4096)
            path = head.split()[1].decode()
            asked.append(path)
            answer(channel, path)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    plain, _ = server.accept()
                    threading.Thread(target=serve, args=(plain,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        port = server.getsockname()[1]
        trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
        yield f"https://localhost:{port}", Allowance(port, trusting), asked
        server.shutdown(socket.SHUT_RDWR)


def says(body: bytes = ICS, status: str = "200 OK", **headers: str) -> Answer:
    def answer(channel: socket.socket, _path: str) -> None:
        told = {"Content-Length": str(len(body))} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = [f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in told.items() if v)]
        channel.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def test_a_calendar_is_read():
    with serving(says()) as (at, allowance, asked):
        assert fetch(f"{at}/a.ics?x=1#y", allowance) == ICS
        assert fetch(f"webcal{at.removeprefix('https')}/b.ics", allowance) == ICS
    assert asked == ["/a.ics?x=1", "/b.ics"]


def test_a_packed_one_is_unpacked():
    with serving(says(gzip.compress(ICS), Content_Encoding="gzip")) as (
        at,
        allowance,
        _,
    ):
        assert fetch(at, allowance) == ICS


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("Café".encode("iso-8859-15"), "ISO-8859-15"),
        ("Café".encode("utf-16"), "utf-16"),
        ("Café".encode(), "iso-8859-1"),  # as servers say of everything
        ("Café".encode(), ""),
        ("Café".encode("cp1252"), "punycode"),  # Python takes minutes over it
        ("Café".encode("cp1252"), "no-such"),
    ],
)
def test_text_comes_in_utf8_where_the_server_says_how_it_is_written(content, charset):
    answer = says(content, Content_Type=f"text/calendar; charset={charset}")

    with serving(answer) as (at, allowance, _):
        found = fetch(at, allowance)

    assert found in {"Café".encode(), content}
    assert (found == content) == (charset not in {"ISO-8859-15", "utf-16"})


def test_a_few_redirects_are_followed_to_where_it_is():
    def answer(channel, path):
        where = {"/": "/one", "/one": "two", "/two": "//localhost:{p}/three"}.get(path)
        port = channel.getsockname()[1]
        if where is None:
            return says()(channel, path)
        return says(b"", "302 Found", Location=where.replace("{p}", str(port)))(
            channel, path
        )

    with serving(answer) as (at, allowance, asked):
        assert fetch(f"{at}/", allowance) == ICS
    assert asked == ["/", "/one", "/two", "/three"]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("/", "in a circle"),
        ("http://localhost/", "begins with http"),
        ("https://127.0.0.1/", "not on the internet"),
        ("https://169.254.169.254/latest", "not on the internet"),
        ("https://[::1]/", "not on the internet"),
        ("//10.0.0.1/", "not on the internet"),
        ("file:///etc/passwd", "not the address of a calendar"),
        ("https://user@localhost/", "a name or password"),
        ("https://localhost:22/", "a port of its own"),
        ("https://[", "not the address of a calendar"),
    ],
)
def test_a_redirect_is_checked_like_any_address(where, why):
    with (
        serving(says(b"", "302 Found", Location=where)) as (at, allowance, asked),
        pytest.raises(Refusal, match=why),
    ):
        fetch(f"{at}/", allowance)
    assert asked == ["/"]


def test_a_redirect_for_ever_is_not_followed_for_ever():
    def answer(channel, path):
        says(b"", "302 Found", Location=f"/{int(path[1:] or 0) + 1}")(channel, path)

    with (
        serving(answer) as (at, allowance, asked),
        pytest.raises(Refusal, match="too often"),
    ):
        fetch(f"{at}/", allowance)
    assert asked == ["/", "/1", "/2", "/3"]


def test_fifty_megabytes_are_refused_before_they_are_read():
    sent = []

    def answer(channel, path):
        length = 50 * fetching.MEGABYTE
        channel.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())
        sent.extend(channel.send(b"x" * 65536) for _ in range(800))

    with (
        serving(answer) as (at, allowance, _),
        pytest.raises(Refusal, match="five megabytes"),
    ):
        fetch(at, allowance)
    assert sum(sent) < 8 * fetching.MEGABYTE


def test_a_stream_that_does_not_say_how_long_it_is_is_cut_at_five_megabytes():
    sent = []

    def answer(channel, path):
        channel.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        sent.extend(channel.send(b"x" * 65536) for _ in range(800))

    with (
        serving(answer) as (at, allowance, _),
        pytest.raises(Refusal, match="five megabytes"),
    ):
        fetch(at, allowance)
    assert sum(sent) < 12 * fetching.MEGABYTE


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 50 * fetching.MEGABYTE)
    assert len(bomb) < 100_000

    with (
        serving(says(bomb, Content_Encoding="gzip")) as (at, allowance, _),
        pytest.raises(Refusal, match="five megabytes"),
    ):
        fetch(at, allowance)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says(b"", "404 Not Found"), "nothing at this address"),
        (says(b"", "403 Forbidden"), "does not show it to us"),
        (says(b"", "500 Oh"), "answered 500"),
        (says(b"", "302 Found"), "answered 302"),
        (says(ICS, Content_Length="900"), "broke off"),
        (says(ICS, Content_Encoding="br"), "packs it"),
        (says(b"not packed", Content_Encoding="gzip"), "damaged"),
        (lambda channel, _path: channel.sendall(b"hello\r\n\r\n"), "not be reached"),
        (lambda _channel, _path: None, "not be reached"),
        (says(Long="x" * 70_000), "could not be reached"),
    ],
)
def test_whatever_else_goes_wrong_is_said_in_a_sentence(answer, why):
    with serving(answer) as (at, allowance, _), pytest.raises(Refusal, match=why):
        fetch(at, allowance)


def slowly(before: bytes) -> Answer:
    def answer(channel: socket.socket, _path: str) -> None:
        channel.sendall(before)
        while True:
            channel.sendall(b"x")
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "before",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["in its head", "in its body"],
)
def test_who_trickles_is_cut_off_when_the_time_is_over(before, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)
    with serving(slowly(before)) as (at, allowance, _):
        began = time.monotonic()
        with pytest.raises(Refusal, match="longer than ten seconds"):
            fetch(at, allowance)
    assert time.monotonic() - began < 4


def test_who_never_shakes_hands_is_cut_off_too(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)
    trusting = ssl.create_default_context()
    with (
        listening() as (port, _),
        pytest.raises(Refusal, match="longer than ten seconds"),
    ):
        fetch(f"https://localhost:{port}/", Allowance(port, trusting))


def test_a_server_that_cannot_prove_who_it_is_is_not_believed():
    with serving(says()) as (at, allowance, asked):
        strict = Allowance(allowance.loopback_port, ssl.create_default_context())
        with pytest.raises(Refusal, match="cannot prove who it is"):
            fetch(at, strict)
    assert asked == []


def test_the_certificate_must_be_the_names_own(monkeypatch):
    """The address was checked, the name is what the certificate is for."""
    with serving(says()) as (at, allowance, asked):
        monkeypatch.setattr(socket, "getaddrinfo", resolver("127.0.0.1"))
        with pytest.raises(Refusal, match="cannot prove who it is"):
            fetch(at.replace("localhost", "calendar.example"), allowance)
    assert asked == []


def test_a_check_that_lets_everything_through_is_noticed(monkeypatch):
    tried: list[object] = []

    def connect(address, *_args, **_kwargs):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)

    with pytest.raises(Refusal, match="could not be reached"):
        fetch("https://2130706433/")

    assert tried == [("127.0.0.1", 443)]

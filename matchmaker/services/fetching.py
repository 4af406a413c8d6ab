"""Read what is at an address that somebody typed in, and nothing that is not for them.

The name is looked up once, every address it has must be one that anybody on the internet
may reach, and the connection goes to that very address: a name that answers otherwise
the next moment changes nothing. Redirects begin again at the first of these steps.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from matchmaker.refusal import Refusal

SECONDS = 10.0
MEGABYTE = 1024 * 1024
MOST = 5 * MEGABYTE
REDIRECTS = 3
LONGEST = 2_000
# So many look-ups at once, those included that nobody waits for any more.
_LOOKING_UP = threading.BoundedSemaphore(8)
_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS

# Those that texts are in, and none that Python takes long over.
_ENCODING = re.compile(r"iso-?8859-\d+|(windows|cp)-?125\d|koi8-[ru]|utf-16([bl]e)?|big5|"
                       r"euc-(jp|kr)|gb(k|2312|18030)|shift_jis", re.I)  # fmt: skip

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `is_global` lets through, by what it carries inside or where it leads. On top of
# it, for neither `is_global` nor `is_private` was made to answer this question.
_NOT_FOR_US = [
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's own, though it looks like anybody's
        "192.0.0.0/24",  # protocols' own
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "2001::/23",  # Teredo, ORCHID and other protocols' own
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
    )
]


class Connection(Protocol):
    """What is needed of a socket: to speak, and to be cut off."""

    def shutdown(self, how: int, /) -> None: ...


@dataclass(frozen=True)
class Allowance:
    """What only a test allows: to read from itself."""

    loopback_port: int
    context: ssl.SSLContext


def fetch(url: str, allowance: Allowance | None = None) -> bytes:
    """Give what is at an https address; refuse, with a sentence, whatever is amiss.

    webcal:// is a calendar's way to say https://.
    """
    seen: set[str] = set()
    deadline = _Deadline(SECONDS)
    try:
        while True:
            target = check(url, allowance)
            deadline.check()
            if target.geturl() in seen:
                raise Refusal("This address leads in a circle. Ask whoever keeps it.")
            seen.add(target.geturl())
            found = _get(target, deadline, allowance)
            if isinstance(found, bytes):
                return found
            if len(seen) > REDIRECTS:
                raise Refusal(
                    "This address leads on to another too often. Open it in a browser "
                    "and take the one where you arrive."
                )
            url = _joined(target.geturl(), found)
    finally:
        deadline.is_over()


def check(url: str, allowance: Allowance | None = None) -> SplitResult:
    """Read an address, before anything is asked of the network."""
    text = url.strip()
    if (
        len(text) > LONGEST
        or not text.isascii()
        or not text.isprintable()
        or " " in text
    ):
        raise _unreadable()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _unreadable() from None
    if parts.scheme == "http":
        raise Refusal(
            "This address begins with http, so anybody on the way could change what is "
            "read. Try it with https."
        )
    if parts.scheme not in {"https", "webcal", "webcals"} or not host or "\\" in text:
        raise _unreadable()
    if parts.username is not None or parts.password is not None:
        raise Refusal("This address has a name or password in it. Take one without.")
    allowed = {None, 443} | ({allowance.loopback_port} if allowance else set())
    if port not in allowed:
        raise Refusal("This address has a port of its own. Only the usual one is read.")
    return parts._replace(scheme="https", fragment="", path=parts.path or "/")


def _joined(url: str, where: str) -> str:
    try:
        return urljoin(url, where)
    except ValueError:
        raise _unreadable() from None


def is_public(address: Address) -> bool:
    """Whether anybody on the internet reaches it, by no roundabout way."""
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and getattr(address, "ipv4_mapped", None) is None
        and not any(
            address.version == network.version and address in network
            for network in _NOT_FOR_US
        )
    )


class _Deadline:
    """Cuts the connection when the time is over, however slowly it trickles."""

    def __init__(self, seconds: float) -> None:
        self._connections: list[Connection] = []
        self._has_passed = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def holds(self, connection: Connection) -> None:
        self._connections.append(connection)
        if self._has_passed:
            self._cut()

    def is_over(self) -> None:
        self._timer.cancel()

    def check(self) -> None:
        if self._has_passed:
            raise _too_slow()

    def _cut(self) -> None:
        self._has_passed = True
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has gone by itself
                continue


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and expects the name's certificate."""

    def __init__(
        self,
        host: str,
        port: int,
        address: Address,
        deadline: _Deadline,
        context: ssl.SSLContext,
    ) -> None:
        super().__init__(host, port, timeout=SECONDS, context=context)
        self._address, self._deadline, self._tls = address, deadline, context

    def connect(self) -> None:
        plain = socket.create_connection((str(self._address), self.port), SECONDS / 2)
        self._deadline.holds(plain)
        self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self._deadline.holds(self.sock)
        self.sock.do_handshake()


def _get(
    target: SplitResult, deadline: _Deadline, allowance: Allowance | None
) -> bytes | str:
    """Ask once: for what is there, or where it is now."""
    host, port = target.hostname or "", target.port or 443
    address = _resolve(host, port, deadline, allowance)
    context = allowance.context if allowance else ssl.create_default_context()
    connection = _Pinned(host, port, address, deadline, context)
    path = target.path + (f"?{target.query}" if target.query else "")
    try:
        connection.request(
            "GET",
            path,
            headers={
                "Accept": "text/calendar, */*;q=0.1",
                "Accept-Encoding": "identity",
                "User-Agent": "Matchmaker (calendar)",
            },
        )
        response = connection.getresponse()
        where = response.getheader("Location")
        if response.status in {301, 302, 303, 307, 308} and where:
            return where
        body = _body(response)
        deadline.check()  # what was cut off can look complete
        return body
    except ssl.SSLCertVerificationError:
        raise Refusal(
            "The server there cannot prove who it is: its certificate is not valid."
        ) from None
    except TimeoutError:
        raise _too_slow() from None
    except (OSError, http.client.HTTPException, UnicodeError, ValueError):
        deadline.check()
        raise Refusal(
            "The server there could not be reached, or broke off. Try again later."
        ) from None
    finally:
        connection.close()


def _resolve(
    host: str, port: int, deadline: _Deadline, allowance: Allowance | None
) -> Address:
    """Look the name up, once; all that it has must be public."""
    try:
        answers = _look_up(host, port, deadline)
    except (OSError, UnicodeError):
        raise Refusal(
            "There is no server of that name. Look whether the address is complete."
        ) from None
    addresses = [ipaddress.ip_address(answer[4][0]) for answer in answers]
    for address in addresses:
        if allowance and address.is_loopback and port == allowance.loopback_port:
            continue
        if not is_public(address):
            raise Refusal("This address is not on the internet for everybody to read.")
    return addresses[0]


class _Answer(SimpleQueue[Any]):
    """What becomes of a question, or that the time is over, whichever is first."""

    def shutdown(self, _how: int, /) -> None:
        self.put(TimeoutError())


def _look_up(host: str, port: int, deadline: _Deadline) -> list[Any]:
    """Ask the system, and wait no longer than there is time.

    Nothing can call a look-up off, so it has a thread of its own, which stays behind
    until the system gives up. Where many have, nobody asks before one of them ends.
    """
    turns, answer = _LOOKING_UP, _Answer()
    if not turns.acquire(blocking=False):
        raise Refusal("Other addresses are slow to look up just now. Try again later.")

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            answer.put(error)
        finally:
            turns.release()

    threading.Thread(target=ask, daemon=True).start()
    deadline.holds(answer)
    found: list[Any] | Exception = answer.get()
    if isinstance(found, TimeoutError):
        raise _too_slow()
    if isinstance(found, Exception):
        raise found
    return found


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.status in {401, 403}:
        raise Refusal(
            "The server there does not show it to us. Take the calendar's public or "
            "secret address."
        )
    if response.status in {404, 410}:
        raise Refusal("There is nothing at this address any more. Look for a new one.")
    if response.status != http.client.OK:
        raise Refusal(f"The server there answered {response.status}. Try again later.")
    if (response.length or 0) > MOST:
        raise too_large()
    read = b""
    while chunk := response.read1(_CHUNK):
        read += chunk
        if len(read) > MOST:
            raise too_large()
    if response.length:
        raise http.client.IncompleteRead(read)
    packed = (response.getheader("Content-Encoding") or "identity").lower()
    if packed not in {"identity", "gzip", "x-gzip"}:
        raise Refusal("The server there packs it in a way that we cannot read.")
    content = read if packed == "identity" else _unpacked(read)
    return _in_utf8(content, response.headers.get_content_charset() or "utf-8")


def _in_utf8(content: bytes, charset: str) -> bytes:
    """Text that is in another encoding, as the server says; not where it errs."""
    if not _ENCODING.fullmatch(charset):
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        with suppress(LookupError):
            return content.decode(charset, errors="replace").encode()
    return content


def _unpacked(read: bytes) -> bytes:
    try:
        whole = zlib.decompressobj(_GZIP).decompress(read, MOST + 1)
    except zlib.error:
        raise Refusal(
            "What is there is packed, and damaged. Try again later."
        ) from None
    if len(whole) > MOST:
        raise too_large()
    return whole


def _too_slow() -> Refusal:
    return Refusal("The server there took longer than ten seconds. Try again later.")


def too_large() -> Refusal:
    return Refusal(
        "There is more than five megabytes in it. Take a calendar with fewer events, "
        "or export those that are still to come."
    )


def _unreadable() -> Refusal:
    return Refusal(
        "This is not the address of a calendar. It begins with https:// or webcal:// "
        "and often ends with .ics."
    )

"""Letters to the mail server, and what became of each."""

import contextlib
import enum
import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT = 30  # seconds, for each exchange with the server
LETTERS_EACH = 100  # on one connection: some servers end it then by themselves


class Fate(enum.Enum):
    """What is known of a letter after one try."""

    SENT = "sent"
    LATER = "later"  # not sent; the server was busy with it
    UNKNOWN = "unknown"  # handed over whole, and no reply came: it may have arrived
    REFUSED = "refused"  # as it is: trying again is no use
    UNREADABLE = "unreadable"  # what it needs was encrypted with another key
    # Not handed over at all: it may not go any more, or could not be written.
    WITHHELD = "withheld"
    UNWRITTEN = "unwritten"
    BOUNCED = "bounced"  # there is no such recipient: no other letter arrives either
    # No fault of the letter's: the server is away, or refuses us. Others fare alike.
    AWAY = "away"
    REFUSES_US = "refuses us"  # so it said of this letter: perhaps it takes others


@dataclass(frozen=True)
class Parcel:
    """A letter as it goes over the wire."""

    sender: str
    to: str
    content: bytes
    is_plain: bool  # any mail server takes its address


@dataclass(frozen=True)
class Report:
    fate: Fate
    problem: str = ""


class _Reply(Exception):  # noqa: N818  (an answer of the server's, not an error of ours)
    """A reply that ends the try."""

    def __init__(self, fate: Fate, code: int, text: bytes) -> None:
        super().__init__(f"{code} {text.decode(errors='replace')}")
        self.fate = fate


class MailServer:
    """A connection to the mail server, opened by the first of many letters."""

    def __init__(self, url: str, own_host: str) -> None:
        self._url, self._own_host = url, own_host
        self._server: smtplib.SMTP | None = None
        self._carried = 0

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, parcel: Parcel) -> Report:
        """Hand the letter over; whatever happens, report it instead of raising."""
        if self._carried >= LETTERS_EACH:
            self._hang_up()
        is_fresh = self._server is None
        report = self._try(parcel)
        if report.fate is Fate.AWAY and not is_fresh:  # it ended the connection
            report = self._try(parcel)
        return report

    def _try(self, parcel: Parcel) -> Report:
        try:
            server = self._server = self._server or _connect(self._url, self._own_host)
        except (OSError, smtplib.SMTPException) as error:
            return Report(Fate.AWAY, _told(error))
        report = _hand_over(server, parcel)
        self._carried += 1
        if report.fate is not Fate.SENT:
            self._reset(report)
        return report

    def _reset(self, report: Report) -> None:
        """Let the next letter begin afresh, on another connection where that is lost."""
        assert self._server is not None  # noqa: S101  (it has just been used)
        is_over = report.fate in {Fate.AWAY, Fate.UNKNOWN}
        if is_over or report.problem.startswith("421"):
            self._hang_up()
            return
        try:
            self._server.rset()
        except (OSError, smtplib.SMTPException):
            self._hang_up()

    def _hang_up(self) -> None:
        server, self._server, self._carried = self._server, None, 0
        if server is not None:
            _farewell(server)


def _hand_over(server: smtplib.SMTP, parcel: Parcel) -> Report:
    handed_over = False
    try:
        _expect(server.mail(parcel.sender, _options(server, parcel)), Fate.AWAY)
        _expect_welcome(server.rcpt(parcel.to), of_recipient=True)
        handed_over = True
        _expect_welcome(server.data(parcel.content))
        return Report(Fate.SENT)
    except _Reply as reply:
        return Report(reply.fate, str(reply))
    except smtplib.SMTPDataError as error:
        is_busy = error.smtp_code < 500
        return Report(Fate.LATER if is_busy else Fate.REFUSES_US, _told(error))
    except (OSError, smtplib.SMTPException) as error:
        return Report(Fate.UNKNOWN if handed_over else Fate.AWAY, _told(error))


def _connect(url: str, own_host: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    trusted = _is_this_machine(host)
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host,
            parts.port or 465,
            own_host,
            timeout=TIMEOUT,
            context=_encryption(trusted=trusted),
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, own_host, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        private = parts.scheme == "smtps"
        if not private and server.has_extn("starttls"):
            server.starttls(context=_encryption(trusted=trusted))
            server.ehlo()
            private = True
        if parts.username:
            if not (private or trusted):
                raise smtplib.SMTPNotSupportedError(
                    "The mail server offers no encryption, so no password was sent."
                )
            _log_in(server, unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        _farewell(server)
        raise
    return server


def _encryption(*, trusted: bool) -> ssl.SSLContext:
    """Only where it's used: to read all that is trusted takes longer than a letter."""
    if not trusted:
        return ssl.create_default_context()
    # This machine: it has no certificate of a name that can be checked.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Try the password once; smtplib's own tries it in each way that is offered."""
    offered = server.esmtp_features.get("auth", "").upper().split()
    ways: dict[str, Any] = {
        "PLAIN": server.auth_plain,
        "LOGIN": server.auth_login,
        "CRAM-MD5": server.auth_cram_md5,
    }
    way = next((way for way in ways if way in offered), None)
    if way is None:
        raise smtplib.SMTPNotSupportedError(
            "The mail server takes no password, or in no way that we know."
        )
    server.user, server.password = user, password
    server.auth(way, ways[way])


def _farewell(server: smtplib.SMTP) -> None:
    # Whatever became of the letter has been said; a lost farewell changes nothing.
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _options(server: smtplib.SMTP, parcel: Parcel) -> list[str]:
    if parcel.is_plain:
        return []
    if not server.has_extn("smtputf8"):
        raise _Reply(Fate.REFUSED, 553, b"The mail server takes plain addresses only.")
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(answer: tuple[int, bytes], if_refused: Fate) -> None:
    code, text = answer
    if not 200 <= code < 300:
        raise _Reply(if_refused if code >= 500 else Fate.LATER, code, text)


def _expect_welcome(answer: tuple[int, bytes], *, of_recipient: bool = False) -> None:
    """Tell "no such person" from "not from you": the second is about our settings."""
    code, text = answer
    if code == 530 or re.search(rb"\b5\.7\.\d|\brelay", text, re.IGNORECASE):
        _expect(answer, Fate.REFUSES_US)
    is_gone = of_recipient and code in {550, 551, 553, 556}
    _expect(answer, Fate.BOUNCED if is_gone else Fate.REFUSED)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        words = text.decode(errors="replace") if isinstance(text, bytes) else text
        return f"{error.smtp_code} {words}"
    return f"{type(error).__name__}: {error}"

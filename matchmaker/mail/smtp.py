"""One letter to the mail server, and what became of it."""

import contextlib
import enum
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

TIMEOUT = 30  # seconds, for each exchange with the server


class Fate(enum.Enum):
    """What is known of a letter after one try."""

    SENT = "sent"
    LATER = "later"  # not sent; the server or the way to it was busy
    UNKNOWN = "unknown"  # handed over whole, and no reply came: it may have arrived
    REFUSED = "refused"  # there is no such recipient: trying again is no use
    OUR_FAULT = (
        "our fault"  # the server refuses us, not the letter: look at the settings
    )


@dataclass(frozen=True)
class Parcel:
    """A claimed letter as it goes over the wire."""

    letter_id: int
    sender: str
    to: str
    content: bytes
    is_plain: bool  # any mail server takes its address
    mark: tuple[str, int] = ("", 0)  # for `installation.write_mark`


@dataclass(frozen=True)
class Report:
    fate: Fate
    problem: str = ""


class _Reply(Exception):  # noqa: N818  (an answer of the server's, not an error of ours)
    """A reply that ends the try."""

    def __init__(self, fate: Fate, code: int, text: bytes) -> None:
        super().__init__(f"{code} {text.decode(errors='replace')}")
        self.fate = fate


def send(parcel: Parcel, url: str, own_host: str) -> Report:
    """Hand the letter over; whatever happens, report it instead of raising."""
    handed_over = False
    try:
        with _connection(url, own_host) as server:
            options = _options(server, parcel)
            _expect(server.mail(parcel.sender, options), Fate.OUR_FAULT)
            _expect_welcome(server.rcpt(parcel.to))
            handed_over = True
            _expect_welcome(server.data(parcel.content))
            return Report(Fate.SENT)
    except _Reply as reply:
        return Report(reply.fate, str(reply))
    except (smtplib.SMTPDataError, smtplib.SMTPAuthenticationError) as error:
        fate = Fate.LATER if error.smtp_code < 500 else Fate.OUR_FAULT
        return Report(fate, _told(error))
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        return Report(Fate.OUR_FAULT, _told(error))
    except (OSError, smtplib.SMTPException) as error:
        return Report(Fate.UNKNOWN if handed_over else Fate.LATER, _told(error))


@contextlib.contextmanager
def _connection(url: str, own_host: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    trusted = _is_this_machine(host)
    context = ssl.create_default_context()
    if trusted:  # this machine: it has no certificate of a name that can be checked
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, parts.port or 465, own_host, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, own_host, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        private = parts.scheme == "smtps"
        if not private and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            private = True
        if parts.username:
            if not (private or trusted):
                raise smtplib.SMTPNotSupportedError(
                    "The mail server offers no encryption, so no password was sent."
                )
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
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


def _expect_welcome(answer: tuple[int, bytes]) -> None:
    """Tell "no such person" from "not from you": the second is about our settings."""
    code, text = answer
    from_us = code == 530 or re.search(rb"\b5\.7\.\d|\brelay", text, re.IGNORECASE)
    _expect(answer, Fate.OUR_FAULT if from_us else Fate.REFUSED)


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

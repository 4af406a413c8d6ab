"""A letter as it goes over the wire."""

import hashlib
import hmac
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from flask import current_app

from matchmaker.email_addresses import with_plain_domain
from matchmaker.mail.compose import Composed
from matchmaker.mail.headers import SMTP, SMTPUTF8
from matchmaker.mail.smtp import Parcel
from matchmaker.models import Letter
from matchmaker.names import one_line, safe_name


class PackingError(ValueError):
    """Says why in our own words, without personal data."""


def packed(letter: Letter, composed: Composed, now: datetime) -> Parcel:
    """Write a letter as it goes over the wire, or fail before anything is sent."""
    envelope = message(letter, composed, now)
    (to,) = envelope["To"].addresses
    if not (to.username and to.domain):
        raise PackingError("There is no e-mail address to send it to.")
    return Parcel(
        sender().addr_spec,
        to.addr_spec,
        envelope.as_bytes(),
        is_plain=to.addr_spec.isascii(),
    )


def message(letter: Letter, composed: Composed, now: datetime) -> EmailMessage:
    """Put a letter into its envelope. Written again, it has the same Message-ID."""
    policy = SMTP if letter.to.isascii() else SMTPUTF8
    message = EmailMessage(policy=policy)
    message["Message-ID"] = message_id(letter)
    message["Date"] = format_datetime(now)
    message["From"] = sender()
    message["To"] = mailbox(letter.member.name, letter.to)
    message["Subject"] = one_line(composed.subject)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in composed.headers.items():
        message[name] = one_line(value)
    message.set_content(composed.text)
    message.add_alternative(composed.html, subtype="html")
    if composed.calendar:
        message.add_attachment(
            composed.calendar,
            subtype="calendar",
            filename=letter.calendar_name,
            params={"method": "PUBLISH"},
        )
    return message


def message_id(letter: Letter) -> str:
    """The same for the same letter, so that a mail server can drop a second copy.

    Of [a-z0-9.-] alone: Python's own header class cuts anything else short.
    """
    secret = current_app.config["SECRET_KEY"].encode()
    mark = hmac.new(secret, f"letter-{letter.id}".encode(), hashlib.sha256).hexdigest()
    return f"<letter-{letter.id}.{mark[:8]}@{own_host()}>"


def own_host() -> str:
    """How we call ourselves to other mail servers."""
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname or ""
    return re.sub(r"[^a-z0-9.-]", "-", host.lower()).strip("-.") or "localhost"


def sender() -> Address:
    name, address = parseaddr(current_app.config["SETTINGS"].mail_from)
    return mailbox(name, address)


def mailbox(name: str, address: str) -> Address:
    """An address, behind a name that can do nothing but name."""
    local, _, domain = with_plain_domain(address).rpartition("@")
    return Address(safe_name(name), local, domain)


def one_click(url: str) -> dict[str, str]:
    """RFC 8058: a mail program's own button stops these letters with one request."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }

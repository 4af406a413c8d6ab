"""How the fields of a letter's head are written on the wire.

The standard library puts whatever is longer than a line into encoded words (RFC 2047),
web addresses too, and differs from version to version. A mail program reads
List-Unsubscribe and Message-ID as they stand, so these are never encoded or broken;
subjects and names are encoded where they have to be and nowhere else.
"""

from email.header import Header
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
)
from email.policy import SMTP as STANDARD
from email.policy import Policy
from typing import Any

LONGEST = 998  # octets in a line: RFC 5322, 2.1.1


class _Verbatim(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as it is used
    """Is what was said, also where that looks like an encoded word."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse(value, kwds)
        kwds["decoded"] = value


class ForMachines(_Verbatim):
    """Written as it is, on one line."""

    def fold(self, *, policy: Policy) -> str:
        line = f"{self.name}: {self}"
        if not line.isascii() or len(line) > LONGEST:
            raise ValueError(f"{self.name} does not fit into a line of plain letters.")
        return line + policy.linesep


class ForPeople(_Verbatim):
    def fold(self, *, policy: Policy) -> str:
        words = _encoded(str(self), len(self.name) + 2)
        return f"{self.name}: {words}{policy.linesep}"


class Mailboxes(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # as it is used
    """Addresses, one to a line, each behind a name."""

    def fold(self, *, policy: Policy) -> str:
        takes_all = policy.utf8  # type: ignore[attr-defined]
        if not takes_all and not all(a.addr_spec.isascii() for a in self.addresses):
            raise ValueError(f"An address in {self.name} is not in plain letters.")
        written = f",{policy.linesep} ".join(map(_mailbox, self.addresses))
        return f"{self.name}: {written}{policy.linesep}"


def _mailbox(address: Address) -> str:
    if address.display_name.isascii():
        return str(address)
    return f"{_encoded(address.display_name, taken=10)} <{address.addr_spec}>"


def _encoded(text: str, taken: int) -> str:
    """Write text in plain letters; of the first line so much is taken already.

    What looks like an encoded word is encoded too, or it would be read as one.
    """
    if text.isascii() and "=?" not in text:
        return text
    words = Header(text, "utf-8", maxlinelen=75)
    return words.encode(linesep="\r\n", maxlinelen=75 - taken)


_FIELDS = {
    "From": Mailboxes,
    "To": Mailboxes,
    "Reply-To": Mailboxes,
    "Subject": ForPeople,
    "Message-ID": ForMachines,
    "Auto-Submitted": ForMachines,
    "List-Unsubscribe": ForMachines,
    "List-Unsubscribe-Post": ForMachines,
}


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name, written in _FIELDS.items():
        registry.map_to_type(name, written)
    return registry


SMTP = STANDARD.clone(header_factory=_registry())
SMTPUTF8 = SMTP.clone(utf8=True)

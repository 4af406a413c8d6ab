"""Reads a letter as it stands on the wire, by RFC 5322 and 2047 and nothing else.

Strict, and a stranger to the standard library's reading, which forgives its own writing.
"""

import base64
import re

LINE = 998  # octets: RFC 5322, 2.1.1
_WORD = rb"=\?utf-8\?([bq])\?([!-~]+?)\?="
_WORDS = re.compile(rb"(?:(?<=^)|(?<=[ (]))" + _WORD + rb"(?=$|[ )])", re.IGNORECASE)
_MAILBOX = re.compile(
    r'\s*(?:("(?:[^"\\]|\\.)*"|[^"<>,]*?)\s*<([^<>\s]*)>|([^\s<>,"]+))'
)


def fields(raw: bytes) -> list[tuple[str, bytes]]:
    """Give the fields of a head, unfolded, as octets."""
    for line in raw.split(b"\r\n"):
        assert len(line) <= LINE, line[:80]
        assert b"\n" not in line, line
        assert b"\r" not in line, line
    head = raw.partition(b"\r\n\r\n")[0]
    found = []
    for line in re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n"):
        name, colon, value = line.partition(b": ")
        assert colon, line
        assert re.fullmatch(rb"[!-9;-~]+", name), line
        found.append((name.decode(), value))
    return found


def lines_of(raw: bytes, name: str) -> list[bytes]:
    """The lines of one field as they are sent."""
    head = raw.partition(b"\r\n\r\n")[0]
    start = f"{name}: ".encode()
    (field,) = re.findall(
        rb"(?:^|(?<=\r\n))" + re.escape(start) + rb".*?(?=\r\n[^ \t]|$)",
        head,
        re.DOTALL,
    )
    return field.split(b"\r\n")


def words(value: bytes) -> str:
    """Decode a text; every encoded word is whole, and short enough."""
    between = re.sub(rb"(\?=)[ \t]+(?==\?)", rb"\1", value)
    pieces, last = [], 0
    for match in re.finditer(_WORD, between, re.IGNORECASE):
        assert len(match[0]) <= 75, match[0]
        pieces.append(between[last : match.start()].decode("ascii"))
        pieces.append(_decoded(match[1].lower(), match[2]).decode("utf-8"))
        last = match.end()
    pieces.append(between[last:].decode("ascii"))
    return "".join(pieces)


def _decoded(how: bytes, what: bytes) -> bytes:
    if how == b"b":
        return base64.b64decode(what, validate=True)
    spaced = what.replace(b"_", b" ")
    return re.sub(
        rb"=([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), spaced
    )


def mailboxes(value: bytes) -> list[tuple[str, str]]:
    """Give names and addresses; a name is quoted, encoded or plain."""
    text, found, at = value.decode("ascii"), [], 0
    while at < len(text):
        match = _MAILBOX.match(text, at)
        assert match, text[at:]
        name, address, bare = match.groups()
        if name and name.startswith('"'):
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        elif name:
            assert not set(name) & set(".@:;()[]\\"), name
            name = words(name.encode())
        found.append((name or "", address or bare))
        at = match.end()
        assert text[at : at + 1] in ("", ","), text[at:]
        at += 1
    return found

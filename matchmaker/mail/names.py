"""People's own words where they could do harm: in a header, in a subject."""

import re
import unicodedata

from matchmaker.models import Member

# What a mail program would turn into a link, or read as syntax.
_LINK = re.compile(r"://|www\.|\S@\S", re.IGNORECASE)
_HOST = re.compile(r"\.(?=\w)")  # example.org, but also J.R. and St.John
_SYNTAX = str.maketrans("", "", '@:,;<>()[]\\"`|=')


def one_line(text: str) -> str:
    """Put text on one line, without what is not printed."""
    kept = (
        " "
        if character.isspace() or unicodedata.category(character)[0] in "CZ"
        else character
        for character in text
    )
    return " ".join("".join(kept).split())


def safe_name(name: str) -> str:
    """Give a name that is nothing but a name, or nothing at all."""
    line = one_line(unicodedata.normalize("NFC", name))
    if _LINK.search(line):
        return ""
    return one_line(_HOST.sub(". ", line.translate(_SYNTAX)))[:60].strip()


def called(member: Member) -> str:
    """What one calls a member in a sentence about them."""
    return (safe_name(member.name).split() or ["your fellow member"])[0]


def full_name(member: Member) -> str:
    return safe_name(member.name) or "A fellow member"


def shortened(text: str, length: int) -> str:
    """Cut text at a word, and show that it was cut."""
    line = one_line(text)
    if len(line) <= length:
        return line
    head = line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.-")
    return (head if len(head) > length // 3 else line[: length - 1]) + "…"


def in_a_row(words: list[str]) -> str:
    """Ana; Ana and Ben; Ana, Ben and Cleo."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last

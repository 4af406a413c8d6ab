"""People's names where they could do harm: in a header, in a subject."""

import re
import unicodedata

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

"""Words out of others' calendars, as ours would be written, and of our lengths.

They are plain already: `ics.text` has seen to that, in the process of the reader.
"""

import re

from matchmaker.mail.names import shortened
from matchmaker.names import one_line

TITLE, PLACE, LINK, DESCRIPTION = 120, 200, 500, 10_000
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
# Where calls are held. Whoever has one of these comes in, so it is for those who go.
_CALL = re.compile(
    r"https?://(?:[\w-]+\.)*(?:zoom\.us/(?:j|w|my|s)/|meet\.google\.com/"
    r"|teams\.microsoft\.com/|teams\.live\.com/|whereby\.com/|meet\.jit\.si/"
    r"|webex\.com/|gotomeet(?:ing)?\.(?:me|com)/)[^\s<>\"')\]]*",
    re.I,
)
_RULE = re.compile(r"^[ \t]*([-=_*~#]|-::~)[-=_*~#: \t]{2,}$", re.M)
HIDDEN = "(the link is shown to those who come)"


def title(text: str) -> str:
    return shortened(text, TITLE) or "Without a title"


def place(text: str) -> str:
    return shortened(text.replace("\n", ", "), PLACE)


def link(text: str) -> str:
    """An address to be pressed, or nothing."""
    line = one_line(text)
    is_address = _ADDRESS.fullmatch(line) is not None
    return line if is_address and len(line) <= LINK else ""


def call(text: str) -> str:
    """The first address in a text at which a call is held."""
    found = _CALL.search(text)
    return found[0].rstrip(".,;:!?")[:LINK] if found else ""


def description(text: str, online_url: str, page: str) -> str:
    """As Markdown: lines stay lines, addresses can be pressed, the call's is hidden."""
    lines = [one_line(line) for line in _RULE.sub("", text).splitlines()]
    told = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if online_url:
        told = told.replace(online_url, HIDDEN)
    told = _CALL.sub(HIDDEN, told)
    if len(told) > DESCRIPTION:
        told = told[: DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"
    if page and page != online_url and page not in told and not _CALL.match(page):
        told = f"{told}\n\n{page}".strip()
    return _ADDRESS.sub(r"<\g<0>>", told)

"""Words out of others' calendars, as ours would be written: plain, and of our lengths."""

import html
import re
from functools import lru_cache

import nh3

from matchmaker.mail.names import one_line, shortened

TITLE, PLACE, LINK, DESCRIPTION = 120, 200, 500, 10_000
# Nobody reads on beyond it, and what takes long to read takes no longer.
LONGEST = 12_000

_IS_HTML = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|html|i|li|ol|p|span|strong|u|ul)\b[^<>]*>", re.I
)
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
# Where calls are held. Whoever has one of these comes in, so it is for those who go.
_CALL = re.compile(
    r"https?://(?:[\w-]+\.)*(?:zoom\.us/(?:j|w|my|s)/|meet\.google\.com/"
    r"|teams\.microsoft\.com/|teams\.live\.com/|whereby\.com/|meet\.jit\.si/"
    r"|webex\.com/|gotomeet(?:ing)?\.(?:me|com)/)[^\s<>\"')\]]*",
    re.I,
)
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), 127])
_RULE = re.compile(r"^[ \t]*([-=_*~#]|-::~)[-=_*~#: \t]{2,}$", re.M)
_BLOCKS = {"div", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "tr", "ul"}
# What is left of HTML once nh3 has tidied it: Python's own parser takes minutes over a
# page that was made to keep it busy.
_LINKED = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.S)
_BREAK = re.compile(rf"<br>|</?(?:{'|'.join(sorted(_BLOCKS))})>")
_TAG = re.compile(r"<[^<>]*>")
HIDDEN = "(the link is shown to those who come)"


def title(text: str) -> str:
    return shortened(_plain(text), TITLE) or "Without a title"


def place(text: str) -> str:
    return shortened(_plain(text).replace("\n", ", "), PLACE)


def link(text: str) -> str:
    """An address to be pressed, or nothing."""
    line = one_line(text)
    is_address = _ADDRESS.fullmatch(line) is not None
    return line if is_address and len(line) <= LINK else ""


def call(text: str) -> str:
    """The first address in a text at which a call is held."""
    found = _CALL.search(_plain(text))
    return found[0].rstrip(".,;:!?")[:LINK] if found else ""


def description(text: str, online_url: str, page: str) -> str:
    """As Markdown: lines stay lines, addresses can be pressed, the call's is hidden."""
    lines = [one_line(line) for line in _RULE.sub("", _plain(text)).splitlines()]
    told = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if online_url:
        told = told.replace(online_url, HIDDEN)
    told = _CALL.sub(HIDDEN, told)
    if len(told) > DESCRIPTION:
        told = told[: DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"
    if page and page != online_url and page not in told and not _CALL.match(page):
        told = f"{told}\n\n{page}".strip()
    return _ADDRESS.sub(r"<\g<0>>", told)


# One that recurs says the same each time.
@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    text = text[:LONGEST].replace("\r\n", "\n").translate(_CONTROL)
    if not _IS_HTML.search(text):
        return text
    tidy = nh3.clean(
        text,
        tags={"a", "br", "li", *_BLOCKS},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    tidy = _LINKED.sub(_with_its_address, tidy).replace("<li>", "\n- ")
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", tidy)))


def _with_its_address(link: re.Match[str]) -> str:
    address, name = link[1], link[2]
    return name if name.strip() == address else f"{name} ({address})"

"""From HTML to plain text, as calendars have either in their descriptions."""

import html
import re
from functools import lru_cache

import nh3

# Nobody reads on beyond it, and what takes long to read takes no longer.
LONGEST = 12_000

_IS_HTML = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|html|i|li|ol|p|span|strong|u|ul)\b[^<>]*>", re.I
)
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), 127])
_BLOCKS = {"div", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "tr", "ul"}
# What is left of HTML once nh3 has tidied it: Python's own parser takes minutes over a
# page that was made to keep it busy.
_LINKED = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.S)
_BREAK = re.compile(rf"<br>|</?(?:{'|'.join(sorted(_BLOCKS))})>")
_TAG = re.compile(r"<[^<>]*>")


# One that recurs says the same each time.
@lru_cache(maxsize=64)
def plain(text: str) -> str:
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

"""Words out of others' calendars, as ours would be written: plain, and of our lengths."""

import re
from html.parser import HTMLParser

from matchmaker.mail.names import one_line, shortened

TITLE, PLACE, LINK, DESCRIPTION = 120, 200, 500, 10_000

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
_UNSEEN = {"script", "style", "head", "title"}
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


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").translate(_CONTROL)
    if not _IS_HTML.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.words)


class _Reader(HTMLParser):
    """Takes what is read aloud: words, breaks, and where links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "br" or tag in _BLOCKS:
            self.words.append("\n")
        if tag == "li":
            self.words.append("\n- ")
        if tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.words)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _BLOCKS:
            self.words.append("\n")
        if tag == "a" and self._links:
            address, began = self._links.pop()
            name = "".join(self.words[began:]).strip()
            if address.startswith(("https://", "http://")) and name != address:
                self.words.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)

"""Forms as a browser finds them on a page, to be filled in and sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

TYPED = {"text", "search", "url", "email", "tel", "password"}
PICKED = {"number", "date", "time", "datetime-local", "month", "week", "range"}


@dataclass
class Control:
    tag: str
    attributes: dict[str, str]
    text: str = ""  # between the tags of a text area
    options: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")

    @property
    def kind(self) -> str:
        return self.attributes.get("type", "text") if self.tag == "input" else self.tag

    @property
    def takes_words(self) -> bool:
        return self.tag == "textarea" or self.kind in TYPED

    @property
    def value(self) -> str | None:
        """What a browser would send of it; None: nothing."""
        if self.tag == "textarea":
            return self.text.removeprefix("\r\n").removeprefix("\n")
        if self.tag == "select":
            chosen = [value for value, is_chosen in self.options if is_chosen]
            return (chosen or [value for value, _ in self.options] or [None])[0]
        if self.kind in {"checkbox", "radio"} and "checked" not in self.attributes:
            return None
        if self.kind in {"submit", "button", "file"}:
            return None
        return self.attributes.get("value", "")


@dataclass
class Sent:
    """A form: where it goes, and what is in it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def filled(self) -> dict[str, list[str]]:
        """What a browser sends of it as it stands."""
        data: dict[str, list[str]] = {}
        for control in self.controls:
            if control.name and control.value is not None:
                data.setdefault(control.name, []).append(control.value)
        return data


class Reader(HTMLParser):
    """Reads a page's forms, ids, title and what has the focus."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.title = url, ""
        self.all: list[dict[str, str]] = []
        self.forms: list[Sent] = []
        self.focused: list[str] = []
        self._open: list[str] = []
        self._control: Control | None = None
        self.closed_parts = 0  # <details> that are shut around where we are
        self.hidden_focus = False
        self.feed(html)

    @property
    def ids(self) -> dict[str, dict[str, str]]:
        return {at["id"]: at for at in self.all if "id" in at}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self.all.append(at)
        if "autofocus" in at:
            self.focused.append(at.get("id", ""))
            self.hidden_focus = bool(self.closed_parts)
        if tag == "details":
            self._open.append("" if "open" in at else "shut")
            self.closed_parts += "open" not in at
        if tag == "form":
            action = urljoin(self.url, at.get("action") or self.url)
            self.forms.append(Sent(action, at.get("method", "get").lower()))
        if tag in {"input", "textarea", "select"} and self.forms:
            self._control = Control(tag, at)
            self.forms[-1].controls.append(self._control)
        if tag == "option" and self._control:
            self._control.options.append((at.get("value", ""), "selected" in at))
        if tag == "title":
            self._open.append("title")

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.closed_parts -= self._open.pop() == "shut"
        if tag == "title" and "title" in self._open:
            self._open.remove("title")
        if tag in {"textarea", "select"}:
            self._control = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        if self._control and self._control.tag == "textarea":
            self._control.text += data

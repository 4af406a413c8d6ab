"""A letter's HTML and text, both from the one template `templates/mail/<kind>.jinja`.

It is rendered twice, with macros of the same names: from `components.mjml`, which
escapes and becomes HTML, and from `components.txt`, which does neither.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import mrml
from flask import current_app
from jinja2 import Environment
from markupsafe import Markup, escape

from matchmaker.mail.names import full_name, shortened
from matchmaker.models import Member
from matchmaker.names import one_line

WIDTH = 72
SUBJECT_LENGTH = 78

# What no XML may hold: members may have pasted it, and MJML is XML.
_UNREADABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Left to itself, it fetches from Google the fonts that it knows by name.
_NOTHING_FETCHED = mrml.RenderOptions(fonts={})


@dataclass(frozen=True)
class Composed:
    subject: str
    text: str
    html: str


class Mould:
    """A letter written once for many, with blanks for what is each reader's own."""

    def __init__(self, written: Composed, blanks: dict[str, str]) -> None:
        self.blanks = blanks
        self._subject = written.subject
        between = re.compile(f"({'|'.join(map(re.escape, blanks.values()))})")
        self._text = between.split(written.text)
        self._html = between.split(written.html)

    def filled(self, own: dict[str, str]) -> Composed:
        """Give the letter as `compose` would have written it for one reader."""
        text = {blank: own[name] for name, blank in self.blanks.items()}
        html = {blank: str(escape(value)) for blank, value in text.items()}
        return Composed(
            self._subject,
            "".join(text.get(part, part) for part in self._text),
            "".join(html.get(part, part) for part in self._html),
        )


def blanks(names: Iterable[str]) -> dict[str, str]:
    """Give what stands for each in a mould: whole addresses, and how one is called.

    They stand where lines are not broken, or the reader's own would break them elsewhere.
    Whoever wrote one into an event would show each reader their own name or links.
    """
    return {name: f"⟦{name}⟧" for name in names}


def compose(kind: str, subject: str, preheader: str, **words: Any) -> Composed:
    """Write a letter. What is not given to it is an error, not a blank."""
    subject = shortened(subject, SUBJECT_LENGTH)
    said = {"greeted": _greeted, "full_name": full_name} | words
    return Composed(subject, _text(kind, said), _html(kind, subject, preheader, said))


def _greeted(member: Member) -> str:
    return member.greeted


def _text(kind: str, said: dict[str, Any]) -> str:
    template = _environment("text").get_template(f"mail/{kind}.jinja")
    text = template.render(said, components="mail/components.txt")
    # "-- " begins the signature: mail programs know it by its space.
    lines = (
        line if line == "-- " else line.rstrip() for line in text.strip().split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _html(kind: str, subject: str, preheader: str, said: dict[str, Any]) -> str:
    environment = _environment("html")
    body = environment.get_template(f"mail/{kind}.jinja").render(
        said, components="mail/components.mjml"
    )
    layout = environment.get_template("mail/layout.mjml").render(
        subject=subject,
        preheader=one_line(preheader),
        body=Markup(body),  # noqa: S704  (it was escaped where it was written)
    )
    layout = _UNREADABLE.sub("", layout)
    return mrml.to_html(layout, render_options=_NOTHING_FETCHED).content


def _environment(part: str) -> Environment:
    """The application's templates; what escapes is the part, not the file's name."""
    environments = current_app.extensions.setdefault("letters", {})
    if part not in environments:
        environments[part] = current_app.jinja_env.overlay(autoescape=part == "html")
    return cast(Environment, environments[part])


def wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """Break text into lines of a letter, each behind a margin."""
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

"""A letter's HTML and text, both from the one template `templates/mail/<kind>.jinja`.

It is rendered twice, with macros of the same names: from `components.mjml`, which
escapes and becomes HTML, and from `components.txt`, which does neither.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import mrml
from flask import current_app
from jinja2 import Environment
from markupsafe import Markup

from matchmaker.mail.names import full_name, shortened
from matchmaker.names import one_line

WIDTH = 72
SUBJECT_LENGTH = 78

# What no XML may hold: members may have pasted it, and MJML is XML.
_UNREADABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Left to itself, it fetches from Google the fonts that it knows by name.
_NOTHING_FETCHED = mrml.RenderOptions(fonts={})


@dataclass(frozen=True)
class Composed:
    """What a letter says."""

    subject: str
    text: str
    html: str
    calendar: str = ""
    # Further header fields, such as List-Unsubscribe and Reply-To.
    headers: Mapping[str, str] = field(default_factory=dict)


def compose(
    template: str,
    subject: str,
    preheader: str,
    *,
    calendar: str = "",
    headers: Mapping[str, str] | None = None,
    **words: Any,
) -> Composed:
    """Write a letter. What is not given to it is an error, not a blank."""
    subject = shortened(subject, SUBJECT_LENGTH)
    said = {"full_name": full_name} | words
    return Composed(
        subject,
        _text(template, said),
        _html(template, subject, preheader, said),
        calendar,
        headers or {},
    )


def _text(template: str, said: dict[str, Any]) -> str:
    written = _environment("text").get_template(f"mail/{template}.jinja")
    text = written.render(said, components="mail/components.txt")
    # "-- " begins the signature: mail programs know it by its space.
    lines = (
        line if line == "-- " else line.rstrip() for line in text.strip().split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _html(template: str, subject: str, preheader: str, said: dict[str, Any]) -> str:
    environment = _environment("html")
    body = environment.get_template(f"mail/{template}.jinja").render(
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

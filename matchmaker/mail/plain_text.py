"""Markdown as plain text: for calendars, and wherever else nothing is rendered."""

from collections.abc import Iterable
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_READER = MarkdownIt("commonmark", {"html": False})


# Programs read calendars again and again, and what is said in them changes seldom.
@lru_cache(maxsize=1024)
def plain_text(markdown: str) -> str:
    """Give the words with their paragraphs and lists, and the addresses of links."""
    text, bullet = "", ""
    is_tight, in_list = False, False
    for token in _READER.parse(markdown):
        if token.type == "list_item_open":
            bullet = f"{token.info}. " if token.info else "- "
        if token.type == "paragraph_open":
            is_tight = token.hidden
        if token.type in {"inline", "fence", "code_block"}:
            said = _words(token.children) if token.children else token.content.rstrip()
            between = "\n" if is_tight and in_list else "\n\n"
            text += (between if text else "") + bullet + said
            bullet, in_list = "", bool(bullet)
    return text


def _words(tokens: Iterable[Token]) -> str:
    words = ""
    address, began = "", 0
    for token in tokens:
        if token.type == "link_open":
            address, began = str(token.attrs.get("href", "")), len(words)
        elif token.type == "link_close":
            name = words[began:]
            words += "" if name in {address, ""} else f" ({address})"
        elif token.type in {"softbreak", "hardbreak"}:
            words += "\n"
        else:  # text, code; of a picture what it shows
            words += token.content
    return words

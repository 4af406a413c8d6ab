"""From bytes to text: one odd byte does not change how the rest is read."""

import codecs
import re

_UTF16 = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    ("BEGIN".encode("utf-16-le"), "utf-16-le"),
    ("BEGIN".encode("utf-16-be"), "utf-16-be"),
)
# A line may be folded within a character: RFC 5545, 3.1.
_FOLD = re.compile(rb"\r?\n[ \t]")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_UNREADABLE = (
    "Some letters cannot be read, and stand as �. Export the calendar as UTF-8 to have "
    "them right."
)


def decode(content: bytes) -> tuple[str, list[str]]:
    """Return the text with its lines unfolded, and what is to be said of it."""
    for mark, name in _UTF16:
        if content.startswith(mark):
            text = content.decode(name, errors="replace")
            return _tidied(re.sub(r"\r?\n[ \t]", "", text))
    content = content.removeprefix(codecs.BOM_UTF8)
    content = _FOLD.sub(b"", content)
    try:
        return _tidied(content.decode())
    except UnicodeDecodeError:
        # What UTF-8 writes in several bytes is rarely written by chance.
        several = sum(len(found) for found in _MULTIBYTE.findall(content))
        is_utf8 = 2 * several >= len(_HIGH.findall(content))
        return _tidied(content.decode("utf-8" if is_utf8 else "cp1252", "replace"))


def _tidied(text: str) -> tuple[str, list[str]]:
    notes = [_UNREADABLE] if "�" in text or "\0" in text else []
    return text.replace("\0", "").strip(), notes

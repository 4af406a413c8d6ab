"""How text is compared and taken apart: one rule each, for pages, imports and searches."""

import re
import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart, and how they are written without them.
SPECIAL_LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",  # noqa: RUF001  # without its dot
    "ß": "ss",
}
_SPECIAL_LETTERS = str.maketrans(SPECIAL_LETTERS)
_APOSTROPHES = re.compile("['’‘ʼ`´]")  # noqa: RUF001  # each is somebody's apostrophe


# What stands in quotation marks or brackets is one, and so is a number such as 1,000.
_ITEM = re.compile(
    r"""(?: "[^"\n]*" | “[^”\n]*” | „[^“”\n]*[“”] | «[^»\n]*» | \([^)\n]*\) | \[[^\]\n]*\]
      | (?<=\d),(?=\d) | [^,;\n•▪●◦‣；，、] )+""",  # noqa: RUF001  # commas of the world
    re.VERBOSE,
)
_BULLET = re.compile(r"\s*(?:[-*·–—+]\s+|\d{1,2}[.)]\s+)?")  # dashes
_QUOTED = re.compile('["“„«]([^"“”„«»]*)["”“»]')


def split_list(text: str) -> list[str]:
    """Take a list apart at commas, semicolons, new lines and bullets.

    A comma inside quotation marks or brackets is kept: "Berlin, Germany".
    """
    lines = re.sub(r"\s·\s|\r\n?|\v|\f", "\n", text)
    items = (" ".join(item.split()) for item in _ITEM.findall(lines))
    items = (_BULLET.sub("", item, count=1) for item in items)
    quoted = ((item, _QUOTED.fullmatch(item)) for item in items)
    return [
        text for item, quote in quoted if (text := quote[1].strip() if quote else item)
    ]


def join_list(items: Iterable[str], between: str = "\n") -> str:
    """Write a list so that `split_list` reads it as it was."""
    return between.join(
        item if split_list(item) == [item] else f'"{item}"' for item in items
    )


def fold(text: str) -> str:
    """Fold case, accents and special letters: Łukasz, LUKASZ and lukasz are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", plain.casefold()).translate(_SPECIAL_LETTERS)


def fold_words(text: str, keep: str = "") -> str:
    """Fold text down to its words: no punctuation but `keep`, one space between."""
    plain = _APOSTROPHES.sub("", fold(text))
    return " ".join(
        "".join(
            sign if sign.isalnum() or sign in keep or _is_mark(sign) else " "
            for sign in plain
        ).split()
    )


def _is_mark(sign: str) -> bool:
    """Return whether it belongs to the letter before it, as the vowels of Hindi do."""
    return unicodedata.category(sign)[0] == "M"

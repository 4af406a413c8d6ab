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
    "ς": "σ",  # noqa: RUF001  # at the end of a word
}
_SPECIAL_LETTERS = str.maketrans(SPECIAL_LETTERS)
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # of Chinese, each is a word
_APOSTROPHES = re.compile("['’‘ʼ`´]")  # noqa: RUF001  # each is somebody's apostrophe


# What stands in quotation marks or brackets is one, and so is a number such as 1,000.
# Up to 100 characters: a text of nothing but opening brackets must not take for ever.
_ITEM = re.compile(
    r"""(?: "[^"\n]{0,100}" | “[^”\n]{0,100}” | „[^“”\n]{0,100}[“”] | «[^»\n]{0,100}»
      | \([^)\n]{0,100}\) | \[[^\]\n]{0,100}\] | (?<=\d),(?=\d) | [^,;\n•▪●◦‣；，、] )+""",  # noqa: RUF001
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


def search_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a text as searches compare them: Müller is muller and mueller.

    `static/search.js` does the same at the door, where there may be no connection.
    """
    line = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text).casefold())
    both = _words(line), _words(line.translate(_SPELT_OUT))
    return list(zip(*both, strict=True))


def search_text(*texts: str) -> str:
    """Return what a search looks in: a space, and then each word in both spellings."""
    words = (word for text in texts for pair in search_words(text) for word in pair)
    return "".join(f" {word}" for word in dict.fromkeys(words))


def is_found(searched: str, query: str) -> bool:
    """Return whether some word of a `search_text` begins with each word of the query."""
    words = search_words(query)
    return bool(words) and all(
        any(f" {spelling}" in searched for spelling in word) for word in words
    )


def _words(line: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", line)
    letters = "".join(sign for sign in apart if not _is_mark(sign))
    plain = _IDEOGRAPH.sub(r" \g<0> ", letters.translate(_SPECIAL_LETTERS))
    return "".join(sign if sign.isalnum() else " " for sign in plain).split()


def _is_mark(sign: str) -> bool:
    """Return whether it belongs to the letter before it, as the vowels of Hindi do."""
    return unicodedata.category(sign)[0] == "M"

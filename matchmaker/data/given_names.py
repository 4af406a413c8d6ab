"""What one calls a person, guessed from their name, and only where it is plain."""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

from matchmaker.text import fold_words

_WORDS = Path(__file__).parent / "given_names" / "words.tsv"

_NICKNAME = re.compile(r"""^\S.*?\s["“”„'‘(]([^\W\d_]{2,15})["“”'’)]\s+\w""")  # noqa: RUF001
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\"“„][^\"“”]*[\"“”]|[([].*$")
_REMARK = re.compile(r"\s+[-–—|/·•@:].*|\s*[|].*")  # Nina Roth - Studio N
_INITIALS = re.compile(r"[^\W\d_](\.?-?[^\W\d_]\.)*\.?")  # J. and J.R.R. and M.-C.
_STUCK = re.compile(r"(?<=[^\W\d_]{2}\.)(?=[^\W\d_])")  # Prof.Dr. Vera Stein
_TOGETHER = re.compile(r"\s([&+]|and|und|en|et|y|e)\s")  # Ana & Ben
_FAMILY_BEGINNING = re.compile(r"([odl]['’]|mc)\w", re.IGNORECASE)  # O'Neil
_FAMILY_ENDING = re.compile(
    r".+(sk[aiy]|ck[aiy]|dzk[ai]|ova|enko|ovic|evic|idis|opoulos|opoulou|yan|shvili|dottir|"
    r"ская|ский|енко|ович|евич|ова|ева)"
)
_PATRONYMIC = re.compile(
    r".+(ovich|evich|ovna|evna|ович|евич|йович|овна|евна|івна|ївна)"
)
_SURNAME_FIRST_SCRIPTS = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")


def guess(name: str) -> str:
    """Guess what one calls somebody of this name: Vera, of Dr. Vera Stein.

    Nothing where one cannot tell, as with initials, or with a family name that may stand
    in front: the whole name is never wrong.
    """
    text = " ".join(_without_symbols(unicodedata.normalize("NFC", name)).split())
    nickname = _NICKNAME.match(text)
    if nickname and not nickname[1].isupper():
        return nickname[1]
    plain = _STUCK.sub(" ", _REMARK.sub("", _ASIDE.sub(" ", text)))
    words = [] if _TOGETHER.search(plain) else _given_part(plain)
    if not words or not _is_one_name(words[0]) or _may_be_family_first(words):
        return ""
    first = words[0]
    is_shouted = first.isupper() and len(first) > 2
    return first.capitalize() if first.islower() or is_shouted else first


def _given_part(text: str) -> list[str]:
    """Return the words from the given name on; none where one cannot tell."""
    before, comma, after = text.partition(",")
    if comma and not all(map(_is_suffix, re.split(r"[,\s]+", after.strip(" ,")))):
        family = [word for word in before.split() if not _is(word, "particle")]
        if len(family) != 1 or "," in after:
            return []  # Jane Doe, Berlin
        given = without_titles(after.split())
        return [] if given and _is(given[0], "particle") else [*given, *before.split()]
    words = before.split()
    while len(words) > 1 and _is_suffix(words[-1]):
        words.pop()
    given = without_titles(words)
    if len(given) < 2 and len(words) > 1:
        return []  # Mr Bean
    return _after_capitals(given)


def _after_capitals(words: list[str]) -> list[str]:
    """DUPONT Marie is Marie; of JOHN SMITH one cannot tell."""
    loud = [word.isupper() and len(word.strip(".")) > 1 for word in words]
    if not loud or not loud[0]:
        return words
    if all(loud):
        return [] if len(words) > 1 else words
    first = loud.index(False)
    surname = re.sub(r"[\W\d_]", "", "".join(words[:first]))
    return (
        words[first:] if len(surname) > 3 and not any(loud[first:]) else []
    )  # TJ Miller


def _is_one_name(word: str) -> bool:
    """Return whether it is letters and no more, but for Anne-Sophie and D'Arcy."""
    return all(
        part and all(unicodedata.category(sign)[0] in "LM" for sign in part)
        for part in re.split("['’-]", word)
    )


def _may_be_family_first(words: list[str]) -> bool:
    first, last = fold_words(words[0]), fold_words(words[-1])
    return (
        _is(words[0], "particle")
        or _is(words[0], "no person")
        or any(
            sign in unicodedata.name(words[0][0], "") for sign in _SURNAME_FIRST_SCRIPTS
        )
        or (len(words) > 1 and bool(_INITIALS.fullmatch(words[0])))
        or (
            len(words) > 1
            and (
                any(_is(part, "family first") for part in first.split())
                or bool(_FAMILY_BEGINNING.match(words[0]))
                or bool(_FAMILY_ENDING.fullmatch(first))
                or bool(_PATRONYMIC.fullmatch(last))
            )
        )
    )


def without_titles(words: list[str]) -> list[str]:
    kept = list(words)
    while kept and (_is(kept[0], "title") and not _is_short_name(kept)):
        del kept[0]
    return kept


def _is_short_name(words: list[str]) -> bool:
    """Whether it is an initial, which has the look of a title: M. Dubois."""
    return len(words[0].strip(".")) == 1


def _is_suffix(word: str) -> bool:
    return not word or _is(word, "suffix")


def _is(word: str, kind: str) -> bool:
    return fold_words(word.replace(".", "").replace("-", "")) in _listed(kind)


def _without_symbols(text: str) -> str:
    return "".join(
        " " if unicodedata.category(sign) in {"So", "Sk", "Cf", "Cn", "Co"} else sign
        for sign in text.replace("\N{VARIATION SELECTOR-16}", "")
    )


@cache
def _listed(kind: str) -> frozenset[str]:
    with _WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, "excel-tab"))
    return frozenset(
        fold_words(word) for row in rows if row[0] == kind for word in row[1].split("|")
    )

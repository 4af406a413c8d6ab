"""Industries: the classes of ISIC Rev.4, found by people's own words for their work."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "isic4"

Words = tuple[str, ...]


@dataclass(frozen=True)
class Industry:
    """A class of the tree; `path` leads to it from the section: J, 62, 620, 6201."""

    code: str
    title: str
    path: tuple[str, ...]
    plain: str = ""

    @property
    def label(self) -> str:
        return self.plain or self.title


@dataclass(frozen=True)
class _Entry:
    industry: Industry
    phrases: tuple[Words, ...]  # in our plain words
    title: Words


def everything() -> list[Industry]:
    """All classes, in the order of the tree."""
    return list(_tree().values())


def get(code: str) -> Industry | None:
    return _tree().get(code)


def search(query: str, limit: int = 8) -> list[Industry]:
    """Find the classes a description of somebody's work may mean, best first."""
    asked = _content(query)
    if not asked:
        return []
    likeness = [_likeness(word) for word in asked]
    scored = [(_score(asked, likeness, entry), entry.industry) for entry in _entries()]
    found = [(score, industry) for score, industry in scored if score > 0]
    found.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [industry for _, industry in found[:limit]]


def _score(asked: Words, likeness: list[dict[str, float]], entry: _Entry) -> float:
    """Our own words count for more than the official title."""
    scores = [_phrase_score(asked, likeness, phrase) for phrase in entry.phrases]
    return max(*scores, 0.5 * _phrase_score(asked, likeness, entry.title), 0.0)


def _phrase_score(
    asked: Words, likeness: list[dict[str, float]], phrase: Words
) -> float:
    """How well a phrase answers: 1 is the phrase itself, 0 has no word in common."""
    if asked == phrase:
        return 1.0
    if all(like.keys().isdisjoint(phrase) for like in likeness):
        return 0.0
    told = sum(max(like.get(word, 0.0) for word in phrase) for like in likeness)
    answered = told / len(asked)
    used = min(1.0, told / len(phrase))
    begins = likeness[0].get(phrase[0], 0.0)
    return 0.55 * answered**2 + 0.25 * used + 0.1 * begins


def _likeness(word: str) -> dict[str, float]:
    """The known words that are like this one, and how much."""
    return {other: like for other in _vocabulary() if (like := _alike(word, other))}


def _alike(word: str, other: str) -> float:
    """The same word, its beginning while one is typing, or another form of it."""
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.9 if len(word) > 2 else 0.6
    common = 0
    for a, b in zip(word, other, strict=False):
        if a != b:
            break
        common += 1
    # photographer and photography, accountants and accounting
    longest = max(len(word), len(other))
    return 0.8 if common >= 4 and common >= 0.65 * longest else 0.0


def _words(text: str) -> Words:
    plain = (
        unicodedata.normalize("NFKD", text.casefold())
        .encode("ascii", "ignore")
        .decode()
    )
    return tuple(re.findall(r"[a-z0-9&]+", plain.replace("-", " ").replace("'", "")))


# Said of nearly any work, so they tell no class from another.
_EMPTY_WORDS = frozenset(
    _words(
        "a an and at by for freelance freelancer i im in independent my of on or own "
        "self-employed small the to with"
    )
)


def _content(text: str) -> Words:
    words = _words(text)
    return tuple(word for word in words if word not in _EMPTY_WORDS) or words


@lru_cache(maxsize=1)
def _tree() -> dict[str, Industry]:
    labels = {row["code"]: row["label"] for row in _plain_words()}
    tree = json.loads((_FOLDER / "isic4.json").read_text(encoding="utf-8"))
    classes = {}
    for section in tree["sections"]:
        for division in section["divisions"]:
            for group in division["groups"]:
                above = (section["section"], division["division"], group["group"])
                for leaf in group["classes"]:
                    code = leaf["class"]
                    label = labels.get(code, "")
                    classes[code] = Industry(
                        code, leaf["description"], (*above, code), label
                    )
    return classes


@lru_cache(maxsize=1)
def _plain_words() -> list[dict[str, str]]:
    with (_FOLDER / "plain_words.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def _entries() -> list[_Entry]:
    phrases = {
        row["code"]: tuple(
            _content(phrase) for phrase in (row["label"], *row["words"].split(";"))
        )
        for row in _plain_words()
    }
    return [
        _Entry(industry, phrases.get(industry.code, ()), _content(industry.title))
        for industry in everything()
    ]


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(
        word
        for entry in _entries()
        for phrase in (*entry.phrases, entry.title)
        for word in phrase
    )

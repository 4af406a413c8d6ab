"""Skills: a vocabulary for tags, so that people who mean the same say the same."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "skills"


@dataclass(frozen=True)
class _Phrase:
    """One way to say a skill: its name, or an alias of it."""

    text: str  # simplified, with a space in front of every word
    name: str
    is_alias: bool
    is_everyday: bool


def suggest(query: str, limit: int = 8) -> list[str]:
    """Name the skills that somebody typing this may mean, best first."""
    asked = _simplify(query)
    if not asked.strip():
        return []
    words = asked.split()
    ranks: dict[str, tuple[int, int]] = {}
    for phrase in _phrases():
        if words[0] in phrase.text and (rank := _rank(asked, words, phrase)):
            ranks[phrase.name] = min(rank, ranks.get(phrase.name, rank))
    return sorted(ranks, key=lambda name: (ranks[name], name))[:limit]


def canonical(text: str) -> str:
    """The vocabulary's name for a tag it knows; any other tag as it was, tidied."""
    tidy = " ".join(text.split())
    return aliases().get(tidy.casefold(), tidy)


def spelt(text: str) -> str:
    """A tag in its owner's words, in the vocabulary's spelling where only case differs."""
    tidy, name = " ".join(text.split()), canonical(text)
    return name if name.casefold() == tidy.casefold() else tidy


def _rank(asked: str, words: list[str], phrase: _Phrase) -> tuple[int, int] | None:
    """How far a phrase is from what was typed: none for another matter altogether.

    The phrase itself comes first, then our everyday tags, then the rest; within
    each, what begins so, has it inside, or has all the words in some order.
    """
    if phrase.text == asked:
        return 0, int(phrase.is_alias)
    if phrase.text.startswith(asked):
        fit = 1
    elif asked in phrase.text:
        fit = 2
    elif len(words) > 1 and all(f" {word}" in phrase.text for word in words):
        fit = 4
    else:
        return None
    return fit + 2 * phrase.is_alias + 6 * (not phrase.is_everyday), len(phrase.text)


def _simplify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = plain.encode("ascii", "ignore").decode().replace("'", "")
    return "".join(f" {word}" for word in re.findall(r"[a-z0-9+#]+", plain))


@lru_cache(maxsize=1)
def _phrases() -> list[_Phrase]:
    return [
        _Phrase(_simplify(text), name, text != name, is_everyday)
        for name, aliases, is_everyday in _vocabulary()
        for text in (name, *aliases)
    ]


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    """Names and aliases, case-folded: a name before an alias, ours before theirs."""
    vocabulary = list(_vocabulary())
    names = {name.casefold(): name for name, _, _ in reversed(vocabulary)}
    for name, aliases, _ in vocabulary:
        for alias in aliases:
            names.setdefault(alias.casefold(), name)
    return names


def _vocabulary() -> Iterator[tuple[str, list[str], bool]]:
    for file_name in ("everyday.csv", "skills.csv"):
        with (_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                aliases = [alias for alias in row["aliases"].split(";") if alias]
                yield row["name"], aliases, file_name == "everyday.csv"

"""Languages by any of their names, so that "Dutch" and "Nederlands" are one."""

import csv
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from matchmaker.text import fold_words

_FOLDER = Path(__file__).parent / "languages"

# How well somebody speaks a language is not part of its name.
_LEVEL = re.compile(
    r"\b(native( speaker)?|mother tongue|fluent(ly)?|business|professional|working|"
    r"conversational|basic|beginner|intermediate|advanced|good|very|some|a (little|bit)"
    r"( of)?|bit of|little|proficien(t|cy)|bilingual|speaker|spoken|language|level|"
    r"moedertaal|vloeiend|goed|basis|beetje|een|taal|muttersprach(e|lich|ler(in)?)|"
    r"fliessend|verhandlungssicher|grundkenntnisse|gut|sprache|langue( maternelle)?|"
    r"courant|couramment|bilingue|notions|debutant|lengua|idioma|nativo|fluido|[abc][12])\b"
)
_ANY = {
    "any",
    "all",
    "all of them",
    "any will do",
    "whatever",
    "no preference",
    "none",
} | {
    *(
        "na",
        "n a",
        "x",
        "geen",
        "alle",
        "alles",
        "maakt niet uit",
        "nvt",
        "egal",
        "keine",
    ),
    *("keine angabe", "ka", "aucune", "toutes", "peu importe"),
}
_JOINTS = (
    re.compile(r"[/&+|]"),
    re.compile(r"\s(?:and|or|und|oder|en|of|et|ou|y|e|o)\s"),
)
_LONGEST = 100  # characters of a name, with a remark
_REMARK = re.compile(r"[(\[].*|\s[-–—:].*")
_LOCALE = re.compile(r"([A-Za-z]{2})[-_][A-Za-z]{2}")  # pt_BR


@dataclass(frozen=True)
class Language:
    code: str  # one for all who understand each other: Flemish and Dutch
    name: str  # in English


class UnknownLanguage(ValueError):  # noqa: N818  # what it is says it better
    """A name that is no language's; `guess` is the name that may have been meant."""

    def __init__(self, name: str) -> None:
        line = " ".join(name[:_LONGEST].split())
        self.guess = _guess(line)
        meant = f" Did you mean {self.guess}?" if self.guess else ""
        super().__init__(f"We don't know the language “{line[:40]}”.{meant}")


def find(name: str) -> Language | None:
    """Find a language by a name or a code of it, however it is written."""
    known = _by_name()
    locale = _LOCALE.fullmatch(name.strip())
    without_remark = _REMARK.sub("", name)
    plain = [
        fold_words(text) for text in (name, locale[1] if locale else "", without_remark)
    ]
    bare = [" ".join(_LEVEL.sub(" ", text).split()) for text in plain]
    return next((known[text] for text in (*plain, *bare) if text in known), None)


def read(name: str) -> list[Language]:
    """Read one language, or several that are said in one breath: English and Dutch.

    None where any will do. Raises `UnknownLanguage`.
    """
    if len(name) > _LONGEST:
        raise UnknownLanguage(name)
    if fold_words(name) in _ANY or not fold_words(name):
        return []
    if language := find(name):
        return [language]
    for joint in _JOINTS:
        parts = joint.split(name)
        if len(parts) > 1:
            return [language for part in parts for language in read(part)]
    raise UnknownLanguage(name)


@lru_cache(maxsize=10_000)
def codes(names: tuple[str, ...]) -> frozenset[str]:
    """Return the codes of the languages somebody speaks.

    Empty, so that any will do, if one of the names is no language's: nobody is to be
    kept from others by a word that we cannot read.
    """
    try:
        return frozenset(language.code for name in names for language in read(name))
    except UnknownLanguage:
        return frozenset()


def unknown(names: Iterable[str]) -> list[UnknownLanguage]:
    """Return what is wrong with the names that are no language's."""
    wrong = []
    for name in names:
        try:
            read(name)
        except UnknownLanguage as problem:
            wrong.append(problem)
    return wrong


def suggest(query: str, limit: int = 8) -> list[str]:
    """Name the languages that somebody typing this may mean, best first."""
    asked = fold_words(query)
    if not asked:
        return []
    ranks: dict[str, tuple[bool, int, int]] = {}
    for order, (name, language) in enumerate(_by_name().items()):
        if f" {asked}" in f" {name}":
            begins = name.startswith(asked)
            rank = (not begins, len(name) if begins else order, order)
            ranks[language.name] = min(rank, ranks.get(language.name, rank))
    return sorted(ranks, key=lambda name: ranks[name])[:limit]


@lru_cache(maxsize=1_000)
def _guess(name: str) -> str | None:
    plain = fold_words(name[:_LONGEST])
    if not 4 <= len(plain) <= 30:  # of two or three letters almost anything is near
        return None
    near = difflib.get_close_matches(plain, _by_name(), n=1, cutoff=0.75)
    return _by_name()[near[0]].name if near else None


@cache
def _by_name() -> dict[str, Language]:
    """All names, folded: those that are said most, then the rest."""
    rows = [*_rows("more.tsv"), *_rows("names.tsv")]
    names = {
        fold_words(name): language for language, _ in rows for name in [language.name]
    }
    for language, others in rows:
        for name in others:
            names.setdefault(fold_words(name), language)
    return names


def _rows(file: str) -> Iterator[tuple[Language, list[str]]]:
    with (_FOLDER / file).open(encoding="utf-8", newline="") as lines:
        for code, name, others in csv.reader(lines, "excel-tab"):
            yield Language(code, name), [other for other in others.split("|") if other]

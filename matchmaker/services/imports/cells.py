"""From the cells of a row to what a member and a profile hold."""

import enum
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from matchmaker import email_addresses
from matchmaker.data import industries
from matchmaker.models import Choosiness, DayPart, Format
from matchmaker.names import safe_name
from matchmaker.refusal import Refusal
from matchmaker.services.profiles import company_name, language_names, phrases
from matchmaker.text import split_list

COLUMNS = {
    "email": "their address",
    "name": "their whole name, at most 60 characters; or, instead of it:",
    "first_name": "their first name, and",
    "last_name": "their last name",
    "preferred_name": "what they like to be called; guessed from the name if empty",
    "headline": "what they do, in at most 90 characters",
    "company": "at most 80 characters",
    "industry": "an ISIC Rev.4 class such as 6201, or plain words such as web design",
    "years": "years of experience, 0 to 80",
    "bio": "at most 2,000 characters",
    "offers": "what they can help with; at most 12, of 80 characters each",
    "wants": "what they look for; a list like offers",
    "interests": "what they like; a list like offers",
    "mentor_topics": "what they would mentor somebody in; a list like offers",
    "mentor_places": "how many at a time, 0 to 5; 1 if empty",
    "mentee_topics": "what they would like a mentor for; a list like offers",
    "formats": "how they like to meet: coffee; walk; lunch; online",
    "times": "when it suits them: morning; lunch; afternoon; evening",
    "languages": "what they speak; at most 12",
    "choosiness": "whom to introduce: help; common (or empty); anyone",
}

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_cells(
    cells: Mapping[str, str],
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Give the values by column, and what is wrong with those that cannot be read."""
    values: dict[str, Any] = {}
    problems = []
    for column, text in cells.items():
        try:
            if _UNPRINTABLE.search(text):
                raise Refusal("holds a character that cannot be printed")
            values[column] = _READERS[column](text)
        except Refusal as problem:
            problems.append((column, str(problem)))
    if not problems:
        _settle_mentoring(values)
    return values, problems


def _settle_mentoring(values: dict[str, Any]) -> None:
    """Whoever names topics and no number of places has one; without topics, none."""
    if "mentor_topics" not in values:
        if values.get("mentor_places", 0) is None:
            del values["mentor_places"]
        return
    places = values.get("mentor_places")
    values["mentor_places"] = (
        (1 if places is None else places) if values["mentor_topics"] else 0
    )


def _email(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("is empty")
    try:
        return email_addresses.normalise(text)
    except Refusal as refusal:
        raise Refusal(f"is {_quoted(text)}. {refusal}") from None


def _name(text: str, most: int = 60) -> str:
    name = _line(most)(text)
    if not name:
        raise Refusal("is empty")
    if not safe_name(name):
        raise Refusal(f"{_quoted(name)} is no name that can stand in a letter")
    return name


def _preferred_name(text: str) -> str:
    return _name(text, most=30) if text.strip() else ""


def _line(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        line = " ".join(text.split())
        if len(line) > most:
            raise Refusal(f"is {len(line):,} characters long; at most {most}")
        return line

    return read


def _bio(text: str) -> str:
    bio = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if len(bio) > 2000:
        raise Refusal(f"is {len(bio):,} characters long; at most 2,000")
    return bio


def _industry(text: str) -> str:
    words = _line(120)(text)
    if not words:
        return ""
    code = _industry_code(words)
    if code is None:
        raise Refusal(f"{_quoted(words)} is no industry we know; try a plainer word")
    return code


@lru_cache(maxsize=10_000)
def _industry_code(words: str) -> str | None:
    if words.isdecimal():
        return words if industries.get(words) else None
    found = industries.search(words, 1)
    return found[0].code if found else None


def _number(least: int, most: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        text = text.strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
            raise Refusal(
                f"{_quoted(text)} is not a whole number from {least} to {most}"
            )
        return int(text)

    return read


def _phrases(text: str) -> list[str]:
    return phrases(split_list(text))


def _languages(text: str) -> list[str]:
    return language_names(split_list(text))


def _choices(kind: type[enum.Enum]) -> Callable[[str], list[str]]:
    known = [choice.value for choice in kind]

    def read(text: str) -> list[str]:
        chosen = {item.casefold() for item in split_list(text)}
        if odd := sorted(chosen.difference(known)):
            raise Refusal(f"{_quoted(odd[0])} is none of: {', '.join(known)}")
        return [value for value in known if value in chosen]

    return read


def _choosiness(text: str) -> Choosiness:
    chosen = _choices(Choosiness)(text)
    if len(chosen) > 1:
        raise Refusal(f"{_quoted(text)} is more than one; choose one")
    return Choosiness(chosen[0]) if chosen else Choosiness.COMMON


def _quoted(text: str) -> str:
    return f"“{text[:40]}…”" if len(text) > 41 else f"“{text}”"


_READERS: dict[str, Callable[[str], Any]] = {
    "email": _email,
    "name": _name,
    "preferred_name": _preferred_name,
    "headline": _line(90),
    "company": lambda text: company_name(_line(80)(text)),
    "industry": _industry,
    "years": _number(0, 80),
    "bio": _bio,
    "offers": _phrases,
    "wants": _phrases,
    "interests": _phrases,
    "mentor_topics": _phrases,
    "mentor_places": _number(0, 5),
    "mentee_topics": _phrases,
    "formats": _choices(Format),
    "times": _choices(DayPart),
    "languages": _languages,
    "choosiness": _choosiness,
}

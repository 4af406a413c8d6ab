"""Why an event suits somebody: their own words, found in what it says of itself."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.data import skills
from matchmaker.models import Profile
from matchmaker.queries.agenda import Reason

# What somebody said, as a column of the profile, and how much it says that they come.
_FIELDS = {"wants": 3, "mentee_topics": 3, "interests": 2, "offers": 1}

_LINK_TARGETS = re.compile(r"\]\([^)\s]*\)|https?://\S+")
_SENTENCE_ENDS = re.compile(r"[.!?;:]\s|\n")
_WORDS = re.compile(r"\w[\w+#]*")
# What every event is, or has: only a title that names it says that it is about that.
_OCCASIONS = """
    breakfast chat coffee conversation day dinner discussion drink evening event hour
    lunch meal meeting morning networking office presentation question session space
    speaking talk tea walk walking week work workshop
"""
_OF_ANY_EVENT = frozenset(_OCCASIONS.split())
_BREAK = "/"  # between sentences: no word of ours holds it
# Words that say *that* something is offered or sought, and not *what*.
_OFFERED_OR_SOUGHT = """
    a about advice an and any anything are as at be becoming better can career do
    does finding for from get getting give good have help helping hello how i in
    into is it learn like looking make me more my need needed new of offer offering
    on or our people please seeking some somebody someone something support that the
    their them things this tips to us want wanted wanting way we who with would you
    your
"""
_OF_ANY_PHRASE = frozenset(_OFFERED_OR_SOUGHT.split())
_UNSEEN = re.compile(r"[\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LONGEST = 4000  # characters of an event: it says early what it is about
_LONGEST_PHRASE = 80  # characters; a longer one says everything and nothing


@dataclass(frozen=True)
class _Spelling:
    text: str
    looked_for: str  # its words, as `_flat` has them
    # So short that it is a word of its own as well ("it"), and meant in capitals only.
    only_in_capitals: bool
    is_own: bool  # what the member said themselves, to the word


@dataclass(frozen=True)
class Taste:
    """What somebody said of themselves, ready to be looked for in many events."""

    phrases: tuple[tuple[str, str, tuple[_Spelling, ...]], ...]

    @classmethod
    def of(cls, profile: Profile) -> "Taste":
        phrases, known = [], set()
        for field in _FIELDS:
            for said in getattr(profile, field):
                name = skills.canonical(said)
                spellings = _spellings(said)
                if spellings and name not in known:
                    known.add(name)
                    phrases.append((field, said, spellings))
        return cls(tuple(phrases))

    def reasons(self, title: str, description: str) -> list[Reason]:
        """Those that are really there, what is sought before what is known."""
        text, flat, flat_title = _read(title, description)
        reasons = []
        for field, said, spellings in self.phrases:
            for spelling in spellings:
                same = spelling.is_own
                if spelling.looked_for in _OF_ANY_EVENT:
                    is_there = same and _is_in(spelling, flat_title, title)
                else:
                    is_there = _is_in(spelling, flat, text)
                if is_there:
                    found = said if same else spelling.text
                    reasons.append(Reason(field, said, found))
                    break
        return reasons


@lru_cache(maxsize=2048)
def _read(title: str, description: str) -> tuple[str, str, str]:
    """What an event says, and its words as `_flat` has them, those of its title too."""
    text = _LINK_TARGETS.sub(" ", f"{title}\n{description}"[:_LONGEST])
    sentences = [_flat(each) for each in _SENTENCE_ENDS.split(text)]
    return text, f" {f' {_BREAK} '.join(sentences)} ", f" {_flat(title)} "


def weight(reasons: Iterable[Reason]) -> int:
    return sum(_FIELDS[reason.field] for reason in reasons)


def _is_in(spelling: _Spelling, flat: str, text: str) -> bool:
    if spelling.only_in_capitals:
        return bool(
            re.search(rf"(?<!\w){re.escape(spelling.text.upper())}(?!\w)", text)
        )
    return f" {spelling.looked_for} " in flat


@lru_cache(maxsize=4096)
def _spellings(said: str) -> tuple[_Spelling, ...]:
    """The member's own words first, then what else means the same."""
    if len(said) > _LONGEST_PHRASE:
        return ()
    name = skills.canonical(said)
    others = _meaning_the_same().get(name, ())
    own = _flat(said)
    spellings: dict[str, _Spelling] = {}
    for text in (said, name, *others):
        looked_for = _flat(text)
        if len(looked_for) > 1:
            short = len(looked_for) < 3
            spellings.setdefault(
                looked_for, _Spelling(text, looked_for, short, own == looked_for)
            )
    return tuple(spellings.values())


def _flat(text: str) -> str:
    """The words that carry the subject, in the singular, with a space between them."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    words = _WORDS.findall(plain)
    return " ".join(_singular(word) for word in words if word not in _OF_ANY_PHRASE)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def _meaning_the_same() -> Mapping[str, tuple[str, ...]]:
    """From the vocabulary's name of a skill to every spelling of it."""
    spellings = defaultdict(list)
    for spelling, name in skills.aliases().items():
        spellings[name].append(spelling)
    return {name: tuple(texts) for name, texts in spellings.items()}

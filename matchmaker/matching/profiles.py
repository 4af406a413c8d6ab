"""Everybody as the engine sees them: what they wrote, read; the rest as columns.

People stand by rank, that is in order of id. Of a set that somebody chose from, an
empty one means that any will do.
"""

import enum
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Bools, Float32Array, Ints
from matchmaker.matching.industries import codes
from matchmaker.matching.text.topics import Reading
from matchmaker.matching.types import Choosiness, Feedback, Person

# A phrase longer than this cannot be quoted back, and is not read.
LONGEST = 200  # characters

# Of what somebody has helped with, so much, the latest, is enough to know what they can
# do, and bounds what a round has to read.
HELPED = 6

# A language that no more than this share of the people speak is something in common.
FEW = 0.125

Bits = NDArray[np.uint64]


class Field(enum.IntEnum):
    """Where in a profile a phrase stands."""

    OFFERS = 0
    WANTS = 1
    INTERESTS = 2
    MENTOR_TOPICS = 3  # topics that a mentor teaches
    MENTEE_TOPICS = 4  # topics that a mentee asks about
    HEADLINE = 5
    HELPED = 6  # what others have said they got help with


@dataclass(frozen=True, slots=True)
class Phrase:
    person: int  # id
    field: Field
    text: str


Reader = Callable[[Sequence[Phrase]], Reading]  # what each phrase means


@dataclass(frozen=True)
class Profiles:
    """People by rank, and their phrases, each person's in a row. All columns are
    (people,) or (phrases,) and what they mean is said at `Person`."""

    people: tuple[Person, ...]
    phrases: tuple[Phrase, ...]
    reading: Reading  # of the phrases

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def owners(self) -> Ints:
        """The rank of each phrase's owner, (phrases,)."""
        return self.ranks(phrase.person for phrase in self.phrases)

    @cached_property
    def fields(self) -> Ints:
        """(phrases,) `Field`"""
        return np.fromiter(
            (phrase.field for phrase in self.phrases), np.int64, len(self.phrases)
        )

    def rows(self, *fields: Field) -> Ints:
        """Return which phrases stand in these fields."""
        return np.flatnonzero(np.isin(self.fields, fields))

    @cached_property
    def ids(self) -> Ints:
        return self._whole("id")

    def ranks(self, ids: Iterable[int]) -> Ints:
        """Return the ranks of these ids, -1 for an id that is nobody's here."""
        asked = np.fromiter(ids, np.int64)
        at = np.searchsorted(self.ids, asked)
        at[at == len(self)] = 0
        found: Ints = np.where(self.ids[at] == asked, at, -1) if len(self) else at - 1
        return found

    @cached_property
    def silent(self) -> Bools:
        """Who has written nothing."""
        return np.asarray(np.bincount(self.owners, minlength=len(self)) == 0)

    @cached_property
    def seeks_clients(self) -> Float32Array:
        """How likely each looks for clients, customers or gigs, (people,)."""
        seeks = np.zeros(len(self), np.float32)
        rows = self.rows(Field.WANTS, Field.MENTEE_TOPICS)
        np.maximum.at(seeks, self.owners[rows], self.reading[rows].about_clients)
        return seeks

    @cached_property
    def teaches(self) -> Bools:
        """Who mentors and has a place left."""
        return (self.mentor_places > 0) & (
            np.bincount(
                self.owners[self.rows(Field.MENTOR_TOPICS)], minlength=len(self)
            )
            > 0
        )

    @cached_property
    def only_help(self) -> Bools:
        return self._chose(Choosiness.HELP)

    @cached_property
    def anyone(self) -> Bools:
        """Who is glad to meet anybody they have not met."""
        return self._chose(Choosiness.ANYONE)

    def _chose(self, choosiness: Choosiness) -> Bools:
        return np.array([p.choosiness is choosiness for p in self.people], bool)

    @cached_property
    def company(self) -> Ints:
        """A number for each company, -1 for none."""
        numbers: dict[str, int] = {"": -1}
        return self._column(
            numbers.setdefault(person.company, len(numbers)) for person in self.people
        )

    @cached_property
    def manager(self) -> Ints:
        """The manager's rank, -1 for none here."""
        return self.ranks(
            -1 if person.manager is None else person.manager for person in self.people
        )

    @cached_property
    def industry(self) -> Ints:
        """(people, levels of the ISIC tree), -1 where unknown."""
        return codes([person.industry for person in self.people])

    @cached_property
    def formats(self) -> Bits:
        return _bits([person.formats for person in self.people])

    @cached_property
    def times(self) -> Bits:
        return _bits([person.times for person in self.people])

    @cached_property
    def languages(self) -> Bits:
        return _bits([person.languages for person in self.people])

    def speakers(self, language: str) -> Ints:
        """Return who says that they speak a language."""
        return np.flatnonzero([language in p.languages for p in self.people])

    @cached_property
    def uncommon_languages(self) -> tuple[Ints, ...]:
        """The speakers of each language that at least two and few of the people speak."""
        spoken = Counter(code for person in self.people for code in person.languages)
        return tuple(
            self.speakers(code)
            for code, times in sorted(spoken.items())
            if 1 < times <= FEW * len(self)
        )

    def fewer_years(self, mentor: Ints, mentee: Ints) -> Bools:
        """Whether the mentor has no more years of experience; False where unknown."""
        fewer: Bools = self._years[mentor] <= self._years[mentee]
        return fewer

    @cached_property
    def _years(self) -> NDArray[np.float64]:
        return np.array(
            [np.nan if p.years is None else p.years for p in self.people], np.float64
        )

    @cached_property
    def unlike(self) -> NDArray[np.float64]:
        return np.array([person.unlike for person in self.people], np.float64)

    @cached_property
    def introductions(self) -> Ints:
        return np.maximum(self._whole("introductions"), 0)

    @cached_property
    def is_due(self) -> Bools:
        """Who takes part in this round."""
        return self._whole("due_in") <= 0

    def rounds_within(self, horizon: int) -> Ints:
        """Return in how many of so many rounds, from this one on, each is due."""
        late, every = np.maximum(self._whole("due_in"), 0), self._whole("cadence")
        rounds: Ints = np.maximum(-((late - horizon) // np.maximum(every, 1)), 0)
        return rounds

    @cached_property
    def gave_in_a_row(self) -> Ints:
        return self._whole("gave_in_a_row")

    @cached_property
    def mentor_places(self) -> Ints:
        return np.maximum(self._whole("mentor_places"), 0)

    @cached_property
    def rounds_waited(self) -> Ints:
        return np.maximum(self._whole("rounds_waited"), 0)

    @cached_property
    def weeks_unchanged(self) -> Ints:
        """-1 where unknown."""
        return self._column(
            -1 if person.weeks_unchanged is None else person.weeks_unchanged
            for person in self.people
        )

    def _whole(self, name: str) -> Ints:
        return self._column(getattr(person, name) for person in self.people)

    def _column(self, numbers: Iterable[Any]) -> Ints:
        return np.fromiter(numbers, np.int64, len(self.people))


def read(
    people: Iterable[Person], reader: Reader, feedback: Collection[Feedback] = ()
) -> Profiles:
    """Read what the people wrote. Raises ValueError when two have the same id, and when
    the reader returns another number of readings than it was given phrases."""
    ranked = tuple(sorted(people, key=lambda person: person.id))
    for one, other in pairwise(ranked):
        if one.id == other.id:
            raise ValueError(f"Two people have the same id, {one.id}.")
    helped = _helped_with(feedback)
    phrases = tuple(
        Phrase(person.id, field, text)
        for person in ranked
        for field, texts in (
            (Field.OFFERS, person.offers),
            (Field.WANTS, person.wants),
            (Field.INTERESTS, person.interests),
            (
                Field.MENTOR_TOPICS,
                person.mentor_topics if person.mentor_places > 0 else (),
            ),
            (Field.MENTEE_TOPICS, person.mentee_topics),
            (Field.HEADLINE, (person.headline,)),
            (Field.HELPED, helped.get(person.id, ())),
        )
        for text in texts
        if len(text) <= LONGEST and any(letter.isalnum() for letter in text)
    )
    reading = reader(phrases)
    if len(reading) != len(phrases):
        raise ValueError(f"{len(phrases)} phrases have {len(reading)} readings.")
    return Profiles(ranked, phrases, reading)


def _helped_with(feedback: Iterable[Feedback]) -> dict[int, tuple[str, ...]]:
    """What each has helped with lately, by id."""
    helped: dict[int, tuple[str, ...]] = {}
    for _, giver, want in sorted(
        (one.weeks_ago, one.giver, one.want) for one in feedback if one.got
    ):
        helped[giver] = (*helped.get(giver, ()), want)[:HELPED]
    return helped


def _bits(chosen: Sequence[frozenset[str]]) -> Bits:
    """Each set as bits, (people, words of 64), all ones where empty."""
    kinds = {kind: row for row, kind in enumerate(dict.fromkeys(chosen))}
    names = sorted(set().union(*kinds))
    bit = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(kinds), -(-max(len(names), 1) // 64)), np.uint64)
    for kind, row in kinds.items():
        if not kind:
            table[row] = ~np.uint64(0)
        for name in kind:
            table[row, bit[name] // 64] |= np.uint64(1 << bit[name] % 64)
    rows: Bits = table[[kinds[kind] for kind in chosen]]
    return rows

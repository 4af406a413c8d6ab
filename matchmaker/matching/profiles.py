"""Everybody as the engine sees them: their words encoded, the rest as columns.

People stand by rank, that is in order of id. Of a set that somebody chose from, an
empty one means that any will do.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Ints
from matchmaker.matching.industries import codes
from matchmaker.matching.shelves import Phrases, Shelf, shelve
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.types import Person, Told
from matchmaker.matching.vectors import Embedding, Vectors, encode

# Nobody is told "you share «four hundred words»": an interest longer than this is not
# stated, and does not count.
LONGEST_INTEREST = 80  # characters

# Of what somebody has helped with, so much, the latest, is enough to know what they can
# do, and bounds what a round has to read.
HELPED = 6

Bits = NDArray[np.uint64]
Field = Callable[[Person], tuple[str, ...]]


# The fields: what of somebody's words stands on one shelf.
def offers(person: Person) -> tuple[str, ...]:
    return person.offers


def wants(person: Person) -> tuple[str, ...]:
    return person.wants


def interests(person: Person) -> tuple[str, ...]:
    return tuple(text for text in person.interests if len(text) <= LONGEST_INTEREST)


def lessons(person: Person) -> tuple[str, ...]:
    """What a mentor with a place left can teach: the topics, then the offers."""
    return person.mentor_topics + person.offers if person.mentor_places > 0 else ()


def questions(person: Person) -> tuple[str, ...]:
    return person.mentee_topics


@dataclass(frozen=True)
class Profiles:
    """People by rank, and what they wrote. All columns are (people,) unless said, and
    what a column means and in which unit is said at `Person`; (people, words of 64 bits)
    where they are sets."""

    people: tuple[Person, ...]
    vectors: Vectors | Sketch
    shelves: dict[Field, Shelf]

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def ids(self) -> Ints:
        return self._whole("id")

    def ranks(self, ids: Iterable[int]) -> Ints:
        """The ranks of these ids, -1 for an id that is nobody's here."""
        asked = np.fromiter(ids, np.int64)
        at = np.searchsorted(self.ids, asked)
        at[at == len(self)] = 0
        found: Ints = np.where(self.ids[at] == asked, at, -1) if len(self) else at - 1
        return found

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """Who has written nothing that names a subject."""
        written = np.sum([shelf.sizes for shelf in self.shelves.values()], axis=0)
        silent: NDArray[np.bool_] = written == 0
        return silent

    @cached_property
    def readable(self) -> NDArray[np.float64]:
        """How much of what they wrote is in words of known meaning, 0 to 1."""
        known, phrases = np.zeros(len(self)), np.zeros(len(self))
        for shelf in self.shelves.values():
            person = np.repeat(np.arange(len(self)), shelf.sizes)
            known += np.bincount(person, self.vectors.readable[shelf.texts], len(self))
            phrases += shelf.sizes
        shares: NDArray[np.float64] = np.where(
            phrases > 0, known / np.maximum(phrases, 1), 1.0
        )
        return shares

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

    @cached_property
    def years(self) -> NDArray[np.float64]:
        """Of experience, NaN where unknown."""
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
    def mentor_places(self) -> Ints:
        return np.maximum(self._whole("mentor_places"), 0)

    @cached_property
    def weeks_waited(self) -> Ints:
        return np.maximum(self._whole("weeks_waited"), 0)

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
    people: Iterable[Person],
    aliases: Mapping[str, str] | None = None,
    told: Collection[Told] = (),
    embed: Embedding | None = None,
) -> Profiles:
    """Encode what the people wrote. Raises ValueError when two have the same id.

    Aliases say which tags mean the same: from the essence (`words.essence`) of one to
    that of the name they share. `told` is what came of earlier meetings;
    `embed` is as in `encode`.
    """
    ranked = tuple(sorted(people, key=lambda person: person.id))
    for one, other in pairwise(ranked):
        if one.id == other.id:
            raise ValueError(f"Two people have the same id, {one.id}.")
    fields: list[Field] = [offers, wants, interests, lessons, questions]
    gives: list[Field] = [offers, lessons]
    helped = _helped_with(told)
    helpers = [rank for rank, person in enumerate(ranked) if person.id in helped]
    failed = _failed_at(ranked, told)
    vectors, shelves = shelve(
        [
            *([*map(field, ranked)] for field in fields),
            *(
                [field(ranked[rank]) + helped[ranked[rank].id] for rank in helpers]
                for field in gives
            ),
            [helped.get(person.id, ()) for person in ranked] if helped else [],
            [offered for *_, offered in failed],
        ],
        partial(encode, canonical=aliases, embed=embed),
    )
    by_field = dict(zip(fields, shelves, strict=False))
    *_, offered, taught, helped_with, tried = shelves
    for field, more in zip(gives, (offered, taught), strict=True):
        by_field[field].proven[helpers] = more.joined
        by_field[field] = replace(by_field[field], helped=helped_with)
    for (seeks, rank, place, _), row in zip(failed, tried.joined.tolist(), strict=True):
        by_field[seeks].note_tried(rank, place, row)
    return Profiles(ranked, vectors, by_field)


def _helped_with(told: Iterable[Told]) -> dict[int, tuple[str, ...]]:
    """What each has helped with lately, by id."""
    helped: dict[int, tuple[str, ...]] = {}
    for _, giver, want in sorted(
        (one.weeks_ago, one.giver, one.want) for one in told if one.got
    ):
        helped[giver] = (*helped.get(giver, ()), want)[:HELPED]
    return helped


def _failed_at(
    ranked: Sequence[Person], told: Iterable[Told]
) -> list[tuple[Field, int, int, Phrases]]:
    """Of what people still look for, as field, rank and place: what somebody offers who
    could not help with it."""
    rank = {person.id: rank for rank, person in enumerate(ranked)} if told else {}
    failed: list[tuple[Field, int, int, Phrases]] = []
    for one in sorted(told, key=lambda one: (one.person, one.want, one.offers)):
        at = rank.get(one.person)
        if at is None or one.got:
            continue
        for field in (wants, questions):
            phrases = field(ranked[at])
            if one.want in phrases:
                failed.append((field, at, phrases.index(one.want), one.offers))
    return failed


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

"""Everybody's words, encoded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.meeting import Shelf, shelve
from matchmaker.matching.types import Person
from matchmaker.matching.vectors import Vectors, encode

# A bio says what somebody is interested in, but nobody is told "you share «four
# hundred words»": an interest longer than this is not stated, and does not count.
LONGEST_INTEREST = 80  # characters

Field = Callable[[Person], tuple[str, ...]]


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
    """People by rank, that is in order of id, and what they wrote."""

    people: tuple[Person, ...]
    vectors: Vectors
    shelves: dict[Field, Shelf]

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """Who has written nothing that names a subject, (people,)."""
        written = np.sum([shelf.sizes for shelf in self.shelves.values()], axis=0)
        silent: NDArray[np.bool_] = written == 0
        return silent


def read(people: Sequence[Person]) -> Profiles:
    """Encode what the people wrote."""
    fields: list[Field] = [offers, wants, interests, lessons, questions]
    vectors, shelves = shelve([[*map(field, people)] for field in fields], encode)
    return Profiles(tuple(people), vectors, dict(zip(fields, shelves, strict=True)))

"""Who may be introduced to whom, and which pairs are worth looking at closely."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.profiles import (
    Field,
    Profiles,
    interests,
    lessons,
    offers,
    questions,
    wants,
)
from matchmaker.matching.types import Person, Rules
from matchmaker.matching.vectors import Floats, Ints

ALL_PAIRS = 600  # people up to whom every allowed pair is looked at
NEAREST = 50  # beyond that, each person's best pairs at a first glance
_BLOCK = 500  # people whose pairs with everybody are held at once
_LOT = np.float32(0.001)


@dataclass(frozen=True)
class Mask:
    """Who may never be introduced to whom, by rank. Nothing gets around it."""

    apart: frozenset[tuple[int, int]]  # lower rank first
    partners: tuple[Ints, ...]  # for each person, those they must be kept from
    company: Ints  # (people,) -1 for none
    formats: Floats  # (people, formats) 1 where it suits
    times: Floats

    def allowed(self, rows: Ints) -> NDArray[np.bool_]:
        """Whether rows[k] may meet each person, (rows, people)."""
        company = self.company[rows][:, None]
        allowed = (company != self.company) | (company < 0)
        allowed &= (self.formats[rows] @ self.formats.T) > 0
        allowed &= (self.times[rows] @ self.times.T) > 0
        for row, rank in enumerate(rows):
            allowed[row, rank] = False
            allowed[row, self.partners[rank]] = False
        return np.asarray(allowed)

    def allows(self, ranks: Sequence[int]) -> bool:
        """Whether these people may all meet: each two of them, at one time, in one
        format that suits all."""
        pairs = [(a, b) for a in ranks for b in ranks if a < b]
        companies = [code for code in self.company[list(ranks)] if code >= 0]
        return (
            not any(pair in self.apart for pair in pairs)
            and len(companies) == len(set(companies))
            and bool(self.formats[list(ranks)].all(axis=0).any())
            and bool(self.times[list(ranks)].all(axis=0).any())
        )


def mask(people: Sequence[Person], apart: Collection[frozenset[int]]) -> Mask:
    """The mask over the people, who stand by rank. Ids that are not among them, as of
    somebody met before who has left, are passed over."""
    rank = {person.id: index for index, person in enumerate(people)}
    pairs = {
        (min(ranks), max(ranks))
        for pair in apart
        if len(ranks := [rank[id_] for id_ in pair if id_ in rank]) == 2
    }
    partners: list[list[int]] = [[] for _ in people]
    for one, other in sorted(pairs):
        partners[one].append(other)
        partners[other].append(one)
    companies: dict[str, int] = {}
    return Mask(
        apart=frozenset(pairs),
        partners=tuple(np.array(those, np.int64) for those in partners),
        company=np.array(
            [
                companies.setdefault(p.company, len(companies)) if p.company else -1
                for p in people
            ],
            np.int64,
        ),
        formats=_suits(person.formats for person in people),
        times=_suits(person.times for person in people),
    )


def _suits(choices: Iterable[frozenset[str]]) -> Floats:
    chosen = list(choices)
    names = sorted(set().union(*chosen)) or [""]
    return np.array(
        [[not of or name in of for name in names] for of in chosen], np.float32
    ).reshape(len(chosen), len(names))


def candidates(
    profiles: Profiles, rules: Rules, mask: Mask, seed: int
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Pairs worth looking at, by rank: first < second, in order; and who has anybody
    allowed at all, (people,).

    All allowed pairs of up to `ALL_PAIRS` people; of more, each person's `NEAREST` by
    a first glance at both directions of benefit (exact search, blocks of people).
    """
    n = len(profiles.people)
    glance = _Glance(profiles, rules) if n > ALL_PAIRS else None
    lots = np.random.default_rng(seed)
    somebody = np.zeros(n, bool)
    found = []
    for start in range(0, n, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, n))
        allowed = mask.allowed(rows)
        somebody[rows] = allowed.any(axis=1)
        if glance is None:
            row, column = np.nonzero(allowed)
        else:
            # By lot among near equals: else all alike are sent the same few.
            values = glance.values(rows)
            values += _LOT * lots.random(values.shape, np.float32)
            row, column = _nearest(np.where(allowed, values, -1))
        one, other = rows[row], column
        found.append(np.minimum(one, other) * n + np.maximum(one, other))
    keys = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return keys // max(n, 1), keys % max(n, 1), somebody


def _nearest(values: Floats) -> tuple[Ints, Ints]:
    """The `NEAREST` highest of each row, as far as they are positive."""
    columns = np.argpartition(-values, NEAREST, axis=1)[:, :NEAREST].ravel()
    rows = np.repeat(np.arange(len(values)), NEAREST)
    positive = values[rows, columns] > 0
    return rows[positive], columns[positive]


class _Glance:
    """A quick estimate of the value of any pair: joined texts, by meaning alone."""

    def __init__(self, profiles: Profiles, rules: Rules) -> None:
        self.rules = rules
        self.fields: dict[Field, Floats] = {
            field: profiles.vectors.meaning[shelf.joined]
            for field, shelf in profiles.shelves.items()
        }

    def values(self, rows: Ints) -> Floats:
        """(rows, people); what the one who gains less gains, roughly."""
        alike = self._like(interests, interests, rows) * self.rules.interest_ground
        to_them = np.maximum(self._like(offers, wants, rows), alike)
        to_rows = np.maximum(self._like(wants, offers, rows), alike)
        lesson = np.maximum(
            self._like(lessons, questions, rows), self._like(questions, lessons, rows)
        )
        lesson *= self.rules.mentor_ground
        return np.asarray(np.maximum(np.minimum(to_them, to_rows), lesson))

    def _like(self, field: Field, other: Field, rows: Ints) -> Floats:
        like: Floats = self.fields[field][rows] @ self.fields[other].T
        return like

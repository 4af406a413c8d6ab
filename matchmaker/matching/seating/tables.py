"""Who sits where in each round, and what can be counted of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Bools, Float64Array, Ints


@dataclass(frozen=True)
class Seating:
    """Who sits where, people by rank.

    `tables` is (rounds, people): the number of each one's table, -1 where they have
    none. `absent`, of the same shape, says who of those was not there; the others
    could not be seated without breaking a rule and are listed in `left_out`.

    `repeats` counts the meetings of pairs that had sat together before in this
    seating, so a pair that meets three times counts twice. `benefit` is the sum over
    the pairs that meet, each counted once, and `met` the same of the pairs who knew
    each other. No seating with tables of these sizes has fewer repeats than
    `repeats_bound`, or a greater benefit than `benefit_bound` (see `bounds`).
    `moves`: how many seats (one person in one round) differ from what was announced.
    """

    tables: Ints
    absent: Bools
    repeats: int
    repeats_bound: int
    benefit: float
    benefit_bound: float
    met: float = 0.0
    moves: int = 0

    @property
    def left_out(self) -> tuple[tuple[int, int], ...]:
        """(round, person) of everybody who is there and has no table."""
        rounds, people = np.nonzero((self.tables < 0) & ~self.absent)
        return tuple(zip(rounds.tolist(), people.tolist(), strict=True))


def table_sizes(people: int, table_size: int) -> list[int]:
    """The fewest tables of at most `table_size`, sizes within one, the larger first.

    Nobody sits alone: one person has no table, and with tables of two the odd one
    makes a three.
    """
    if people < 2:
        return []
    tables = -(-people // table_size)
    if people // tables < 2:
        tables -= 1
    return [people // tables + (table < people % tables) for table in range(tables)]


def at_table(row: Ints) -> Float64Array:
    """One round's (people,) table numbers as (tables, people), 1 where they sit."""
    tables = np.arange(row.max(initial=-1) + 1)
    return np.asarray(row == tables[:, None], np.float64)


def meetings(tables: Ints) -> Float64Array:
    """How often each pair sits together, (people, people), 0 on the diagonal."""
    people = tables.shape[1]
    counts = np.zeros((people, people))
    for row in tables:
        counts += together(row)
    return counts


def together(row: Ints) -> Bools:
    """Who shares a table with whom in one round, (people, people), nobody with
    themselves."""
    same: Bools = (row[:, None] == row) & (row >= 0)
    np.fill_diagonal(same, False)
    return same


def sizes_of(row: Ints) -> Ints:
    """How many sit at each table of one round; tables without anybody are left out."""
    counts = np.bincount(row[row >= 0])
    sizes: Ints = counts[counts > 0].astype(np.int64)
    return sizes


def renumbered(row: Ints) -> Ints:
    """The same tables, numbered 0, 1, 2 … without holes."""
    result = np.full(len(row), -1, np.int64)
    seated = row >= 0
    result[seated] = np.unique(row[seated], return_inverse=True)[1]
    return result


def with_last(row: Ints, hidden: Bools) -> Ints:
    """The same tables, numbered 0, 1, 2 … with those last whose people are all hidden.

    `hidden` is (readers, people): whom each reader is not shown.
    """
    numbers = np.unique(row[row >= 0])
    unseen = [int(hidden[:, row == number].all(axis=1).sum()) for number in numbers]
    result = np.full(len(row), -1, np.int64)
    for place, number in enumerate(numbers[np.argsort(unseen, kind="stable")]):
        result[row == number] = place
    return result


def ranks(people: int, chosen: Sequence[int] | Ints, what: str) -> Bools:
    """The chosen ranks as a mask, (people,). ValueError where one is nobody's."""
    numbers = np.asarray(chosen, np.int64).ravel()
    if ((numbers < 0) | (numbers >= people)).any():
        raise ValueError(f"{what} must name people by rank, 0 to {people - 1}.")
    mask = np.zeros(people, bool)
    mask[numbers] = True
    return mask

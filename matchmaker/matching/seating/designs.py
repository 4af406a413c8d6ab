"""Rounds in which nobody meets anybody twice, by construction.

Near the most rounds there can be, ⌊(people - 1) / (size - 1)⌋, search fails and
algebra does not. Three constructions, of which the one with the most rounds is taken:

- *Rows and shifts* (transversal designs from difference matrices, Bose and Bush 1952).
  With q tables of s ≤ q, let s rows of q people walk past the tables, the g-th by
  c(r, g) tables in round r. Rows g and h meet a given way once if c(r, g) - c(r, h)
  never repeats. In a field c(r, g) = r · g does for q rounds. Then q is a prime power;
  for other q the product of fields does up to its smallest factor, and a short search
  finds fewer rounds for wider tables.
- *Within rows.* People of one row have not met. Where s divides q the rows are seated
  in the same way among themselves: affine planes (q = s), and 32 people at 8 tables of
  4 for 8 + 1 rounds.
- *Turning a round*, see `cyclic_designs`.

Fewer people than q · s leave chairs of the last row empty, one at a table.
"""

import numpy as np

from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.seating.cyclic_designs import cyclic_design
from matchmaker.matching.seating.finite_fields import ring
from matchmaker.matching.seating.tables import sizes_of, table_sizes

_TRIES = 30  # of the search for shifts where no field has them


def design(people: int, table_size: int, rounds: int) -> Ints:
    """Up to so many rounds without a repeat, (found, people) table numbers.

    The table sizes are those of `table_sizes`.
    """
    sizes = table_sizes(people, table_size)
    if not sizes:
        return np.zeros((0, people), np.int64)
    size, tables = sizes[0], len(sizes)
    single = np.repeat(np.arange(tables), sizes)[None]
    known = [_shifted(tables, size, rounds), cyclic_design(tables * size, size)]
    most: Ints = max(
        *(_fitting(plan[:, :people], sizes) for plan in known), single, key=len
    )
    return most[:rounds]


def _fitting(plan: Ints, sizes: list[int]) -> Ints:
    """The rounds that have these table sizes, the larger first."""
    fits = [sorted(sizes_of(row).tolist(), reverse=True) == sizes for row in plan]
    fitting: Ints = plan[np.array(fits, bool)]
    return fitting


def _shifted(tables: int, size: int, rounds: int) -> Ints:
    """Rounds for tables · size people, person g · tables + x the x-th in row g."""
    if size > tables:
        return np.zeros((0, tables * size), np.int64)
    add, shifts = _shifts(tables, size, rounds)
    place = np.arange(tables)
    found = [add[place, shift].reshape(-1) for shift in shifts[:, :, None]]
    if tables % size == 0 and len(found) < rounds:
        within = design(tables, size, rounds - len(found))
        offset = np.repeat(np.arange(size), tables) * (tables // size)
        found += [np.tile(row, size) + offset for row in within]
    return np.array(found)


def _shifts(order: int, rows: int, rounds: int) -> tuple[Ints, Ints]:
    """Addition of the tables, and how far each row walks, (rounds, rows)."""
    add, multiply, different = ring(order)
    if rows <= different:
        return add, multiply[:, :rows]
    circle = np.arange(order)
    turns = (circle[:, None] + circle) % order
    return turns, max(
        (_searched(order, rows, rounds, seed) for seed in range(_TRIES)), key=len
    )


def _searched(order: int, rows: int, rounds: int, seed: int) -> Ints:
    """Shifts around a circle whose differences never repeat, one round at a time."""
    random = np.random.default_rng(seed)
    used = np.zeros((rows, rows, order), bool)
    found: list[list[int]] = []
    while len(found) < rounds:
        shift = _extended([0], rows, order, used, random)
        if shift is None:
            break
        for g in range(rows):
            for h in range(g):
                used[g, h, (shift[g] - shift[h]) % order] = True
        found.append(shift)
    return np.array(found, np.int64)


def _extended(
    shift: list[int],
    rows: int,
    order: int,
    used: Bools,
    random: np.random.Generator,
) -> list[int] | None:
    row = len(shift)
    if row == rows:
        return shift
    for step in random.permutation(order).tolist():
        if not any(used[row, g, (step - shift[g]) % order] for g in range(row)):
            longer = _extended([*shift, step], rows, order, used, random)
            if longer is not None:
                return longer
    return None

"""Seating an event, and seating it again when others come than were expected."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from matchmaker.matching.arrays import Bools, Float64Array, Ints
from matchmaker.matching.seating.annealing import Objective, anneal, build_objective
from matchmaker.matching.seating.bounds import benefit_bound, repeats_bound
from matchmaker.matching.seating.designs import design
from matchmaker.matching.seating.permutation import permute
from matchmaker.matching.seating.repair import repair
from matchmaker.matching.seating.tables import (
    Seating,
    at_table,
    meetings,
    ranks,
    sizes_of,
    table_sizes,
)

_STEPS = 800  # of the search, for each chair of a table in each round
_PERMUTING = 3000  # exchanges of two people's parts in a construction
_REPAIRING = 120  # steps for each round that is seated again
_HOME = 1.0  # best preferences a change of the announced seat must at least be worth

# Of the most rounds there can be: beyond it constructions are tried first.
_CROWDED = 0.6
_FIERCE = 20.0  # times the usual noise where repeats are what is searched for


def seat(
    benefit: Float64Array,
    rounds: int,
    table_size: int,
    *,
    apart: Bools | None = None,
    met: Float64Array | None = None,
    groups: Ints | None = None,
    seed: int = 0,
    effort: float = 1.0,
) -> Seating:
    """Seat everybody once in each round, at tables of at most `table_size`.

    `benefit` (people, people), symmetric and not negative, is what a pair is worth.
    `apart` (people, people): pairs never at one table. `met` (people, people), 0 to
    1: how much a pair is to be avoided for having met before; at 1 as much as a
    repeat. `groups` (people,): mixed tables are preferred. Only `apart` is a rule; a
    repeat costs six of the best benefits, so it happens where it can hardly be avoided.

    There are as few tables as can be, their sizes within one of each other; with tables
    of two an odd person makes a three. For the sake of `apart` sizes may differ more
    and tables be added; nobody sits alone, and who has no company left has no table.

    `effort` scales the number of steps: at 1, 100 people in six rounds take about a
    second. The same arguments always give the same seating. ValueError for anything
    that is not as described.
    """
    people = _checked(benefit, rounds, table_size, effort)
    rules = _rules(people, apart, met, groups)
    objective = build_objective(benefit, *rules, groups)
    random = np.random.default_rng(seed)
    sizes = table_sizes(people, table_size)
    tables = np.full((rounds, people), -1, np.int64)
    if sizes:
        tables = _planned(sizes, rounds, table_size, objective, random, effort)
        largest = max(table_size, sizes[0])
        tables = repair(tables, rules[0], objective, range(rounds), largest)
    return _judged(tables, np.zeros_like(tables, bool), benefit, *rules)


def reseat(
    seating: Seating,
    benefit: Float64Array,
    table_size: int,
    from_round: int,
    *,
    absent: Sequence[int] = (),
    arrived: Sequence[int] = (),
    apart: Bools | None = None,
    met: Float64Array | None = None,
    groups: Ints | None = None,
    seed: int = 0,
) -> Seating:
    """Seat the rounds from `from_round` (counted from 0) on again, changing little.

    `absent` are those who do not come or have left, `arrived` those who were absent and
    come now; people who are new altogether have the ranks after those of `seating`, and
    `benefit` and the others are as for `seat` with them added. Earlier rounds stay.
    A table's number stays what was announced. Somebody changes tables where sizes
    would differ by more than one, to avoid a repeat or somebody met or kept apart, or
    for more than one best benefit; `moves` counts it. A table is closed only when the
    others would otherwise have more than one chair empty.

    The same arguments always give the same seating. ValueError for anything that is
    not as described.
    """
    people = _checked(benefit, 1, table_size, 1.0)
    rounds, before = seating.tables.shape
    if not 0 <= from_round <= rounds:
        raise ValueError(f"from_round must lie between 0 and {rounds}.")
    if people < before:
        raise ValueError("benefit must have everybody whom the seating has.")
    rules = _rules(people, apart, met, groups)
    gone = ranks(people, absent, "absent")
    come = ranks(people, arrived, "arrived")
    come[before:] = True
    objective = build_objective(benefit, *rules, groups)

    added = ((0, 0), (0, people - before))
    announced = np.pad(seating.tables, added, constant_values=-1)
    missing = np.pad(seating.absent, added, constant_values=True)
    missing[from_round:] = (missing[from_round:] & ~come) | gone
    tables = announced.copy()
    free = range(from_round, rounds)
    for number in free:
        others = np.delete(tables, number, axis=0)
        gains = objective.another(meetings(others))
        tables[number] = _filled(tables[number], ~missing[number], gains, table_size)
    random = np.random.default_rng(seed)
    steps = _REPAIRING * len(free)
    tables = anneal(tables, objective, free, steps, random, heat=0.0, home=_HOME)
    largest = max([table_size, *(int(sizes_of(row).max(initial=0)) for row in tables)])
    tables = repair(tables, rules[0], objective, free, largest)
    moves = int(((tables != announced) & (tables >= 0) & (announced >= 0)).sum())
    return _judged(tables, missing, benefit, *rules, moves=moves)


def _planned(
    sizes: list[int],
    rounds: int,
    table_size: int,
    objective: Objective,
    random: np.random.Generator,
    effort: float,
) -> Ints:
    """The best of what search and construction find, rules not yet enforced."""
    people, everything = sum(sizes), range(rounds)
    seats = np.repeat(np.arange(len(sizes)), sizes)
    steps = int(effort * _STEPS * rounds * sizes[0])
    drawn = np.array([random.permutation(seats) for _ in everything])
    found = []
    if rounds * (sizes[0] - 1) <= _CROWDED * (people - 1):
        found.append(anneal(drawn, objective, everything, steps, random))
    if not found or _repeats(found[0]):
        plan = design(people, table_size, rounds)
        placed = permute(plan, objective, int(effort * _PERMUTING), random)
        tables = np.concatenate([placed, drawn[len(plan) :]])
        more = range(len(plan), rounds)
        tables = anneal(tables, objective, more, steps, random, heat=_FIERCE)
        found.append(anneal(tables, objective, everything, steps, random, heat=0.0))
    if _repeats(found[-1]):
        found.append(anneal(drawn, objective, everything, steps, random, heat=_FIERCE))
    return max(found, key=objective.value)


def _filled(row: Ints, present: Bools, gains: Float64Array, table_size: int) -> Ints:
    """One round with the absent gone and the newly come seated, few changing tables."""
    row = np.where(present, row, -1)
    here = int(present.sum())
    result = np.full(len(row), -1, np.int64)
    fewest = len(table_sizes(here, table_size))
    if not fewest:
        return result
    # The fullest tables stay, the lower number first where they are equally full.
    counts = np.bincount(row[row >= 0], minlength=1)
    numbers = np.argsort(-counts, kind="stable")
    numbers = numbers[counts[numbers] > 0]
    while len(numbers) > fewest and here // len(numbers) < max(2, table_size - 1):
        numbers = numbers[:-1]
    if len(numbers) < fewest:
        unused = np.setdiff1d(np.arange(len(row)), numbers)
        numbers = np.append(numbers, unused[: fewest - len(numbers)])

    chairs = []
    for place_, number in enumerate(numbers.tolist()):
        size = here // len(numbers) + (place_ < here % len(numbers))
        sitting = np.flatnonzero(row == number)
        liked = gains[np.ix_(sitting, sitting)].sum(axis=1)
        staying = sitting[np.argsort(-liked, kind="stable")][:size]
        result[staying] = number
        chairs += [number] * (size - len(staying))
    pool = np.flatnonzero(present & (result < 0))
    if len(pool):
        worth = at_table(result) @ gains[:, pool]
        missing = max(chairs) + 1 - len(worth)
        worth = np.pad(worth, ((0, max(0, missing)), (0, 0)))
        taken, who = linear_sum_assignment(worth[chairs], maximize=True)
        result[pool[who]] = np.array(chairs)[taken]
    return result


def _repeats(tables: Ints) -> int:
    return int(np.maximum(0, meetings(tables) - 1).sum()) // 2


def _judged(
    tables: Ints,
    absent: Bools,
    benefit: Float64Array,
    apart: Bools,
    met: Float64Array,
    moves: int = 0,
) -> Seating:
    together = np.triu(meetings(tables) > 0, 1)
    return Seating(
        tables=tables,
        absent=absent,
        repeats=_repeats(tables),
        repeats_bound=repeats_bound(tables, apart),
        benefit=float(benefit[together].sum()),
        benefit_bound=benefit_bound(benefit, tables, apart),
        met=float(met[together].sum()),
        moves=moves,
    )


def _checked(benefit: Float64Array, rounds: int, table_size: int, effort: float) -> int:
    if benefit.ndim != 2 or benefit.shape[0] != benefit.shape[1]:
        raise ValueError("benefit must be square, people by people.")
    if not np.isfinite(benefit).all() or (benefit < 0).any():
        raise ValueError("benefit must be finite and not negative.")
    if not np.allclose(benefit, benefit.T):
        raise ValueError("benefit must be symmetric: it belongs to the pair.")
    if rounds < 1:
        raise ValueError("There must be at least one round.")
    if table_size < 2:
        raise ValueError("A table must have at least two chairs.")
    if not 0 < effort < np.inf:
        raise ValueError("effort must be greater than 0.")
    return len(benefit)


def _rules(
    people: int, apart: Bools | None, met: Float64Array | None, groups: Ints | None
) -> tuple[Bools, Float64Array]:
    """`apart` and `met` in full: either side's word counts, nobody is their own."""
    pairs = (people, people)
    apart = np.zeros(pairs, bool) if apart is None else np.asarray(apart, bool)
    met = np.zeros(pairs) if met is None else np.asarray(met, np.float64)
    if apart.shape != pairs or met.shape != pairs:
        raise ValueError("apart and met must be people by people, as benefit is.")
    if not ((met >= 0) & (met <= 1)).all():  # NaN is not
        raise ValueError("met must lie between 0 and 1.")
    if groups is not None and groups.shape != (people,):
        raise ValueError("groups must have one number for each person.")
    apart, met = apart | apart.T, np.maximum(met, met.T)
    np.fill_diagonal(apart, False)
    np.fill_diagonal(met, 0)
    return apart, met

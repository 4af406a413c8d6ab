"""Seating beside a random and a greedy one, the same people and seeds.

    python benchmarks/seating.py
    python benchmarks/seating.py turned 24 4 7

The second line searches a first round for 24 people at tables of 4 that can be turned 7
times, as `matchmaker/matching/seating/cyclic_designs.py` has them.

Two evenings are of people as they write (benchmarks/data/people), of whom half have met
some at the last event, and some must never sit together. Greedy avoids both as well as
it can, random knows of neither. How many pairs sit together in which each truly gains
something is counted too, by the labels: no way of seating may look at them. To meet
nobody again and nobody twice costs some benefit, which greedy keeps.

What counts: no repeats where the counting bound allows none, the benefit as a share of
the b-matching bound, and time. Benefits are of the min kind, made from clustered
vectors of few dimensions: what somebody offers and wants, each near one of a few
centres; b is the logistic of their product and a pair is worth the lesser of its two
b. The bound is met by no seating (it lets one's best companions sit together who would
rather not), by how little depends on the people: hence two kinds of community, one
whose few centres make many good companions (where random has about two thirds) and one
of sharper tastes (about half).
"""

import random
import string
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from labelled import DATA, Community, load, sample
from reading import read

from matchmaker.matching import mutual_benefit
from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.seating import Seating, reseat, seat, table_sizes
from matchmaker.matching.seating.tables import meetings

Row = tuple[str, str, str]

SEEDS = range(3)
EVERYBODY = load(DATA / "people")

# People, rounds, table size, and what the share of the bound should be.
EVENINGS = [
    (100, 6, 5, "≥ 0.90"),
    (100, 6, 4, "≥ 0.93"),
    (32, 7, 4, ""),
    (32, 9, 4, ""),
    (32, 10, 4, ""),
    (23, 4, 5, ""),
]


def community(
    people: int, seed: int, centres: int = 4, spread: float = 0.5
) -> Float64Array:
    """What each pair is worth, (people, people)."""
    chance = np.random.default_rng(seed)
    middle = chance.normal(size=(centres, centres))
    offers, wants = (
        middle[chance.integers(centres, size=people)]
        + spread * chance.normal(size=(people, centres))
        for _ in range(2)
    )
    benefit = 1 / (1 + np.exp(-wants @ offers.T / np.sqrt(centres)))
    least: Float64Array = np.minimum(benefit, benefit.T)
    np.fill_diagonal(least, 0)
    return least


def some_people(count: int, seed: int) -> Community:
    ids = random.Random(seed).sample([*EVERYBODY.members], count)
    return sample(EVERYBODY, ids)


def at_random(people: int, rounds: int, table_size: int, seed: int) -> Ints:
    chance = np.random.default_rng(seed)
    sizes = table_sizes(people, table_size)
    seats = np.repeat(np.arange(len(sizes)), sizes)
    return np.array([chance.permutation(seats) for _ in range(rounds)])


def greedily(
    benefit: Float64Array,
    rounds: int,
    table_size: int,
    seed: int,
    avoid: Float64Array | None = None,
) -> Ints:
    """Table by table: somebody at random, then whoever adds most to those who sit there,
    a repeat at the price of six best preferences, and so much of one as `avoid` says."""
    chance = np.random.default_rng(seed)
    people = len(benefit)
    tables = np.empty((rounds, people), np.int64)
    worth = benefit.copy()
    if avoid is not None:
        worth -= 6 * benefit.max() * avoid
    for row in tables:
        waiting = list(chance.permutation(people))
        for table, size in enumerate(table_sizes(people, table_size)):
            members = [waiting.pop()]
            while len(members) < size:
                adds = worth[np.ix_(waiting, members)].sum(axis=1)
                members.append(waiting.pop(int(adds.argmax())))
            row[members] = table
            worth[np.ix_(members, members)] = -6 * benefit.max()
    return tables


def counted(benefit: Float64Array, tables: Ints) -> tuple[int, float]:
    """Repeats, and the benefit of the pairs that meet."""
    counts = np.triu(meetings(tables), 1)
    return int(np.maximum(0, counts - 1).sum()), float(benefit[counts > 0].sum())


def timed(
    ask: Callable[..., Seating], *args: Any, **named: Any
) -> tuple[Seating, float]:
    begin = time.perf_counter()
    answer = ask(*args, **named)
    return answer, time.perf_counter() - begin


def evening(people: int, rounds: int, size: int, bar: str, sharp: bool) -> Row:
    """The mean over the seeds; repeats are the most of any seed."""
    figures: list[tuple[float, ...]] = []
    for seed in SEEDS:
        benefit = community(people, seed, 6, 1.0) if sharp else community(people, seed)
        ours, seconds = timed(seat, benefit, rounds, size, seed=seed)
        bound = ours.benefit_bound
        lot = counted(benefit, at_random(people, rounds, size, seed))
        greedy = counted(benefit, greedily(benefit, rounds, size, seed))
        figures.append(
            (
                *(ours.repeats, ours.repeats_bound, ours.benefit / bound, seconds),
                *(greedy[0], greedy[1] / bound, lot[0], lot[1] / bound),
            )
        )
    mean, most = np.mean(figures, axis=0), np.max(figures, axis=0)
    worst = min(row[2] for row in figures)
    kind = "sharp tastes" if sharp else "few centres"
    return (
        f"{people} people × {rounds} rounds × tables of {size}, {kind}",
        f"{most[0]:.0f} repeats (bound {most[1]:.0f}), benefit {mean[2]:.3f} of the "
        f"bound (least {worst:.3f}), {most[3]:.2f} s",
        f"greedy {most[4]:.0f}, {mean[5]:.3f}; random {most[6]:.0f}, {mean[7]:.3f}"
        + (f"; bar {bar}, 0 repeats" if bar and not sharp else ""),
    )


def repair(people: int, rounds: int, size: int, from_round: int) -> Row:
    """Three no-shows and two arrivals, beside seating the rest of the evening anew."""
    figures: list[tuple[float, ...]] = []
    for seed in SEEDS:
        benefit = community(people + 2, seed)
        known = benefit[:people, :people]
        announced = seat(known, rounds, size, seed=seed)
        absent = np.random.default_rng(seed).choice(people, 3, replace=False).tolist()
        again, seconds = timed(
            reseat, announced, benefit, size, from_round, absent=absent
        )
        rest = np.delete(np.arange(people), absent)
        anew = seat(benefit, rounds, size, seed=seed + 100)
        differ = anew.tables[from_round:, rest] != announced.tables[from_round:, rest]
        figures.append(
            (
                *(again.repeats, again.moves, (rounds - from_round) * len(rest)),
                *(again.benefit / again.benefit_bound, seconds, int(differ.sum())),
            )
        )
    most, mean = np.max(figures, axis=0), np.mean(figures, axis=0)
    return (
        f"repair from round {from_round + 1}, {people} people × {rounds} × {size}: "
        "3 no-shows, 2 arrivals",
        f"{most[0]:.0f} repeats, at most {most[1]:.0f} of {most[2]:.0f} seats moved, "
        f"benefit {mean[3]:.3f} of the bound, {most[4]:.3f} s",
        f"seated anew {most[5]:.0f} moved; bar ≤ 0.2 s",
    )


def event(people: int, rounds: int, size: int) -> Row:
    """A space's evening: profiles in words, half of the people were at the last one for
    three rounds, some pairs that a block parts. The mean over the seeds; of what must
    not be, the most of any."""
    figures: list[list[tuple[float, ...]]] = []
    seconds = []
    for seed in SEEDS:
        made = some_people(people, seed)
        begin = time.perf_counter()
        benefit = mutual_benefit(made.people, read)
        weighed = time.perf_counter() - begin
        chance = np.random.default_rng(seed)
        met = np.zeros((people, people))
        half = people // 2
        met[:half, :half] = meetings(at_random(half, 3, size, seed + 100)) > 0
        apart = np.zeros((people, people), bool)
        one, other = chance.integers(people, size=(2, people // 3))
        apart[one, other] = apart[other, one] = one != other
        industries = ["".join(person.industry[:1]) for person in made.people]
        groups = np.unique(industries, return_inverse=True)[1].astype(np.int64)
        ours, planned = timed(
            *(seat, benefit, rounds, size),
            apart=apart,
            met=met,
            groups=groups,
            seed=seed,
        )
        seconds.append(weighed + planned)
        gain = np.array(
            [[bool(made.kinds(a.id, b.id)) for b in made.people] for a in made.people]
        )
        mutual = gain & gain.T
        greedy = greedily(benefit, rounds, size, seed, met + 1000 * apart)
        lot = at_random(people, rounds, size, seed)
        seatings = (ours.tables, greedy, lot)
        luck = np.mean(
            [counted(benefit, at_random(people, rounds, size, k))[1] for k in range(20)]
        )
        figures.append([])
        for tables in seatings:
            sat = np.triu(meetings(tables) > 0, 1)
            repeats, worth = counted(benefit, tables)
            figures[-1].append(
                (
                    *(repeats, (sat & apart).sum(), (sat & (met > 0)).sum()),
                    *(worth / luck, (sat & mutual).sum()),
                )
            )
    most, mean = np.max(figures, axis=0), np.mean(figures, axis=0)
    said = [
        f"{row[0]:.0f} repeats, {row[1]:.0f} blocked pairs, {row[2]:.0f} met before, "
        f"benefit {average[3]:.2f} × random, {average[4]:.0f} pairs that both truly gain"
        for row, average in zip(most, mean, strict=True)
    ]
    return (
        f"an event, {people} people × {rounds} rounds × tables of {size}, in words",
        f"{said[0]}, {max(seconds):.2f} s with reading the words",
        f"greedy {said[1]}; random {said[2]}; bar 0 repeats, 0 blocked"
        + (", 2 s" if people == 40 else ""),
    )


def run() -> list[Row]:
    seat(community(8, 0), 1, 4, effort=0.01)  # what is loaded once is not measured
    mutual_benefit(EVERYBODY.people, read)
    rows = [evening(*asked, sharp=False) for asked in EVENINGS]
    rows += [evening(*asked, sharp=True) for asked in EVENINGS[:2]]
    rows.append(event(40, 6, 4))
    rows.append(event(100, 6, 5))
    rows.append(repair(40, 6, 4, 1))
    rows.append(repair(100, 6, 5, 1))
    return rows


def uses(order: list[int], on: int, circle: int) -> list[list[int]]:
    """What a meeting of each two uses up, as a bit; 0 where they may not meet."""
    bits: dict[tuple[int, int, int], int] = {}

    def bit(one: int, other: int) -> int:
        if one == other or min(one, other) >= on:
            return 0
        names = [p // circle if p < on else p for p in (one, other)]
        distance = 0 if max(one, other) >= on else (one - other) % circle
        if names[0] == names[1] and 2 * distance == circle:
            return 0
        there = (names[0], names[1], distance)
        back = (names[1], names[0], -distance % circle)
        return 1 << bits.setdefault(min(there, back), len(bits) + 1)

    return [[bit(one, other) for other in order] for one in order]


def first_round(
    people: int, size: int, circle: int, seed: int, steps: int = 300_000
) -> list[int] | None:
    """People table by table, such that turning the circles repeats no meeting.

    Depth first, people in a random order but the fixed ones first; given up after so
    many steps.
    """
    on = people // circle * circle
    moving = random.Random(seed).sample(range(on), on)
    order = [*range(on, people), *moving]
    ways = uses(order, on, circle)
    left = steps

    def with_another(used: int, place: int, table: list[int]) -> int:
        """What is used up with one more at the table; 0 where they may not sit there."""
        for other in table:
            bit = ways[place][other]
            if not bit or used & bit:
                return 0
            used |= bit
        return used | 1  # bit 0 is nobody's

    def seated(places: list[int], used: int, begin: int) -> list[int] | None:
        nonlocal left
        left -= 1
        if len(places) == people:
            return places
        table = places[len(places) - len(places) % size :]
        for place in range(begin, people):
            now = 0 if place in places else with_another(used, place, table)
            if now:
                longer = [*places, place]
                following = place + 1 if len(longer) % size else 0
                found = seated(longer, now, following)
                if found or left < 0:
                    return found
                if not table:  # whoever comes first must sit somewhere
                    return None
        return None

    found = seated([], 0, 0)
    return [order[place] for place in found] if found else None


def turn(people: int, size: int, circle: int, seeds: int = 30) -> str:
    """The line for `cyclic_designs.py`, or that there is none."""
    signs = string.digits + string.ascii_letters
    for seed in range(seeds):
        found = first_round(people, size, circle, seed)
        if found:
            word = "".join(signs[person] for person in found)
            return f'({people}, {size}): ({circle}, "{word}"),'
    return f"# ({people}, {size}): nothing found for {circle}"


def main() -> None:
    if sys.argv[1:2] == ["turned"]:
        people, size, circle = map(int, sys.argv[2:5])
        print(turn(people, size, circle))
        return
    for what, ours, beside in run():
        print(f"{what}\n    ours:   {ours}\n    beside: {beside}")


if __name__ == "__main__":
    main()

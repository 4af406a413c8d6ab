"""A share of every round is chosen at random, so that there is something to learn from.

The best plan alone can never show what another would have done. So each introduction
of it is drawn with a known chance, those drawn are put at random into blocks of a few,
and in each block one of the ways to pair its people is drawn, of those in which every pair
keeps every rule and gains enough. Nobody loses an introduction; only whom they meet is
left to chance, and how likely each choice was is known exactly.

(Randomised blocks and inverse propensities: Fisher 1935; Horvitz and Thompson 1952.)
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.constraints import Constraints
from matchmaker.matching.introductions import Group, Score
from matchmaker.matching.types import Arm, RandomisedBlock, Rules

PER_BLOCK = 4  # introductions, so that a block has at most 105 choices

# Exploring, a choice worth a tenth more in total is e times as likely.
TEMPERATURE = 0.1

Ranks = tuple[int, int]  # the lower first
Choice = tuple[Ranks, ...]


@dataclass(frozen=True)
class Randomised:
    """A block: whose introductions, every choice there is, and the one drawn."""

    arm: Arm
    pairs: tuple[Ranks, ...]  # as they were before
    choices: tuple[Choice, ...]
    probabilities: Float64Array
    chosen: int

    def propensity(self, pair: Ranks) -> float:
        """How likely this pair was to be made."""
        has = [pair in choice for choice in self.choices]
        return float(self.probabilities[has].sum())


def randomise(
    best: list[Group],
    pinned: Sequence[Group],
    constraints: Constraints,
    score: Score,
    seed: int,
) -> tuple[list[Group], list[Randomised]]:
    """The best plan with the shares that the rules leave to chance drawn anew, of people
    who have but one introduction; and the blocks that were drawn."""
    rules = constraints.rules
    if not (rules.explore or rules.control):
        return best, []
    often = Counter(rank for group in (*pinned, *best) for rank in group.ranks)
    groups = {
        (group.ranks[0], group.ranks[1]): group
        for group in best
        if all(often[rank] == 1 for rank in group.ranks)
    }
    kept = [group for group in best if group.ranks not in groups]
    blocks = _draw(list(groups), constraints, score, rules, seed)
    made = [
        (pair, number)
        for number, drawn in enumerate(blocks)
        for pair in drawn.choices[drawn.chosen]
    ]
    ends = np.array([pair for pair, _ in made], np.int64).reshape(-1, 2)
    for (pair, number), mentor in zip(
        made, score(*ends.T).mentors.tolist(), strict=True
    ):
        drawn = blocks[number]
        likely = drawn.propensity(pair)
        kept.append(Group(pair, mentor, drawn.arm, likely, number))
    for drawn in blocks:
        for pair in drawn.pairs:
            del groups[pair]
    return [*kept, *groups.values()], blocks


def logged(
    blocks: Sequence[Randomised], groups: Sequence[Group], ids: Ints, score: Score
) -> tuple[RandomisedBlock, ...]:
    """The blocks by ids, with what was known of each pair that could have been. `groups`
    are the plan's introductions in order, thirds included."""
    if not blocks:
        return ()
    places = {
        pair: place
        for place, group in enumerate(groups)
        for pair in combinations(group.ranks, 2)
    }
    found = [sorted({pair for c in block.choices for pair in c}) for block in blocks]
    ends = np.array([pair for pairs in found for pair in pairs], np.int64)
    known = score(*ends.reshape(-1, 2).T)
    features = known.features(0), known.features(1)
    rows = np.stack(features, axis=1).reshape(2 * len(ends), -1).tolist()
    result, start = [], 0
    for block, pairs in zip(blocks, found, strict=True):
        end = start + 2 * len(pairs)
        result.append(
            RandomisedBlock(
                pairs=[[int(ids[one]), int(ids[other])] for one, other in pairs],
                features=rows[start:end],
                choices=[[pairs.index(pair) for pair in c] for c in block.choices],
                probabilities=block.probabilities.tolist(),
                chosen=block.chosen,
                introductions=[places[pair] for pair in block.choices[block.chosen]],
            )
        )
        start = end
    return tuple(result)


def _draw(
    pairs: Sequence[Ranks],
    constraints: Constraints,
    score: Score,
    rules: Rules,
    seed: int,
) -> list[Randomised]:
    """Draw each of `pairs` with chance `rules.explore` and `rules.control`; nobody is in
    two of them. What is not drawn is in no block."""
    chance = np.random.default_rng(seed)
    drawn_at = chance.random(len(pairs))
    arms = {
        Arm.EXPLORE: drawn_at < rules.explore,
        Arm.CONTROL: (drawn_at >= rules.explore)
        & (drawn_at < rules.explore + rules.control),
    }
    blocks = []
    for arm, drawn in arms.items():
        order = chance.permutation(np.flatnonzero(drawn)).tolist()
        for start in range(0, len(order), PER_BLOCK):
            some = tuple(pairs[k] for k in order[start : start + PER_BLOCK])
            blocks.append((arm, some))
    worth = _worth([block for _, block in blocks], constraints, score)
    result = []
    for arm, block in blocks:
        people = sorted(rank for pair in block for rank in pair)
        choices = tuple(_choices(people, worth))
        total = np.array([sum(worth[pair] for pair in choice) for choice in choices])
        if arm is Arm.CONTROL:
            total[:] = 0
        likely = np.exp((total - total.max()) / TEMPERATURE)
        likely /= likely.sum()
        chosen = int(chance.choice(len(choices), p=likely))
        result.append(Randomised(arm, block, choices, likely, chosen))
    return result


def _worth(
    blocks: Sequence[Sequence[Ranks]], constraints: Constraints, score: Score
) -> Mapping[Ranks, float]:
    """The value of each pair of people of one block that may be introduced."""
    everybody = [sorted(rank for pair in block for rank in pair) for block in blocks]
    ends = np.array(
        [(a, b) for ranks in everybody for a in ranks for b in ranks if a < b], np.int64
    ).reshape(-1, 2)
    ends = ends[constraints.allows(*ends.T)]
    values = score(*ends.T).values
    return {
        (int(one), int(other)): float(value)
        for (one, other), value in zip(ends, values, strict=True)
        if value >= constraints.rules.reserve
    }


def _choices(people: Sequence[int], worth: Mapping[Ranks, float]) -> Iterator[Choice]:
    """Every way to pair all these people, in order."""
    if not people:
        yield ()
        return
    first, *rest = people
    for other in rest:
        if (first, other) in worth:
            left = [rank for rank in rest if rank != other]
            for choice in _choices(left, worth):
                yield ((first, other), *choice)

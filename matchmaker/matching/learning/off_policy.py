"""What another scorer's choices would have been worth, from choices made at random.

In each block one of several matchings was drawn with known chances. Where chance
happened to make an introduction that the other scorer would have made, its outcome
counts, divided by how likely that was. This rests on nothing but those chances, and on what
comes of an introduction depending on its own two people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.learning.log import Log


@dataclass(frozen=True)
class Replay:
    """The introductions that were drawn, seen as another scorer's choices.

    A block's weights are 1 an introduction on average over its choices, whatever the
    scorer: the sum over an introduction's pair of chance / chance.
    """

    # (introductions,) 1 / propensity where the scorer agrees, else 0
    weights: Float64Array
    rewards: Float64Array  # (introductions,) 1 where both sides valued it
    blocks: Ints  # (introductions,) which block


def replay(log: Log, values: Sequence[Float64Array]) -> Replay:
    """What a scorer would have chosen in each block: the matching of the greatest sum
    of its `values`, which for each block give each of its pairs a number; where equal,
    the earlier.

    Pair by pair and not matching by matching: of four pairs in eight people chance
    agrees with one in seven, but with all four only one time in 105. The expectation
    is the same (Li et al. 2018, the item-position model).
    """
    numbers, valued = log.valued()
    weights, rewards, blocks = [], [], []
    for k, (block, worth) in enumerate(zip(log.blocks, values, strict=True)):
        totals = [worth[list(choice)].sum() for choice in block.choices]
        wanted = set(block.choices[int(np.argmax(totals))])
        chances = block.propensities
        for pair, number in zip(
            block.choices[block.chosen], block.introductions, strict=True
        ):
            weights.append(1 / chances[pair] if pair in wanted else 0.0)
            rewards.append(valued[np.searchsorted(numbers, number)])
            blocks.append(k)
    return Replay(
        np.array(weights, np.float64),
        np.array(rewards, np.float64),
        np.array(blocks, np.int64),
    )


def horvitz_thompson(
    rewards: Float64Array, weights: Float64Array, counts: Float64Array | None = None
) -> float:
    """Σ w r / n: unbiased, and uncertain where weights are large (Horvitz & Thompson
    1952; inverse propensity scoring, IPS). NaN of nothing. `counts` says how often a
    resample has each row."""
    counts = np.ones(len(rewards)) if counts is None else counts
    total = counts.sum()
    return float((counts * weights * rewards).sum() / total) if total else float("nan")


def self_normalised(
    rewards: Float64Array, weights: Float64Array, counts: Float64Array | None = None
) -> float:
    """Σ w r / Σ w: steadier, with a bias that vanishes as weights add up; never outside
    the rewards' range (SNIPS, Swaminathan & Joachims 2015). NaN without any weight."""
    counts = np.ones(len(rewards)) if counts is None else counts
    total = (counts * weights).sum()
    return float((counts * weights * rewards).sum() / total) if total else float("nan")


def effective_size(weights: Float64Array) -> float:
    """How many equally weighted rows would be as certain: (Σ w)² / Σ w² (Kish 1965)."""
    squares = (weights**2).sum()
    return float(weights.sum() ** 2 / squares) if squares else 0.0

"""Made-up histories of introductions and what came of them."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from matchmaker.matching.learning import (
    Arm,
    Log,
    RandomisedBlock,
)

NAMES = ("strength", "other")


def history(rows, blocks=(), arm=Arm.BEST):
    """From (round, introduction, receiver, giver, strength, other, outcome)."""
    table = np.array(rows, float).reshape(-1, 7)
    whole = table[:, :4].astype(np.int64)
    return Log(
        names=NAMES,
        rounds=whole[:, 0],
        introductions=whole[:, 1],
        receivers=whole[:, 2],
        givers=whole[:, 3],
        features=table[:, 4:6],
        outcomes=table[:, 6],
        propensities=np.ones(len(table)),
        arms=(arm,) * len(table),
        blocks=tuple(blocks),
    )


@st.composite
def histories(draw, most=12, outcomes=(0.0, 1.0, np.nan)):
    rows = []
    for number in range(draw(st.integers(0, most))):
        one, other = draw(st.permutations(range(5)))[:2]
        round_ = draw(st.integers(0, 4))
        for receiver, giver in ((one, other), (other, one)):
            strength = draw(st.floats(0, 1) | st.just(np.nan))
            feature = draw(st.floats(-9, 9) | st.sampled_from([np.nan, np.inf]))
            outcome = draw(st.sampled_from(outcomes))
            rows.append((round_, number, receiver, giver, strength, feature, outcome))
    return history(rows)


def planted(seed, rounds=12, introductions=40, people=60, signal=2.0, effect=0.0):
    """Everybody at random in pairs; `other` decides, the strength says nothing, and the
    giver of number 0 always helps."""
    random = np.random.default_rng(seed)
    rows = []
    for round_ in range(rounds):
        for k in range(introductions):
            one, other = random.choice(people, 2, replace=False)
            for receiver, giver in ((one, other), (other, one)):
                feature = random.normal()
                odds = signal * feature + effect * (1 if giver % 2 else -1)
                outcome = float(random.random() < 1 / (1 + np.exp(-odds)))
                strength = random.uniform(0.3, 0.7)
                number = round_ * introductions + k
                rows.append(
                    (round_, number, receiver, giver, strength, feature, outcome)
                )
    return history(rows)


# Four people, in whom three matchings are possible.
PAIRS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


CHOICES = [[0, 5], [1, 4], [2, 3]]


def block(chosen=0, first=0, probabilities=(0.5, 0.3, 0.2), features=None):
    if features is None:
        features = [[0.5, None]] * 12
    return RandomisedBlock(
        PAIRS, features, CHOICES, probabilities, chosen, [first, first + 1]
    )


def drawn(blocks, valued, rounds=None, arm=Arm.CONTROL):
    """A history of blocks; valued[k] says of each pair of block k whether both gain."""
    rows, chances = [], []
    for k, (one, came) in enumerate(zip(blocks, valued, strict=True)):
        for place, number in zip(
            one.choices[one.chosen], one.introductions, strict=True
        ):
            a, b = one.pairs[place]
            for side, (receiver, giver) in enumerate(((a, b), (b, a))):
                features = [
                    np.nan if x is None else x for x in one.features[2 * place + side]
                ]
                round_ = rounds[k] if rounds else 0
                rows.append((round_, number, receiver, giver, *features, came[place]))
                chances.append(one.propensities[place])
    past = history(rows, arm=arm)
    return replace(past, propensities=np.array(chances), blocks=tuple(blocks))


def many_blocks(seed, count, signal):
    """Blocks in which `other` decides by so much, and the strength says nothing."""
    random = np.random.default_rng(seed)
    blocks, valued = [], []
    for k in range(count):
        features = [[random.uniform(0.3, 0.7), random.normal()] for _ in range(12)]
        odds = signal * np.array(features)[:, 1]
        gains = random.random(12) < 1 / (1 + np.exp(-odds))
        people = random.choice(200, 4, replace=False).tolist()
        blocks.append(
            RandomisedBlock(
                [(people[a], people[b]) for a, b in PAIRS],
                features,
                CHOICES,
                [1 / 3] * 3,
                int(random.integers(3)),
                [2 * k, 2 * k + 1],
            )
        )
        # One reward for both: what the test is about is which pair, not which side.
        valued.append((gains[0::2] & gains[1::2]).astype(float))
    return drawn(blocks, valued, rounds=[k * 8 // count for k in range(count)])

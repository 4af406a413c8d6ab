"""How likely one phrase answers another, from what both mean.

A logistic regression over four features for each *relation*, fitted by
`tools/fit_relevance.py` to phrases whose meaning people have labelled. Nothing depends on
who else is there: one more possible helper makes no other helper less relevant.
"""

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import expit

from matchmaker.matching.arrays import Float32Array, Ints
from matchmaker.matching.text.topics import Reading

_FITTED = Path(__file__).parent / "relevance.json"
NOTHING = 1e-3  # below it two texts have no topic in common

FEATURES = (
    "static similarity",
    "multilingual similarity",
    "shared topics",
    "similarity of topics",
)


class Relation(enum.StrEnum):
    """What one phrase is to the other."""

    HELP = "help"  # an offer, or a mentor's topic, for a want or a mentee's question
    GOAL = "goal"  # two who want the same
    INTEREST = "interest"  # two who like the same; one may be looking for company
    CRAFT = "craft"  # two who offer the same


@dataclass(frozen=True)
class RelevanceModel:
    """Coefficients on `FEATURES` and the intercept."""

    coefficients: Sequence[float]
    intercept: float

    def probability(self, one: Reading, other: Reading) -> Float32Array:
        """Return how likely each of `other` answers each of `one`, (one, other)."""
        logits = compute_features(one, other) @ np.asarray(
            self.coefficients, np.float32
        )
        probability: Float32Array = 1 / (
            1 + np.exp(-(logits + np.float32(self.intercept)))
        )
        return probability

    def matches(
        self, one: Reading, other: Reading, least: float
    ) -> tuple[Ints, Ints, Float32Array]:
        """Return which of `one` are answered by which of `other` with a probability of at
        least this, as places in both, and the probability. Two texts that share no topic
        have nothing to say to each other."""
        static, multilingual, shared, profile = self.coefficients
        weighted = [
            part * np.float32(weight)
            for part, weight in zip(
                one.compact, (static, multilingual, profile), strict=True
            )
        ]
        alike = np.hstack(weighted) @ np.hstack(other.compact).T
        common = one.shared(other).tocoo()
        row, column = common.coords
        logits = alike[row, column] + shared * np.log(common.data + NOTHING)
        probability = expit(logits + np.float32(self.intercept))
        likely = probability >= least
        return (
            row[likely].astype(np.int64),
            column[likely].astype(np.int64),
            probability[likely].astype(np.float32),
        )


def compute_features(one: Reading, other: Reading) -> Float32Array:
    """Return what is known of each pair of texts, (one, other, len(FEATURES))."""
    static, multilingual, profile = (
        mine @ theirs.T for mine, theirs in zip(one.compact, other.compact, strict=True)
    )
    shared = np.log(one.shared(other).toarray() + NOTHING)
    return np.stack([static, multilingual, shared, profile], axis=-1)


@cache
def fitted() -> Mapping[Relation, RelevanceModel]:
    """Return the models that ship with the engine."""
    stored = json.loads(_FITTED.read_text(encoding="utf-8"))
    return {Relation(name): RelevanceModel(**model) for name, model in stored.items()}

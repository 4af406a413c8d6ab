"""How likely one phrase answers another, from what both mean.

Logistic regressions over three features for each *relation*, fitted by
`tools/fit_relevance.py` to phrases whose meaning people have labelled: one for phrases as
the engine reads them, one for pairs whose owners have both said what they're about, which
trusts the topics more. Nothing depends on who else is there: one more possible helper
makes no other helper less relevant.
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
NOTHING = 1e-3  # what two texts have in common that share no topic
# Two texts that are so similar may mean the same where none of our topics fits them.
CLOSE = 0.3

FEATURES = ("similarity", "shared topics", "similarity of topics")


class Relation(enum.StrEnum):
    """What one phrase is to the other."""

    HELP = "help"  # an offer, or a mentor's topic, for a want or a mentee's question
    GOAL = "goal"  # two who want the same
    INTEREST = "interest"  # two who like the same; one may be looking for company
    CRAFT = "craft"  # two who offer the same


@dataclass(frozen=True)
class Logistic:
    """Coefficients on `FEATURES` and the intercept."""

    coefficients: Sequence[float]
    intercept: float

    def probability(self, features: Float32Array) -> Float32Array:
        """Return the probabilities, (…,) of features (…, len(FEATURES))."""
        products = features @ np.asarray(self.coefficients, np.float32)
        return np.asarray(expit(products + np.float32(self.intercept)), np.float32)


@dataclass(frozen=True)
class RelevanceModel:
    read: Logistic
    confirmed: Logistic  # where both texts are

    def probability(self, one: Reading, other: Reading) -> Float32Array:
        """Return how likely each of `other` answers each of `one`, (one, other); 0 where
        two texts neither share a topic nor lie close together."""
        probability = np.zeros((len(one), len(other)), np.float32)
        row, column, likely = self.matches(one, other, 0)
        probability[row, column] = likely
        return probability

    def matches(
        self, one: Reading, other: Reading, least: float
    ) -> tuple[Ints, Ints, Float32Array]:
        """Return which of `one` are answered by which of `other` with a probability of at
        least this, as places in both, and the probability."""
        row, column, features = compare(one, other)
        probability = self.read.probability(features)
        both = one.is_confirmed[row] & other.is_confirmed[column]
        if both.any():
            probability[both] = self.confirmed.probability(features[both])
        likely = probability >= least
        return row[likely], column[likely], probability[likely]


def compare(one: Reading, other: Reading) -> tuple[Ints, Ints, Float32Array]:
    """Return which of `one` and of `other` share a topic or lie close together, as places
    in both, and what is known of each such pair, (pairs, len(FEATURES)).

    Where an owner has said what a text is about, being close is not enough.
    """
    similarity = one.places @ other.places.T
    shared = one.shared(other).toarray()
    is_close = similarity >= CLOSE
    is_close[one.is_confirmed] = is_close[:, other.is_confirmed] = False
    row, column = np.nonzero((shared > 0) | is_close)
    features = np.empty((len(row), len(FEATURES)), np.float32)
    features[:, 0] = similarity[row, column]
    features[:, 1] = np.log(np.minimum(shared[row, column], 1) + NOTHING)
    features[:, 2] = (one.profile @ other.profile.T)[row, column]
    return row, column, features


@cache
def fitted() -> Mapping[Relation, RelevanceModel]:
    """Return the models that ship with the engine."""
    stored = json.loads(_FITTED.read_text(encoding="utf-8"))
    return {
        Relation(name): RelevanceModel(
            **{of: Logistic(**how) for of, how in models.items()}
        )
        for name, models in stored.items()
    }

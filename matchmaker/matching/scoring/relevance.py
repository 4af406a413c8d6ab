"""How likely one phrase answers another, from what both mean.

Logistic regressions over four features for each *relation*, fitted by
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

from matchmaker.matching.arrays import Floats
from matchmaker.matching.text.topics import Reading

_FITTED = Path(__file__).parent / "relevance.json"
_LEAST = 1e-3  # below it two texts have no topic in common

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
class Logistic:
    """Coefficients on `FEATURES` and the intercept."""

    coefficients: Sequence[float]
    intercept: float

    def logits(self, features: Floats) -> Floats:
        products = features @ np.asarray(self.coefficients, np.float32)
        return np.asarray(products + np.float32(self.intercept), np.float32)


@dataclass(frozen=True)
class RelevanceModel:
    read: Logistic
    confirmed: Logistic  # where both texts are
    # The best of many pairs is more often a fluke than any one pair: (slope, intercept)
    # on the logit.
    best: Sequence[float]

    def probability(self, one: Reading, other: Reading) -> Floats:
        """Return how likely each of `other` answers each of `one`, (one, other)."""
        features = compute_features(one, other)
        logits = self.read.logits(features)
        both = np.outer(one.is_confirmed, other.is_confirmed) > 0
        if both.any():
            logits = np.where(both, self.confirmed.logits(features), logits)
        return _sigmoid(logits)

    def probability_of_best(self, probability: Floats) -> Floats:
        """Return how likely the best of two people's pairs of texts is right, from the
        probability that it has as one pair."""
        clipped = np.clip(probability, 1e-6, 1 - 1e-6)
        slope, intercept = (np.float32(number) for number in self.best)
        return _sigmoid(slope * np.log(clipped / (1 - clipped)) + intercept)


def compute_features(one: Reading, other: Reading) -> Floats:
    """Return what is known of each pair of texts, (one, other, len(FEATURES))."""
    shared = one.probabilities @ one.near @ other.probabilities.T
    return np.stack(
        [
            one.vectors.static @ other.vectors.static.T,
            one.vectors.multilingual @ other.vectors.multilingual.T,
            np.log(np.minimum(shared, 1) + _LEAST),
            one.profile @ other.profile.T,
        ],
        axis=-1,
    )


@cache
def fitted() -> Mapping[Relation, RelevanceModel]:
    """Return the models that ship with the engine."""
    stored = json.loads(_FITTED.read_text(encoding="utf-8"))
    return {
        Relation(name): RelevanceModel(
            Logistic(**model["read"]), Logistic(**model["confirmed"]), model["best"]
        )
        for name, model in stored.items()
    }


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)

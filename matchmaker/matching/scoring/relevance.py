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

from matchmaker.matching.arrays import Float32Array
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


def compute_features(one: Reading, other: Reading) -> Float32Array:
    """Return what is known of each pair of texts, (one, other, len(FEATURES))."""
    shared = one.probabilities @ one.near @ other.probabilities.T
    return np.stack(
        [
            one.vectors.static @ other.vectors.static.T,
            one.vectors.multilingual @ other.vectors.multilingual.T,
            np.log(shared + _LEAST),
            one.profile @ other.profile.T,
        ],
        axis=-1,
    )


@cache
def fitted() -> Mapping[Relation, RelevanceModel]:
    """Return the models that ship with the engine."""
    stored = json.loads(_FITTED.read_text(encoding="utf-8"))
    return {Relation(name): RelevanceModel(**model) for name, model in stored.items()}

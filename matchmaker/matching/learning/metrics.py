"""How well probabilities tell yes from no, and how sure that is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matchmaker.matching.arrays import Float64Array, Ints

RESAMPLES = 600
LEVEL = 0.95
_BINS = 10


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def auc(
    scores: Float64Array, outcomes: Float64Array, weights: Float64Array | None = None
) -> float:
    """How often a yes scores above a no, ties counting half; NaN where one is missing.

    Rows may be weighted (by how often a resample has them). The area under the ROC
    curve as Mann and Whitney's U (Hanley & McNeil 1982).
    """
    if weights is None:
        weights = np.ones(len(scores))
    _, rank = np.unique(scores, return_inverse=True)
    yes = np.bincount(rank, weights * outcomes)
    no = np.bincount(rank, weights * (1 - outcomes))
    pairs = yes.sum() * no.sum()
    above = (yes * (np.cumsum(no) - no / 2)).sum()
    return float(above / pairs) if pairs > 0 else float("nan")


def centred(scores: Float64Array, receivers: Ints, givers: Ints) -> Float64Array:
    """Scores without what is the receiver's or the giver's own, (rows,).

    The residuals of two-way fixed effects, by alternating means (Guimarães & Portugal
    2010); whatever is left of an additive score is rounded off.
    """
    left = np.asarray(scores, np.float64)
    sides = [np.unique(side, return_inverse=True)[1] for side in (receivers, givers)]
    for _ in range(500):
        before = left
        for side in sides:
            sizes = np.maximum(np.bincount(side), 1)
            left = left - (np.bincount(side, left) / sizes)[side]
        if np.abs(left - before).max(initial=0) < 1e-10:
            break
    return np.round(left, 7)


def interaction_auc(
    scores: Float64Array,
    outcomes: Float64Array,
    receivers: Ints,
    givers: Ints,
    weights: Float64Array | None = None,
) -> float:
    """The AUC of what is specific to the pair.

    When everybody is introduced to somebody, what is only somebody's own (popular,
    picky) adds the same to every assignment; this is what an assignment can use. Give
    scores on a scale on which people add up, such as log odds. Just 0.5 for a scorer
    that knows people but not pairs.
    """
    return auc(centred(scores, receivers, givers), outcomes, weights)


def calibration_error(probabilities: Float64Array, outcomes: Float64Array) -> float:
    """The expected calibration error over ten bins of equal width (Naeini, Cooper &
    Hauskrecht 2015): how far a bin's share of yes lies from its mean probability."""
    bins = np.minimum((probabilities * _BINS).astype(np.int64), _BINS - 1)
    off = np.bincount(bins, probabilities - outcomes)
    return float(np.abs(off).sum() / max(len(bins), 1))


def interval(
    statistic: Callable[[Float64Array], float], clusters: Ints, seed: int
) -> Estimate:
    """The statistic and its percentile bootstrap interval (Efron 1979).

    `statistic` takes the weight of each row. Whole clusters are drawn, with
    replacement (Field & Welsh 2007): what shares a cluster shares its luck. Resamples
    of which the statistic is NaN are passed over.
    """
    names, cluster = np.unique(clusters, return_inverse=True)
    value = statistic(np.ones(len(clusters)))
    random = np.random.default_rng(seed)
    drawn = [
        statistic(
            np.bincount(
                random.integers(0, len(names), len(names)), minlength=len(names)
            )[cluster].astype(np.float64)
        )
        for _ in range(RESAMPLES if len(names) else 0)
    ]
    kept = [found for found in drawn if not np.isnan(found)] or [value]
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(value), float(low), float(high))

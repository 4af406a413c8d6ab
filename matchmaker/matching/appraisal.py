"""What very many pairs are worth, some at a time, on as many workers as there are."""

from dataclasses import dataclass

import joblib
import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.benefit import Scorer, weigh
from matchmaker.matching.profiles import Profiles
from matchmaker.matching.types import Rules
from matchmaker.matching.vectors import Floats, Ints

_AT_ONCE = 250_000  # pairs: some 100 MB


@dataclass(frozen=True)
class Appraisal:
    """Of each pair what `Benefits` has in detail, (pairs,)."""

    values: Floats  # 0 where it is no introduction
    beyond: Floats
    best: NDArray[np.int8]


def appraise(
    profiles: Profiles, rules: Rules, first: Ints, second: Ints, scorer: Scorer | None
) -> Appraisal:
    """Weigh the pairs, by rank. Within `joblib.parallel_config` the work is shared out:
    over threads, processes or the machines of a Dask cluster."""
    parts = joblib.Parallel(prefer="threads")(
        joblib.delayed(_appraise)(
            profiles,
            rules,
            first[start : start + _AT_ONCE],
            second[start : start + _AT_ONCE],
            scorer,
        )
        for start in range(0, max(len(first), 1), _AT_ONCE)
    )
    values, beyond, best = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Appraisal(values, beyond, best)


def _appraise(
    profiles: Profiles, rules: Rules, first: Ints, second: Ints, scorer: Scorer | None
) -> tuple[Floats, Floats, NDArray[np.int8]]:
    found = weigh(profiles, rules, first, second, scorer)
    return (
        found.values.astype(np.float32),
        found.beyond.astype(np.float32),
        found.best.astype(np.int8),
    )

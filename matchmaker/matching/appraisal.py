"""What very many pairs are worth, some at a time, on as many workers as there are."""

from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Bools, Floats, Ints
from matchmaker.matching.benefit import Scorer, weigh
from matchmaker.matching.profiles import Profiles
from matchmaker.matching.types import Rules

_AT_ONCE = 250_000  # pairs: some 100 MB


@dataclass(frozen=True)
class Appraisal:
    """Of each pair what `Benefits` has in detail, (pairs,)."""

    values: Floats  # 0 where it is no introduction
    beyond: Floats
    best: NDArray[np.int8]
    # What each side gains as a peer, 0 where it is too little to meet for.
    first_gains: Floats
    second_gains: Floats

    def without(self, pairs: Bools) -> "Appraisal":
        """The same, but these pairs are no introductions."""
        values, first, second = (
            np.where(pairs, np.float32(0), of)
            for of in (self.values, self.first_gains, self.second_gains)
        )
        return replace(self, values=values, first_gains=first, second_gains=second)


def appraise(
    profiles: Profiles, rules: Rules, first: Ints, second: Ints, scorer: Scorer | None
) -> Appraisal:
    """Weigh the pairs, by rank. Within `joblib.parallel_config` the work is shared out:
    over threads, processes or the machines of a Dask cluster."""
    parts: list[tuple[NDArray[Any], ...]] = joblib.Parallel(prefer="threads")(
        joblib.delayed(_appraise)(
            profiles,
            rules,
            first[start : start + _AT_ONCE],
            second[start : start + _AT_ONCE],
            scorer,
        )
        for start in range(0, max(len(first), 1), _AT_ONCE)
    )
    return Appraisal(*map(np.concatenate, zip(*parts, strict=True)))


def _appraise(
    profiles: Profiles, rules: Rules, first: Ints, second: Ints, scorer: Scorer | None
) -> tuple[NDArray[Any], ...]:
    found = weigh(profiles, rules, first, second, scorer)
    return (
        found.values.astype(np.float32),
        found.beyond.astype(np.float32),
        found.best.astype(np.int8),
        *(gains.astype(np.float32) for gains in found.as_peers),
    )

"""`meeting.meet` for very many pairs, compiled. Importing this needs the extra `scale`.

What somebody's phrases say together is the sum of what each says, so no text but the
phrases themselves has a row, and a pair costs as many inner products as there are
offers times wants.
"""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.vectors import Floats, Ints

Values = NDArray[np.float64]


@numba.njit(cache=True, nogil=True, fastmath=True)
def _dot(one: Floats, other: Floats, begin: int, end: int) -> Any:
    total = np.float32(0)
    for k in range(begin, end):
        total += one[k] * other[k]
    return total


@numba.njit(cache=True, nogil=True)
def best(
    rows: Floats,
    middle: int,
    offer_starts: Ints,
    offers: Ints,
    lengths: Floats,
    want_starts: Ints,
    wants: Ints,
    givers: Ints,
    seekers: Ints,
    most_phrases: int,
    usual: Floats,
    spread: Floats,
    weights: Values,
) -> tuple[Values, Ints, Ints]:
    """Log odds, giver's phrase and want of the want that is met best, (pairs,) each;
    minus infinity where nobody offers or wants anything.

    `rows` (texts, numbers) up to `middle` mean and beyond spell; `lengths` (people, 2)
    are those of the sums of a giver's offers in either part; `usual` and `spread`
    (texts,) of the evidence for each want. Phrases are counted over everybody's.
    `weights` are the constants of meeting.py: SINGLE, STEEPNESS, STANDOUT, CONSTANT,
    ALONE.
    """
    pairs = len(givers)
    odds = np.full(pairs, -np.inf)
    given = np.zeros(pairs, np.int64)
    sought = np.zeros(pairs, np.int64)
    numbers = rows.shape[1]
    single, steepness, standout, constant, alone, floor = weights
    for pair in range(pairs):
        giver, seeker = givers[pair], seekers[pair]
        first, last = offer_starts[giver], offer_starts[giver + 1]
        if first == last:
            continue
        many = np.sqrt(min(last - first, most_phrases))
        for want in range(want_starts[seeker], want_starts[seeker + 1]):
            text = wants[want]
            likest, at = -2.0, first
            meant, spelled = 0.0, 0.0
            for offer in range(first, last):
                means = _dot(rows[offers[offer]], rows[text], 0, middle)
                spells = _dot(rows[offers[offer]], rows[text], middle, numbers)
                meant += means
                spelled += spells
                likeness = np.round(means + spells, 4)
                if likeness > likest:
                    likest, at = likeness, offer
            together = meant / lengths[giver, 0] + spelled / lengths[giver, 1]
            evidence = np.round(many * (together + single * likest), 4)
            above = (evidence - usual[text]) / spread[text]
            found = max(
                steepness * evidence + standout * above + constant,
                alone * evidence + floor,
            )
            if found > odds[pair]:
                odds[pair], given[pair], sought[pair] = found, at, want
    return odds, given, sought

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
    column: Ints,
    least: Floats,
    rival_evidence: Floats,
    rival: Ints,
    kinship: Any,
    discount: Floats,
    words: Ints,
    steepness: Values,
    constant: Values,
    ahead: float,
) -> tuple[Values, Ints, Ints]:
    """Log odds, giver's phrase and want of the want that is met best, (pairs,) each;
    minus infinity where nobody offers or wants anything.

    `rows` (texts, numbers) up to `middle` mean and beyond spell; `lengths` (people, 2)
    are those of the sums of a giver's offers in either part. Phrases are counted over
    everybody's. `column` (wants,) says where one is among the `Rivals`, whose parts
    follow; `words` (texts,) are counted, and `steepness` and `constant` are the
    `meeting.slopes` of 0, 1, 2 … of them.
    """
    pairs = len(givers)
    odds = np.full(pairs, -np.inf)
    given = np.zeros(pairs, np.int64)
    sought = np.zeros(pairs, np.int64)
    numbers = rows.shape[1]
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
            evidence = np.round(many * together, 4)
            against = least[column[want]]
            for k in range(2):
                kin = kinship[giver, rival[k, column[want]]]
                other = rival_evidence[k, column[want]] + discount[kin]
                against = max(against, other)
            many_words = min(words[text], len(constant) - 1)
            found = (
                constant[many_words]
                + steepness[many_words] * evidence
                + ahead * (evidence - against)
            )
            if found > odds[pair]:
                odds[pair], given[pair], sought[pair] = found, at, want
    return odds, given, sought

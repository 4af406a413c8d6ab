"""`meeting.meet` for very many pairs, compiled. Importing this needs the extra `scale`.

What somebody's phrases say together is the sum of what each says, so no text but the
phrases themselves has a row; a pair costs that sum and an inner product for each want.
"""

from typing import Any

import numba
import numpy as np

from matchmaker.matching.arrays import Floats, Ints, Values


@numba.njit(cache=True, nogil=True, fastmath=True)
def _dot(one: Floats, other: Floats) -> Any:
    total = np.float32(0)
    for k in range(len(one)):
        total += one[k] * other[k]
    return total


@numba.njit(cache=True, nogil=True, fastmath=True)
def _sum(rows: Floats, texts: Ints, middle: int, share: float, into: Floats) -> None:
    """The row of these texts together, as `sketch.sketched` makes it."""
    into[:] = rows[texts[0]]
    for k in range(1, len(texts)):
        into += rows[texts[k]]
    meant = np.sqrt(_dot(into[:middle], into[:middle]))
    spelled = np.sqrt(_dot(into[middle:], into[middle:]))
    if meant > 0:
        into[:middle] *= np.sqrt(share) / meant
    if spelled > 0:
        into[middle:] *= (np.sqrt(1 - share) if meant > 0 else 1) / spelled


@numba.njit(cache=True, nogil=True)
def best(
    rows: Floats,
    middle: int,
    share: float,
    offer_starts: Ints,
    offers: Ints,
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
    worth_quoting: float,
) -> tuple[Values, Ints, Ints]:
    """Log odds, giver's phrase and want of the want that is met best, (pairs,) each;
    minus infinity where nobody offers or wants anything. The phrase is looked for from
    log odds of `worth_quoting` on.

    `rows` (texts, numbers) up to `middle` mean and beyond spell; in sums the meaning has
    `share`. Phrases are counted over everybody's. `column` (wants,) says where one is
    among the `Rivals`, whose parts follow; `words` (texts,) are counted, and `steepness`
    and `constant` are the `meeting.slopes` of 0, 1, 2 … of them.
    """
    pairs = len(givers)
    odds = np.full(pairs, -np.inf)
    given = np.zeros(pairs, np.int64)
    sought = np.zeros(pairs, np.int64)
    numbers = rows.shape[1]
    together, whose = np.empty(numbers, np.float32), -1
    for pair in range(pairs):
        giver, seeker = givers[pair], seekers[pair]
        first, last = offer_starts[giver], offer_starts[giver + 1]
        if first == last or want_starts[seeker] == want_starts[seeker + 1]:
            continue
        many = np.sqrt(min(last - first, most_phrases))
        if giver != whose:  # pairs come in the order of their first
            _sum(rows, offers[first:last], middle, share, together)
            whose = giver
        for want in range(want_starts[seeker], want_starts[seeker + 1]):
            text = wants[want]
            evidence = np.round(many * _dot(together, rows[text]), 4)
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
                odds[pair], sought[pair] = found, want
        if odds[pair] >= worth_quoting:
            likest = -2.0
            for offer in range(first, last):
                like = np.round(_dot(rows[offers[offer]], rows[wants[sought[pair]]]), 4)
                if like > likest:
                    likest, given[pair] = like, offer
    return odds, given, sought

"""Whether what one person gives meets what another looks for, and in which words.

How well giver g meets want w is the probability that whoever has the want says "I got
what was stated". Evidence is the likeness of the want to all that g gives together,
with a little of its likeness to the one phrase of g that is likest to it and can be
quoted. What it is evidence of depends on the others: where many come as close, it is
their subject and not their answer. So the probability is a logistic function of the
evidence and of how many standard deviations it lies above what is usual for this want
here; benchmarks/who_can_help.py prints how often what is stated comes true.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.lexicon import distinct
from matchmaker.matching.shelves import (
    Phrases,
    Shelf,
    Standing,
    shelve,
    spread,
)
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import Floats, Ints, Vectors

# Fitted to communities of 30, 100 and 300 people (benchmarks/communities.py) of other
# seeds than are measured, and to the tuning half of benchmarks/who_can_help.py.
STEEPNESS, STANDOUT, CONSTANT = 1.90, 1.94, -5.12

# The same words are what was asked for, however many offer them: steepness and constant
# of what evidence is worth wherever it stands.
ALONE = 9.70, -9.50

# What is usual is what a sample of the givers comes to, with so many typical ones added,
# so that it is known for two people and hardly moves when somebody joins. These make
# of a single giver's evidence what `who_can_help.py --fit` makes of it.
TYPICAL, MEAN, SPREAD = 15, 0.15, 0.20
_SAMPLE = 100  # givers: 400 do no better
_GOLDEN = (5**0.5 - 1) / 2

# Asked for alone, the best phrase finds less than all together (0.44 and 0.58 of the
# tasks of engine.md); a tenth of it beside them does no harm, and it is what is quoted.
SINGLE = np.float32(0.1)

# A phrase among n that have nothing in common is 1 / sqrt(n) of what they say together.
# Beyond three, phrases of one person tend to be about one matter.
_PHRASES = 3

# Below this probability nothing is stated. Read off pairs of phrases that a human
# would call the same matter or not (tests/matching/test_meeting.py).
MEET = 0.12

_TABLE = 20_000_000  # cells: givers by distinct wants that are held at once
_CHUNK = 100_000  # pairs that are looked at singly together

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Meetings:
    """For each ordered pair: how well they meet, and the two phrases that do so best.

    Where nothing meets, strength is 0 and the places mean nothing.
    """

    strength: Values  # (pairs,) 0, or a probability of MEET to 1
    given: Ints  # (pairs,) place of the giver's phrase
    sought: Ints  # (pairs,) place of the receiver's phrase


def meet(
    vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf, givers: Ints, seekers: Ints
) -> Meetings:
    """How what givers[k] gives meets what seekers[k] seeks.

    Equally good words: the first the seeker wrote, then the first the giver wrote.
    """
    result = Meetings(
        strength=np.zeros(len(givers)),
        given=np.zeros(len(givers), np.int64),
        sought=np.zeros(len(givers), np.int64),
    )
    some = np.flatnonzero((gives.sizes[givers] > 0) & (seeks.sizes[seekers] > 0))
    if not len(some):
        return result
    if isinstance(vectors, Sketch) and find_spec("numba"):
        return _meet_compiled(vectors, gives, seeks, givers, seekers)
    usual = standing(vectors, gives, seeks)
    likeness = _likeness(vectors, gives, seeks)
    for start in range(0, len(some), _CHUNK):
        into = some[start : start + _CHUNK]
        at, pair = spread(seeks.starts, seekers[into])
        found, given = _singly(likeness, gives, givers[into][pair], seeks.texts[at])
        strength = probability(found, usual, seeks.texts[at])
        best = _best(strength, pair)
        result.sought[into] = seeks.places[at[best]]
        result.strength[into] = strength[best]
        result.given[into] = given[best]
    result.strength[result.strength < MEET] = 0
    return result


def _meet_compiled(
    vectors: Sketch, gives: Shelf, seeks: Shelf, givers: Ints, seekers: Ints
) -> Meetings:
    """The same, but for the last digit of what is added up in another order."""
    from matchmaker.matching.meeting_compiled import best

    usual = standing(vectors, gives, seeks)
    if "sums" not in gives.lengths:
        gives.lengths["sums"] = vectors.lengths(gives.starts, gives.texts)
    found, given, sought = best(
        vectors.texts,
        vectors.middle,
        gives.starts,
        gives.texts,
        gives.lengths["sums"],
        seeks.starts,
        seeks.texts,
        np.ascontiguousarray(givers),
        np.ascontiguousarray(seekers),
        _PHRASES,
        usual.mean,
        usual.spread,
        np.array([SINGLE, STEEPNESS, STANDOUT, CONSTANT, *ALONE]),
    )
    strength = np.round(1 / (1 + np.exp(-found)), 4)
    strength[strength < MEET] = 0
    some = strength > 0
    places = np.zeros((2, len(strength)), np.int64)
    places[0, some], places[1, some] = (
        gives.places[given[some]],
        seeks.places[sought[some]],
    )
    return Meetings(strength, *places)


def who_can_help(
    wants: Sequence[str],
    offers: Sequence[Phrases],
    encode: Callable[[Sequence[str]], Vectors],
) -> Values:
    """How likely each person's offers would give each want what it asks for: (wants,
    people), 0 to 1 and not cut off at MEET, so that it also ranks the unlikely. 0
    where either names no subject."""
    vectors, (gives, seeks) = shelve([offers, [(want,) for want in wants]], encode)
    result = np.zeros((len(wants), len(offers)))
    asking, giving = np.flatnonzero(seeks.sizes), np.flatnonzero(gives.sizes)
    if len(asking) and len(giving):
        usual = standing(vectors, gives, seeks)
        size = max(1, _TABLE // len(asking))
        for start in range(0, len(giving), size):
            block = giving[start : start + size]
            found = _tabulate(vectors, gives, block, seeks.texts)
            result[np.ix_(asking, block)] = probability(found, usual, seeks.texts).T
    return result


def evidence(single: Floats, together: Floats, phrases: Ints) -> Floats:
    """What speaks for a meeting: the want's likeness to the giver's best phrase and to
    all their phrases, of which there are so many. Rising in both likenesses."""
    wide = np.sqrt(np.minimum(phrases, _PHRASES)).astype(np.float32)
    found = wide * (together + SINGLE * single)
    return np.asarray(np.round(found, 4), np.float32)  # noise decides nothing


def standing(vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf) -> Standing:
    """What evidence is usual for each phrase of `seeks` among those who give something.

    Mean and standard deviation as if `TYPICAL` givers were added to a sample of them;
    their evidence is read off what they give together alone. The sample is the same
    whenever it is asked for, evenly spread over the ranks, and changes by at most one
    when somebody joins at the end. Kept by `seeks`.
    """
    if gives not in seeks.usual:
        givers = np.flatnonzero(gives.sizes)
        if len(givers) > _SAMPLE:  # the multiples of the golden ratio lie evenly
            givers = np.sort(np.argsort(givers * _GOLDEN % 1)[:_SAMPLE])
        wants, _ = distinct(seeks.texts, len(vectors))
        mean = np.full(len(vectors), MEAN, np.float32)
        deviation = np.full(len(vectors), SPREAD, np.float32)
        alike = _likeness(vectors, gives, seeks)
        given = gives.joined[givers]
        size = max(1, _TABLE // 10 // max(len(givers), 1))
        for start in range(0, len(wants), size):
            some = wants[start : start + size]
            pairs = np.tile(given, len(some)), np.repeat(some, len(given))
            likeness = alike(*pairs).reshape(len(some), len(given))
            found = evidence(likeness, likeness, gives.sizes[givers])
            count = len(givers) + TYPICAL
            mean[some] = (found.sum(axis=1) + TYPICAL * MEAN) / count
            squares = np.square(found).sum(axis=1) + TYPICAL * (SPREAD**2 + MEAN**2)
            deviation[some] = np.sqrt(squares / count - np.square(mean[some]))
        seeks.usual[gives] = Standing(mean, deviation)
    return seeks.usual[gives]


def probability(evidence: Floats, usual: Standing, texts: Ints) -> Values:
    """That each of the wants, rows `texts` of the vectors, gets what was stated: of the
    shape of the evidence, whose last axis they are. Rising in the evidence.

    The evidence and its standard score through a logistic function fitted to what was
    true, as Platt scaling has it; no less than what the same words are worth anywhere.
    """
    value = evidence.astype(np.float64)
    above = (value - usual.mean[texts]) / usual.spread[texts]
    steepness, constant = ALONE
    score = np.maximum(
        STEEPNESS * value + STANDOUT * above + CONSTANT, steepness * value + constant
    )
    chance: Values = np.round(1 / (1 + np.exp(-score)), 4)
    return chance


def _tabulate(
    vectors: Vectors | Sketch, gives: Shelf, people: Ints, wants: Ints
) -> Floats:
    """Evidence, (people, wants), all of whom give something."""
    at, _ = spread(gives.starts, people)
    phrases, phrase = distinct(gives.texts[at], len(vectors))
    likeness = vectors.table(phrases, wants)
    sizes = gives.sizes[people]
    begins = np.cumsum(sizes) - sizes
    single = likeness[phrase[begins]]
    for step in range(1, int(sizes.max())):
        rows = np.flatnonzero(sizes > step)
        single[rows] = np.maximum(single[rows], likeness[phrase[begins[rows] + step]])
    together = vectors.table(gives.joined[people], wants)
    return evidence(single, together, sizes[:, None])


def _likeness(
    vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf
) -> Callable[[Ints, Ints], Floats]:
    """What gives the likeness of texts of `gives`, or of all somebody gives, to texts of
    `seeks`: of few it is worked out once for all, and kept by `seeks`."""
    if gives not in seeks.tables:
        given, _ = distinct(np.concatenate([gives.texts, gives.joined]), len(vectors))
        sought, _ = distinct(seeks.texts, len(vectors))
        if len(given) * len(sought) > _TABLE:
            return vectors.pairs
        rows, columns = np.zeros((2, len(vectors)), np.int64)
        rows[given], columns[sought] = np.arange(len(given)), np.arange(len(sought))
        seeks.tables[gives] = vectors.table(given, sought), rows, columns
    table, rows, columns = seeks.tables[gives]
    return lambda left, right: table[rows[left], columns[right]]


def _singly(
    likeness: Callable[[Ints, Ints], Floats], gives: Shelf, givers: Ints, wants: Ints
) -> tuple[Floats, Ints]:
    """Evidence, and the place of the phrase that is likest to the want, of givers[k]
    and wants[k]: each (pairs,)."""
    at, pair = spread(gives.starts, givers)
    single = likeness(gives.texts[at], wants[pair])
    best = _best(single, pair)
    together = likeness(gives.joined[givers], wants)
    found = evidence(single[best], together, gives.sizes[givers])
    return found, gives.places[at[best]]


def _best(values: Floats | Values, of: Ints) -> Ints:
    """Of each run of equal numbers in `of`, that is 0 … n without a gap, where the
    greatest value is; of equal ones the first."""
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    greatest = np.maximum.reduceat(values, begins)
    where = np.flatnonzero(values == greatest[of])
    first: Ints = where[np.flatnonzero(np.diff(of[where], prepend=-1))]
    return first

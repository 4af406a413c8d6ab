"""Whether what one person gives meets what another looks for, and in which words.

How well giver g meets want w is the probability that whoever has the want says "I got
what was stated": a logistic function of what speaks for it (evidence/), of how far
that is ahead of what speaks for somebody of another kind (rivals.py), of how much was asked,
for of many words more are alike, and of how many there are, for among more people more
look right who are not. benchmarks/calibrate.py fits the constants and prints how often
what is stated comes true.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from math import log

import numpy as np

from matchmaker.matching.arrays import Floats, Ints, Values
from matchmaker.matching.evidence import Evidence, gather
from matchmaker.matching.evidence.base import PHRASES
from matchmaker.matching.rivals import DISCOUNT
from matchmaker.matching.shelves import Phrases, Shelf, greatest, shelve, spread
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import Vectors

# As `benchmarks/calibrate.py --fit` prints them. Log odds rise by STEEPNESS with the
# evidence and by AHEAD with the lead over the strongest rival. In a sentence, of eight
# words or more, they begin at SENTENCE[0] and rise by SENTENCE[1] besides, beside a tag
# of three words or less; in a story of forty they begin at STORY. With each factor e by
# which more people than `FEW` give something they begin at CROWD.
STEEPNESS, AHEAD, CONSTANT = 4.64, 8.45, -2.75
SENTENCE, STORY, CROWD = (0.75, 3.78), -2.43, -0.56

# Fewer people than the first count as so many, to be careful where little is known, more
# than the second as so many: of a thousand the fit, with a straight line in the logarithm,
# states less than comes true (0.78 of 0.84 where people write much).
FEW, MANY = 100, 300

LONGEST = 40  # words, beyond which more make no difference

# Below this probability nothing is stated. Read off pairs of phrases that a human
# would call the same matter or not (tests/matching/test_meeting.py).
MEET = 0.12

_CHUNK = 100_000  # pairs that are looked at together
_TABLE = 5_000_000  # likewise, of one want with everybody


@dataclass(frozen=True)
class Meetings:
    """For each ordered pair: how well they meet, and the two phrases that do so best.

    Where nothing meets, strength is 0 and the places mean nothing.
    """

    strength: Values  # (pairs,) 0, or a probability of MEET to 1
    sought: Ints  # (pairs,) place of the receiver's phrase
    quote: Callable[[], Ints]

    @cached_property
    def given(self) -> Ints:
        """Place of the giver's phrase that is likest to the one sought, (pairs,). Found
        when asked for: of most pairs nobody is told anything."""
        return self.quote()


def meet(
    vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf, givers: Ints, seekers: Ints
) -> Meetings:
    """How what givers[k] gives meets what seekers[k] seeks.

    Equally good words: the first the seeker wrote, then the first the giver wrote.
    """
    strength = np.zeros(len(givers))
    sought, wants = np.zeros((2, len(givers)), np.int64)
    some = np.flatnonzero((gives.sizes[givers] > 0) & (seeks.sizes[seekers] > 0))
    if not len(some):
        return Meetings(strength, sought, lambda: sought)
    evidence = gather(vectors, gives, seeks)
    if isinstance(vectors, Sketch) and find_spec("numba"):
        return _meet_compiled(vectors, evidence, gives, seeks, givers, seekers)
    for start in range(0, len(some), _CHUNK):
        into = some[start : start + _CHUNK]
        at, pair = spread(seeks.starts, seekers[into])
        chances = _chances(vectors, evidence, seeks, givers[into][pair], at)
        best = _best(chances, pair)
        strength[into] = chances[best]
        sought[into], wants[into] = seeks.places[at[best]], seeks.texts[at[best]]
    strength[strength < MEET] = 0

    def quote() -> Ints:
        given = np.zeros(len(givers), np.int64)
        met = np.flatnonzero(strength)
        for start in range(0, len(met), _CHUNK):
            into = met[start : start + _CHUNK]
            at, pair = spread(gives.starts, givers[into])
            likeness = vectors.pairs(gives.texts[at], wants[into][pair])
            given[into] = gives.places[at[_best(likeness, pair)]]
        return given

    return Meetings(strength, sought, quote)


def _meet_compiled(
    vectors: Sketch,
    evidence: Evidence,
    gives: Shelf,
    seeks: Shelf,
    givers: Ints,
    seekers: Ints,
) -> Meetings:
    """The same, but for the last digit of what is added up in another order."""
    from matchmaker.matching.meeting_compiled import best

    rivals = evidence.rivals
    odds, given, sought = best(
        vectors.texts,
        vectors.middle,
        vectors.share,
        gives.starts,
        gives.texts,
        seeks.starts,
        seeks.texts,
        np.ascontiguousarray(givers),
        np.ascontiguousarray(seekers),
        PHRASES,
        evidence.want,
        rivals.least,
        rivals.evidence,
        rivals.who,
        rivals.kinship,
        DISCOUNT,
        vectors.sizes,
        *slopes(np.arange(LONGEST + 1), evidence.givers),
        AHEAD,
        log(MEET / (1 - MEET)) - 0.01,  # the probability is rounded yet
    )
    strength = np.round(1 / (1 + np.exp(-odds)), 4)
    strength[strength < MEET] = 0
    some = strength > 0
    places = np.zeros((2, len(strength)), np.int64)
    places[0, some], places[1, some] = (
        gives.places[given[some]],
        seeks.places[sought[some]],
    )
    return Meetings(strength, places[1], lambda: places[0])


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
        evidence = gather(vectors, gives, seeks)
        size = max(1, _TABLE // len(giving))
        for start in range(0, len(asking), size):
            some = np.arange(start, min(start + size, len(asking)))
            givers, sought = np.tile(giving, len(some)), np.repeat(some, len(giving))
            chances = _chances(vectors, evidence, seeks, givers, sought)
            into = np.ix_(asking[start : start + size], giving)
            result[into] = chances.reshape(len(some), len(giving))
    return result


def roughly(vectors: Vectors, gives: Shelf, seeks: Shelf) -> Floats:
    """How well everybody meets what everybody seeks, (givers, seekers), 0 where nothing
    can be said. As `meet`, but for two things that it costs time to know: everybody has
    the rival that the closest have, and it is not cut off at MEET."""
    result = np.zeros((len(gives.sizes), len(seeks.sizes)), np.float32)
    giving, asking = np.flatnonzero(gives.sizes), np.flatnonzero(seeks.sizes)
    if not len(giving) or not len(asking):
        return result
    evidence = gather(vectors, gives, seeks)
    assert evidence.table is not None  # noqa: S101  (of few people it is there)
    words = np.zeros(evidence.table.shape[1], np.int64)
    words[evidence.want] = vectors.sizes[seeks.texts]
    steepness, constant = slopes(words, evidence.givers)
    odds = evidence.table.T.copy()
    odds *= (steepness + AHEAD).astype(np.float32)[:, None]
    odds += (constant - AHEAD * evidence.rivals.least).astype(np.float32)[:, None]
    best = greatest(odds, evidence.want, seeks, asking).T
    chances = 1 / (1 + np.exp(-best))
    result[np.ix_(giving, asking)] = chances[evidence.giver[giving]]
    return result


def probability(found: Floats, rival: Floats, words: Ints, givers: int) -> Values:
    """That each want, of so many words, gets what was stated, from what speaks for the
    giver, one of so many, and for their strongest rival. Rising in the first, falling in
    the second."""
    by_words = slopes(np.arange(LONGEST + 1), givers)
    steepness, constant = (of[np.minimum(words, LONGEST)] for of in by_words)
    score = constant + steepness * found.astype(np.float64) + AHEAD * (found - rival)
    chance: Values = np.round(1 / (1 + np.exp(-score)), 4)
    return chance


def slopes(words: Ints, givers: int) -> tuple[Values, Values]:
    """By how much log odds rise with the evidence, and where they begin, of wants of so
    many words, (wants,) each, asked of so many people."""
    sentence, story = wordiness(words)
    steepness: Values = STEEPNESS + SENTENCE[1] * sentence
    begins = CONSTANT + CROWD * crowd(min(givers, MANY))
    return steepness, begins + SENTENCE[0] * sentence + STORY * story


def crowd(givers: int) -> float:
    """How far above `FEW` so many are, in the logarithm."""
    return log(max(givers, FEW) / FEW)


def wordiness(words: Ints) -> tuple[Values, Values]:
    """How far texts of so many words are from a tag of three to a sentence of eight,
    and from there to forty words, in the logarithm."""
    story = np.interp(np.log(np.maximum(words, 1)), np.log([8, LONGEST]), [0, 1])
    return np.interp(words, [3, 8], [0, 1]), story


def _chances(
    vectors: Vectors | Sketch,
    evidence: Evidence,
    seeks: Shelf,
    givers: Ints,
    asked: Ints,
) -> Values:
    chances = probability(
        evidence.found(givers, asked),
        evidence.strongest_rival(givers, asked),
        vectors.sizes[seeks.texts[asked]],
        evidence.givers,
    )
    left: Values = np.round(chances * evidence.left(givers, asked), 4)
    return left


def _best(values: Floats | Values, of: Ints) -> Ints:
    """Of each run of equal numbers in `of`, that is 0 … n without a gap, where the
    greatest value is; of equal ones the first."""
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    greatest = np.maximum.reduceat(values, begins)
    where = np.flatnonzero(values == greatest[of])
    first: Ints = where[np.flatnonzero(np.diff(of[where], prepend=-1))]
    return first

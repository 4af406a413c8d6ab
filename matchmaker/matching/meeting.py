"""Whether what one person gives meets what another looks for, and in which words.

How well giver g meets want w is the probability that whoever has the want says "I got
what was stated": a logistic function of the likeness of the want to all that g gives
together, with a little of its likeness to the one phrase of g that is likest to it and
can be quoted. Its coefficients come from benchmarks/who_can_help.py, which also prints
how often what is stated comes true.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.matching.vectors import Floats, Ints, Vectors
from matchmaker.matching.words import essence

# Printed by `benchmarks/who_can_help.py --fit`, from the tuning half.
STEEPNESS, CONSTANT = 9.70, -6.25

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
_DENSE = 400  # cells worked out for each pair of a giver and a want that is asked for
_CHUNK = 100_000  # pairs that are looked at singly together

Phrases = tuple[str, ...]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Shelf:
    """One field of everybody's profile: the phrases of person p are those from
    starts[p] to starts[p + 1]."""

    starts: Ints  # (people + 1,)
    texts: Ints  # (phrases,) row of the phrase's essence in the vectors
    places: Ints  # (phrases,) where it stands among what the person wrote
    joined: Ints  # (people,) row of all the phrases together

    @property
    def sizes(self) -> Ints:
        sizes: Ints = np.diff(self.starts)
        return sizes


@dataclass(frozen=True)
class Meetings:
    """For each ordered pair: how well they meet, and the two phrases that do so best.

    Where nothing meets, strength is 0 and the places mean nothing.
    """

    strength: Values  # (pairs,) 0, or a probability of MEET to 1
    given: Ints  # (pairs,) place of the giver's phrase
    sought: Ints  # (pairs,) place of the receiver's phrase


def shelve(
    fields: Sequence[Sequence[Phrases]],
    encode: Callable[[Sequence[str]], Vectors],
) -> tuple[Vectors, list[Shelf]]:
    """Encode fields of everybody's profile, each a sequence over the same people.

    `encode` is asked once, for the distinct essences of all phrases; what a person's
    phrases say together is the sum of theirs.
    """
    known: dict[str, str] = {}
    essences = [
        [[known.get(p) or known.setdefault(p, essence(p)) for p in of] for of in field]
        for field in fields
    ]
    # Sorted, so that the order of the people leaves no trace in any sum.
    texts = sorted({"", *known.values()})
    row = {text: index for index, text in enumerate(texts)}
    groups: dict[tuple[int, ...], int] = {}
    shelves = []
    for field in essences:
        kept = [[(k, row[text]) for k, text in enumerate(of) if text] for of in field]
        flat = [pair for of in kept for pair in of]
        sums = [tuple(sorted(text for _, text in of)) for of in kept]
        shelves.append(
            Shelf(
                starts=np.cumsum([0, *map(len, kept)], dtype=np.int64),
                texts=np.array([text for _, text in flat], np.int64),
                places=np.array([place for place, _ in flat], np.int64),
                joined=len(texts)
                + np.array([groups.setdefault(s, len(groups)) for s in sums], np.int64),
            )
        )
    columns = np.array([text for group in groups for text in group], np.int64)
    ends = np.cumsum([0, *map(len, groups)])
    together = sparse.csr_array(
        (np.ones(len(columns), np.float32), columns, ends), (len(groups), len(texts))
    )
    return encode(texts).with_sums(together), shelves


def meet(
    vectors: Vectors, gives: Shelf, seeks: Shelf, givers: Ints, seekers: Ints
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
    people, giver = _distinct(givers[some], len(gives.sizes))
    seeking, _ = _distinct(seekers[some], len(seeks.sizes))
    asked = seeks.texts[_spread(seeks.starts, seeking)[0]]
    wants, want = _distinct(asked, len(vectors))
    column = np.zeros(len(vectors), np.int64)
    column[asked] = want

    phrases = int(seeks.sizes[seekers[some]].sum())
    if len(people) * len(wants) <= max(_DENSE * phrases, _TABLE // 10):
        # Blocks of givers with all wants: every pair of theirs is in some block.
        order = np.argsort(giver, kind="stable")
        size = max(1, _TABLE // len(wants))
        for start in range(0, len(people), size):
            found, single = _tabulate(
                vectors, gives, people[start : start + size], wants
            )
            ends = np.searchsorted(giver[order], [start, start + size])
            chosen = order[slice(*ends)]
            at, pair = _spread(seeks.starts, seekers[some[chosen]])
            ask, rows = column[seeks.texts[at]], giver[chosen] - start
            best = _best(found[rows[pair], ask], pair)
            result.sought[some[chosen]] = seeks.places[at[best]]
            result.strength[some[chosen]] = probability(found[rows, ask[best]])
            result.given[some[chosen]] = single(rows, ask[best])
    else:
        for start in range(0, len(some), _CHUNK):
            into = some[start : start + _CHUNK]
            at, pair = _spread(seeks.starts, seekers[into])
            strength, given = _singly(
                vectors, gives, givers[into][pair], seeks.texts[at]
            )
            best = _best(strength, pair)
            result.sought[into] = seeks.places[at[best]]
            result.strength[into] = probability(strength[best])
            result.given[into] = given[best]
    result.strength[result.strength < MEET] = 0
    return result


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
        size = max(1, _TABLE // len(asking))
        for start in range(0, len(giving), size):
            block = giving[start : start + size]
            found, _ = _tabulate(vectors, gives, block, seeks.texts)
            result[np.ix_(asking, block)] = probability(found).T
    return result


def evidence(single: Floats, together: Floats, phrases: Ints) -> Floats:
    """What speaks for a meeting: the want's likeness to the giver's best phrase and to
    all their phrases, of which there are so many. Rising in both likenesses."""
    spread = np.sqrt(np.minimum(phrases, _PHRASES)).astype(np.float32)
    found = spread * (together + SINGLE * single)
    return np.asarray(np.round(found, 4), np.float32)  # noise decides nothing


def probability(evidence: Floats) -> Values:
    """That a want gets what was stated."""
    score = STEEPNESS * evidence.astype(np.float64) + CONSTANT
    chance: Values = np.round(1 / (1 + np.exp(-score)), 4)
    return chance


def _tabulate(
    vectors: Vectors, gives: Shelf, people: Ints, wants: Ints
) -> tuple[Floats, Callable[[Ints, Ints], Ints]]:
    """Evidence, (people, wants), all of whom give something; and what says, of some
    rows and columns of it, which phrase is likest to the want, by its place."""
    at, of = _spread(gives.starts, people)
    phrases, phrase = _distinct(gives.texts[at], len(vectors))
    likeness = vectors.table(phrases, wants)
    sizes = gives.sizes[people]
    begins = np.cumsum(sizes) - sizes
    single = likeness[phrase[begins]]
    for step in range(1, int(sizes.max())):
        rows = np.flatnonzero(sizes > step)
        single[rows] = np.maximum(single[rows], likeness[phrase[begins[rows] + step]])

    def likest(rows: Ints, columns: Ints) -> Ints:
        among, pair = _spread(np.append(begins, len(of)), rows)
        best = _best(likeness[phrase[among], columns[pair]], pair)
        return np.asarray(gives.places[at[among[best]]])

    together = vectors.table(gives.joined[people], wants)
    return evidence(single, together, sizes[:, None]), likest


def _singly(
    vectors: Vectors, gives: Shelf, givers: Ints, wants: Ints
) -> tuple[Floats, Ints]:
    """Evidence, and the place of the phrase that is likest to the want, of givers[k]
    and wants[k]: each (pairs,)."""
    at, pair = _spread(gives.starts, givers)
    likeness = vectors.pairs(gives.texts[at], wants[pair])
    best = _best(likeness, pair)
    together = vectors.pairs(gives.joined[givers], wants)
    found = evidence(likeness[best], together, gives.sizes[givers])
    return found, gives.places[at[best]]


def _best(values: Floats, of: Ints) -> Ints:
    """Of each run of equal numbers in `of`, that is 0 … n without a gap, where the
    greatest value is; of equal ones the first."""
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    greatest = np.maximum.reduceat(values, begins)
    where = np.flatnonzero(values == greatest[of])
    first: Ints = where[np.flatnonzero(np.diff(of[where], prepend=-1))]
    return first


def _spread(starts: Ints, people: Ints) -> tuple[Ints, Ints]:
    """Where the phrases of each of the people are, one after the other, and which of
    the people each is of."""
    sizes = starts[people + 1] - starts[people]
    of = np.repeat(np.arange(len(people)), sizes)
    begins = np.cumsum(sizes) - sizes
    at: Ints = starts[people][of] + np.arange(len(of)) - begins[of]
    return at, of


def _distinct(items: Ints, most: int) -> tuple[Ints, Ints]:
    """As np.unique with the inverse, of items below `most`, without sorting."""
    present = np.zeros(most, bool)
    present[items] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[items]

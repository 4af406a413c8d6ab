"""What speaks for somebody's giving what is wanted, and what for somebody else's.

Own evidence is the likeness of the want to all that a giver gives together, with a
little of its likeness to the one phrase that is likest to it and can be quoted. Nobody
writes down all they can do, and what one left out a colleague may have said: so a
giver's evidence is also that of those whose offers are most like theirs, where it is
more (smoothing a document with its neighbours: Kurland and Lee 2004; Tao et al. 2006).
It counts for how likely they can help, and is never quoted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matchmaker.matching.lexicon import Floats, Ints, distinct
from matchmaker.matching.rivals import Rivals, find_rivals, kinship
from matchmaker.matching.shelves import Shelf, spread
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import Vectors

# Asked for alone, the best phrase finds less than all together (0.44 and 0.58 of the
# tasks of engine.md); a tenth of it beside them does no harm, and it is what is quoted.
SINGLE = np.float32(0.1)

# A phrase among n that have nothing in common is 1 / sqrt(n) of what they say together.
# Beyond three, phrases of one person tend to be about one matter.
PHRASES = 3

# So many neighbours, each with so much weight beside oneself where they say the same, and
# less with the square of their likeness. Chosen on the tuning half of
# benchmarks/who_can_help.py.
COLLEAGUES, WEIGHT = 3, np.float32(3)

_SAMPLE = 100  # givers who are rivals where there are too many to look at all
_GOLDEN = (5**0.5 - 1) / 2
_TABLE = 2_000_000  # cells of likenesses to them at once


@dataclass(frozen=True)
class Evidence:
    """Between those who give what one shelf holds and the wants that another holds."""

    found: Callable[[Ints, Ints], Floats]  # for people givers[k] and texts wants[k]
    likeness: Callable[
        [Ints, Ints], Floats
    ]  # of phrases left[k] and right[k], as texts
    giver: Ints  # (people,) row of the rivals' kinship
    want: Ints  # (texts,) column of the rivals
    rivals: Rivals
    lengths: Floats  # of a `Sketch`: of the sums of what people give; else nobody's

    def strongest_rival(self, givers: Ints, wants: Ints) -> Floats:
        """What speaks for somebody else, of givers[k] and wants[k]."""
        return self.rivals.strongest(self.giver[givers], self.want[wants])


def gather(vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf) -> Evidence:
    """The evidence, kept by `seeks`. Somebody gives something, and somebody wants it.

    Of a `Sketch`, that is of very many, colleagues have no part in it, and rivals are a
    sample: the same whenever it is asked for, evenly spread over the ranks, and one
    more or less when somebody joins at the end.
    """
    if gives not in seeks.evidence:
        seeks.evidence[gives] = (
            _of_few(vectors, gives, seeks)
            if isinstance(vectors, Vectors)
            else _of_many(vectors, gives, seeks)
        )
    found: Evidence = seeks.evidence[gives]
    return found


def own_evidence(single: Floats, together: Floats, phrases: Ints) -> Floats:
    """From the want's likeness to the giver's best phrase and to all their phrases, of
    which there are so many. Rising in both likenesses."""
    wide = np.sqrt(np.minimum(phrases, PHRASES)).astype(np.float32)
    return _rounded(wide * (together + SINGLE * single))


def with_colleagues(own: Floats, alike: Floats, phrases: Ints) -> Floats:
    """Everybody's evidence, (givers, wants), or the mean of theirs and of those most
    alike, (givers, givers), where that is more. Of `phrases`, (givers,), it takes a few
    to tell a colleague: two who name one thing each are no more alike than two words.
    """
    count = min(COLLEAGUES, len(own) - 1)
    if count < 1:
        return own
    others = alike.copy()
    np.fill_diagonal(others, -1)
    nearest = np.argpartition(-others, count - 1, axis=1)[:, :count]
    weight = WEIGHT * np.square(np.maximum(np.take_along_axis(others, nearest, 1), 0))
    weight *= np.interp(phrases, [1, PHRASES], [0, 1]).astype(np.float32)[:, None]
    ends = np.arange(0, nearest.size + 1, count)
    matrix = sparse.csr_array((weight.ravel(), nearest.ravel(), ends), alike.shape)
    mean = (own + matrix @ own) / (1 + weight.sum(axis=1, keepdims=True))
    return _rounded(np.maximum(own, mean))


def _of_few(vectors: Vectors, gives: Shelf, seeks: Shelf) -> Evidence:
    people, everything = np.flatnonzero(gives.sizes), len(vectors)
    wants, _ = distinct(seeks.texts, everything)
    # Who offers the same is one giver here, and no colleague of themselves.
    groups, group = distinct(gives.joined[people], everything)
    someone = np.empty(len(groups), np.int64)
    someone[group] = people
    at, _ = spread(gives.starts, someone)
    texts, text = distinct(gives.texts[at], everything)

    both = vectors.table(np.concatenate([texts, groups]), wants)
    phrases, together = both[: len(texts)], both[len(texts) :]
    sizes = gives.sizes[someone]
    begins = np.cumsum(sizes) - sizes
    single = phrases[text[begins]]
    for step in range(1, int(sizes.max())):  # far quicker than maximum.reduceat
        more = np.flatnonzero(sizes > step)
        single[more] = np.maximum(single[more], phrases[text[begins[more] + step]])
    table = own_evidence(single, together, sizes[:, None])
    rows = vectors.nearly(groups)
    alike = np.round(rows @ rows.T, 4)
    if gives is not seeks:  # of a shared interest, only one's own words count
        table = with_colleagues(table, alike, sizes)

    giver, want = np.zeros(len(gives.sizes), np.int64), np.zeros(everything, np.int64)
    row = np.zeros(everything, np.int64)
    giver[people], want[wants] = group, np.arange(len(wants))
    row[texts] = np.arange(len(texts))
    kin = kinship(alike)
    return Evidence(
        found=lambda givers, wants: table[giver[givers], want[wants]],
        likeness=lambda left, right: phrases[row[left], want[right]],
        giver=giver,
        want=want,
        rivals=Rivals(*find_rivals(table, kin), kin),
        lengths=np.empty((0, 2), np.float32),
    )


def _of_many(vectors: Sketch, gives: Shelf, seeks: Shelf) -> Evidence:
    givers = np.flatnonzero(gives.sizes)
    if len(givers) > _SAMPLE:  # the multiples of the golden ratio lie evenly
        givers = np.sort(np.argsort(givers * _GOLDEN % 1)[:_SAMPLE])
    rivals = vectors.rows(gives.joined[givers])
    kin = np.empty((len(gives.sizes), len(givers)), np.uint8)
    size = _TABLE // len(givers)
    for start in range(0, len(kin), size):
        some = slice(start, start + size)
        kin[some] = kinship(vectors.rows(gives.joined[some]) @ rivals.T)

    wants, _ = distinct(seeks.texts, len(vectors))
    least = np.empty(len(wants), np.float32)
    best = np.empty((2, len(wants)), np.float32)
    who = np.empty((2, len(wants)), np.int64)
    for start in range(0, len(wants), size):
        some = slice(start, start + size)
        likeness = np.round(rivals @ vectors.rows(wants[some]).T, 4)
        found = own_evidence(likeness, likeness, gives.sizes[givers][:, None])
        least[some], best[:, some], who[:, some] = find_rivals(found, kin[givers])
    want = np.zeros(len(vectors), np.int64)
    want[wants] = np.arange(len(wants))

    def found_for(givers: Ints, wants: Ints) -> Floats:
        at, pair = spread(gives.starts, givers)
        begins = np.flatnonzero(np.diff(pair, prepend=-1))
        likeness = vectors.pairs(gives.texts[at], wants[pair])
        single = np.maximum.reduceat(likeness, begins)
        together = vectors.pairs(gives.joined[givers], wants)
        return own_evidence(single, together, gives.sizes[givers])

    return Evidence(
        found=found_for,
        likeness=vectors.pairs,
        giver=np.arange(len(gives.sizes)),
        want=want,
        rivals=Rivals(least, best, who, kin),
        lengths=vectors.lengths(gives.starts, gives.texts),
    )


def _rounded(evidence: Floats) -> Floats:
    """So that noise in a sum decides nothing."""
    return np.asarray(np.round(evidence, 4), np.float32)

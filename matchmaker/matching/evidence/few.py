"""Evidence of up to some thousands of people: of everybody with every want, in a table."""

from collections.abc import Collection, Sequence

import numpy as np
from scipy import sparse

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.evidence.base import (
    PHRASES,
    Evidence,
    own_evidence,
    rounded,
)
from matchmaker.matching.lexicon import distinct
from matchmaker.matching.rivals import (
    SHARPNESS,
    Rivals,
    find_rivals,
    kinship,
    share_of_kind,
)
from matchmaker.matching.shelves import Shelf, greatest
from matchmaker.matching.vectors import Vectors

# So many neighbours, each with so much weight beside oneself where they say the same, and
# less with the square of their likeness. Chosen on the tuning half of
# benchmarks/who_can_help.py.
COLLEAGUES, WEIGHT = 3, np.float32(3)

# Of those who did not get what was stated, so many would not have got it from anybody of
# the giver's kind: it was the matter, and not these two people. A guess: no data that we
# have tells.
MATTER = np.float32(0.8)


def of_few(vectors: Vectors, gives: Shelf, seeks: Shelf) -> Evidence:
    """As `gather`. A want that somebody could not help with has a column of its own."""
    people, everything = np.flatnonzero(gives.sizes), len(vectors)
    wants, _ = distinct(seeks.texts, everything)
    # Who offers the same, and has helped with the same, is one giver here, and no
    # colleague of themselves.
    keys = gives.joined[people] * everything + gives.proven[people]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    someone = people[first]
    joined, sizes = gives.joined[someone], gives.sizes[someone]

    table = own_evidence(vectors.table(joined, wants), sizes[:, None])
    helpers = np.flatnonzero(joined != gives.proven[someone])
    if len(helpers):
        proven = _proven(vectors, gives, someone[helpers], wants)
        table[helpers] = np.maximum(table[helpers], proven)
    rows = vectors.nearly(joined)
    alike = np.round(rows @ rows.T, 4)
    if gives is not seeks:  # of a shared interest, only one's own words count
        table = with_colleagues(table, alike, sizes)

    giver, column = np.zeros(len(gives.sizes), np.int64), np.zeros(everything, np.int64)
    giver[people], column[wants] = group, np.arange(len(wants))
    want = column[seeks.texts]
    # It is its owner's alone.
    tried = np.array([*seeks.tried], np.int64)
    left = _left(vectors, seeks.tried.values(), rows)
    against = table
    if len(tried):
        own = table[:, want[tried]]
        against = np.hstack([table, own + np.log(left) / SHARPNESS])
        table = np.hstack([table, own])
        want[tried] = len(wants) + np.arange(len(tried))
    kin = kinship(alike)

    def left_for(givers: Ints, asked: Ints) -> Floats:
        result = np.ones(len(asked), np.float32)
        own = np.flatnonzero(want[asked] >= len(wants))
        result[own] = left[giver[givers[own]], want[asked[own]] - len(wants)]
        return result

    return Evidence(
        found=lambda givers, asked: table[giver[givers], want[asked]],
        left=left_for,
        giver=giver,
        want=want,
        rivals=Rivals(*find_rivals(against, kin), kin),
        givers=len(people),
        table=table,
    )


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
    return rounded(np.maximum(own, mean))


def _proven(vectors: Vectors, gives: Shelf, helpers: Ints, wants: Ints) -> Floats:
    """What speaks for those who have helped, (helpers, wants): all that they offer and
    helped with together, or what they helped with that is likest to the want."""
    helped = gives.helped
    assert helped is not None  # noqa: S101  (or nobody would be a helper)
    texts, _ = distinct(helped.texts, len(vectors))
    both = vectors.table(np.concatenate([texts, gives.proven[helpers]]), wants)
    once, together = both[: len(texts)], both[len(texts) :]
    likest = greatest(once, np.searchsorted(texts, helped.texts), helped, helpers)
    return np.maximum(
        own_evidence(together, gives.sizes[helpers][:, None]),
        own_evidence(likest, np.ones(1, np.int64)),
    )


def _left(vectors: Vectors, offered: Collection[Sequence[int]], rows: Floats) -> Floats:
    """What is left for givers with these rows of a `Sketch` of a chance to meet each want
    that others, who offer what these rows say, could not meet: (givers, wants), above 0.
    It is 1 less the share of the same kind that failed."""
    left = np.ones((len(rows), len(offered)), np.float32)
    for k, texts in enumerate(offered):
        likeness = rows @ vectors.nearly(np.array(texts)).T
        left[:, k] = (1 - MATTER * share_of_kind(likeness)).prod(axis=1)
    return rounded(left)

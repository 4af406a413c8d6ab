"""Evidence of very many people: pair by pair, with a sample of them as rivals."""

import numpy as np

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.evidence.base import Evidence, own_evidence
from matchmaker.matching.lexicon import distinct
from matchmaker.matching.rivals import Rivals, find_rivals, kinship
from matchmaker.matching.shelves import Shelf
from matchmaker.matching.sketch import Sketch

_SAMPLE = 100  # givers who are rivals where there are too many to look at all
_GOLDEN = (5**0.5 - 1) / 2
_TABLE = 2_000_000  # cells of likenesses to them at once


def of_many(vectors: Sketch, gives: Shelf, seeks: Shelf) -> Evidence:
    """As `gather`. What was found is looked up when it is asked for, not in a table."""
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
        found = own_evidence(likeness, gives.sizes[givers][:, None])
        least[some], best[:, some], who[:, some] = find_rivals(found, kin[givers])
    column = np.zeros(len(vectors), np.int64)
    column[wants] = np.arange(len(wants))

    def found_for(givers: Ints, asked: Ints) -> Floats:
        likeness = vectors.pairs(gives.joined[givers], seeks.texts[asked])
        return own_evidence(likeness, gives.sizes[givers])

    return Evidence(
        found=found_for,
        left=lambda givers, _: np.ones(len(givers), np.float32),
        giver=np.arange(len(gives.sizes)),
        want=column[seeks.texts],
        rivals=Rivals(least, best, who, kin),
        givers=int(np.count_nonzero(gives.sizes)),
    )

"""Whether what one person gives meets what another looks for, and in which words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.vectors import Floats, Ints, Vectors
from matchmaker.matching.words import essence

# Read off some 170 pairs of phrases of 40 made-up members: above it nearly all are
# what a human would call the same matter, below it fewer than half.
MEET = 0.44

# What a person's phrases say together is asked for besides the single phrase: on
# O*NET tasks, phrase against joined profile hit 0.30 at 10, phrase against phrase
# 0.22, the two added 0.28; and only the phrase can be quoted.
TOGETHER = np.float32(0.3)

_STEEPNESS, _MIDDLE = 10.0, 0.36  # a pair that just meets is worth 0.4 to 0.7

_CHUNK = 2_000_000  # pairs of phrases looked at together

Phrases = tuple[str, ...]


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

    strength: NDArray[np.float64]  # (pairs,) 0 to 1
    given: Ints  # (pairs,) place of the giver's phrase
    sought: Ints  # (pairs,) place of the receiver's phrase


def shelve(
    fields: Sequence[Sequence[Phrases]],
    encode: Callable[[Sequence[str]], Vectors],
) -> tuple[Vectors, list[Shelf]]:
    """Encode fields of everybody's profile, each a sequence over the same people."""
    essences = [
        [[essence(phrase) for phrase in of] for of in field] for field in fields
    ]
    joined = [[" ".join(filter(None, of)) for of in field] for field in essences]
    # Sorted, so that the order of the people leaves no trace in any sum.
    texts = sorted(
        {"", *(text for field in joined for text in field)}
        | {text for field in essences for of in field for text in of}
    )
    row = {text: index for index, text in enumerate(texts)}
    shelves = []
    for field, together in zip(essences, joined, strict=True):
        kept = [[(k, text) for k, text in enumerate(of) if text] for of in field]
        flat = [pair for of in kept for pair in of]
        shelves.append(
            Shelf(
                starts=np.cumsum([0, *map(len, kept)], dtype=np.int64),
                texts=np.array([row[text] for _, text in flat], np.int64),
                places=np.array([place for place, _ in flat], np.int64),
                joined=np.array([row[text] for text in together], np.int64),
            )
        )
    return encode(texts), shelves


def meet(
    vectors: Vectors, gives: Shelf, seeks: Shelf, givers: Ints, seekers: Ints
) -> Meetings:
    """How what givers[k] gives meets what seekers[k] seeks.

    Equally good words: the first the giver wrote, then the first the seeker wrote.
    """
    result = Meetings(
        strength=np.zeros(len(givers)),
        given=np.zeros(len(givers), np.int64),
        sought=np.zeros(len(givers), np.int64),
    )
    counts = gives.sizes[givers] * seeks.sizes[seekers]
    some = np.flatnonzero(counts)
    chunks = np.cumsum(counts[some]) // _CHUNK
    for chunk in np.split(some, np.flatnonzero(np.diff(chunks)) + 1):
        if len(chunk):
            _meet(vectors, gives, seeks, givers[chunk], seekers[chunk], chunk, result)
    return result


def _meet(
    vectors: Vectors,
    gives: Shelf,
    seeks: Shelf,
    givers: Ints,
    seekers: Ints,
    into: Ints,
    result: Meetings,
) -> None:
    width = seeks.sizes[seekers]
    counts = gives.sizes[givers] * width
    ends = np.cumsum(counts)
    begins = ends - counts
    pair = np.repeat(np.arange(len(givers)), counts)
    step = np.arange(ends[-1]) - begins[pair]
    given = gives.starts[givers][pair] + step // width[pair]
    sought = seeks.starts[seekers][pair] + step % width[pair]

    single = vectors.pairs(gives.texts[given], seeks.texts[sought])
    together = vectors.pairs(gives.joined[givers][pair], seeks.texts[sought])
    likeness = (1 - TOGETHER) * single + TOGETHER * together
    likeness = np.where(single >= MEET, likeness, -np.inf)

    best = np.maximum.reduceat(likeness, begins)
    meets = np.flatnonzero((likeness == best[pair]) & np.isfinite(likeness))
    met, first = np.unique(pair[meets], return_index=True)
    chosen = meets[first]
    result.strength[into[met]] = _strength(best[met])
    result.given[into[met]] = gives.places[given[chosen]]
    result.sought[into[met]] = seeks.places[sought[chosen]]


def _strength(likeness: Floats) -> NDArray[np.float64]:
    """From likeness to a benefit between 0 and 1, monotonic."""
    steep = np.exp(-_STEEPNESS * (likeness.astype(np.float64) - _MIDDLE))
    strength: NDArray[np.float64] = np.round(1 / (1 + steep), 4)
    return strength

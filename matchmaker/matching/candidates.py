"""Which pairs are worth looking at closely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.lexicon import unit
from matchmaker.matching.mask import Mask
from matchmaker.matching.meeting import roughly
from matchmaker.matching.profiles import (
    Field,
    Profiles,
    interests,
    lessons,
    offers,
    questions,
    wants,
)
from matchmaker.matching.search import nearest
from matchmaker.matching.types import Rules
from matchmaker.matching.vectors import Vectors

ALL_PAIRS = 600  # people up to whom every allowed pair is looked at
NEAREST = 50  # beyond that, each person's best pairs at a first glance
# Of more than `_FEW` people. A round of 40,000 is worth 9,027 with 25 each on 64 axes,
# 9,921 on all 256, 10,245 with 50 each on 64: what speed costs here.
FEWER = 25
BY_LOT = 3  # and so many drawn by lot, so that what no glance finds has its chance

# Up to so many people (tables of 9 million) the look is close enough to be nearly right;
# of equal gains it tells those apart who would both gain from those of whom one would.
_CLOSE, _TIES = 3000, np.float32(0.01)

# Of more people a glance looks only at the principal axes of what is written.
_FEW, _AXES = 20_000, 96

_SAMPLE = 2000  # pairs by which is guessed how many of the nearest the mask will take


@dataclass(frozen=True)
class Candidates:
    """Pairs by rank, first < second, each once, in order, none that the mask forbids."""

    first: Ints
    second: Ints


def candidates(profiles: Profiles, rules: Rules, mask: Mask, seed: int) -> Candidates:
    """All allowed pairs of up to `ALL_PAIRS` people; of more, for each person about
    `NEAREST` (`FEWER`) by a first glance at both directions of benefit, and `BY_LOT`
    by lot."""
    n = len(profiles)
    if n <= ALL_PAIRS:
        first, second = np.triu_indices(n, 1)
        kept = mask.allows(first, second)
        first, second = first[kept], second[kept]
        return Candidates(first, second)
    chance = np.random.default_rng(seed)
    wanted = NEAREST if n <= _FEW else FEWER
    each = min(n, round(wanted / _share_allowed(n, mask, chance)))
    glance = (
        _look_closely(profiles, rules, each)
        if n <= _CLOSE and isinstance(profiles.vectors, Vectors)
        else _glance(profiles, rules, each, seed)
    )
    drawn = np.repeat(np.arange(n), BY_LOT), chance.integers(0, n, n * BY_LOT)
    keys = _allowed_keys(n, mask, [*glance, drawn])
    return Candidates(keys // n, keys % n)


def _share_allowed(n: int, mask: Mask, chance: np.random.Generator) -> float:
    """Roughly which share of the pairs is allowed; at least a quarter, to stay quick."""
    first, second = chance.integers(0, n, (2, _SAMPLE))
    return max(0.25, float(mask.allows(first, second).mean()))


def _allowed_keys(n: int, mask: Mask, found: Sequence[tuple[Ints, Ints]]) -> Ints:
    keys = []
    for one, other in found:
        kept = mask.allows(one, other)
        one, other = one[kept], other[kept]
        keys.append(np.minimum(one, other) * n + np.maximum(one, other))
    # As np.unique, which hashes first and takes thrice the time.
    every = np.sort(np.concatenate(keys))
    return every[np.diff(every, prepend=-1) > 0]


def _look_closely(
    profiles: Profiles, rules: Rules, each: int
) -> list[tuple[Ints, Ints]]:
    """Each person's best partners by what the side that gains less would gain, roughly
    (`meeting.roughly`), before the soft terms; of nearly equal ones by both gains."""
    shelves = profiles.shelves

    def known(gives: Field, seeks: Field) -> Floats:
        assert isinstance(profiles.vectors, Vectors)  # noqa: S101
        return roughly(profiles.vectors, shelves[gives], shelves[seeks])

    gains = known(interests, interests) * np.float32(rules.interest_ground)
    gains = np.maximum(np.maximum(gains, gains.T), known(offers, wants))
    value = np.minimum(gains, gains.T) + _TIES * (gains + gains.T)
    taught = known(lessons, questions) * np.float32(rules.mentor_ground)
    value = np.maximum(value, np.maximum(taught, taught.T))
    np.fill_diagonal(value, 0)
    found = np.argpartition(-value, min(each, len(value) - 1), axis=1)[:, :each]
    some = (np.take_along_axis(value, found, 1) > 0).ravel()
    return [
        (np.repeat(np.arange(len(value)), found.shape[1])[some], found.ravel()[some])
    ]


def _glance(
    profiles: Profiles, rules: Rules, each: int, seed: int
) -> list[tuple[Ints, Ints]]:
    """Each person's best partners as peers, each mentee's best mentors.

    As peers by the sum of both directions: with [offers, wants, interests] of the one
    and [wants, offers, interests] of the other, that is one inner product.
    """
    like = np.float32(np.sqrt(2 * rules.interest_ground))
    meaning = profiles.vectors.meaning
    if len(profiles) > _FEW:
        meaning = meaning @ _principal_axes(meaning)
    everybody = np.arange(len(profiles))
    offered, wanted, liked = (
        _together(profiles, field, meaning) for field in (offers, wants, interests)
    )
    gives = np.hstack([offered, wanted, like * liked])
    seeks = np.hstack([wanted, offered, like * liked])
    found = [_nearest(everybody, gives, everybody, seeks, each, seed)]

    mentors = np.flatnonzero(profiles.shelves[lessons].sizes)
    mentees = np.flatnonzero(profiles.shelves[questions].sizes)
    if len(mentors) and len(mentees):
        taught = _together(profiles, lessons, meaning)[mentors]
        asked = _together(profiles, questions, meaning)[mentees]
        found.append(_nearest(mentees, asked, mentors, taught, each, seed))
    return found


def _principal_axes(rows: Floats) -> Floats:
    """The directions in which rows differ most, (numbers, _AXES), without centring, so
    that inner products are kept as well as they can be (Eckart and Young 1936)."""
    _, axes = np.linalg.eigh(rows.T @ rows)
    return np.ascontiguousarray(axes[:, -_AXES:], np.float32)


def _nearest(
    askers: Ints, asked: Floats, givers: Ints, given: Floats, each: int, seed: int
) -> tuple[Ints, Ints]:
    found, likeness = nearest(asked, given, min(each, len(givers)), seed)
    some = (likeness > 0).ravel()
    ones = np.repeat(askers, found.shape[1])[some]
    return ones, givers[found.ravel()[some]]


def _together(profiles: Profiles, field: Field, meaning: Floats) -> Floats:
    """What everybody wrote in a field, and has helped with, as far as that is known,
    summed, (people, numbers); rows of length 1."""
    shelf = profiles.shelves[field]
    if isinstance(profiles.vectors, Vectors):
        return unit(meaning[shelf.proven])
    ones = np.ones(len(shelf.texts), np.float32)
    written = sparse.csr_array(
        (ones, shelf.texts, shelf.starts), (len(profiles), len(meaning))
    )
    return unit(np.asarray(written @ meaning))

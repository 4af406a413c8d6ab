"""What a pair is worth: what each side gains, lowered by what stands against meeting."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from matchmaker.enums import GainKind
from matchmaker.matching.arrays import Bools, Float32Array, Float64Array, Ints
from matchmaker.matching.industries import distances
from matchmaker.matching.profiles import Bits, Profiles
from matchmaker.matching.scoring.gains import KINDS, WORTH, Gains
from matchmaker.matching.types import Rules

_YEAR = 52  # weeks
# Of what the side that gains more gains, this share counts beside the lesser gain.
SURPLUS = 0.25

_HELP = frozenset({GainKind.HELP, GainKind.HAS_HELPED})

# What is known of one direction of a pair when it is proposed: what a learner learns
# from. Each lies between 0 and 1.
FEATURES = (
    "strength",  # of the best that can be said, by the words alone
    "help",  # an offer meets a want
    "lesson",  # a mentor's topic meets a mentee's
    "business",  # a possible client
    "same goal",
    "same craft",
    "common interest",
    "giving",
    "back",  # what the other gains, by the words alone
    "industry distance",
    "overlap",  # of formats and times
    "fresh",  # how lately the receiver said what they want
)
_OF_KIND = {
    "help": _HELP,
    "lesson": frozenset({GainKind.MENTORING}),
    "business": frozenset({GainKind.BUSINESS}),
    "same goal": frozenset({GainKind.SAME_GOAL}),
    "same craft": frozenset({GainKind.SAME_CRAFT}),
    "common interest": frozenset({GainKind.SHARED_INTEREST}),
    "giving": frozenset({GainKind.GIVING}),
}


class Scorer(Protocol):
    """What has learnt how likely somebody says: I got what was stated."""

    def predict(
        self, features: Float64Array, receivers: Ints, givers: Ints
    ) -> Float64Array:
        """Of each direction, (rows, len(FEATURES)) and (rows,) ids: 0 to 1, (rows,)."""


@dataclass(frozen=True)
class PairScores:
    """Pairs of people, first[k] and second[k] by rank, and what they are worth.

    A value lies between 0 and 1. Both sides must have a gain that can be said; the soft
    terms lower it, and the lesser of both sides' counts most (docs/matching.md).
    """

    gains: Gains
    rules: Rules
    first: Ints
    second: Ints
    scorer: Scorer | None = None

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, rows: Ints | Bools) -> "PairScores":
        some = PairScores(
            self.gains, self.rules, self.first[rows], self.second[rows], self.scorer
        )
        # What was found of all needs not be found again of some.
        for name in _FOUND & self.__dict__.keys():
            found = self.__dict__[name]
            some.__dict__[name] = (
                tuple(side[rows] for side in found)
                if isinstance(found, tuple)
                else found[rows]
            )
        return some

    @property
    def profiles(self) -> Profiles:
        return self.gains.profiles

    @cached_property
    def best(self) -> tuple[Ints, Ints]:
        """The place of each side's most valuable gain, -1 without one, (pairs,) each."""
        return (
            self.gains.best(self.first, self.second),
            self.gains.best(self.second, self.first),
        )

    @cached_property
    def said(self) -> tuple[Float32Array, Float32Array]:
        """What each side gains by the words alone, (pairs,) each, 0 to 1."""
        worth = np.append(self.gains.worth, np.float32(0))  # -1 is nothing
        one, other = (worth[best] for best in self.best)
        return one, other

    @cached_property
    def gained(self) -> tuple[Float32Array, Float32Array]:
        """The same as the scorer has learnt; and for whoever is glad to meet anybody,
        at least what that is worth."""
        least = np.float32(WORTH[GainKind.NOT_MET_YET])
        gained = []
        for side, ends in enumerate((self.first, self.second)):
            worth = self.said[side]
            some = np.flatnonzero(worth)
            if self.scorer is not None and len(some):
                ids, others = self.profiles.ids, (self.second, self.first)[side]
                worth = worth.copy()
                worth[some] = self.scorer.predict(
                    self[some].features(side), ids[ends[some]], ids[others[some]]
                )
            gained.append(np.maximum(worth, least * self.profiles.anyone[ends]))
        return gained[0], gained[1]

    @cached_property
    def values(self) -> Float32Array:
        """The value of each pair, (pairs,); 0 where one side has nothing to gain."""
        one, other = self.utility
        least, most = np.minimum(one, other), np.maximum(one, other)
        value = (least + SURPLUS * most) / (1 + SURPLUS)
        return np.where(least > 0, value, np.float32(0))

    @cached_property
    def utility(self) -> tuple[Float32Array, Float32Array]:
        """What each side gains after the soft terms, (pairs,) each."""
        one, other = (
            np.asarray(self.gained[side] * self.factor(side), np.float32)
            for side in (0, 1)
        )
        return one, other

    @cached_property
    def mentors(self) -> Ints:
        """The rank of whoever would mentor, -1 where the two meet as peers, (pairs,)."""
        kind = np.append(self.gains.kind, -1)
        code = KINDS.index(GainKind.MENTORING)
        first, second = (kind[best] == code for best in self.best)
        # Where both could mentor, the one whose lesson is worth more.
        first_learns = first & ~(second & (self.said[1] > self.said[0]))
        return np.where(
            first_learns, self.second, np.where(second, self.first, np.int64(-1))
        )

    @cached_property
    def distance(self) -> Float64Array:
        """How different their industries are, (pairs,) 0 to 1."""
        industry = self.profiles.industry
        return distances(industry[self.first], industry[self.second])

    @cached_property
    def overlap(self) -> Float64Array:
        """Which share of the hours and ways to meet of the one who has fewer suits
        the other too, (pairs,)."""
        chosen = (self.profiles.times, self.profiles.formats)
        shares = [_overlap(bits[self.first], bits[self.second]) for bits in chosen]
        overlap: Float64Array = np.mean(shares, axis=0)
        return overlap

    def features(self, side: int) -> Float64Array:
        """What is known of what one side would gain, (pairs, len(FEATURES))."""
        ends = (self.first, self.second)
        receiver, giver = ends[side], ends[1 - side]
        columns: dict[str, Float64Array | Float32Array] = {
            "strength": self.said[side],
            "back": self.said[1 - side],
            "industry distance": self.distance,
            "overlap": self.overlap,
            "fresh": 1 - self._stale(receiver),
        }
        chances = self.gains.probabilities(receiver, giver)
        columns |= {
            name: chances[:, [KINDS.index(kind) for kind in kinds]].max(axis=1)
            for name, kinds in _OF_KIND.items()
        }
        return np.column_stack([columns[name] for name in FEATURES]).astype(np.float64)

    def factor(self, side: int) -> Float64Array:
        """What the soft terms leave of one side's gain, (pairs,).

        A mentor has often done the same in the same industry, so between mentor and
        mentee it counts neither way, as if unknown.
        """
        rules, receiver = self.rules, (self.first, self.second)[side]
        distance = np.where(self.mentors < 0, self.distance, 0.5)
        dial = self.profiles.unlike[receiver]
        against = np.maximum(dial, 0) * (1 - distance) + np.maximum(-dial, 0) * distance
        factor: Float64Array = (
            1
            - rules.industry_weight * (1 - distance)
            - rules.dial_weight * against
            - rules.overlap_weight * (1 - self.overlap)
            - rules.stale_weight * self._stale(receiver)
        )
        return factor

    def _stale(self, receiver: Ints) -> Float64Array:
        weeks = np.clip(self.profiles.weeks_unchanged[receiver], 0, _YEAR)
        stale: Float64Array = weeks / _YEAR
        return stale


_FOUND = {
    name for name, of in vars(PairScores).items() if isinstance(of, cached_property)
}


def mutual_pairs(gains: Gains) -> tuple[Ints, Ints]:
    """Return the pairs, first < second, in which both have something to gain."""
    people = gains.profiles
    n = len(people)
    keys = gains.receiver * n + gains.giver  # in order
    keys = keys[np.diff(keys, prepend=-1) > 0]
    receiver, giver = keys // n, keys % n
    back = giver * n + receiver
    at = np.minimum(np.searchsorted(keys, back), len(keys) - 1)
    both = keys[at] == back
    alone = ~both & people.anyone[giver]  # who needs no gain to be told
    pairs = np.concatenate(
        [
            keys[(both | alone) & (receiver < giver)],
            back[alone & (receiver > giver)],
        ]
    )
    if people.anyone.any():
        ranks = np.flatnonzero(people.anyone)
        one, other = np.triu_indices(len(ranks), 1)
        pairs = np.union1d(pairs, ranks[one] * n + ranks[other])
    pairs = np.sort(pairs)
    return pairs // n, pairs % n


def keep_nearest(scores: PairScores, most: int) -> PairScores:
    """Return the pairs that are among the `most` best of one of the two."""
    # At random among equals: the first few people would be everybody's.
    pairs = np.random.default_rng(0).permutation(len(scores))
    ends = np.concatenate([scores.first[pairs], scores.second[pairs]])
    places = np.concatenate([pairs, pairs])
    order = np.lexsort([-scores.values[places], ends])
    begins = np.searchsorted(ends[order], np.arange(len(scores.profiles)))
    rank = np.arange(len(order)) - begins[ends[order]]
    kept = np.zeros(len(scores), bool)
    kept[places[order[rank < most]]] = True
    return scores[kept]


def _overlap(one: Bits, other: Bits) -> Float64Array:
    def count(bits: Bits) -> Float64Array:
        total: Float64Array = np.bitwise_count(bits).sum(axis=1, dtype=np.float64)
        return total

    share: Float64Array = count(one & other) / np.minimum(count(one), count(other))
    return share

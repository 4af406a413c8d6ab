"""What each side of a pair would gain, and what the pair is therefore worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from matchmaker.matching.arrays import Ints, Values
from matchmaker.matching.industries import distances
from matchmaker.matching.profiles import Bits, Profiles, interests
from matchmaker.matching.sources import ALL_ROLES, PEERS, Roles, Source, find_sources
from matchmaker.matching.types import Gain, Ground, Role, Rules

_YEAR = 52  # weeks

# What is known of one direction of a pair when it is proposed: what a learner learns
# from. Each lies between 0 and 1.
FEATURES = (
    "strength",  # of the best that can be said, by the words alone
    "help",  # an offer meets a want
    "lesson",  # a mentor's topic meets a mentee's
    "common interest",
    "industry distance",
    "overlap",  # of formats and times
    "fresh",  # how lately the receiver said what they want
)


class Scorer(Protocol):
    """What has learnt how likely somebody says: I got what was stated."""

    def predict(self, features: Values, receivers: Ints, givers: Ints) -> Values:
        """Of each direction, (rows, len(FEATURES)) and (rows,) ids: 0 to 1, (rows,)."""


@dataclass(frozen=True)
class Benefits:
    """Pairs of people, first[k] and second[k] by rank, and what they are worth.

    A value lies between 0 and 1. It begins with what can be said in words, b; the soft
    terms lower it, and nothing makes a benefit where there is nothing to say. The
    value is the lesser of both sides' (docs/matching.md: the value of a pair).
    """

    profiles: Profiles
    rules: Rules
    first: Ints
    second: Ints
    sources: tuple[Source, ...]
    common: Values  # (pairs,) how well an interest of theirs is shared
    scorer: Scorer | None

    @cached_property
    def distance(self) -> Values:
        """How different their industries are, (pairs,) 0 to 1."""
        industry = self.profiles.industry
        return distances(industry[self.first], industry[self.second])

    @cached_property
    def overlap(self) -> Values:
        """Which share of the hours and ways to meet of the one who has fewer suits
        the other too, (pairs,)."""
        chosen = (self.profiles.times, self.profiles.formats)
        shares = [_overlap(bits[self.first], bits[self.second]) for bits in chosen]
        overlap: Values = np.mean(shares, axis=0)
        return overlap

    @cached_property
    def anything(self) -> Values:
        """The value of each pair in each of `ALL_ROLES`, (3, pairs): what the side
        that gains less gains, however little; 0 where one is told nothing."""
        values = np.array([np.minimum(*self.worth[roles]) for roles in ALL_ROLES])
        # Without a topic to teach it is no mentoring.
        for row, roles in zip(values[1:], ALL_ROLES[1:], strict=True):
            row *= self._said(roles.index(Role.MENTEE), roles, Ground.MENTORING) > 0
        return values

    @cached_property
    def by_roles(self) -> Values:
        """The same, 0 where one side gains less than the threshold."""
        least = [np.minimum(*self.gained[roles]) for roles in ALL_ROLES]
        by_roles: Values = self.anything * (np.array(least) >= self.threshold)
        return by_roles

    @property
    def as_peers(self) -> tuple[Values, Values]:
        """What each side gains as a peer, after the soft terms, (pairs,) each; 0 where
        it is too little to meet for."""
        one, other = (
            np.where(gained >= self.threshold, worth, 0.0)
            for gained, worth in zip(self.gained[PEERS], self.worth[PEERS], strict=True)
        )
        return one, other

    @cached_property
    def threshold(self) -> Values:
        """The least that each side must gain, (pairs,)."""
        waited = self.profiles.weeks_waited
        weeks = np.maximum(waited[self.first], waited[self.second])
        rules = self.rules
        fallen = np.maximum(rules.threshold - rules.yielding * weeks, rules.floor)
        return np.minimum(fallen, rules.threshold)

    @cached_property
    def values(self) -> Values:
        """The value of each pair in the roles that suit it best, (pairs,)."""
        values: Values = self.by_roles.max(axis=0)
        return values

    @cached_property
    def best(self) -> Ints:
        """The roles that suit each pair best, positions in `ALL_ROLES`, (pairs,)."""
        best: Ints = self.by_roles.argmax(axis=0)
        return best

    @cached_property
    def beyond(self) -> Values:
        """What the side that gains more gains beyond the other, (pairs,)."""
        gaps = [abs(np.subtract(*self.worth[roles])) for roles in ALL_ROLES]
        beyond: Values = np.choose(self.best, gaps)
        return beyond

    @cached_property
    def gained(self) -> Mapping[Roles, tuple[Values, Values]]:
        """How likely each side says "I got what was stated", (pairs,) each; 0 where
        nothing can be stated. By the words alone, or as the scorer has learnt."""
        return {
            roles: (self._gained(0, roles), self._gained(1, roles))
            for roles in ALL_ROLES
        }

    @cached_property
    def worth(self) -> Mapping[Roles, tuple[Values, Values]]:
        """The same after the soft terms."""
        return {
            roles: (one * self.factor(0, roles), other * self.factor(1, roles))
            for roles, (one, other) in self.gained.items()
        }

    def _gained(self, side: int, roles: Roles) -> Values:
        said = self._said(side, roles, *Ground)
        some = np.flatnonzero(said)
        if self.scorer is None or not len(some):
            return said
        ids, ends = self.profiles.ids, (self.first[some], self.second[some])
        said[some] = self.scorer.predict(
            self.features(side, roles)[some], ids[ends[side]], ids[ends[1 - side]]
        )
        return said

    @cached_property
    def known(self) -> tuple[Values, Values]:
        """What is known of what each side would gain in the roles that suit the pair
        best, (pairs, len(FEATURES)) each."""
        by_roles = [[self.features(s, roles) for roles in ALL_ROLES] for s in (0, 1)]
        pairs = np.arange(len(self.first))
        one, other = (np.array(known)[self.best, pairs] for known in by_roles)
        return one, other

    def features(self, side: int, roles: Roles) -> Values:
        """What is known of what one side would gain, (pairs, len(FEATURES))."""
        receiver = (self.first, self.second)[side]
        return np.column_stack(
            [
                self._said(side, roles, *Ground),
                self._said(side, roles, Ground.OFFER_MEETS_WANT),
                self._said(side, roles, Ground.MENTORING),
                self.common,
                self.distance,
                self.overlap,
                1 - self._stale(receiver),
            ]
        )

    def factor(self, side: int, roles: Roles) -> Values:
        """The soft terms as one side has them, (pairs,).

        A mentor has often done the same in the same industry, so between mentor and
        mentee it counts neither way, as if unknown.
        """
        rules, receiver = self.rules, (self.first, self.second)[side]
        distance = self.distance if roles == PEERS else np.float64(0.5)
        alike = (1 - distance + self.common) / 2
        dial = self.profiles.unlike[receiver]
        against = np.maximum(dial, 0) * alike + np.maximum(-dial, 0) * (1 - alike)
        factor: Values = (
            1
            - rules.industry_weight * (1 - distance)
            - rules.interest_weight * (1 - self.common)
            - rules.dial_weight * against
            - rules.overlap_weight * (1 - self.overlap)
            - rules.stale_weight * self._stale(receiver)
        )
        return factor

    def _stale(self, receiver: Ints) -> Values:
        weeks = np.clip(self.profiles.weeks_unchanged[receiver], 0, _YEAR)
        stale: Values = weeks / _YEAR
        return stale

    def _said(self, side: int, roles: Roles, *grounds: Ground) -> Values:
        """The strongest thing that can be said to one side, (pairs,)."""
        best = np.zeros(len(self.first))
        for source in self._to(side, roles):
            if source.ground in grounds:
                best = np.maximum(best, source.worth)
        return best

    def _to(self, side: int, roles: Roles) -> list[Source]:
        return [
            source
            for source in self.sources
            if source.giver != side and roles in source.roles
        ]

    def gains(self, pair: int, side: int, roles: Roles) -> tuple[Gain, ...]:
        """What can be said to one side of a pair, the strongest first."""
        ends = (self.first[pair], self.second[pair])
        giver = self.profiles.people[ends[1 - side]]
        receiver = self.profiles.people[ends[side]]
        gains = [
            Gain(
                giver=giver.id,
                offer=source.gives(giver)[source.given[pair]],
                want=source.seeks(receiver)[source.sought[pair]],
                strength=float(source.worth[pair]),
                ground=source.ground,
            )
            for source in self._to(side, roles)
            if source.worth[pair] > 0
        ]
        return tuple(sorted(gains, key=lambda gain: -gain.strength))

    def shared(self, pair: int) -> tuple[str, ...]:
        """The interest they share best, in the first's words; () where none."""
        (interest,) = (
            source
            for source in self.sources
            if source.ground is Ground.SHARED_INTEREST and source.giver == 0
        )
        if not self.common[pair]:
            return ()
        person = self.profiles.people[self.first[pair]]
        return (interests(person)[interest.given[pair]],)


Weigh = Callable[[Ints, Ints], Benefits]


def weigh(
    profiles: Profiles,
    rules: Rules,
    first: Ints,
    second: Ints,
    scorer: Scorer | None = None,
) -> Benefits:
    """What the people of each pair would give each other, by rank."""
    sources, common = find_sources(profiles, rules, first, second)
    return Benefits(profiles, rules, first, second, sources, common, scorer)


def _overlap(one: Bits, other: Bits) -> Values:
    def count(bits: Bits) -> Values:
        total: Values = np.bitwise_count(bits).sum(axis=1, dtype=np.float64)
        return total

    share: Values = count(one & other) / np.minimum(count(one), count(other))
    return share

"""What each side of a pair would gain, and what the pair is therefore worth."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.industries import distances
from matchmaker.matching.meeting import meet
from matchmaker.matching.profiles import (
    Field,
    Profiles,
    interests,
    lessons,
    offers,
    questions,
    wants,
)
from matchmaker.matching.types import Gain, Ground, Role, Rules
from matchmaker.matching.vectors import Ints

Values = NDArray[np.float64]
Roles = tuple[Role, Role]

# The ways a pair can be introduced, as (first, second); where equal, the earlier.
PEERS: Roles = (Role.PEER, Role.PEER)
FIRST_MENTORS: Roles = (Role.MENTOR, Role.MENTEE)
SECOND_MENTORS: Roles = (Role.MENTEE, Role.MENTOR)
ALL_ROLES = (PEERS, FIRST_MENTORS, SECOND_MENTORS)


@dataclass(frozen=True)
class Source:
    """One thing the people of a pair may give each other, over all pairs."""

    giver: int  # 0 the first of the pair, 1 the second
    ground: Ground
    roles: tuple[Roles, ...]  # those in which it counts
    gives: Field
    seeks: Field
    worth: Values  # (pairs,) 0 to 1; 0 where there is nothing to say
    given: Ints  # (pairs,) place of the phrase among what the giver gives
    sought: Ints

    def reversed(self, weight: float) -> "Source":
        """The same two phrases, as what the other one gains."""
        return Source(
            giver=1 - self.giver,
            ground=self.ground,
            roles=self.roles,
            gives=self.seeks,
            seeks=self.gives,
            worth=weight * self.worth,
            given=self.sought,
            sought=self.given,
        )


@dataclass(frozen=True)
class Benefits:
    """Pairs of people, first[k] and second[k] by rank, and what they are worth.

    A value lies between 0 and 1. It begins with what can be said in words; the soft
    terms (industries alike, no interest in common) lower it, and nothing makes a
    benefit where there is nothing to say.
    """

    profiles: Profiles
    rules: Rules
    first: Ints
    second: Ints
    sources: tuple[Source, ...]
    apart: Values  # (pairs,) industry distance
    common: Values  # (pairs,) how well an interest of theirs is shared

    @cached_property
    def by_roles(self) -> Values:
        """The value of each pair in each of `ALL_ROLES`, (3, pairs): what the side
        that gains less gains; 0 where that is below the threshold."""
        values = np.zeros((len(ALL_ROLES), len(self.first)))
        for roles, row in zip(ALL_ROLES, values, strict=True):
            least = np.minimum(self.gained(0, roles), self.gained(1, roles))
            enough = (least > 0) & (least >= self.rules.threshold)
            if roles != PEERS:  # without a topic to teach it is no mentoring
                enough &= self._lesson(roles)
            row[enough] = (least * self.factor(roles))[enough]
        return values

    @cached_property
    def values(self) -> Values:
        """The value of each pair in the roles that suit it best, (pairs,)."""
        values: Values = self.by_roles.max(axis=0)
        return values

    @cached_property
    def beyond(self) -> Values:
        """What the side that gains more gains beyond the other, (pairs,)."""
        best = self.by_roles.argmax(axis=0)
        gaps = [
            abs(self.gained(0, roles) - self.gained(1, roles)) for roles in ALL_ROLES
        ]
        beyond: Values = np.choose(best, gaps)
        return beyond

    def best_roles(self, pair: int) -> Roles:
        return ALL_ROLES[int(self.by_roles[:, pair].argmax())]

    def gained(self, side: int, roles: Roles) -> Values:
        """The strongest thing that can be said to one side, (pairs,)."""
        return self._gained(side, roles, *Ground)

    def _gained(self, side: int, roles: Roles, *grounds: Ground) -> Values:
        best = np.zeros(len(self.first))
        for source in self._to(side, roles):
            if source.ground in grounds:
                best = np.maximum(best, source.worth)
        return best

    def _lesson(self, roles: Roles) -> NDArray[np.bool_]:
        lessons_ = [self._gained(side, roles, Ground.MENTORING) > 0 for side in (0, 1)]
        return np.logical_or(*lessons_)

    def _to(self, side: int, roles: Roles) -> list[Source]:
        return [
            source
            for source in self.sources
            if source.giver != side and roles in source.roles
        ]

    def factor(self, roles: Roles) -> Values:
        """The soft terms, (pairs,). A mentor has often done the same in the same
        industry, so between mentor and mentee it counts neither way, as if unknown."""
        apart = self.apart if roles == PEERS else 0.5
        alike = self.rules.industry_weight * (1 - apart)
        strange: Values = self.rules.interest_weight * (1 - self.common)
        return 1 - alike - strange

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


def weigh(profiles: Profiles, rules: Rules, first: Ints, second: Ints) -> Benefits:
    """What the people of each pair would give each other, by rank."""
    ends = (first, second)

    def source(
        giver: int, ground: Ground, roles: tuple[Roles, ...], gives: Field, seeks: Field
    ) -> Source:
        shelves = profiles.shelves
        met = meet(
            profiles.vectors,
            shelves[gives],
            shelves[seeks],
            ends[giver],
            ends[1 - giver],
        )
        return Source(
            giver, ground, roles, gives, seeks, met.strength, met.given, met.sought
        )

    def lesson(mentor: int, roles: Roles) -> Source:
        found = source(mentor, Ground.MENTORING, (roles,), lessons, questions)
        older = _more_years(profiles, ends[mentor], ends[1 - mentor])
        return replace(found, worth=found.worth * older)

    help_, interest = Ground.OFFER_MEETS_WANT, Ground.SHARED_INTEREST
    common = source(0, interest, ALL_ROLES, interests, interests)
    taught, learnt = lesson(0, FIRST_MENTORS), lesson(1, SECOND_MENTORS)
    sources = (
        source(0, help_, ALL_ROLES, offers, wants),
        source(1, help_, ALL_ROLES, offers, wants),
        replace(common, worth=rules.interest_ground * common.worth),
        common.reversed(rules.interest_ground),
        taught,
        taught.reversed(rules.mentor_ground),
        learnt,
        learnt.reversed(rules.mentor_ground),
    )
    industries = [person.industry for person in profiles.people]
    apart = distances(industries, first, second)
    return Benefits(profiles, rules, first, second, sources, apart, common=common.worth)


def _more_years(profiles: Profiles, mentor: Ints, mentee: Ints) -> NDArray[np.bool_]:
    """Whether the mentor has more years than the mentee; unknown years are allowed."""
    years = np.array(
        [np.nan if p.years is None else p.years for p in profiles.people], np.float64
    )
    fewer: NDArray[np.bool_] = years[mentor] <= years[mentee]
    return ~fewer

"""What the people of a pair may give each other: offers, shared interests, lessons."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Ints, Values
from matchmaker.matching.meeting import Meetings, meet
from matchmaker.matching.profiles import (
    Field,
    Profiles,
    interests,
    lessons,
    offers,
    questions,
    wants,
)
from matchmaker.matching.types import Ground, Role, Rules

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
    met: Meetings
    is_reversed: bool = False

    @property
    def given(self) -> Ints:
        """Place of the phrase among what the giver gives, (pairs,)."""
        return self.met.sought if self.is_reversed else self.met.given

    @property
    def sought(self) -> Ints:
        """Place of the phrase among what the receiver looks for, (pairs,)."""
        return self.met.given if self.is_reversed else self.met.sought

    def reversed(self, weight: float) -> "Source":
        """The same two phrases, as what the other one gains."""
        return replace(
            self,
            giver=1 - self.giver,
            gives=self.seeks,
            seeks=self.gives,
            worth=weight * self.worth,
            is_reversed=True,
        )


def find_sources(
    profiles: Profiles, rules: Rules, first: Ints, second: Ints
) -> tuple[tuple[Source, ...], Values]:
    """Everything that first[k] and second[k], by rank, may give each other; and how
    well an interest of theirs is shared, (pairs,) 0 to 1."""
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
        return Source(giver, ground, roles, gives, seeks, met.strength, met)

    def lesson(mentor: int, roles: Roles) -> Source:
        found = source(mentor, Ground.MENTORING, (roles,), lessons, questions)
        older = _more_years(profiles, ends[mentor], ends[1 - mentor])
        return replace(found, worth=found.worth * older)

    help_, interest = Ground.OFFER_MEETS_WANT, Ground.SHARED_INTEREST
    common = source(0, interest, ALL_ROLES, interests, interests)
    taught, learnt = lesson(0, FIRST_MENTORS), lesson(1, SECOND_MENTORS)
    found = (
        source(0, help_, ALL_ROLES, offers, wants),
        source(1, help_, ALL_ROLES, offers, wants),
        replace(common, worth=rules.interest_ground * common.worth),
        common.reversed(rules.interest_ground),
        taught,
        taught.reversed(rules.mentor_ground),
        learnt,
        learnt.reversed(rules.mentor_ground),
    )
    return found, common.worth


def _more_years(profiles: Profiles, mentor: Ints, mentee: Ints) -> NDArray[np.bool_]:
    """Whether the mentor has more years than the mentee; unknown years are allowed."""
    years = profiles.years
    fewer: NDArray[np.bool_] = years[mentor] <= years[mentee]
    return ~fewer

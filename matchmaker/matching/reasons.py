"""What each side is told: the gain, what is shared, what is different, why now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matchmaker.matching.arrays import Ints, Values
from matchmaker.matching.benefit import Benefits, Weigh
from matchmaker.matching.profiles import Profiles
from matchmaker.matching.sources import PEERS, Roles
from matchmaker.matching.types import (
    Arm,
    Gain,
    History,
    Introduction,
    Kind,
    Now,
    Role,
    Side,
)

Bridge = Callable[[Ints, Ints], Values]

_NEW = 2  # weeks in which words are new
_FAR = 0.6  # a bridge between circles that hardly know each other


@dataclass(frozen=True)
class Group:
    """Two or three people, by rank in order, who are to be introduced."""

    ranks: tuple[int, ...]
    roles: Roles = PEERS  # of two; three are peers
    arm: Arm = Arm.BEST
    propensity: float = 1.0
    block: int | None = None


def introductions(
    groups: Sequence[Group],
    profiles: Profiles,
    weigh: Weigh,
    bridge: Bridge | None,
    history: History,
) -> tuple[Introduction, ...]:
    """Say for each group what each side gains, in the order given."""
    pairs = [pair for group in groups for pair in combinations(group.ranks, 2)]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    benefits = weigh(ends[:, 0], ends[:, 1])
    known_of = {
        roles: (benefits.features(0, roles), benefits.features(1, roles))
        for roles in {group.roles for group in groups}
    }
    far = bridge(*ends.T) >= _FAR if bridge else np.zeros(len(ends), bool)
    result, start = [], 0
    for group in groups:
        end = start + len(group.ranks) * (len(group.ranks) - 1) // 2
        mine = dict(zip(pairs[start:end], range(start, end), strict=True))
        sides, value = _sides(benefits, known_of, group, mine)
        changed = _changed(profiles, group, history)
        shared = [interest for k in mine.values() for interest in benefits.shared(k)]
        result.append(
            Introduction(
                kind=Kind.PEERS if group.roles == PEERS else Kind.MENTORING,
                sides=sides,
                value=value,
                industry_distance=float(benefits.distance[start:end].mean()),
                shared=tuple(dict.fromkeys(shared)),
                now=_now(profiles, group, changed, bool(far[start:end].any())),
                changed=changed,
                arm=group.arm,
                propensity=group.propensity,
                block=group.block,
            )
        )
        start = end
    return tuple(result)


def _sides(
    benefits: Benefits,
    known_of: Mapping[Roles, tuple[Values, Values]],
    group: Group,
    pairs: Mapping[tuple[int, int], int],
) -> tuple[tuple[Side, ...], float]:
    """The sides, and what the one that gains least gains."""
    gains: dict[int, list[Gain]] = {rank: [] for rank in group.ranks}
    value = dict.fromkeys(group.ranks, 0.0)
    for ends, k in pairs.items():
        for side, rank in enumerate(ends):
            found = benefits.gains(k, side, group.roles)
            gains[rank] += found
            value[rank] = max(value[rank], float(benefits.worth[group.roles][side][k]))
    known = None
    if len(pairs) == 1:
        (k,) = pairs.values()
        known = [known_of[group.roles][side][k] for side in (0, 1)]
    sides = tuple(
        Side(
            person=benefits.profiles.people[rank].id,
            role=group.roles[place] if len(group.ranks) == 2 else Role.PEER,
            gains=tuple(sorted(gains[rank], key=lambda gain: -gain.strength)),
            features=tuple(known[place].tolist()) if known else (),
        )
        for place, rank in enumerate(group.ranks)
    )
    return sides, min(value.values())


def _changed(profiles: Profiles, group: Group, history: History) -> str:
    if not history.rekindled:
        return ""
    ids = [profiles.people[rank].id for rank in group.ranks]
    changes = (
        history.rekindled.get(frozenset(pair), "") for pair in combinations(ids, 2)
    )
    return next(filter(None, changes), "")


def _now(profiles: Profiles, group: Group, changed: str, far: bool) -> tuple[Now, ...]:
    people = [profiles.people[rank] for rank in group.ranks]
    reasons = {
        Now.REKINDLED: bool(changed),
        Now.NEW_WORDS: any(
            person.weeks_unchanged is not None and person.weeks_unchanged < _NEW
            for person in people
        ),
        Now.WAITED: any(person.weeks_waited > 0 for person in people),
        Now.BRIDGE: far,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)

"""A round: people in, introductions with reasons out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.benefit import ALL_ROLES, PEERS, Benefits, Roles, Values, weigh
from matchmaker.matching.candidates import candidates, mask
from matchmaker.matching.pairing import pair
from matchmaker.matching.profiles import Profiles, read
from matchmaker.matching.trios import thirds
from matchmaker.matching.types import (
    Gain,
    Introduction,
    Kind,
    Person,
    Plan,
    Role,
    Rules,
    Side,
    Why,
)
from matchmaker.matching.vectors import Ints

LONGEST_WAIT = 4  # weeks after which waiting counts no more

# Weights are whole numbers to the pairing: 2**40 to a value of 1. The lowest twenty
# bits are drawn by lot, so that among equally good plans the seed decides, and not
# the order in which somebody asked; all lots together weigh less than n / 10**6.
_UNIT = 2**40
_LOT = 2**20


def propose(
    people: Sequence[Person],
    apart: Collection[frozenset[int]] = (),
    rules: Rules = Rules(),  # noqa: B008 - frozen
    seed: int = 0,
) -> Plan:
    """Introduce everybody who can be introduced to the gain of both sides.

    Everybody is in one introduction or left out with a reason. Each side of each
    introduction has a gain of at least the threshold that can be said in the words of
    the two. Nobody meets anybody they are kept `apart` from (pairs of ids: met lately,
    blocked, let go), nor of the same company, nor with no format or time in common.
    The sum of the pairs' values and waiting bonuses is the greatest there is among the
    candidates, to within the plan's gap. The order of the people makes no difference.

    Raises ValueError when two people have the same id.
    """
    for id_, count in Counter(person.id for person in people).items():
        if count > 1:
            raise ValueError(f"Two people have the same id, {id_}.")
    if not people:
        return Plan()

    profiles = read(sorted(people, key=lambda person: person.id))
    barred = mask(profiles.people, apart)
    first, second, somebody = candidates(profiles, rules, barred, seed)
    benefits = weigh(profiles, rules, first, second)
    pairing = pair(len(people), first, second, _weights(benefits, seed))

    one, other = first[pairing.edges], second[pairing.edges]
    roles = [benefits.best_roles(edge) for edge in pairing.edges]
    unpaired = sorted(
        set(range(len(people))) - {*one.tolist(), *other.tolist()},
        key=lambda rank: (-profiles.people[rank].weeks_waited, rank),
    )
    third_of: dict[int, int] = {}
    if rules.allow_trios:
        peers = np.flatnonzero([role == PEERS for role in roles])
        joined = thirds(benefits, barred, unpaired, one[peers], other[peers])
        third_of = {int(peers[k]): rank for k, rank in joined.items()}

    groups = [
        sorted({int(a), int(b), third_of.get(k, int(a))})
        for k, (a, b) in enumerate(zip(one, other, strict=True))
    ]
    suited = np.zeros(len(people), bool)
    suited[first[benefits.values > 0]] = True
    suited[second[benefits.values > 0]] = True
    return Plan(
        introductions=_introductions(
            profiles, rules, sorted(zip(groups, roles, strict=True))
        ),
        left_out=_left_out(
            profiles, set(unpaired) - {*third_of.values()}, somebody, suited
        ),
        value=pairing.value / _UNIT,
        bound=pairing.bound / _UNIT,
        is_optimal=pairing.is_optimal,
    )


def _weights(benefits: Benefits, seed: int) -> Ints:
    """What each pair counts for in the choice, whole; 0 where it is no introduction."""
    waited = np.array(
        [
            min(max(person.weeks_waited, 0), LONGEST_WAIT)
            for person in benefits.profiles.people
        ]
    )
    waits = waited[benefits.first] + waited[benefits.second]
    rules = benefits.rules
    worth = benefits.values + rules.surplus * benefits.beyond + rules.patience * waits
    whole = np.round(worth * (_UNIT // _LOT)).astype(np.int64) * _LOT
    lots = np.random.default_rng(seed).integers(0, _LOT, len(whole))
    return np.where(benefits.values > 0, whole + lots, 0)


def _introductions(
    profiles: Profiles, rules: Rules, groups: Sequence[tuple[Sequence[int], Roles]]
) -> tuple[Introduction, ...]:
    """Two or three people each, by rank in order, and what each gains."""
    pairs = [pair for group, _ in groups for pair in combinations(group, 2)]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    benefits = weigh(profiles, rules, ends[:, 0], ends[:, 1])
    position = {pair: k for k, pair in enumerate(pairs)}
    factors = {roles: benefits.factor(roles) for roles in ALL_ROLES}
    return tuple(
        _introduction(
            benefits,
            group,
            roles,
            {pair: position[pair] for pair in combinations(group, 2)},
            factors[roles],
        )
        for group, roles in groups
    )


def _introduction(
    benefits: Benefits,
    group: Sequence[int],
    roles: Roles,
    pairs: Mapping[tuple[int, int], int],
    factor: Values,
) -> Introduction:
    gains: dict[int, list[Gain]] = {rank: [] for rank in group}
    value = dict.fromkeys(group, 0.0)
    for ends, k in pairs.items():
        for side, rank in enumerate(ends):
            found = benefits.gains(k, side, roles)
            gains[rank] += found
            value[rank] = max(
                value[rank], *(gain.strength * factor[k] for gain in found), 0.0
            )
    shared = [interest for k in pairs.values() for interest in benefits.shared(k)]
    return Introduction(
        kind=Kind.PEERS if roles == PEERS else Kind.MENTORING,
        sides=tuple(
            Side(
                person=benefits.profiles.people[rank].id,
                role=roles[place] if len(group) == 2 else Role.PEER,
                gains=tuple(sorted(gains[rank], key=lambda gain: -gain.strength)),
            )
            for place, rank in enumerate(group)
        ),
        value=float(min(value.values())),
        industry_distance=float(benefits.apart[list(pairs.values())].mean()),
        shared=tuple(dict.fromkeys(shared)),
    )


def _left_out(
    profiles: Profiles,
    ranks: Iterable[int],
    somebody: NDArray[np.bool_],
    suited: NDArray[np.bool_],
) -> tuple[tuple[int, Why], ...]:
    def why(rank: int) -> Why:
        if profiles.silent[rank]:
            return Why.NOTHING_WRITTEN
        if not somebody[rank]:
            return Why.NO_ONE_ALLOWED
        return Why.ODD_ONE_OUT if suited[rank] else Why.BELOW_THRESHOLD

    return tuple((profiles.people[rank].id, why(rank)) for rank in sorted(ranks))

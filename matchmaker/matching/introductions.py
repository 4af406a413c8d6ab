"""What each side is told: the gains, what is shared, what is different, why now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matchmaker.enums import GainKind, WhyNow
from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.profiles import Profiles
from matchmaker.matching.scoring.gains import WORTH
from matchmaker.matching.scoring.pairs import PairScores
from matchmaker.matching.types import Arm, Gain, History, Introduction, Kind, Role, Side

Bridge = Callable[[Ints, Ints], Float64Array]
Score = Callable[[Ints, Ints], PairScores]

_NEW = 2  # weeks in which words are new
_FAR = 0.6  # a bridge between circles that hardly know each other


@dataclass(frozen=True)
class Group:
    """Two or three people, by rank in order, who are to be introduced."""

    ranks: tuple[int, ...]
    mentor: int = -1  # rank; -1 among peers. Three are peers.
    arm: Arm = Arm.BEST
    propensity: float = 1.0
    block: int | None = None
    is_catch_up: bool = False  # of two who have met

    @property
    def kind(self) -> Kind:
        if self.is_catch_up:
            return Kind.CATCH_UP
        is_mentoring = self.mentor >= 0 and len(self.ranks) == 2
        return Kind.MENTORING if is_mentoring else Kind.PEERS

    def role_of(self, rank: int) -> Role:
        if self.kind is not Kind.MENTORING:
            return Role.PEER
        return Role.MENTOR if rank == self.mentor else Role.MENTEE


def introductions(
    groups: Sequence[Group], score: Score, bridge: Bridge | None, history: History
) -> tuple[Introduction, ...]:
    """Say for each group what each side gains, in the order given."""
    pairs = [pair for group in groups for pair in combinations(group.ranks, 2)]
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    scores = score(ends[:, 0], ends[:, 1])
    features = scores.features(0), scores.features(1)
    told = dict(
        zip(
            [*pairs, *((other, one) for one, other in pairs)],
            scores.gains.told(
                np.concatenate([ends[:, 0], ends[:, 1]]),
                np.concatenate([ends[:, 1], ends[:, 0]]),
            ),
            strict=True,
        )
    )
    far = bridge(*ends.T) >= _FAR if bridge else np.zeros(len(ends), bool)
    result, start = [], 0
    for group in groups:
        end = start + len(group.ranks) * (len(group.ranks) - 1) // 2
        known = (
            [tuple(side[start].tolist()) for side in features]
            if len(group.ranks) == 2 and not group.is_catch_up
            else [()] * len(group.ranks)
        )
        sides = tuple(
            _side(group, rank, scores.profiles, told, known[place])
            for place, rank in enumerate(group.ranks)
        )
        changed = _changed(scores.profiles, group, history)
        result.append(
            Introduction(
                kind=group.kind,
                sides=sides,
                value=_least_gained(group, scores, range(start, end)),
                industry_distance=float(scores.distance[start:end].mean()),
                shared=_shared(sides),
                now=_now(scores.profiles, group, changed, bool(far[start:end].any())),
                changed=changed,
                arm=group.arm,
                propensity=group.propensity,
                block=group.block,
            )
        )
        start = end
    return tuple(result)


def _side(
    group: Group,
    rank: int,
    profiles: Profiles,
    told: Mapping[tuple[int, int], tuple[Gain, ...]],
    known: tuple[float, ...],
) -> Side:
    people = profiles.people
    gains: list[Gain] = []
    for other in group.ranks:
        if other == rank:
            continue
        said = told[rank, other]
        if group.is_catch_up:
            said = (_without_words(people[other].id, GainKind.CATCH_UP), *said)
        elif not said:
            said = (_without_words(people[other].id, GainKind.NOT_MET_YET),)
        gains += said
    if len(group.ranks) > 2:
        gains.sort(key=lambda gain: -gain.strength)
    return Side(
        person=people[rank].id,
        role=group.role_of(rank),
        gains=tuple(gains),
        features=known,
    )


def _without_words(giver: int, kind: GainKind) -> Gain:
    return Gain(giver=giver, offer="", want="", strength=WORTH[kind], kind=kind)


def _least_gained(group: Group, scores: PairScores, pairs: range) -> float:
    """What the side that gains least gains."""
    most = dict.fromkeys(group.ranks, 0.0)
    for k in pairs:
        for side, ends in enumerate((scores.first, scores.second)):
            rank = int(ends[k])
            most[rank] = max(most[rank], float(scores.utility[side][k]))
    return min(most.values())


def _shared(sides: tuple[Side, ...]) -> tuple[str, ...]:
    """The interests they share, as the lower id of each two wrote them."""
    return tuple(
        dict.fromkeys(
            gain.want
            for side in sides
            for gain in side.gains
            if gain.kind is GainKind.SHARED_INTEREST and side.person < gain.giver
        )
    )


def _changed(profiles: Profiles, group: Group, history: History) -> str:
    if not history.rekindled:
        return ""
    ids = [profiles.people[rank].id for rank in group.ranks]
    changes = (
        history.rekindled.get(frozenset(pair), "") for pair in combinations(ids, 2)
    )
    return next(filter(None, changes), "")


def _now(
    profiles: Profiles, group: Group, changed: str, far: bool
) -> tuple[WhyNow, ...]:
    people = [profiles.people[rank] for rank in group.ranks]
    reasons = {
        WhyNow.REKINDLED: bool(changed),
        WhyNow.NEW_WORDS: any(
            person.weeks_unchanged is not None and person.weeks_unchanged < _NEW
            for person in people
        ),
        WhyNow.WAITED: any(person.rounds_waited > 0 for person in people),
        WhyNow.BRIDGE: far,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)

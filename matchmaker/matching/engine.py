"""A round: people in, introductions with reasons out."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from matchmaker.matching import network
from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.constraints import Constraints, constraints
from matchmaker.matching.exploration import logged, randomise
from matchmaker.matching.groups import merge, split
from matchmaker.matching.introductions import Bridge, Group, Score, introductions
from matchmaker.matching.pairing import Pairing, pair
from matchmaker.matching.profiles import Profiles, Reader, read
from matchmaker.matching.rhythm import HORIZON, plan_ahead
from matchmaker.matching.scoring.gains import Gains, find_gains
from matchmaker.matching.scoring.pairs import (
    PairScores,
    Scorer,
    keep_nearest,
    mutual_pairs,
)
from matchmaker.matching.suggestions import suggest_lines
from matchmaker.matching.trios import find_pair_for
from matchmaker.matching.types import (
    Arm,
    History,
    Introduction,
    Pair,
    Person,
    Plan,
    Rules,
)
from matchmaker.matching.unmatched import find_reasons

# Of each person's possible partners so many are weighed against each other: more than
# the horizon has rounds, several times over.
NEAREST = 40
LONGEST_WAIT = 4  # rounds after which waiting counts no more

# Weights are whole numbers to the pairing: 2**40 to a value of 1. The lowest twenty
# bits are drawn at random, so that among equally good plans the seed decides, and not
# the order in which somebody asked; all of them together weigh less than n / 10**6.
_UNIT = 2**40
_NOISE = 2**20


def propose(
    people: Sequence[Person],
    reader: Reader,
    history: History = History(),  # noqa: B008 - frozen
    rules: Rules = Rules(),  # noqa: B008 - frozen
    seed: int = 0,
    *,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
    scorer: Scorer | None = None,
) -> Plan:
    """Introduce everybody who is due and can be introduced to the gain of both sides.

    Everybody due is in some introductions, at most as many as they have time for, or
    unmatched with a reason. Each side of each introduction has a gain that can be said in
    the words of the two. Nobody meets anybody that the history or a veto keeps from them,
    nor a colleague or their manager, nor without a language in common. `pins` (pairs of
    ids) are introduced whatever others would gain, and even for little, as long as no
    rule forbids it and both sides can be told something. People with `due_in` above 0 are
    there for the plan ahead: good partners are kept for their turn.

    Of more than `groups.MOST` people groups are drawn, each round anew, and a round is made
    in each: enough people for everybody to find somebody good, in time that grows with
    their number and no faster.

    `reader` says what phrases mean; a `scorer` has learnt from outcomes how likely what
    is stated comes true, by `scoring.FEATURES`. The order of the people and their ids
    make no difference to what pairs are worth.

    Raises ValueError when two people have the same id, and where a tie of the history is
    nobody's: of somebody with themselves, or of a strength outside 0 to 1.
    """
    groups = read_groups(people, reader, history, pins, seed)
    ids = {person.id for person in people}
    return solve_groups(groups, ids, history, rules, seed, pins, vetoes, scorer)


def propose_for(
    person: int,
    people: Sequence[Person],
    reader: Reader,
    history: History = History(),  # noqa: B008 - frozen
    rules: Rules = Rules(),  # noqa: B008 - frozen
    *,
    vetoes: Collection[Pair] = (),
    scorer: Scorer | None = None,
) -> Introduction | None:
    """Introduce one person, by id, to whom of the others suits them best; None where
    nobody does.

    By the same rules as a round, for somebody who cannot wait for one. The others are
    those who are willing and have time now.
    """
    with threadpool_limits(1, "blas"):
        profiles = read(people, reader, history.feedback)
        (rank,) = profiles.ranks([person]).tolist()
        gains = find_gains(profiles, only=rank)
        score = partial(PairScores, gains, rules, scorer=scorer)
        others = np.delete(np.arange(len(profiles)), rank)
        me = np.full(len(others), rank)
        suit = constraints(profiles, rules, history, vetoes).allows(me, others)
        ends = np.sort(np.stack([me, others])[:, suit], axis=0)
        scores = score(ends[0], ends[1])
        if not len(scores) or scores.values.max() < rules.reserve:
            return None
        best = int(scores.values.argmax())
        group = Group(tuple(ends[:, best].tolist()), int(scores.mentors[best]))
        return introductions([group], score, None, history)[0]


def read_groups(
    people: Sequence[Person],
    reader: Reader,
    history: History,
    pins: Collection[Pair],
    seed: int,
) -> Iterator[Gains]:
    """Read the people and find their gains, which takes the longest, a group at a time.

    Raises ValueError when two people have the same id.
    """
    for id_, times in Counter(person.id for person in people).items():
        if times > 1:
            raise ValueError(f"Two people have the same id, {id_}.")
    for group in split(people, pins, seed):
        yield find_gains(read(group, reader, history.feedback))


def solve_groups(
    groups: Iterable[Gains],
    ids: Collection[int],
    history: History,
    rules: Rules,
    seed: int,
    pins: Collection[Pair],
    vetoes: Collection[Pair],
    scorer: Scorer | None,
) -> Plan:
    """As `propose`, of people whose gains are known already; `ids` are everybody's."""
    bridges = _bridges(ids, history) if rules.bridge_weight else None
    plans = [Plan(refused_pins=tuple(pin for pin in pins if not pin <= {*ids}))]
    with threadpool_limits(1, "blas"):  # its threads would only be in the way of ours
        for gains in groups:
            here = set(gains.profiles.ids.tolist())
            theirs = [pin for pin in pins if pin <= here]
            bridge = bridges(gains.profiles) if bridges else None
            plans.append(
                _solve(gains, history, rules, seed, theirs, vetoes, scorer, bridge)
            )
    return merge(plans)


def _solve(
    gains: Gains,
    history: History,
    rules: Rules,
    seed: int,
    pins: Collection[Pair],
    vetoes: Collection[Pair],
    scorer: Scorer | None,
    bridge: Bridge | None,
) -> Plan:
    """The round of one group."""
    profiles = gains.profiles
    barred = constraints(profiles, rules, history, vetoes)
    score = partial(PairScores, gains, rules, scorer=scorer)
    pinned, refused = _pinned(barred, score, pins)
    first, second = mutual_pairs(gains)
    allowed = barred.allows(first, second)
    scores = score(first[allowed], second[allowed])
    scores = keep_nearest(scores[scores.values >= rules.reserve], NEAREST)

    here = profiles.is_due & (profiles.introductions > 0)
    now, quota, share = _planned(scores, here)
    pairing, best = _pair(now, rules, bridge, pinned, quota, seed)
    best, blocks = randomise(best, pinned, barred, score, seed)
    groups = [*pinned, *best]
    groups += _catch_ups(groups, barred, history, here)
    groups, left = _with_thirds(groups, barred, score, here)
    groups.sort(key=lambda group: group.ranks)
    alone = np.zeros(len(profiles), bool)
    alone[left] = True
    suited, saved = (_who_suits(scores, among) for among in (here, here & alone))
    reasons = find_reasons(left, suited, saved, barred, score, seed)
    return Plan(
        introductions=introductions(groups, score, bridge, history),
        unmatched=tuple(
            (profiles.people[rank].id, why)
            for rank, why in zip(left, reasons, strict=True)
        ),
        value=pairing.value / _UNIT,
        bound=pairing.bound / _UNIT,
        is_optimal=pairing.is_optimal,
        share=share,
        blocks=logged(blocks, groups, profiles.ids, score),
        refused_pins=refused,
        suggestions=suggest_lines(left, barred),
    )


def _planned(scores: PairScores, here: Bools) -> tuple[PairScores, int, float]:
    """The pairs of people who are due that the plan ahead spends in this round, how many
    of them it should introduce, and for which share of their time it has somebody."""
    profiles = scores.profiles
    beyond = scores.values - np.float32(scores.rules.reserve)
    ahead = plan_ahead(
        profiles.introductions * profiles.rounds_within(HORIZON),
        scores.first,
        scores.second,
        beyond,
    )
    both_here = here[scores.first] & here[scores.second]
    time = int(profiles.introductions[here].sum())
    spent = scores[np.flatnonzero(ahead.is_spent & both_here)]
    return spent, ahead.quota(time), ahead.share


def _pinned(
    barred: Constraints, score: Score, pins: Collection[Pair]
) -> tuple[list[Group], tuple[Pair, ...]]:
    """The pinned pairs that can be introduced, in the order of the ids, and the rest."""
    profiles = barred.profiles
    groups, refused = [], []
    room = profiles.introductions * profiles.is_due
    for pin in sorted(pins, key=sorted):
        ranks = np.sort(profiles.ranks(pin))
        possible = len(ranks) == 2 and ranks[0] >= 0 and room[ranks].all()
        if possible and barred.allows(*ranks[:, None]).all():
            scores = score(*ranks[:, None])
            if scores.values[0] > 0:
                one, other = ranks.tolist()
                groups.append(Group((one, other), int(scores.mentors[0]), Arm.PINNED))
                room[ranks] -= 1
                continue
        refused.append(pin)
    return groups, tuple(refused)


def _bridges(
    everybody: Collection[int], history: History
) -> Callable[[Profiles], Bridge] | None:
    """What an introduction of two would bridge; None where nobody knows anybody."""
    if not history.ties:
        return None
    known = {id_ for tie in history.ties for id_ in (tie.one, tie.other)}
    ids = np.array(sorted(known.union(everybody)), np.int64)
    circles = network.measure(ids.tolist(), history.ties)

    def among(profiles: Profiles) -> Bridge:
        place = np.searchsorted(ids, profiles.ids)
        return lambda one, other: network.bridging(circles, place[one], place[other])

    return among


def _pair(
    scores: PairScores,
    rules: Rules,
    bridge: Bridge | None,
    pinned: Sequence[Group],
    quota: int,
    seed: int,
) -> tuple[Pairing, list[Group]]:
    """Choose among these pairs, with the time that the pinned pairs leave; and of those
    chosen the weightiest, as many as the quota leaves."""
    profiles = scores.profiles
    free, places = profiles.introductions.copy(), profiles.mentor_places.copy()
    for group in pinned:
        free[list(group.ranks)] -= 1
        if group.mentor >= 0:
            places[group.mentor] -= 1
    weights = _weights(scores, rules, bridge, seed)
    for one, other in {group.ranks for group in pinned}:
        weights[(scores.first == one) & (scores.second == other)] = 0
    pairing = pair(
        free,
        scores.first,
        scores.second,
        weights,
        scores.mentors,
        np.maximum(places, 0),
    )
    most = max(quota - len(pinned), 0)
    order = np.argsort(-weights[pairing.edges], kind="stable")
    spent = scores[np.sort(pairing.edges[order[:most]])]
    columns = spent.first, spent.second, spent.mentors
    return pairing, [
        Group((one, other), mentor)
        for one, other, mentor in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _weights(
    scores: PairScores, rules: Rules, bridge: Bridge | None, seed: int
) -> Ints:
    """What each pair counts for in the choice, whole."""
    objective = scores.values.astype(np.float64)
    if bridge:
        objective *= 1 - rules.bridge_weight
        objective += rules.bridge_weight * bridge(scores.first, scores.second)
    waited = np.minimum(scores.profiles.rounds_waited, LONGEST_WAIT)
    waits = waited[scores.first] + waited[scores.second]
    objective = objective + rules.patience * waits
    weights: Ints = np.round(objective * (_UNIT // _NOISE)).astype(np.int64) * _NOISE
    return weights + np.random.default_rng(seed).integers(0, _NOISE, len(weights))


def _catch_ups(
    groups: Sequence[Group], barred: Constraints, history: History, here: Bools
) -> list[Group]:
    """Bring together again, of those who have nobody, whom the history says."""
    profiles = barred.profiles
    alone = here.copy()
    alone[[rank for group in groups for rank in group.ranks]] = False
    known = [sorted(profiles.ranks(pair).tolist()) for pair in history.catch_ups]
    ends = np.array([pair for pair in known if pair[0] >= 0], np.int64).reshape(-1, 2)
    met = replace(barred, recent=barred.recent[:0])
    ends = ends[alone[ends].all(axis=1) & met.allows(*ends.T)]
    ends = ends[np.lexsort(ends.T[::-1])]
    waited = profiles.rounds_waited[ends].sum(axis=1)
    chosen = pair(len(profiles), ends[:, 0], ends[:, 1], _UNIT + waited).edges
    return [
        Group((one, other), is_catch_up=True) for one, other in ends[chosen].tolist()
    ]


def _who_suits(scores: PairScores, among: Bools) -> Bools:
    """Who has a pair worth something, of two among these, (people,)."""
    pairs = among[scores.first] & among[scores.second]
    suits = np.zeros(len(among), bool)
    suits[scores.first[pairs]] = suits[scores.second[pairs]] = True
    return suits


def _with_thirds(
    groups: list[Group], barred: Constraints, score: Score, here: Bools
) -> tuple[list[Group], list[int]]:
    """Let one who has nobody join a pair; and who is left, by rank."""
    people, rules = barred.profiles, barred.rules
    alone = people.is_due.copy()
    alone[[rank for group in groups for rank in group.ranks]] = False
    waiting = np.flatnonzero(alone & here)
    # A third is for the odd one out: where two have nobody, there are other reasons.
    if rules.allow_trios and len(waiting) == 1:
        (odd,) = waiting.tolist()
        peers = [
            k
            for k, group in enumerate(groups)
            if group.mentor < 0 and not group.is_catch_up
        ]
        pairs = [groups[k].ranks for k in peers]
        place = find_pair_for(odd, pairs, barred, score)
        if place is not None:
            pair_ = groups[peers[place]]
            ranks = tuple(sorted((*pair_.ranks, odd)))
            groups[peers[place]] = replace(pair_, ranks=ranks)
            alone[odd] = False
    return groups, np.flatnonzero(alone).tolist()

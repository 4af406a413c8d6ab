"""A round: people in, introductions with reasons out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

import numpy as np
from threadpoolctl import threadpool_limits

from matchmaker.matching import network
from matchmaker.matching.appraisal import Appraisal, appraise
from matchmaker.matching.arrays import Bools, Ints
from matchmaker.matching.benefit import Scorer, Weigh, weigh
from matchmaker.matching.candidates import Candidates, candidates
from matchmaker.matching.left_out import why_left_out
from matchmaker.matching.lots import leave_to_chance, logged
from matchmaker.matching.mask import Mask, mask
from matchmaker.matching.pairing import EXACT, Pairing, pair
from matchmaker.matching.profiles import Profiles, read
from matchmaker.matching.reasons import Bridge, Group, introductions
from matchmaker.matching.sources import ALL_ROLES, PEERS
from matchmaker.matching.trios import thirds
from matchmaker.matching.types import (
    Arm,
    History,
    Pair,
    Person,
    Plan,
    Role,
    Rules,
)
from matchmaker.matching.vectors import Embedding

LONGEST_WAIT = 4  # weeks after which waiting counts no more
_TAKES_ALL = 2  # weeks after which nothing is put off

# Of whose letters fewer are in words of known meaning is read letter by letter: most
# languages other than English.
_READABLE = 0.5

_HINT = (
    "With the extra matchmaker[scale] a round of this size is quicker: seconds instead "
    "of minutes for more than some 10,000 people."
)

# Weights are whole numbers to the pairing: 2**40 to a value of 1. The lowest twenty
# bits are drawn by lot, so that among equally good plans the seed decides, and not
# the order in which somebody asked; all lots together weigh less than n / 10**6.
_UNIT = 2**40
_LOT = 2**20


def propose(
    people: Sequence[Person],
    history: History = History(),  # noqa: B008 - frozen
    rules: Rules = Rules(),  # noqa: B008 - frozen
    seed: int = 0,
    *,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
    aliases: Mapping[str, str] | None = None,
    scorer: Scorer | None = None,
    embed: Embedding | None = None,
) -> Plan:
    """Introduce everybody who can be introduced to the gain of both sides.

    Everybody is in some introductions, at most as many as they have time for, or left
    out with a reason. Each side of each introduction has a gain of at least the
    threshold that can be said in the words of the two. Nobody meets anybody that the
    history or a veto keeps from them, nor a colleague or their manager, nor where they
    have no hour, way to meet or language in common. `pins` (pairs of ids) are
    introduced whatever others would gain, and even below the threshold, as long as no
    rule forbids it and both sides can be told something. The sum of the pairs' values
    and bonuses is the greatest there is among the candidates, to within the plan's gap.
    The order of the people makes no difference.

    `aliases` say which tags mean the same, from essence to essence; a `scorer` has
    learnt from outcomes how likely what is stated comes true, by `benefit.FEATURES`;
    `embed` knows more of what texts mean (vectors.encode).

    Raises ValueError when two people have the same id, when `embed` gives another number
    of rows than it was given texts, and where a tie of the history is nobody's: of
    somebody with themselves, or of a strength outside 0 to 1.
    """
    with threadpool_limits(1, "blas"):  # its threads would only be in the way of ours
        profiles = read(people, aliases, history.told, embed)
        return solve(profiles, history, rules, seed, pins, vetoes, scorer)


def solve(
    profiles: Profiles,
    history: History,
    rules: Rules,
    seed: int,
    pins: Collection[Pair],
    vetoes: Collection[Pair],
    scorer: Scorer | None,
) -> Plan:
    """As `propose`, of people who have been read already, which takes the longest."""
    if not len(profiles):
        return Plan()
    barred = mask(profiles, rules, history, vetoes)
    weigh_ = partial(weigh, profiles, rules, scorer=scorer)
    pinned, refused = _pinned(profiles, barred, weigh_, pins)
    found = candidates(profiles, rules, barred, seed)
    worth = appraise(profiles, rules, found.first, found.second, scorer)
    bridge = _bridge(profiles, history) if rules.bridge_weight else None
    now = worth.without(_put_off(profiles, rules, found, worth))
    pairing = _pair(profiles, rules, found, now, bridge, pinned, seed)

    best = _groups(found, worth, pairing.edges)
    best, blocks = leave_to_chance(best, pinned, barred, weigh_, seed)
    groups, left = _with_thirds([*pinned, *best], found, now, barred)
    groups.sort(key=lambda group: group.ranks)
    has_time, alone = profiles.introductions > 0, np.zeros(len(profiles), bool)
    alone[left] = True
    suited, put_off = (
        _who_suits(found, worth, among) for among in (has_time, has_time & alone)
    )
    reasons = why_left_out(left, suited, put_off, barred, weigh_, seed)
    return Plan(
        introductions=introductions(groups, profiles, weigh_, bridge, history),
        left_out=tuple(
            (profiles.people[rank].id, why)
            for rank, why in zip(left, reasons, strict=True)
        ),
        value=pairing.value / _UNIT,
        bound=pairing.bound / _UNIT,
        is_optimal=pairing.is_optimal,
        blocks=logged(blocks, groups, profiles.ids, weigh_),
        refused_pins=refused,
        hard_to_read=tuple(profiles.ids[profiles.readable < _READABLE].tolist()),
        hint="" if len(profiles) <= EXACT or find_spec("numba") else _HINT,
    )


def _pinned(
    profiles: Profiles, barred: Mask, weigh_: Weigh, pins: Collection[Pair]
) -> tuple[list[Group], tuple[Pair, ...]]:
    """The pinned pairs that can be introduced, in the order of the ids, and the rest."""
    groups, refused = [], []
    room = profiles.introductions.copy()
    for pin in sorted(pins, key=sorted):
        ranks = np.sort(profiles.ranks(pin))
        possible = len(ranks) == 2 and ranks[0] >= 0 and room[ranks].all()
        if possible and barred.allows(*ranks[:, None]).all():
            benefits = weigh_(*ranks[:, None])
            best = int(benefits.anything.argmax(axis=0)[0])
            if benefits.anything[best, 0] > 0:
                one, other = ranks.tolist()
                groups.append(Group((one, other), ALL_ROLES[best], Arm.PINNED))
                room[ranks] -= 1
                continue
        refused.append(pin)
    return groups, tuple(refused)


def _bridge(profiles: Profiles, history: History) -> Bridge | None:
    """What an introduction of two ranks would bridge; None where nobody knows anybody."""
    if not history.ties:
        return None
    known = {id_ for tie in history.ties for id_ in (tie.one, tie.other)}
    ids = np.union1d(profiles.ids, np.array(sorted(known), np.int64))
    circles = network.measure(ids.tolist(), history.ties)
    place = np.searchsorted(ids, profiles.ids)
    return lambda one, other: network.bridging(circles, place[one], place[other])


def _pair(
    profiles: Profiles,
    rules: Rules,
    found: Candidates,
    worth: Appraisal,
    bridge: Bridge | None,
    pinned: Sequence[Group],
    seed: int,
) -> Pairing:
    """Choose among the candidates, with the time that the pinned pairs leave."""
    free, places = profiles.introductions.copy(), profiles.mentor_places.copy()
    for group in pinned:
        free[list(group.ranks)] -= 1
        if group.roles != PEERS:
            places[group.ranks[group.roles.index(Role.MENTOR)]] -= 1
    weights = _weights(profiles, rules, found, worth, bridge, seed)
    taken = {group.ranks for group in pinned}
    for one, other in taken:
        weights[(found.first == one) & (found.second == other)] = 0
    mentors = np.choose(worth.best, [np.int64(-1), found.first, found.second])
    return pair(
        free, found.first, found.second, weights, mentors, np.maximum(places, 0)
    )


def _weights(
    profiles: Profiles,
    rules: Rules,
    found: Candidates,
    worth: Appraisal,
    bridge: Bridge | None,
    seed: int,
) -> Ints:
    """What each pair counts for in the choice, whole; 0 where it is no introduction."""
    objective = worth.values + np.float32(rules.surplus) * worth.beyond
    if bridge:
        objective *= 1 - rules.bridge_weight
        objective += rules.bridge_weight * bridge(found.first, found.second)
    waited = np.minimum(profiles.weeks_waited, LONGEST_WAIT)
    if waited.any():
        waits = waited[found.first] + waited[found.second]
        objective = objective + rules.patience * waits
    weights: Ints = np.round(objective * (_UNIT // _LOT)).astype(np.int64) * _LOT
    weights += np.random.default_rng(seed).integers(0, _LOT, len(weights))
    weights[worth.values <= 0] = 0
    return weights


def _put_off(
    profiles: Profiles, rules: Rules, found: Candidates, worth: Appraisal
) -> Bools:
    """Which pairs had better wait for another round, (pairs,)."""
    best = np.zeros(len(profiles), np.float32)
    np.maximum.at(best, found.first, worth.values)
    np.maximum.at(best, found.second, worth.values)
    usual = np.median(best[best > 0]) if best.any() else 0.0
    waited = profiles.weeks_waited
    weeks = np.maximum(waited[found.first], waited[found.second])
    particular = np.maximum(1 - weeks / _TAKES_ALL, 0)
    return np.asarray(worth.values < rules.ambition * usual * particular)


def _who_suits(found: Candidates, worth: Appraisal, among: Bools) -> Bools:
    """Who has a pair worth something, of two among these, (people,)."""
    pairs = (worth.values > 0) & among[found.first] & among[found.second]
    suits = np.zeros(len(among), bool)
    suits[found.first[pairs]] = suits[found.second[pairs]] = True
    return suits


def _groups(found: Candidates, worth: Appraisal, edges: Ints) -> list[Group]:
    columns = (found.first, found.second, worth.best)
    return [
        Group((one, other), ALL_ROLES[roles])
        for one, other, roles in zip(
            *(column[edges].tolist() for column in columns), strict=True
        )
    ]


def _with_thirds(
    groups: list[Group], found: Candidates, worth: Appraisal, barred: Mask
) -> tuple[list[Group], list[int]]:
    """Let those who have nobody join a pair; and who is left, by rank."""
    people = barred.profiles
    met = {rank for group in groups for rank in group.ranks}
    alone = np.ones(len(people), bool)
    alone[list(met)] = False
    if barred.rules.allow_trios:
        waiting = np.flatnonzero(alone & (people.introductions > 0))
        peers = [k for k, group in enumerate(groups) if group.roles == PEERS]
        joined = thirds(
            found,
            worth,
            barred,
            waiting[np.argsort(-people.weeks_waited[waiting], kind="stable")].tolist(),
            [groups[k].ranks for k in peers],
        )
        for place, rank in joined.items():
            pair_ = groups[peers[place]]
            ranks = tuple(sorted((*pair_.ranks, rank)))
            groups[peers[place]] = replace(pair_, ranks=ranks)
            alone[rank] = False
    return groups, np.flatnonzero(alone).tolist()

"""Half a year of weekly introductions in communities with a known truth.

    python benchmarks/weeks.py             30, 100 and 300 people
    python benchmarks/weeks.py --large     and 1,000
    python benchmarks/weeks.py --terse     where people write little (communities.py)
    python benchmarks/weeks.py --why       which of our introductions fail
    python benchmarks/weeks.py --settings  what our thresholds buy, and what they cost

Every way introduces the same people, by their profiles alone; what each week's
introductions met is replaced by new wants, so that ways part after the first week. What
counts is whether *each* person of an introduction truly gets something they look for
(communities.py says what is true), whoever was introduced for whatever reason: a shared
interest does not count. Nobody may meet again for twelve weeks. A `perfect eye` that
pairs by the truth itself shows what the community would allow.

Ours is told what came of earlier meetings by `TELL` of the people: whether they got what
was stated. "nobody tells" is the same without it, and all the others have no use for it.
The sentences that people want come back: an occupation has some ten of them, so what
somebody helped with says more here of what they can do than it may elsewhere.
"""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import astuple, dataclass, replace
from itertools import combinations, product

import numpy as np
import rustworkx
from communities import (
    FULL,
    TERSE,
    Community,
    Pair,
    Writing,
    a_week_later,
    community,
    suit,
)
from rivals import COOL_DOWN, RIVALS, History
from rivals import Way as Rival

from matchmaker.matching import History as Was
from matchmaker.matching import Person, Plan, Rules, Told, propose, warm_up

WEEKS = 26
SEEDS = {30: 2, 100: 1, 300: 1}  # communities of each size
LARGE = {1000: 1}
TELL = 0.6  # of the people say afterwards whether they got what was stated
BAR = "bar ≥ 95 %, nobody waits over 2 weeks, 0 repeats"

# Thresholds, worths of a shared interest, and patience; the first are the defaults.
TRIED = [
    (Rules.threshold, Rules.interest_ground, Rules.patience),
    *product((0.1, 0.25, 0.4), (0.0,), (0.05, 0.2)),
]

Group = tuple[int, ...]
Way = Callable[[Community, History, int, int], list[Group]]


@dataclass(frozen=True)
class Result:
    """Of a half-year; shares are of the introductions, or of one's place."""

    both: float  # share in which everybody truly gets something
    one: float  # in which somebody does
    met: float  # introductions a person and week
    repeats: float  # pairs who met again within the cool-down
    waited: float  # the most weeks in a row that anybody had no introduction
    industries: float  # share of pairs of sections among the people who met
    gini: float  # of introductions a person
    seconds: float  # of processor time, for all the weeks


def ours(
    people: Sequence[Person],
    history: History,
    week: int,
    rules: Rules | None = None,
    told: Collection[Told] = (),
) -> Plan:
    """The one place where this benchmark touches our engine."""
    recent = history[max(week - COOL_DOWN, 0) : week]
    lately = {frozenset(pair) for pairs in recent for pair in pairs}
    was = Was(lately=lately, told=told)
    return propose(people, was, rules or Rules(), seed=week)


def our_way(share: float, rules: Rules | None = None) -> Way:
    """Ours, told by this share of the people what came of what they were introduced for."""
    told: list[Told] = []

    def way(made: Community, history: History, week: int, seed: int) -> list[Group]:
        if week == 0:
            told.clear()
        told[:] = [replace(one, weeks_ago=one.weeks_ago + 1) for one in told]
        plan = ours(made.people, history, week, rules, told)
        told.extend(what_they_tell(made, plan, share, seed=1000 * seed + week))
        return groups(plan)

    return way


def what_they_tell(
    made: Community, plan: Plan, share: float, seed: int
) -> Iterator[Told]:
    """After two have met because of a want or a question: whether it was met."""
    chance = random.Random(seed)
    truth = made.truth
    for intro in plan.introductions:
        for side in intro.sides if len(intro.sides) == 2 else ():
            gain = side.gains[0]
            asked = (*truth.wants[side.person], *truth.topics[side.person])
            of = next((want.of for want in asked if want.text == gain.want), None)
            if of is not None and chance.random() < share:
                offers = made.people[gain.giver].offers
                got = truth.works[gain.giver] == of
                yield Told(side.person, gain.want, gain.giver, offers, got)


def groups(plan: Plan) -> list[Group]:
    return [tuple(side.person for side in intro.sides) for intro in plan.introductions]


def perfect_eye(
    community: Community, history: History, week: int, seed: int
) -> list[Group]:
    """As many truly mutual pairs as there are, whoever waited longest first."""
    recent = {pair for pairs in history[max(week - COOL_DOWN, 0) :] for pair in pairs}
    chance = np.random.default_rng((seed, week))
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(community.people)
    for one, other in combinations(community.people, 2):
        pair = (one.id, other.id)
        if community.truth.is_mutual(*pair) and suit(one, other) and pair not in recent:
            waited = one.weeks_waited + other.weeks_waited
            graph.add_edge(*pair, 1000 * (3 + waited) + int(chance.integers(1000)))
    return [
        (min(pair), max(pair))
        for pair in rustworkx.max_weight_matching(graph, weight_fn=int)
    ]


def ways(rules: Rules | None = None) -> dict[str, Way]:
    """Every way, by name. Only the perfect eye is shown the truth."""

    def by_profiles(rival: Rival) -> Way:
        return lambda made, *when: [*rival(made.people, *when)]

    return {
        "ours": our_way(TELL, rules),
        "ours, nobody tells": our_way(0, rules),
        **{name: by_profiles(rival) for name, rival in RIVALS.items()},
        "perfect eye": perfect_eye,
    }


def simulate(way: Way, n: int, seed: int, writing: Writing = FULL) -> Result:
    """Half a year of one community."""
    made = community(n, seed, writing)
    history: list[list[Pair]] = []
    last: dict[Pair, int] = {}
    waits, counts = np.zeros(n, int), np.zeros(n, int)
    both = one = total = repeats = longest = 0
    seconds = 0.0
    for week in range(WEEKS):
        people = tuple(
            replace(person, weeks_waited=int(waits[person.id]))
            for person in made.people
        )
        made = replace(made, people=people)
        start = time.process_time()
        found = way(made, history, week, seed)
        seconds += time.process_time() - start

        for group in found:
            gets = served(made, group)
            both, one, total = both + all(gets), one + any(gets), total + 1
        introduced = [person for group in found for person in group]
        np.add.at(counts, introduced, 1)
        waits += 1
        waits[introduced] = 0
        longest = max(longest, int(waits.max()))
        pairs = [pair for group in found for pair in combinations(sorted(group), 2)]
        repeats += sum(
            week - last.get(pair, -COOL_DOWN - 1) <= COOL_DOWN for pair in pairs
        )
        last |= dict.fromkeys(pairs, week)
        history.append(pairs)
        made = a_week_later(made, pairs, seed=1000 * seed + week)
    return Result(
        both=both / max(total, 1),
        one=one / max(total, 1),
        met=counts.sum() / (n * WEEKS),
        repeats=repeats,
        waited=longest,
        industries=_covered(made.people, last),
        gini=_gini(counts),
        seconds=seconds,
    )


def served(community: Community, group: Group) -> list[bool]:
    """Whether each of a group truly gets something from another one of it."""
    gets = community.truth.gets
    return [any(gets(a, b) for b in group if b != a) for a in group]


def _covered(people: Sequence[Person], met: Mapping[Pair, int]) -> float:
    """The share of pairs of different ISIC sections present whose people met."""
    sections = [person.industry[0] for person in people]
    present = set(combinations(sorted(set(sections)), 2))
    found = {tuple(sorted((sections[a], sections[b]))) for a, b in met}
    return len(present & found) / max(len(present), 1)


def _gini(counts: np.ndarray) -> float:
    """0 where everybody is introduced as often, towards 1 where a few have it all."""
    ranked, n = np.sort(counts), len(counts)
    ranks = np.arange(1, n + 1)
    return float(((2 * ranks - n - 1) * ranked).sum() / max(n * ranked.sum(), 1))


def measure(
    sizes: Mapping[int, int], writing: Writing = FULL
) -> Iterator[tuple[tuple[int, str], Result]]:
    """Size and way, and its figures: the mean over the seeds, but the most weeks
    anybody waited and the repeats over all of them."""
    for n, seeds in sizes.items():
        for name, way in ways().items():
            runs = [simulate(way, n, seed, writing) for seed in range(seeds)]
            mean = Result(*np.mean([astuple(run) for run in runs], axis=0).tolist())
            repeats = sum(run.repeats for run in runs)
            waited = max(run.waited for run in runs)
            yield (n, name), replace(mean, repeats=repeats, waited=waited)


def rows(results: Mapping[tuple[int, str], Result]) -> list[tuple[str, str, str]]:
    """For each size: our figures, beside everybody else's share and the bar."""
    lines = []
    for n in sorted({n for n, _ in results}):
        mine = results[n, "ours"]
        others = ", ".join(
            f"{name} {result.both:.0%}"
            for (size, name), result in results.items()
            if size == n and name != "ours"
        )
        figures = (
            f"{mine.both:.1%}; longest wait {mine.waited:.0f} weeks, {mine.repeats:.0f} "
            f"repeats, {mine.industries:.0%} of industry pairs"
        )
        what = f"both sides truly gain, {n:,} people, {WEEKS} weeks"
        lines.append((what, figures, f"{BAR}; {others}"))
    return lines


def run(*, large: bool = False) -> list[tuple[str, str, str]]:
    warm_up()
    return rows(dict(measure(SEEDS | (LARGE if large else {}))))


def show(
    results: Iterable[tuple[tuple[int, str], Result]],
) -> dict[tuple[int, str], Result]:
    """Print the figures as they come, and keep them."""
    kept = {}
    print(
        f"{'':32}{'both':>7}{'one':>7}{'met':>6}{'repeats':>9}{'waited':>8}"
        f"{'industries':>12}{'gini':>6}{'seconds':>9}"
    )
    for (n, name), found in results:
        kept[n, name] = found
        print(
            f"{n:>5}  {name:25}{found.both:7.1%}{found.one:7.1%}{found.met:6.2f}"
            f"{found.repeats:9.0f}{found.waited:8.0f}{found.industries:12.0%}"
            f"{found.gini:6.2f}{found.seconds:9.1f}",
            flush=True,
        )
    return kept


def why(n: int = 100, seed: int = 0) -> None:
    """What our introductions rest on, and how often what they state is true."""
    rest: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    stated: defaultdict[str, Counter[bool]] = defaultdict(Counter)

    def watched(made: Community, history: History, week: int, _: int) -> list[Group]:
        plan = ours(made.people, history, week)
        for intro, group in zip(plan.introductions, groups(plan), strict=True):
            best = [side.gains[0] for side in intro.sides]
            grounds = " + ".join(sorted(gain.ground.value for gain in best))
            rest[grounds][all(served(made, group))] += 1
            for side, gain in zip(intro.sides, best, strict=True):
                band = f"{gain.ground.value}, strength {gain.strength:.1f}"
                stated[band][made.truth.gets(side.person, gain.giver)] += 1
        return groups(plan)

    result = simulate(watched, n, seed)
    print(f"{n} people, {WEEKS} weeks: both gain in {result.both:.1%}")
    for title, counted in (("rests on", rest), ("best gain of a side", stated)):
        print(f"\n{title:50}{'number':>8}{'true':>8}")
        for name, count in sorted(counted.items()):
            print(f"  {name:48}{count.total():8}{count[True] / count.total():8.0%}")


def settings(seed: int = 0) -> None:
    """What the threshold, a shared interest's worth and patience buy and cost."""
    print(f"{'':50}{'both':>7}{'one':>7}{'met':>7}{'waited':>8}")
    for n, (least, interest, patience) in product((30, 100), TRIED):
        rules = Rules(threshold=least, interest_ground=interest, patience=patience)
        found = simulate(ways(rules)["ours"], n, seed)
        print(
            f"{n:>5}  threshold {least:.2f}, interest {interest:.1f}, patience "
            f"{patience:.2f} {found.both:7.1%}{found.one:7.1%}{found.met:7.2f}"
            f"{found.waited:8.0f}",
            flush=True,
        )


def main() -> None:
    warm_up()
    if "--why" in sys.argv:
        why()
    elif "--settings" in sys.argv:
        settings()
    else:
        sizes = SEEDS | (LARGE if "--large" in sys.argv else {})
        results = show(measure(sizes, TERSE if "--terse" in sys.argv else FULL))
        print()
        for what, mine, beside in rows(results):
            print(f"{what}: {mine}\n    {beside}")


if __name__ == "__main__":
    main()

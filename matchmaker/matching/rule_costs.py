"""What each rule of a space costs: the same round again, without it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from matchmaker.matching.engine import read_groups, solve_groups
from matchmaker.matching.profiles import Reader
from matchmaker.matching.scoring.pairs import Scorer
from matchmaker.matching.types import History, Pair, Person, Plan, Rules

# Each rule and what lifts it. What protects people (blocks, "never") has no price.
LIFTED: Mapping[str, Mapping[str, object]] = {
    "colleagues apart": {"colleagues_apart": False},
    "a language in common": {"common_language": False},
    "cool-down": {"cool_down": False},
    "good partners kept for later": {"reserve": 0.0},
    "different industries": {"industry_weight": 0.0},
    "like me or unlike me": {"dial_weight": 0.0},
    "more hours and ways to meet": {"overlap_weight": 0.0},
    "fresh words": {"stale_weight": 0.0},
    "bridges": {"bridge_weight": 0.0},
    "who has waited": {"patience": 0.0},
}


@dataclass(frozen=True)
class RuleCost:
    """How much more there would be without a rule; below 0 where it is less.

    `gain` is the sum over the introductions of what the side that gains least gains,
    by the words alone; `people` is how many have an introduction.
    """

    rule: str
    gain: float
    people: int


def price_rules(
    people: Sequence[Person],
    reader: Reader,
    history: History = History(),  # noqa: B008 - frozen
    rules: Rules = Rules(),  # noqa: B008 - frozen
    seed: int = 0,
    *,
    pins: Collection[Pair] = (),
    vetoes: Collection[Pair] = (),
    scorer: Scorer | None = None,
) -> tuple[RuleCost, ...]:
    """Return the cost of each rule that is in force, in this round, alone.

    Arguments are those of `propose`. Nothing is chosen at random on either side. A soft
    rule may well cost less than 0: what it weighs against is not in these figures.
    Raises ValueError where `propose` does.
    """
    groups = list(read_groups(people, reader, history, pins, seed))
    ids = {person.id for person in people}

    def outcome(by: Rules) -> tuple[float, int]:
        plan = solve_groups(groups, ids, history, by, seed, pins, vetoes, scorer)
        served = {side.person for made in plan.introductions for side in made.sides}
        return _gained(plan), len(served)

    rules = replace(rules, explore=0.0, control=0.0)
    gained, introduced = outcome(rules)
    costs = []
    for rule, lifted in LIFTED.items():
        without = replace(rules, **lifted)  # type: ignore[arg-type]
        if without != rules:
            more, served = outcome(without)
            costs.append(RuleCost(rule, more - gained, served - introduced))
    return tuple(costs)


def _gained(plan: Plan) -> float:
    return sum(
        min(side.gains[0].strength for side in introduction.sides)
        for introduction in plan.introductions
    )

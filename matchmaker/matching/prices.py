"""What each rule of a space costs: the same round again, without it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from matchmaker.matching.benefit import Scorer
from matchmaker.matching.engine import solve
from matchmaker.matching.profiles import read
from matchmaker.matching.types import History, Pair, Person, Plan, Rules
from matchmaker.matching.vectors import Embedding

# Each rule and what lifts it. What protects people (blocks, "never") has no price.
LIFTED: Mapping[str, Mapping[str, object]] = {
    "colleagues apart": {"colleagues_apart": False},
    "an hour, a way to meet and a language in common": {"common_hours": False},
    "cool-down": {"cool_down": False},
    "threshold": {"threshold": 0.0, "floor": 0.0},
    "different industries": {"industry_weight": 0.0},
    "an interest in common": {"interest_weight": 0.0},
    "like me or unlike me": {"dial_weight": 0.0},
    "more hours and ways to meet": {"overlap_weight": 0.0},
    "fresh words": {"stale_weight": 0.0},
    "bridges": {"bridge_weight": 0.0},
    "who has waited": {"patience": 0.0},
}


@dataclass(frozen=True)
class Price:
    """How much more there would be without a rule; below 0 where it is less.

    `gain` is the sum over the introductions of what the side that gains least gains,
    by the words alone; `people` is how many have an introduction.
    """

    rule: str
    gain: float
    people: int


def price_of_rules(
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
) -> tuple[Price, ...]:
    """The price of each rule that is in force, in this round, alone.

    Arguments are those of `propose`. Nothing is drawn by lot on either side. A soft
    rule may well have a price below 0: what it weighs against is not in these figures.
    Raises ValueError where `propose` does.
    """
    profiles = read(people, aliases, history.told, embed)

    def outcome(by: Rules) -> tuple[float, int]:
        plan = solve(profiles, history, by, seed, pins, vetoes, scorer)
        return _gain(plan), len(people) - len(plan.left_out)

    rules = replace(rules, explore=0.0, control=0.0)
    gain, introduced = outcome(rules)
    prices = []
    for rule, lifted in LIFTED.items():
        without = replace(rules, **lifted)  # type: ignore[arg-type]
        if without != rules:
            more, served = outcome(without)
            prices.append(Price(rule, more - gain, served - introduced))
    return tuple(prices)


def _gain(plan: Plan) -> float:
    return sum(
        min(side.gains[0].strength for side in introduction.sides)
        for introduction in plan.introductions
    )

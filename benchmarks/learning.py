"""Whether learning from outcomes pays, and whether its evaluation tells the truth.

    python benchmarks/learning.py

A made-up community of 120 people in which the truth is known: how likely each gains
from each. People are more or less helpful and more or less picky; what they gain from
one another depends on a fit of which the cold strength sees a part, and on four plain
features of which two matter, and nobody told the cold scorer. 26 weekly rounds, nobody
meets anybody again within 12 weeks, one answer in five never comes.

What counts is the share of introductions that both sides value, by the known truth and
with the cost of the explore and control shares included; and that figures taken from
the logs (off-policy) agree with the truth, which the model's own belief does not.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from matchmaker.matching.learning import (
    Arm,
    Log,
    Model,
    RandomisedBlock,
    auc,
    both_gain,
    evaluate,
    horvitz_thompson,
    interaction_auc,
    interval,
    learn,
    replay,
    self_normalised,
)
from matchmaker.matching.pairing import pair

PEOPLE, ROUNDS, COOL_DOWN, SEEDS = 120, 26, 12, 8
START = 200  # known answers from which the learner plans; before, the cold scorer
EXPLORE, CONTROL = 0.10, 0.05
TEMPERATURE = 0.1
ANSWERED = 0.8
BLOCKS, REPLICAS = 120, 100
GATES, GATE_SEEDS = (60, 240, 480), 4

NAMES = ("strength", "industry distance", "shared interest", "overlap", "ground")
Row = tuple[str, str, str]


@dataclass(frozen=True)
class World:
    """`features` are (receiver, giver, names); `truth` the probability of a gain."""

    features: np.ndarray
    truth: np.ndarray

    @property
    def mutual(self) -> np.ndarray:
        return self.truth * self.truth.T


def odds(probabilities):
    return np.log(probabilities / (1 - probabilities))


def chance(odds_):
    return 1 / (1 + np.exp(-odds_))


def world(seed: int) -> World:
    random = np.random.default_rng(seed)
    square = (PEOPLE, PEOPLE)
    fit, unseen, blur = random.normal(size=(3, *square))
    industry = random.integers(0, 8, PEOPLE)
    apart = np.abs(industry[:, None] - industry) / 7
    hobbies = random.random((PEOPLE, 10)) < 0.2
    shared = (hobbies.astype(int) @ hobbies.T.astype(int)) > 0
    overlap = random.random(square)
    overlap = (overlap + overlap.T) / 2
    ground = random.random(square) < 0.5
    helpful, picky = random.normal(0, 0.6, (2, PEOPLE))
    strength = chance(-0.3 + 0.5 * (0.7 * fit + 0.7 * blur))
    truth = chance(
        -0.3
        + helpful
        - picky[:, None]
        + 0.7 * fit
        + 1.5 * (apart - apart.mean())
        + 1.0 * (shared - shared.mean())
        + 0.5 * unseen
    )
    return World(np.stack([strength, apart, shared, overlap, ground], axis=2), truth)


def matchings(people: tuple[int, ...]) -> list[tuple[tuple[int, int], ...]]:
    if not people:
        return [()]
    one, *rest = people
    return [
        ((one, other), *others)
        for other in rest
        for others in matchings(tuple(p for p in rest if p != other))
    ]


@dataclass
class Diary:
    """What an application would store."""

    rows: list[tuple] = field(default_factory=list)
    blocks: list[RandomisedBlock] = field(default_factory=list)

    def history(self) -> Log:
        columns = list(zip(*self.rows, strict=True)) or [()] * 8
        rounds, numbers, receivers, givers = (
            np.array(c, np.int64) for c in columns[:4]
        )
        return Log(
            names=NAMES,
            rounds=rounds,
            introductions=numbers,
            receivers=receivers,
            givers=givers,
            features=np.array(columns[4], float).reshape(-1, len(NAMES)),
            outcomes=np.array(columns[5], float),
            propensities=np.array(columns[6], float),
            arms=columns[7],
            blocks=tuple(self.blocks),
        )

    def add(self, world_, round_, one, other, propensity, arm, random) -> int:
        number = len(self.rows) // 2
        for receiver, giver in ((one, other), (other, one)):
            outcome = float(random.random() < world_.truth[receiver, giver])
            if random.random() > ANSWERED:
                outcome = np.nan
            features = world_.features[receiver, giver]
            self.rows.append(
                (round_, number, receiver, giver, features, outcome, propensity, arm)
            )
        return number


def draw(world_, people, allowed, worth, arm, random):
    """A block of people: its parts but for what was introduced."""
    pairs = [(a, b) for a in people for b in people if a < b and allowed[a, b]]
    place = {pair_: k for k, pair_ in enumerate(pairs)}
    choices = [
        [place[edge] for edge in choice]
        for choice in matchings(tuple(sorted(people)))
        if all(edge in place for edge in choice)
    ]
    totals = np.array([sum(worth[pairs[k]] for k in choice) for choice in choices])
    heat = TEMPERATURE if arm is Arm.EXPLORE else np.inf
    chances = np.exp((totals - totals.max()) / heat)
    chances /= chances.sum()
    return RandomisedBlock(
        pairs=pairs,
        features=[
            world_.features[ends].tolist()
            for a, b in pairs
            for ends in ((a, b), (b, a))
        ],
        choices=choices,
        probabilities=chances.tolist(),
        chosen=(chosen := int(random.choice(len(choices), p=chances))),
        introductions=[-1] * len(choices[chosen]),
    )


def hold(world_, log, round_, worth, last, shares, random) -> float:
    """Plan a round and let it happen; the expected share of valued introductions."""
    allowed = (round_ - last > COOL_DOWN) & ~np.eye(PEOPLE, dtype=bool)
    first, second = np.triu_indices(PEOPLE, 1)
    whole = np.round(worth[first, second] * 2**40).astype(np.int64) + 1
    whole[~allowed[first, second]] = 0
    found = pair(PEOPLE, first, second, whole).edges
    best = [(int(a), int(b)) for a, b in zip(first[found], second[found], strict=True)]
    drawn_at = random.random(len(best))
    made = []
    for arm, low, high in (
        (Arm.EXPLORE, 0, shares[0]),
        (Arm.CONTROL, shares[0], sum(shares)),
    ):
        drawn = [
            edge for edge, at in zip(best, drawn_at, strict=True) if low <= at < high
        ]
        drawn = [drawn[k] for k in random.permutation(len(drawn))]
        for start in range(0, len(drawn), 4):
            people = sorted(p for edge in drawn[start : start + 4] for p in edge)
            block = draw(world_, people, allowed, worth, arm, random)
            numbers = []
            for k in block.choices[block.chosen]:
                edge = block.pairs[k]
                propensity = block.propensities[k]
                numbers.append(log.add(world_, round_, *edge, propensity, arm, random))
                made.append(edge)
            log.blocks.append(replace(block, introductions=numbers))
    for edge, at in zip(best, drawn_at, strict=True):
        if at >= sum(shares):
            log.add(world_, round_, *edge, 1.0, Arm.BEST, random)
            made.append(edge)
    for a, b in made:
        last[a, b] = last[b, a] = round_
    return float(np.mean([world_.mutual[edge] for edge in made]))


def beliefs(model: Model, world_: World) -> np.ndarray:
    receivers, givers = np.divmod(np.arange(PEOPLE**2), PEOPLE)
    features = world_.features.reshape(-1, len(NAMES))
    return model.predict(features, receivers, givers).reshape(PEOPLE, PEOPLE)


def live(world_: World, policy: str, seed: int) -> tuple[list[float], Diary]:
    """The share of introductions valued in each round, and the log."""
    random = np.random.default_rng([seed, 7])
    log, last = Diary(), np.full((PEOPLE, PEOPLE), -99)
    strength = world_.features[..., 0]
    shares = (EXPLORE, CONTROL) if policy == "learner" else (0.0, 0.0)
    valued = []
    for round_ in range(ROUNDS):
        worth = np.minimum(strength, strength.T)
        if policy == "random":
            worth = random.random((PEOPLE, PEOPLE))
        elif policy == "oracle":
            worth = world_.mutual
        elif policy == "learner" and (history := log.history()).known.sum() >= START:
            believed = beliefs(learn(history, seed), world_)
            worth = both_gain(believed, believed.T)
        valued.append(hold(world_, log, round_, worth, last, shares, random))
    return valued, log


def trap(world_: World, log: Diary, seed: int) -> dict[str, tuple[float, float, float]]:
    """Pooled AUC, interaction AUC and the share that its assignment would be worth,
    over all pairs of the community, by scorers that know the log."""
    random = np.random.default_rng([seed, 11])
    history = log.history()
    believed = beliefs(learn(history, seed), world_)
    strength = world_.features[..., 0]
    # How often one's receivers got something and how often oneself did, uncapped.
    rate = np.full((2, PEOPLE), -0.3)
    for row, side in enumerate((history.receivers, history.givers)):
        for person in range(PEOPLE):
            theirs = history.outcomes[(side == person) & history.known]
            rate[row, person] = odds((theirs.sum() + 1) / (len(theirs) + 2))
    popular = chance(rate[0][:, None] + rate[1])
    receivers, givers = np.nonzero(~np.eye(PEOPLE, dtype=bool))
    outcomes = (random.random((PEOPLE, PEOPLE)) < world_.truth).astype(float)
    first, second = np.triu_indices(PEOPLE, 1)
    found = {}
    for name, score, worth in (
        ("popularity", popular, odds(popular) + odds(popular).T + 20),
        ("cold", strength, np.minimum(strength, strength.T)),
        ("learned", believed, both_gain(believed, believed.T)),
        ("truth", world_.truth, world_.mutual),
    ):
        flat, came = score[receivers, givers], outcomes[receivers, givers]
        whole = np.round(worth[first, second] * 2**40).astype(np.int64) + 1
        edges = pair(PEOPLE, first, second, whole).edges
        found[name] = (
            auc(flat, came),
            interaction_auc(odds(flat), came, receivers, givers),
            float(world_.mutual[first[edges], second[edges]].mean()),
        )
    return found


def random_blocks(
    world_: World, count: int, random: np.random.Generator
) -> list[RandomisedBlock]:
    """Blocks of eight of the community, half of each arm, not tied to any plan."""
    strength = world_.features[..., 0]
    cold = np.minimum(strength, strength.T)
    everybody = ~np.eye(PEOPLE, dtype=bool)
    return [
        draw(
            world_,
            sorted(random.choice(PEOPLE, 8, replace=False).tolist()),
            everybody,
            cold,
            (Arm.EXPLORE, Arm.CONTROL)[k % 2],
            random,
        )
        for k in range(count)
    ]


def logged(
    world_: World, blocks: list[RandomisedBlock], random, rounds: int = 12
) -> Log:
    """Draw each block's matching and outcomes (anew)."""
    log = Diary()
    for k, block in enumerate(blocks):
        chosen = int(random.choice(len(block.choices), p=block.probabilities))
        numbers = [
            log.add(
                world_,
                k * rounds // len(blocks),
                *block.pairs[place],
                block.propensities[place],
                (Arm.EXPLORE, Arm.CONTROL)[k % 2],
                random,
            )
            for place in block.choices[chosen]
        ]
        log.blocks.append(replace(block, chosen=chosen, introductions=numbers))
    return log.history()


def off_policy(seed: int) -> dict[str, list[float]]:
    """The share that a model's own choices are worth: the truth, what the model itself
    believes, and from the logs the mean estimate and how often its interval held the
    truth. Each for the learned model and for trees as they come from the box."""
    random = np.random.default_rng([seed, 13])
    world_ = world(seed)
    earlier = logged(world_, random_blocks(world_, 30, random), random)
    model = learn(earlier, seed)
    known = earlier.known
    trees = HistGradientBoostingClassifier(random_state=seed).fit(
        earlier.features[known], earlier.outcomes[known]
    )
    blocks = random_blocks(world_, BLOCKS, random)
    # Silence is no yes: what is logged as valued, both have answered.
    both_answer = ANSWERED**2
    believed = {
        "learned": [model.predict(*block.directions) for block in blocks],
        "trees": [trees.predict_proba(block.directions[0])[:, 1] for block in blocks],
    }
    worths, figures = {}, {}
    for name, found in believed.items():
        worths[name] = [both_gain(of[0::2], of[1::2]) for of in found]
        truths, own = [], []
        for block, of, worth in zip(blocks, found, worths[name], strict=True):
            best = max(block.choices, key=lambda choice: worth[list(choice)].sum())
            truths += [world_.mutual[tuple(block.pairs[k])] for k in best]
            own += [of[2 * k] * of[2 * k + 1] for k in best]
        figures[name] = [np.mean(truths) * both_answer, np.mean(own) * both_answer]
    truth = figures["learned"][0]
    values: list[list[float]] = [[], []]
    held: list[list[bool]] = [[], []]
    for replica in range(REPLICAS):
        seen = replay(logged(world_, blocks, random), worths["learned"])
        for k, estimator in enumerate((horvitz_thompson, self_normalised)):
            found = interval(
                lambda w, by=estimator: by(seen.rewards, seen.weights, w),  # noqa: B023
                seen.blocks,
                replica,
            )
            values[k].append(found.value)
            held[k].append(found.low <= truth <= found.high)
    for k, name in enumerate(("IPS", "SNIPS")):
        figures[name] = [np.mean(values[k]), np.mean(held[k])]
    return figures


def unlearnable(world_: World) -> World:
    """The same features, and outcomes that have nothing to do with them or anybody."""
    return World(world_.features, np.full_like(world_.truth, 0.45))


def switched_on(count: int, make) -> str:
    on = 0
    for seed in range(GATE_SEEDS):
        random = np.random.default_rng([seed, 17])
        world_ = make(world(seed))
        on += evaluate(
            logged(world_, random_blocks(world_, count, random), random)
        ).use_learned
    return f"{on} of {GATE_SEEDS}"


def over(values) -> str:
    """Mean and half a 95 % interval over seeds."""
    half = 1.96 * np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):.3f} ± {half:.3f}"


def run() -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    worlds = [world(seed) for seed in range(SEEDS)]
    lives = {
        policy: [live(world_, policy, seed) for seed, world_ in enumerate(worlds)]
        for policy in ("random", "cold", "learner", "oracle")
    }
    for title, rounds in (
        ("valued share, rounds 1-26", slice(0, 26)),
        ("valued share, rounds 14-26", slice(13, 26)),
    ):
        share = {
            policy: np.array([np.mean(valued[rounds]) for valued, _ in runs])
            for policy, runs in lives.items()
        }
        rows += [
            (title, over(share["learner"]), f"{policy} {over(share[policy])}")
            for policy in ("random", "cold", "oracle")
        ]
        rows += [
            (
                f"{title}: learner - {policy}",
                over(share["learner"] - share[policy]),
                "above 0",
            )
            for policy in ("random", "cold")
        ]

    histories = [log.history() for _, log in lives["learner"]]
    for weeks in (1, 2, 13, 26):
        reports = [evaluate(history.before(weeks)) for history in histories[:4]]
        said = sum(sum(report.can_say.values()) for report in reports)
        on = sum(report.use_learned for report in reports)
        bar = "0 questions" if weeks <= 2 else "-"
        rows.append(
            (
                f"after {weeks} weeks, {np.mean([r.known for r in reports]):.0f} answers",
                f"{said} of 16 questions answered, used {on} of 4",
                bar,
            )
        )
    rows += [
        (
            f"learned is used, after {count} blocks of 4 introductions",
            switched_on(count, lambda world_: world_),
            f"nothing to learn: {switched_on(count, unlearnable)}",
        )
        for count in GATES
    ]

    traps = [
        trap(world_, log, seed)
        for seed, (world_, (_, log)) in enumerate(
            zip(worlds, lives["learner"], strict=True)
        )
    ]
    anybody = np.mean([world_.mutual.mean() for world_ in worlds])
    for name in ("popularity", "cold", "learned", "truth"):
        pooled, own, worth = np.mean([found[name] for found in traps], axis=0)
        rows.append(
            (
                f"all pairs, {name}: pooled AUC, interaction AUC",
                f"{pooled:.3f}, {own:.3f}",
                f"its assignment {worth:.3f}, any {anybody:.3f}",
            )
        )

    found = [off_policy(seed) for seed in range(2)]
    truth, own = np.mean([of["learned"] for of in found], axis=0)
    for name in ("IPS", "SNIPS"):
        value, held = np.mean([of[name] for of in found], axis=0)
        rows.append(
            (
                f"{name}: points off the truth, coverage of 95 %",
                f"{100 * (value - truth):+.1f}, {100 * held:.0f} %",
                f"own belief {100 * (own - truth):+.1f}",
            )
        )
    naive_truth, naive = np.mean([of["trees"] for of in found], axis=0)
    rows.append(
        (
            "trees from the box, own belief of own choices",
            f"{100 * (naive - naive_truth):+.1f} points off",
            "0",
        )
    )
    return rows


def main() -> None:
    for what, ours, bar in run():
        print(f"{what:58} {ours:38} {bar}")


if __name__ == "__main__":
    main()

"""What the history can say for and against the learned model, and what it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.learning.log import Log
from matchmaker.matching.learning.metrics import (
    Estimate,
    auc,
    calibration_error,
    centred,
    interval,
)
from matchmaker.matching.learning.model import both_gain, learn, log_odds, strengths
from matchmaker.matching.learning.off_policy import (
    effective_size,
    horvitz_thompson,
    replay,
    self_normalised,
)
from matchmaker.matching.learning.report import (
    Arms,
    Calibration,
    Question,
    Ranked,
    Ranking,
    Report,
    Value,
    Worth,
)
from matchmaker.matching.types import Arm

# Known outcomes of rounds that a model had not seen, below which nothing is said of
# ranking (of those drawn at random) and calibration (of all). The standard error of an AUC
# is then 0.041 (Hanley & McNeil 1982, half yes, half no), its interval ± 0.08: about
# what, on speed dating, knowing the profiles made over not (0.59 against 0.52).
ENOUGH = 200
# Known outcomes before a model is first tried on a later round.
FIRST = 100
# Introductions effectively replayed (Kish), for each scorer and for what they would do
# differently, below which nothing is said of an assignment's value: five lucky ones
# would do to shut zero out of a bootstrap interval.
REPLAYED = 30
# Introductions of an arm below which it is not compared: its share of valued ones is
# then known to ± 0.18.
ARM = 30
# The smallest difference that matters, in probability or AUC. Where the interval is
# not narrower than that to either side and holds 0, more data is needed.
MATTERS = 0.05

_MODELS = 8  # trained for one report at most, each for some of the rounds


def evaluate(log: Log, seed: int = 0) -> Report:
    """Judge the learned model against the cold scorer on the log.

    Models are trained on rounds before those that they are tried on (forward
    chaining). Values are off-policy: from what was drawn at random, not from any model's
    own belief, which is too rosy for what it chose itself. Intervals are of 95 %,
    bootstrapped over introductions, or over blocks where introductions share one. A pair
    is worth the harmonic mean of its two probabilities to the learned model, the lesser
    of its two strengths to the cold scorer. The arms are compared as if their shares
    had been the same in all rounds.

    The learned model is to be used once the interval of what its assignment gains
    excludes harm, a loss that `MATTERS`, and it surely ranks pairs better than the cold
    scorer and better than chance. (That the value's interval lies above 0 is too little
    and too much: asked every week of pure noise it is so by luck, measured 3 times in
    60, and of a real gain of 5 points it takes thousands of introductions.)
    """
    learned, in_blocks = _ahead(log, seed)
    tried = replace(log, blocks=tuple(log.blocks[k] for k in in_blocks))
    cold_in_blocks = [
        strengths(block.directions[0], log.column) for block in tried.blocks
    ]
    tested = log.known & ~np.isnan(learned)
    calibration = _calibration(log, tested, learned)
    ranking, answers = _ranking(tried, cold_in_blocks, [*in_blocks.values()], seed)
    value, replayed, least = _value(tried, cold_in_blocks, [*in_blocks.values()], seed)
    arms, controls = _arms(log, seed)
    more = {
        Question.RANKING: _more(ranking, answers, ENOUGH),
        Question.CALIBRATION: 0 if calibration else max(ENOUGH - int(tested.sum()), 1),
        Question.VALUE: _more(value, replayed, least),
        Question.CONTROL: _more(arms, controls, ARM),
    }
    return Report(
        decisions=len(log.rounds),
        known=int(log.known.sum()),
        introductions=len(np.unique(log.introductions)),
        blocks=len(log.blocks),
        tested=int(tested.sum()),
        ranking=ranking,
        calibration=calibration,
        value=value,
        arms=arms,
        can_say={question: not rows for question, rows in more.items()},
        more=more,
        use_learned=_is_better(ranking, value),
    )


def _ahead(log: Log, seed: int) -> tuple[Float64Array, dict[int, Float64Array]]:
    """The probabilities of each row, and of both directions of each pair of each block,
    to a model that knew earlier rounds only; NaN and no entry where there was none."""
    rounds = np.unique(log.rounds)
    known = np.sort(log.rounds[log.known])
    tried = rounds[np.searchsorted(known, rounds) >= FIRST]
    rows, blocks = np.full(len(log.rounds), np.nan), {}
    round_of = dict(zip(log.introductions.tolist(), log.rounds.tolist(), strict=True))
    for some in np.array_split(tried, max(min(_MODELS, len(tried)), 1)):
        if not len(some):
            continue
        model = learn(log.before(int(some[0])), seed)
        those = np.isin(log.rounds, some)
        rows[those] = model.predict(
            log.features[those], log.receivers[those], log.givers[those]
        )
        for k, block in enumerate(log.blocks):
            if round_of[block.introductions[0]] in some:
                blocks[k] = model.predict(*block.directions)
    return rows, blocks


def _calibration(
    log: Log, tested: NDArray[np.bool_], learned: Float64Array
) -> Calibration | None:
    if tested.sum() < ENOUGH:
        return None
    outcomes = log.outcomes[tested]
    cold = strengths(log.features[tested], log.column)
    return Calibration(
        calibration_error(cold, outcomes), calibration_error(learned[tested], outcomes)
    )


def _ranking(
    log: Log, cold: Sequence[Float64Array], learned: Sequence[Float64Array], seed: int
) -> tuple[Ranking | None, int]:
    """The ranking, and from how many answers, as if equally weighted."""
    drawn = _drawn(log)
    outcomes = drawn.outcomes
    answers = int(effective_size(drawn.weights))
    if answers < ENOUGH or len(set(outcomes)) < 2:
        return None, answers

    def own(probabilities: Sequence[Float64Array]) -> Float64Array:
        """Over all that could have been drawn in a block what is anybody's own adds up
        to nothing: what is left is what a choice within the block can use."""
        each = [
            centred(log_odds(of), *block.directions[1:])
            for of, block in zip(probabilities, log.blocks, strict=True)
        ]
        return np.concatenate(each)[drawn.rows]

    def measured(scores: Float64Array) -> Estimate:
        return interval(
            lambda w: auc(scores, outcomes, w * drawn.weights), drawn.blocks, seed
        )

    def gained(counts: Float64Array) -> float:
        weights = counts * drawn.weights
        return auc(own_learned, outcomes, weights) - auc(own_cold, outcomes, weights)

    own_cold, own_learned = own(cold), own(learned)
    return Ranking(
        Ranked(measured(own_cold), measured(np.concatenate(cold)[drawn.rows])),
        Ranked(measured(own_learned), measured(np.concatenate(learned)[drawn.rows])),
        interval(gained, drawn.blocks, seed),
    ), answers


@dataclass(frozen=True)
class _Drawn:
    """The answers to what was drawn at random."""

    rows: Ints  # (answers,) among both directions of all pairs of all blocks
    outcomes: Float64Array
    weights: Float64Array  # 1 / propensity: for how much that was not drawn it stands
    blocks: Ints  # (answers,) which


def _drawn(log: Log) -> _Drawn:
    answer = {
        (number, receiver): outcome
        for number, receiver, outcome in zip(
            log.introductions.tolist(),
            log.receivers.tolist(),
            log.outcomes.tolist(),
            strict=True,
        )
    }
    found, start = [], 0
    for number_, block in enumerate(log.blocks):
        chances = block.propensities
        made = zip(block.choices[block.chosen], block.introductions, strict=True)
        for pair, number in made:
            for side, receiver in enumerate(block.pairs[pair]):
                row = start + 2 * pair + side
                outcome = answer[number, receiver]
                found.append((row, outcome, 1 / chances[pair], number_))
        start += 2 * len(block.pairs)
    table = np.array(found, np.float64).reshape(-1, 4)
    rows, outcomes, weights, blocks = table[~np.isnan(table[:, 1])].T
    return _Drawn(rows.astype(np.int64), outcomes, weights, blocks.astype(np.int64))


def _value(
    log: Log, cold_: Sequence[Float64Array], learned_: Sequence[Float64Array], seed: int
) -> tuple[Value | None, int, int]:
    """The values, from how many introductions, and how many that takes at least."""
    cold = replay(log, [np.minimum(of[0::2], of[1::2]) for of in cold_])
    learned = replay(log, [both_gain(of[0::2], of[1::2]) for of in learned_])
    rewards, blocks, rows = learned.rewards, learned.blocks, len(learned.rewards)
    effective = min(
        effective_size(weights)
        for weights in (
            learned.weights,
            cold.weights,
            np.abs(learned.weights - cold.weights),
        )
    )
    if effective < REPLAYED:
        # Where nothing was done differently yet, as if one had been.
        return None, rows, int(np.ceil(max(rows, 1) * REPLAYED / max(effective, 1)))

    def worth(weights: Float64Array) -> Worth:
        return Worth(
            interval(lambda w: horvitz_thompson(rewards, weights, w), blocks, seed),
            interval(lambda w: self_normalised(rewards, weights, w), blocks, seed),
            effective_size(weights),
        )

    def gained(counts: Float64Array) -> float:
        ours = self_normalised(rewards, learned.weights, counts)
        return ours - self_normalised(rewards, cold.weights, counts)

    value = Value(
        worth(cold.weights), worth(learned.weights), interval(gained, blocks, seed)
    )
    return value, rows, 0


def _arms(log: Log, seed: int) -> tuple[Arms | None, int]:
    """The two arms, and how many introductions of the control arm there are."""
    numbers, row = np.unique(log.introductions, return_index=True)
    arm = np.array(log.arms, object)[row]
    best, control = arm == Arm.BEST, arm == Arm.CONTROL
    controls = int(control.sum())
    if min(best.sum(), controls) < ARM or not log.known.any():
        return None, controls
    valued = log.valued()[1]
    # A block is one cluster; an introduction of the best plan is one by itself.
    block_of = {
        number: -1 - k
        for k, block in enumerate(log.blocks)
        for number in block.introductions
    }
    clusters = np.array([block_of.get(number, number) for number in numbers.tolist()])

    def share(of: NDArray[np.bool_], weights: Float64Array) -> float:
        return self_normalised(valued[of], weights[of])

    return Arms(
        interval(lambda w: share(best, w), clusters, seed),
        interval(lambda w: share(control, w), clusters, seed),
        interval(lambda w: share(best, w) - share(control, w), clusters, seed),
    ), controls


def _is_better(ranking: Ranking | None, value: Value | None) -> bool:
    return (
        value is not None
        and value.gained.low > -MATTERS
        and ranking is not None
        and ranking.gained.low > 0
        and ranking.learned.interaction.low > 0.5
    )


def _more(found: Ranking | Value | Arms | None, rows: int, least: int) -> int:
    """How many more rows an answer takes: intervals narrow with the root of them."""
    if not found:
        return max(least - rows, 1)
    low, high = found.gained.low, found.gained.high
    half = (high - low) / 2
    if not low <= 0 <= high or half <= MATTERS:
        return 0
    return int(np.ceil(rows * ((half / MATTERS) ** 2 - 1)))

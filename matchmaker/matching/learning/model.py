"""How likely a receiver gets what a giver is said to offer, learnt from outcomes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from matchmaker.matching.arrays import Float64Array, Ints
from matchmaker.matching.learning.log import Log
from matchmaker.matching.learning.person_effects import (
    PersonEffects,
    earlier_effects,
    person_effects,
)

# Known outcomes up to which the model is a strongly held-back logistic regression;
# past it, boosted trees may try. On speed dating, trees were worth trying with
# thousands of dates, and worse than the regression with fewer.
FEW = 3_000
# Known outcomes past which the calibration may have any rising shape, and not only
# that of a logistic curve.
MANY = 10_000
# Known outcomes after which what was learnt counts as much as the cold strength. The
# standard error of a coefficient per standard deviation is then about 0.15.
TRUST = 200
# The most by which what is known of the two persons moves the log odds (1.65 to 1 at
# even odds): else everybody is sent the same few.
POPULARITY = 0.5

_HELD_BACK, _FREE = 0.1, 1.0  # scikit-learn's C: the variance of a coefficient's prior
_EDGE = 0.001  # no probability is nearer to 0 or 1 than this
_FAR = 5.0  # standard deviations beyond which a feature is no further from the mean
_FOLDS = 8
_SOLVER = "newton-cholesky"  # exact and quick for many rows and few columns
_RATE_SCALE = 0.2  # about the standard deviation of people's rates
_RATES = 2

Score = Callable[[Float64Array], Float64Array]
Fit = Callable[[Float64Array, Float64Array, int], Score]


@dataclass(frozen=True)
class Model:
    """What `learn` learnt. Frozen; the same question has the same answer."""

    names: tuple[str, ...]
    column: int  # of the cold strength
    trust: float  # 0 the cold strength alone, towards 1 what was learnt alone
    boosted: bool  # trees, which won, instead of the regression
    centre: Float64Array  # (names,)
    scale: Float64Array
    effects: PersonEffects
    score: Score  # of a table with rates: log odds, not yet calibrated
    calibrate: Score  # of such log odds: log odds

    def predict(
        self, features: Float64Array, receivers: Ints, givers: Ints
    ) -> Float64Array:
        """The probability that each receiver gets what was stated from the giver,
        (rows,), between 0 and 1 and never NaN. `features` are (rows, names).

        What is known of the two is of one moment, the end of the log, for all
        rows. Unknown features count as average, an unknown strength as none. Log odds
        are those of the cold strength where nothing was learnt, and are mixed with the
        learnt ones as `trust` says: n / (n + `TRUST`) after n known outcomes.

        Raises ValueError where the features are not those that were learnt from.
        """
        if features.shape != (len(receivers), len(self.names)):
            raise ValueError("Features are (rows, names), as those learnt from.")
        cold = log_odds(strengths(features, self.column))
        if not self.trust or not len(features):
            return _probability(cold)
        table = _table(features, self.column, self.centre, self.scale)
        own = self.effects.of(receivers, givers) / _RATE_SCALE
        learnt, base = (
            self.calibrate(self.score(np.hstack([table, rates_])))
            for rates_ in (own, np.zeros_like(own))
        )
        # Capped once more: calibration may have stretched it.
        learnt = base + np.clip(learnt - base, -POPULARITY, POPULARITY)
        return _probability((1 - self.trust) * cold + self.trust * learnt)


def learn(log: Log, seed: int = 0) -> Model:
    """Learn from every known outcome of the log, each direction by itself.

    Logistic regression with a Gaussian prior on its coefficients, on the features (the
    cold strength as log odds) and two rates, the giver's of giving and the receiver's
    of getting, each from rounds before the row's own and shrunk (`earlier_effects`).
    Past `FEW` outcomes gradient-boosted trees instead, if they predict rounds left out
    better by more than one standard error. Calibrated on rounds left out: by a logistic
    curve (Platt 1999), past `MANY` by isotonic regression (Zadrozny & Elkan 2002).

    With fewer than two rounds, or only yes or only no, the model is the cold strength.
    """
    known = log.known
    outcomes = log.outcomes[known]
    folds = _folds(log.rounds[known])
    centre, scale = _spread(_columns(log.features[known], log.column))
    effects = person_effects(log)
    if not _can_teach(outcomes, folds):
        cold = (log.names, log.column, 0.0, False, centre, scale, effects)
        return Model(*cold, score=_same, calibrate=_same)
    table = np.hstack(
        [
            _table(log.features[known], log.column, centre, scale),
            earlier_effects(log)[known] / _RATE_SCALE,
        ]
    )
    fit: Fit = _regress
    scores = _left_out(fit, table, outcomes, folds, seed)
    if len(outcomes) >= FEW:
        boosted = _left_out(_boost, table, outcomes, folds, seed)
        if _wins(boosted, scores, outcomes, folds):
            fit, scores = _boost, boosted
    return Model(
        names=log.names,
        column=log.column,
        trust=len(outcomes) / (len(outcomes) + TRUST),
        boosted=fit is _boost,
        centre=centre,
        scale=scale,
        effects=effects,
        score=fit(table, outcomes, seed),
        calibrate=_calibration(scores, outcomes),
    )


def both_gain(first: Float64Array, second: Float64Array) -> Float64Array:
    """What a pair is worth for ranking: the harmonic mean of what each side is likely
    to gain, (pairs,); 0 where one side is sure to gain nothing."""
    total = first + second
    return np.asarray(2 * first * second / np.where(total > 0, total, 1), np.float64)


def log_odds(probabilities: Float64Array) -> Float64Array:
    """Log odds of probabilities no nearer to 0 or 1 than a thousandth."""
    return np.asarray(logit(np.clip(probabilities, _EDGE, 1 - _EDGE)), np.float64)


def strengths(features: Float64Array, column: int) -> Float64Array:
    """The cold strength of each row, (rows,), between 0 and 1; 0 where unknown."""
    return np.clip(np.nan_to_num(features[:, column]), 0, 1)


def _probability(odds: Float64Array) -> Float64Array:
    return np.asarray(np.clip(expit(odds), _EDGE, 1 - _EDGE), np.float64)


def _same(odds: Float64Array) -> Float64Array:
    return odds


def _columns(features: Float64Array, column: int) -> Float64Array:
    """Features with the strength as log odds and NaN for whatever is not finite."""
    columns = np.where(np.isfinite(features), features, np.nan)
    columns[:, column] = log_odds(strengths(features, column))
    return columns


def _spread(columns: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Mean and standard deviation of what is known of each column; 0 and 1 of nothing
    and of what is always the same."""
    known = ~np.isnan(columns)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, columns, 0).sum(axis=0) / count
    square = np.where(known, (columns - centre) ** 2, 0).sum(axis=0) / count
    return centre, np.where(square > 1e-12, np.sqrt(square), 1)


def _table(
    features: Float64Array, column: int, centre: Float64Array, scale: Float64Array
) -> Float64Array:
    """What a model sees of each row, standardised; unknown is average."""
    table = np.nan_to_num((_columns(features, column) - centre) / scale)
    return np.clip(table, -_FAR, _FAR)


def _folds(rounds: Ints) -> Ints:
    """Each round a fold of its own; of more than `_FOLDS`, some share one."""
    _, order = np.unique(rounds, return_inverse=True)
    return np.asarray(order % _FOLDS, np.int64)


def _can_teach(outcomes: Float64Array, folds: Ints) -> bool:
    """Whether there are both yes and no, whichever fold is left out."""
    rest = [outcomes[folds != fold] for fold in np.unique(folds)]
    return len(rest) > 1 and all(0 < of.sum() < len(of) for of in rest)


def _regress(table: Float64Array, outcomes: Float64Array, _seed: int) -> Score:
    from sklearn.linear_model import LogisticRegression  # here: slow to import

    held_back = _HELD_BACK if len(outcomes) < FEW else _FREE
    fitted = LogisticRegression(C=held_back, solver=_SOLVER).fit(table, outcomes)
    return _capped(fitted.decision_function)


def _boost(table: Float64Array, outcomes: Float64Array, seed: int) -> Score:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    trees = HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=80,
        max_leaf_nodes=8,
        min_samples_leaf=40,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )

    def odds(rows: Float64Array) -> Float64Array:
        with threadpool_limits(1):
            return np.asarray(trees.decision_function(rows), np.float64)

    with threadpool_limits(1):  # so small that threads mostly wait for one another
        trees.fit(table, outcomes)
    return _capped(odds)


def _capped(odds: Score) -> Score:
    """Log odds that what is known of the persons moves by at most `POPULARITY`."""

    def capped(table: Float64Array) -> Float64Array:
        stranger = table.copy()
        stranger[:, -_RATES:] = 0
        base = odds(stranger)
        moved: Float64Array = base + np.clip(
            odds(table) - base, -POPULARITY, POPULARITY
        )
        return moved

    return capped


def _left_out(
    fit: Fit, table: Float64Array, outcomes: Float64Array, folds: Ints, seed: int
) -> Float64Array:
    """The log odds that each row has from the other folds."""
    found = np.zeros(len(outcomes))
    for fold in np.unique(folds):
        out = folds == fold
        found[out] = fit(table[~out], outcomes[~out], seed)(table[out])
    return found


def _wins(
    one: Float64Array, other: Float64Array, outcomes: Float64Array, folds: Ints
) -> bool:
    """Whether one's log loss is less than the other's by over a standard error."""
    sign = 1 - 2 * outcomes
    gained = np.logaddexp(0, sign * other) - np.logaddexp(0, sign * one)
    each = np.array([gained[folds == fold].mean() for fold in np.unique(folds)])
    return bool(each.mean() > each.std(ddof=1) / np.sqrt(len(each)))


def _calibration(scores: Float64Array, outcomes: Float64Array) -> Score:
    """From log odds to calibrated log odds, by what came of rows left out."""
    if len(outcomes) > MANY:
        from sklearn.isotonic import IsotonicRegression

        steps = IsotonicRegression(out_of_bounds="clip").fit(scores, outcomes)
        return lambda odds: log_odds(steps.predict(odds))

    from sklearn.linear_model import LogisticRegression

    curve = LogisticRegression(C=_FREE, solver=_SOLVER).fit(scores[:, None], outcomes)
    # A curve that falls says that nothing was learnt: then the cold strength decides.
    slope, middle = max(curve.coef_[0, 0], 0.0), curve.intercept_[0]
    return lambda odds: np.asarray(middle + slope * odds, np.float64)

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from matchmaker.matching.learning import (
    Arm,
    Log,
    RandomisedBlock,
    auc,
    both_gain,
    calibration_error,
    effective_size,
    evaluate,
    horvitz_thompson,
    interaction_auc,
    interval,
    learn,
    replay,
    self_normalised,
)
from matchmaker.matching.learning import model as model_module
from matchmaker.matching.learning.evaluation import _ahead
from matchmaker.matching.learning.metrics import centred
from matchmaker.matching.learning.person_effects import (
    PRIOR,
    earlier_effects,
    person_effects,
)

NAMES = ("strength", "other")


def history(rows, blocks=(), arm=Arm.BEST):
    """From (round, introduction, receiver, giver, strength, other, outcome)."""
    table = np.array(rows, float).reshape(-1, 7)
    whole = table[:, :4].astype(np.int64)
    return Log(
        names=NAMES,
        rounds=whole[:, 0],
        introductions=whole[:, 1],
        receivers=whole[:, 2],
        givers=whole[:, 3],
        features=table[:, 4:6],
        outcomes=table[:, 6],
        propensities=np.ones(len(table)),
        arms=(arm,) * len(table),
        blocks=tuple(blocks),
    )


@st.composite
def histories(draw, most=12, outcomes=(0.0, 1.0, np.nan)):
    rows = []
    for number in range(draw(st.integers(0, most))):
        one, other = draw(st.permutations(range(5)))[:2]
        round_ = draw(st.integers(0, 4))
        for receiver, giver in ((one, other), (other, one)):
            strength = draw(st.floats(0, 1) | st.just(np.nan))
            feature = draw(st.floats(-9, 9) | st.sampled_from([np.nan, np.inf]))
            outcome = draw(st.sampled_from(outcomes))
            rows.append((round_, number, receiver, giver, strength, feature, outcome))
    return history(rows)


def planted(seed, rounds=12, introductions=40, people=60, signal=2.0, effect=0.0):
    """Everybody at random in pairs; `other` decides, the strength says nothing, and the
    giver of number 0 always helps."""
    random = np.random.default_rng(seed)
    rows = []
    for round_ in range(rounds):
        for k in range(introductions):
            one, other = random.choice(people, 2, replace=False)
            for receiver, giver in ((one, other), (other, one)):
                feature = random.normal()
                odds = signal * feature + effect * (1 if giver % 2 else -1)
                outcome = float(random.random() < 1 / (1 + np.exp(-odds)))
                strength = random.uniform(0.3, 0.7)
                number = round_ * introductions + k
                rows.append(
                    (round_, number, receiver, giver, strength, feature, outcome)
                )
    return history(rows)


def test_a_rate_is_shrunk_and_begins_at_nothing():
    past = history(
        [
            (0, 0, 1, 2, 0.5, 0, 1),
            (0, 0, 2, 1, 0.5, 0, 0),
            (1, 1, 1, 2, 0.5, 0, np.nan),
            (2, 2, 3, 2, 0.5, 0, 1),
        ]
    )

    assert earlier_effects(past)[0].tolist() == [0, 0]
    assert earlier_effects(past)[2].tolist() == [0.5 / (1 + PRIOR), 0.5 / (1 + PRIOR)]
    assert earlier_effects(past)[3].tolist() == [0.5 / (1 + PRIOR), 0]


@settings(max_examples=80, deadline=None)
@given(histories(), st.data())
def test_a_later_outcome_changes_no_earlier_rate(past, data):
    when = data.draw(st.integers(0, 5))
    later = past.rounds >= when
    others = data.draw(
        st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=len(later)).map(
            lambda values: np.array(values[: len(later)], float)
        )
        if len(later)
        else st.just(np.empty(0))
    )
    changed = replace(past, outcomes=np.where(later, others, past.outcomes))

    # Not even those of the round itself count.
    seen = past.rounds <= when
    assert (earlier_effects(changed)[seen] == earlier_effects(past)[seen]).all()


@settings(max_examples=50, deadline=None)
@given(histories())
def test_a_round_s_rates_are_the_standing_before_it(past):
    for round_ in set(past.rounds.tolist()):
        rows = past.rounds == round_
        before = person_effects(past.before(round_))
        assert np.allclose(
            before.of(past.receivers[rows], past.givers[rows]),
            earlier_effects(past)[rows],
        )


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(0, 3))
def test_a_probability_is_a_probability_whatever_is_known(past, seed):
    features = np.array([[np.nan, np.inf], [0.0, -np.inf], [1.0, 1e300], [2.0, 0.0]])

    found = learn(past, seed).predict(features, np.arange(4), np.arange(4, 0, -1))

    assert ((found > 0) & (found < 1)).all()


@pytest.mark.parametrize("outcome", [0.0, 1.0, np.nan])
def test_of_one_kind_of_outcome_nothing_is_learnt(outcome):
    past = planted(0)
    past = replace(past, outcomes=np.full(len(past.rounds), outcome))

    found = learn(past).predict(past.features, past.receivers, past.givers)

    assert np.allclose(found, past.features[:, 0])


def test_constant_features_are_no_trouble():
    past = planted(0)
    past = replace(past, features=np.full_like(past.features, 0.3))

    found = learn(past).predict(past.features, past.receivers, past.givers)

    assert np.isfinite(found).all()
    assert not np.isnan(learn(past).predict(np.empty((0, 2)), *np.empty((2, 0)))).any()


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=8))
def test_without_history_a_probability_is_the_cold_strength(strengths):
    features = np.array([[strength, 7.0] for strength in strengths])
    people = np.arange(len(strengths))

    assert np.allclose(
        learn(history([])).predict(features, people, people), features[:, 0]
    )


def test_the_less_is_known_the_nearer_to_the_cold_strength():
    features = np.array([[0.5, 2.0]])
    ids = np.array([1000]), np.array([1001])

    found = [
        learn(planted(1, rounds=rounds)).predict(features, *ids)[0]
        for rounds in (0, 2, 4, 12)
    ]

    assert found[0] == pytest.approx(0.5)
    assert found == sorted(found)
    assert found[-1] > 0.9


def test_renumbering_people_changes_nothing():
    past = planted(2)
    new = np.random.default_rng(0).permutation(1000)
    renumbered = replace(past, receivers=new[past.receivers], givers=new[past.givers])

    one = learn(past).predict(past.features, past.receivers, past.givers)
    other = learn(renumbered).predict(
        past.features, renumbered.receivers, renumbered.givers
    )

    assert (one == other).all()
    assert evaluate(past) == evaluate(renumbered)


def test_the_same_question_has_the_same_answer():
    past = planted(3)

    assert evaluate(past, seed=5) == evaluate(past, seed=5)


def test_who_gives_much_is_expected_to_and_no_more_than_the_cap_allows():
    past = planted(4, effect=4.0)
    features = np.array([[0.5, 0.0]] * 3)
    model = learn(past)
    nobody = 1000

    stranger, poor, rich = model.predict(
        features, np.full(3, nobody), np.array([nobody, 2, 1])
    )

    assert poor < stranger < rich
    assert logit(rich) - logit(stranger) <= model_module.POPULARITY + 1e-9
    assert logit(stranger) - logit(poor) <= model_module.POPULARITY + 1e-9


def test_the_cap_holds_for_trees_too(monkeypatch):
    monkeypatch.setattr(model_module, "FEW", 500)
    monkeypatch.setattr(model_module, "_wins", lambda *_: True)
    monkeypatch.setattr(model_module, "MANY", 900)  # and with isotonic steps
    model = learn(planted(4, effect=4.0))

    features = np.random.default_rng(0).normal(size=(50, 2))
    found, stranger = (
        model.predict(features, np.full(50, 1000), givers)
        for givers in (np.arange(50), np.full(50, 1000))
    )

    assert model.boosted
    moved = np.abs(logit(found) - logit(stranger))
    assert 0.1 < moved.max() <= model_module.POPULARITY + 1e-9


def test_trees_are_taken_only_where_they_win(monkeypatch):
    monkeypatch.setattr(model_module, "FEW", 500)
    straight = planted(5)
    random = np.random.default_rng(5)
    bent = replace(
        straight,
        outcomes=(
            random.random(len(straight.rounds))
            < np.where(np.abs(straight.features[:, 1]) > 0.67, 0.9, 0.1)
        ).astype(float),
    )

    assert not learn(straight).boosted
    assert learn(bent).boosted


def test_both_gain_only_where_each_does():
    first, second = np.array([0.5, 0.9, 0.0, 0.0]), np.array([0.5, 0.1, 1.0, 0.0])

    assert both_gain(first, second) == pytest.approx([0.5, 0.18, 0, 0])


def test_auc_is_the_share_of_pairs_in_order():
    random = np.random.default_rng(0)
    scores = random.integers(0, 5, 40).astype(float)
    outcomes = random.integers(0, 2, 40).astype(float)
    ordered = [
        float(a > b) + (a == b) / 2
        for a in scores[outcomes == 1]
        for b in scores[outcomes == 0]
    ]

    assert auc(scores, outcomes) == pytest.approx(np.mean(ordered))
    assert np.isnan(auc(scores, np.ones(40)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000))
def test_what_is_a_person_s_own_has_no_interaction_auc(seed):
    random = np.random.default_rng(seed)
    receivers, givers = random.integers(0, 12, (2, 150))
    own = random.normal(size=(2, 12))
    scores = own[0][receivers] + own[1][givers]
    outcomes = (scores + random.normal(size=150) > 0).astype(float)
    pair = random.normal(size=150)

    assert interaction_auc(scores, outcomes, receivers, givers) == 0.5
    assert np.allclose(
        centred(pair + 10 * scores, receivers, givers),
        centred(pair, receivers, givers),
        atol=1e-5,
    )


def test_calibration_error_is_how_far_off_a_bin_is():
    probabilities = np.array([0.15, 0.15, 0.95, 1.0])

    assert calibration_error(probabilities, np.array([0, 0, 1, 1.0])) == pytest.approx(
        (0.3 + 0.05) / 4
    )


def test_what_shares_a_cluster_shares_its_luck():
    values = np.repeat(np.random.default_rng(0).normal(size=40), 10)

    def mean(weights):
        return float((weights * values).sum() / weights.sum())

    alone = interval(mean, np.arange(400), 0)
    together = interval(mean, np.repeat(np.arange(40), 10), 0)

    assert alone.low < alone.value < alone.high
    assert together.high - together.low > 2 * (alone.high - alone.low)


# Four people, in whom three matchings are possible.
PAIRS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
CHOICES = [[0, 5], [1, 4], [2, 3]]


def block(chosen=0, first=0, probabilities=(0.5, 0.3, 0.2), features=None):
    if features is None:
        features = [[0.5, None]] * 12
    return RandomisedBlock(
        PAIRS, features, CHOICES, probabilities, chosen, [first, first + 1]
    )


def drawn(blocks, valued, rounds=None, arm=Arm.CONTROL):
    """A history of blocks; valued[k] says of each pair of block k whether both gain."""
    rows, chances = [], []
    for k, (one, came) in enumerate(zip(blocks, valued, strict=True)):
        for place, number in zip(
            one.choices[one.chosen], one.introductions, strict=True
        ):
            a, b = one.pairs[place]
            for side, (receiver, giver) in enumerate(((a, b), (b, a))):
                features = [
                    np.nan if x is None else x for x in one.features[2 * place + side]
                ]
                round_ = rounds[k] if rounds else 0
                rows.append((round_, number, receiver, giver, *features, came[place]))
                chances.append(one.propensities[place])
    past = history(rows, arm=arm)
    return replace(past, propensities=np.array(chances), blocks=tuple(blocks))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
)
def test_replayed_over_all_that_the_lot_could_draw_the_mean_is_the_truth(
    came, worth, chances
):
    probabilities = [chance / sum(chances) for chance in chances]
    valued = np.array(came, float)
    best = max(CHOICES, key=lambda choice: np.array(worth)[choice].sum())

    mean, weight = 0.0, 0.0
    for chosen, probability in enumerate(probabilities):
        past = drawn([block(chosen, probabilities=probabilities)], [valued])
        seen = replay(past, [np.array(worth)])
        mean += probability * horvitz_thompson(seen.rewards, seen.weights)
        weight += probability * seen.weights.mean()

    assert mean == pytest.approx(valued[best].mean())
    assert weight == pytest.approx(1)


def test_the_estimators_are_what_their_sources_say():
    rewards, weights = np.array([1.0, 0.0, 1.0]), np.array([2.0, 1.0, 0.0])

    assert horvitz_thompson(rewards, weights) == pytest.approx(2 / 3)
    assert self_normalised(rewards, weights) == pytest.approx(2 / 3)
    assert self_normalised(rewards[:2], weights[:2]) == pytest.approx(2 / 3)
    assert horvitz_thompson(rewards[:2], weights[:2]) == pytest.approx(1)
    assert effective_size(weights) == pytest.approx(9 / 5)
    assert np.isnan(self_normalised(rewards, np.zeros(3)))
    assert effective_size(np.zeros(3)) == 0


def test_a_block_is_json_and_back():
    one = block(1)

    again = RandomisedBlock(**json.loads(json.dumps(asdict(one), allow_nan=False)))

    assert (again.propensities == one.propensities).all()
    assert np.array_equal(again.directions[0], one.directions[0], equal_nan=True)
    assert again.directions[1].tolist() == one.directions[1].tolist()
    assert again.directions[1][:4].tolist() == [0, 1, 0, 2]
    assert again.directions[2][:4].tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"choices": [[0, 4], [1, 4], [2, 3]]},
        {"probabilities": [0.5, 0.5, 0.0]},
        {"probabilities": [0.5, 0.3, 0.3]},
        {"probabilities": [1.0]},
        {"introductions": [0]},
        {"features": [[0.5, 0.0]]},
    ],
)
def test_a_block_that_cannot_be_is_refused(change):
    with pytest.raises(ValueError, match="block"):
        replace(block(), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"propensities": np.array([0.5, 0.5, 0.5, 0.0])},
        {"propensities": np.array([0.5, 0.5, 0.5, 0.4])},  # the block says otherwise
        {"outcomes": np.array([1, 0, 1, 0.5])},
        {"givers": np.array([1])},
        {"features": np.zeros((4, 3))},
        {"strength": "unheard of"},
    ],
)
def test_a_history_that_cannot_be_is_refused(change):
    with pytest.raises(
        ValueError, match=r"log|history|outcome|propensity|feature|block"
    ):
        replace(drawn([block()], [np.ones(6)]), **change)


def test_silence_is_no_yes_and_of_three_each_wants_something_from_somebody():
    past = history(
        [
            (0, 5, 1, 2, 0.5, 0, 1),
            (0, 5, 2, 1, 0.5, 0, np.nan),
            (0, 3, 1, 2, 0.5, 0, 1),
            (0, 3, 2, 1, 0.5, 0, 1),
            *[(0, 9, a, b, 0.5, 0, float((a + 1) % 3 == b)) for a, b in
              ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))],
        ]
    )  # fmt: skip

    numbers, valued = past.valued()

    assert dict(zip(numbers.tolist(), valued.tolist(), strict=True)) == {
        3: 1,
        5: 0,
        9: 1,
    }


def many_lots(seed, count, signal):
    """Blocks in which `other` decides by so much, and the strength says nothing."""
    random = np.random.default_rng(seed)
    blocks, valued = [], []
    for k in range(count):
        features = [[random.uniform(0.3, 0.7), random.normal()] for _ in range(12)]
        odds = signal * np.array(features)[:, 1]
        gains = random.random(12) < 1 / (1 + np.exp(-odds))
        people = random.choice(200, 4, replace=False).tolist()
        blocks.append(
            RandomisedBlock(
                [(people[a], people[b]) for a, b in PAIRS],
                features,
                CHOICES,
                [1 / 3] * 3,
                int(random.integers(3)),
                [2 * k, 2 * k + 1],
            )
        )
        # One reward for both: what the test is about is which pair, not which side.
        valued.append((gains[0::2] & gains[1::2]).astype(float))
    return drawn(blocks, valued, rounds=[k * 8 // count for k in range(count)])


@pytest.mark.parametrize(
    "past", [history([]), planted(0, rounds=1), many_lots(0, 20, 3)]
)
def test_too_little_says_nothing(past):
    report = evaluate(past)

    assert not any(report.can_say.values())
    assert all(rows > 0 for rows in report.more.values())
    assert not report.use_learned
    assert (report.ranking, report.calibration, report.value, report.arms) == (
        None,
    ) * 4


def test_a_signal_that_the_cold_scorer_misses_is_used():
    report = evaluate(many_lots(1, 400, 3.0))

    assert report.use_learned
    assert report.value.gained.low > 0
    assert report.ranking.learned.interaction.low > 0.55
    assert (
        report.ranking.cold.interaction.low < 0.5 < report.ranking.cold.interaction.high
    )
    assert report.calibration.learned < report.calibration.cold


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_is_not_used(seed):
    assert not evaluate(many_lots(seed, 400, 0.0)).use_learned


def test_nothing_is_judged_by_what_a_model_knew():
    past = many_lots(4, 120, 3.0)
    last = past.rounds.max()
    changed = replace(
        past, outcomes=np.where(past.rounds == last, 1 - past.outcomes, past.outcomes)
    )

    # The last round is only ever predicted: its outcomes touch no prediction.
    one, other = _ahead(past, 0), _ahead(changed, 0)

    assert np.array_equal(one[0], other[0], equal_nan=True)
    assert all((one[1][k] == other[1][k]).all() for k in one[1])
    assert len(one[1]) > 30


def test_the_best_plan_is_compared_with_the_lot():
    random = np.random.default_rng(0)
    rows = [
        (0, k, 2 * k + side, 2 * k + 1 - side, 0.5, 0, float(valued))
        for k in range(400)
        for valued in [random.random() < (0.6 if k < 300 else 0.2)]
        for side in (0, 1)
    ]
    past = history(rows)
    past = replace(past, arms=(Arm.BEST,) * 600 + (Arm.CONTROL,) * 200)

    arms = evaluate(past).arms

    assert arms.best.value == pytest.approx(0.6, abs=0.07)
    assert 0.15 < arms.gained.low < 0.4 < arms.gained.high < 0.55
    assert evaluate(past).can_say["control"]

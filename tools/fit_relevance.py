"""Fits how likely one phrase answers another, from communities with labelled phrases.

    python tools/fit_relevance.py

Reads *half* of the people of benchmarks/data/people and people_brussels (`is_for_tuning`);
the other half is what `benchmarks/understanding.py` prints. Writes
matchmaker/matching/scoring/relevance.json; the same sources make the same file.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from labelled import COMMUNITIES, DATA, Community, is_for_tuning, load  # noqa: E402
from phrase_pairs import Pairs, pairs_of  # noqa: E402

from matchmaker.matching.scoring.relevance import (  # noqa: E402
    Logistic,
    Relation,
    RelevanceModel,
    compute_features,
)

STRENGTH = 0.05  # of the regularisation, scikit-learn's C
OUT = ROOT / "matchmaker" / "matching" / "scoring" / "relevance.json"


def main() -> None:
    communities = [load(DATA / name) for name in COMMUNITIES]
    fitted = {
        relation.value: _fit_relation(communities, relation) for relation in Relation
    }
    OUT.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _fit_relation(
    communities: list[Community], relation: Relation
) -> dict[str, object]:
    read, confirmed = (
        [
            pairs_of(community, relation, is_for_tuning, confirmed=confirmed)
            for community in communities
        ]
        for confirmed in (False, True)
    )
    of_read = _fit([(p, p.counted) for p in read])
    of_confirmed = _fit([(p, p.counted & p.both_confirmed) for p in confirmed])
    model = RelevanceModel(of_read, of_confirmed, (1.0, 0.0))
    best = [pairs.best(model.probability(pairs.one, pairs.other)) for pairs in read]
    probabilities, right = (np.concatenate(of) for of in zip(*best, strict=True))
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    of_best = LogisticRegression(C=1.0).fit(
        np.log(clipped / (1 - clipped))[:, None], right
    )
    return {
        "read": vars(of_read),
        "confirmed": vars(of_confirmed),
        "best": [round(float(of_best.coef_[0, 0]), 4), _rounded(of_best.intercept_[0])],
    }


def _fit(some: list[tuple[Pairs, np.ndarray]]) -> Logistic:
    features = np.concatenate(
        [compute_features(pairs.one, pairs.other)[which] for pairs, which in some]
    )
    right = np.concatenate([pairs.right[which] for pairs, which in some])
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000)
    ).fit(features, right)
    scale, regression = model[0], model[1]
    coefficients = regression.coef_[0] / scale.scale_
    return Logistic(
        coefficients=[_rounded(value) for value in coefficients],
        intercept=_rounded(regression.intercept_[0] - coefficients @ scale.mean_),
    )


def _rounded(value: float) -> float:
    return round(float(value), 4)


if __name__ == "__main__":
    main()

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

from labelled import DATA, FIELD_PAIRS, is_for_tuning, load  # noqa: E402
from understanding import index  # noqa: E402

from matchmaker.matching.scoring.relevance import (  # noqa: E402
    FEATURES,
    NOTHING,
    Relation,
    compute_features,
)
from matchmaker.matching.text.encoders import encode  # noqa: E402

STRENGTH = 0.05  # of the regularisation, scikit-learn's C
OUT = ROOT / "matchmaker" / "matching" / "scoring" / "relevance.json"


def main() -> None:
    models = {}
    for relation in Relation:
        rows, answers = [], []
        for name in ("people", "people_brussels"):
            found = _labelled(name, relation)
            rows.append(found[0])
            answers.append(found[1])
        model = make_pipeline(
            StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000)
        ).fit(np.concatenate(rows), np.concatenate(answers))
        scale, regression = model[0], model[1]
        coefficients = regression.coef_[0] / scale.scale_
        models[relation.value] = {
            "coefficients": [round(float(value), 4) for value in coefficients],
            "intercept": round(
                float(regression.intercept_[0] - coefficients @ scale.mean_), 4
            ),
        }
    OUT.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


def _labelled(name: str, relation: Relation) -> tuple[np.ndarray, np.ndarray]:
    """Features of each two phrases of different people, and whether they meet."""
    community = load(DATA / name)
    one, other = (
        [p for p in community.phrases(*fields) if is_for_tuning(p.owner)]
        for fields in FIELD_PAIRS[relation.value]
    )
    read = index().read
    features = compute_features(
        read(encode([p.text for p in one])), read(encode([p.text for p in other]))
    )
    counted = np.array(
        [
            [
                a.owner != b.owner
                and (
                    relation is not Relation.INTEREST
                    or "interests" in (a.field, b.field)
                )
                for b in other
            ]
            for a in one
        ]
    )
    # Others are never compared (`RelevanceModel.matches`).
    counted &= features[..., FEATURES.index("shared topics")] > np.log(2 * NOTHING)
    answers = np.array(
        [[bool(community.widen(a.topics) & b.topics) for b in other] for a in one]
    )
    return features[counted], answers[counted]


if __name__ == "__main__":
    main()

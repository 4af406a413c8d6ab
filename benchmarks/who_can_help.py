"""Who can help? How well whoever offers what somebody wants is found, in words.

    python benchmarks/who_can_help.py

*Tasks*: three task statements are taken out of each of 640 O*NET occupations and asked
one by one; everybody's offers are the tasks that are left. Counted: the share of
questions whose own occupation is among the first ten, of the half of the occupations
that nothing was chosen by, always among all 640. Mean of three drawings.

*Phrase by phrase* an occupation is as likely to help as the likeliest of its tasks, as in
a round, where one phrase of each is quoted. *All phrases together* it is as close as the
mean of its tasks' vectors.

*Synonyms*: aliases of skills, asked among the names of all skills of the vocabulary in
matchmaker/data/skills; counted is the share whose own name comes first.
"""

import csv
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from reading import vectors
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.matching import TextVectors, encode
from matchmaker.matching.arrays import Float32Array, Ints
from matchmaker.matching.scoring.relevance import Relation, fitted
from matchmaker.matching.text.encoders import unit
from matchmaker.services.topics import shipped_index

ROOT = Path(__file__).parents[1]
Row = tuple[str, str, str]
DRAWINGS, OUT, BEST = 3, 3, 10
BAR = 0.65
AT_ONCE = 100  # questions


def is_for_tuning(name: str) -> bool:
    return zlib.crc32(name.encode()) % 2 == 0


def occupations() -> dict[str, list[str]]:
    tasks: dict[str, list[str]] = {}
    path = ROOT / "benchmarks" / "data" / "onet" / "tasks.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tasks.setdefault(row["occupation"], []).append(row["task"])
    return tasks


def skills() -> dict[str, list[str]]:
    """Aliases by name."""
    found = {}
    for path in sorted((ROOT / "matchmaker" / "data" / "skills").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["name"]] = [a for a in row["aliases"].split(";") if a]
    return found


def hits(scores: np.ndarray, own: np.ndarray, best: int) -> np.ndarray:
    """Of each question, whether fewer than `best` others come before its own answer."""
    mine = scores[np.arange(len(own)), own][:, None]
    return (scores > mine).sum(axis=1) < best


def standard(scores: np.ndarray) -> np.ndarray:
    return (scores - scores.mean()) / scores.std()


def baselines(questions: list[str], texts: list[str]) -> dict[str, np.ndarray]:
    """Scores, (questions, texts), of what there is to be had without us."""
    found = {}
    words = TfidfVectorizer().fit(texts)
    asked, told = words.transform(questions), words.transform(texts)
    found["TF-IDF words"] = (asked @ told.T).toarray()
    svd = TruncatedSVD(128, random_state=0).fit(told)
    asked, told = svd.transform(asked), svd.transform(told)
    found["TF-IDF + SVD 128"] = unit(asked) @ unit(told).T
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    told = letters.fit_transform(texts)
    found["characters"] = (letters.transform(questions) @ told.T).toarray()
    return found


def together(
    asked: TextVectors, told: TextVectors, starts: Ints
) -> dict[str, np.ndarray]:
    """Scores of the encoders, of what each has told as a whole."""

    def mean(rows: Float32Array) -> Float32Array:
        return unit(np.add.reduceat(rows, starts, axis=0))

    static = asked.static @ mean(told.static).T
    multilingual = asked.multilingual @ mean(told.multilingual).T
    return {
        "static": static,
        "multilingual": multilingual,
        "static + multilingual": standard(static) + standard(multilingual),
    }


def by_phrase(asked: TextVectors, told: TextVectors, starts: Ints) -> np.ndarray:
    """The likeliest phrase's probability of help, (questions, people)."""
    model, given = fitted()[Relation.HELP], shipped_index().read(told)
    return np.concatenate(
        [
            np.maximum.reduceat(
                model.probability(shipped_index().read(asked[some]), given),
                starts,
                axis=1,
            )
            for some in np.array_split(
                np.arange(len(asked)), max(len(asked) // AT_ONCE, 1)
            )
        ]
    )


def ways(
    questions: list[str], offers: Sequence[tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """Scores, (questions, offers)."""
    told = vectors([text for of in offers for text in of])
    starts = np.cumsum([0, *map(len, offers[:-1])])
    asked = vectors(questions)
    found = {"phrase by phrase, as in a round": by_phrase(asked, told, starts)}
    encoders = together(asked, told, starts)
    plain = baselines(questions, [" ".join(of) for of in offers])
    both = encoders["static + multilingual"] + standard(plain["characters"])
    encoders["static + multilingual + characters"] = both
    found |= {f"all phrases, {name}": scores for name, scores in encoders.items()}
    return found | plain


def drawn(seed: int) -> tuple[list[str], np.ndarray, list[tuple[str, ...]]]:
    """The questions, the occupation of each, and what is left of all occupations."""
    chance = np.random.default_rng(seed)
    questions, own, offers = [], [], []
    for number, (_, tasks) in enumerate(sorted(occupations().items())):
        out = set(chance.choice(len(tasks), OUT, replace=False).tolist())
        questions += [tasks[k] for k in sorted(out)]
        own += [number] * OUT
        offers.append(tuple(t for k, t in enumerate(tasks) if k not in out))
    return questions, np.array(own), offers


def find_tasks() -> list[Row]:
    tuned = np.array([is_for_tuning(name) for name in sorted(occupations())])
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in range(DRAWINGS):
        questions, own, offers = drawn(seed)
        for name, scores in ways(questions, offers).items():
            hit = hits(scores, own, BEST)
            found.setdefault(name, []).append((hit[~tuned[own]].mean(), hit.mean()))
    return [
        (
            f"who can help @{BEST}, {name}",
            "other half {:.3f}, all {:.3f}".format(*np.mean(values, axis=0)),
            f"at least {BAR}" if name.startswith("phrase") else "",
        )
        for name, values in found.items()
    ]


def find_synonyms() -> list[Row]:
    names = sorted(skills())
    asked = [(alias, k) for k, n in enumerate(names) for alias in skills()[n]]
    aliases, own = [a for a, _ in asked], np.array([k for _, k in asked])
    starts = np.arange(len(names))
    found = together(vectors(aliases), vectors(names), starts) | baselines(
        aliases, names
    )
    return [
        (f"synonyms @1, {name}", f"{hits(scores, own, 1).mean():.3f}", "")
        for name, scores in found.items()
    ]


def speed() -> list[Row]:
    texts = [text for name, aliases in skills().items() for text in (name, *aliases)]
    encode(texts[:10])
    begin = time.perf_counter()
    encode(texts[:2000])
    rate = 2000 / (time.perf_counter() - begin)
    return [("short texts encoded a second", f"{rate:,.0f}", "when a profile is saved")]


def run() -> list[Row]:
    """What, ours, and what it is to be compared with."""
    return [*find_tasks(), *find_synonyms(), *speed()]


def main() -> None:
    for what, ours, beside in run():
        print(f"{what:67} {ours:30} {beside}")


if __name__ == "__main__":
    main()

"""Who can help? How well the engine finds who offers what somebody wants, in words.

    python benchmarks/who_can_help.py          # the table, about two minutes
    python benchmarks/who_can_help.py --fit    # also the coefficients of meeting.py

*Tasks*: three task statements are taken out of each of 640 O*NET occupations and asked
one by one; everybody's offers are the tasks that are left. Counted: the share of
questions whose own occupation is among the first ten. Word weights, the map of
meanings and all constants come from one half of the occupations (`is_for_tuning`); the
other half is printed first, always among all 640. Mean of three drawings.

*Synonyms*: aliases of skills, asked among the names of all skills of the vocabulary in
matchmaker/data/skills; counted is the share whose own name comes first.

*Calibration*: in made-up communities of 100 people in 20 occupations of the other half,
and among skills, how often a stated probability comes true (ECE: the mean distance).
"""

import argparse
import csv
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from matchmaker.matching import lexicon
from matchmaker.matching.meeting import evidence, who_can_help
from matchmaker.matching.shelves import shelve
from matchmaker.matching.vectors import encode, warm_up
from matchmaker.matching.words import essence

ROOT = Path(__file__).parents[1]
Row = tuple[str, str, str]
Community = tuple[list[str], list[tuple[str, ...]], np.ndarray]
DRAWINGS, OUT, BEST = 3, 3, 10


def is_for_tuning(name: str) -> bool:
    """As in tools/make_word_weights.py."""
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


def plain_embeddings(texts: list[str]) -> np.ndarray:
    """As wordllama has them: the mean over the pieces of the whole text."""
    tokenizer, embedding = lexicon._model()
    tokens = [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
    return lexicon.unit(lexicon.bags(tokens, len(embedding)) @ embedding)


def baselines(questions: list[str], texts: list[str]) -> dict[str, np.ndarray]:
    """Scores, (questions, texts), of what engine.md measured."""
    found = {}
    words = TfidfVectorizer().fit(texts)
    asked, told = words.transform(questions), words.transform(texts)
    found["TF-IDF words"] = (asked @ told.T).toarray()
    svd = TruncatedSVD(128, random_state=0).fit(told)
    asked, told = svd.transform(asked), svd.transform(told)
    found["TF-IDF + SVD 128"] = lexicon.unit(asked) @ lexicon.unit(told).T
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    told = letters.fit_transform(texts)
    found["characters"] = (letters.transform(questions) @ told.T).toarray()
    found["wordllama"] = plain_embeddings(questions) @ plain_embeddings(texts).T
    both = (found["wordllama"], found["characters"])
    found["wordllama + characters"] = standard(both[0]) + standard(both[1])
    return found


def drawn(seed: int) -> tuple[list[str], np.ndarray, list[tuple[str, ...]]]:
    """The questions, the occupation of each, and what is left of all occupations."""
    chance = np.random.default_rng(seed)
    questions, own, offers = [], [], []
    for index, (_, tasks) in enumerate(sorted(occupations().items())):
        out = set(chance.choice(len(tasks), OUT, replace=False).tolist())
        questions += [tasks[k] for k in sorted(out)]
        own += [index] * OUT
        offers.append(tuple(t for k, t in enumerate(tasks) if k not in out))
    return questions, np.array(own), offers


def find_tasks() -> list[Row]:
    tuned = np.array([is_for_tuning(name) for name in sorted(occupations())])
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(DRAWINGS):
        questions, own, offers = drawn(seed)
        ways = {"the engine": who_can_help(questions, offers, encode)}
        ways |= baselines(questions, [" ".join(of) for of in offers])
        for name, scores in ways.items():
            hit = hits(scores, own, BEST)
            other, half = hit[~tuned[own]].mean(), hit[tuned[own]].mean()
            found.setdefault(name, []).append((other, hit.mean(), half))
    return [
        (
            f"who can help @{BEST}, {name}",
            "other half {:.3f}, all {:.3f}, tuning half {:.3f}".format(
                *np.mean(values, axis=0)
            ),
            "at least 0.65" if name == "the engine" else "baseline",
        )
        for name, values in found.items()
    ]


def find_synonyms() -> list[Row]:
    names = sorted(skills())
    asked = [(alias, k) for k, n in enumerate(names) for alias in skills()[n]]
    aliases, own = [a for a, _ in asked], np.array([k for _, k in asked])
    ways = {"the engine": who_can_help(aliases, [(n,) for n in names], encode)}
    ways |= baselines(aliases, names)
    return [
        (f"synonyms @1, {name}", f"{hits(scores, own, 1).mean():.3f}", "baseline")
        for name, scores in ways.items()
    ]


def communities(tuning: bool, seeds: range) -> Iterator[Community]:
    """Wants, everybody's offers, and whether they are what is wanted, (wants, people):
    1, 0, or -1 where that is not asked.

    By turns 100 people of 20 occupations who offer one to eight tasks and want another
    of the same occupation, asked of all others; and 100 people who offer a skill that
    is wanted under another name and up to four others, among 100 who offer something
    like it.
    """
    tasks = {
        n: t for n, t in sorted(occupations().items()) if is_for_tuning(n) is tuning
    }
    named = {n: a for n, a in sorted(skills().items()) if is_for_tuning(n) is tuning}
    names = list(named)
    like = encode([essence(name) for name in names])
    everything = np.arange(len(names))
    near = np.argsort(-like.table(everything, everything), axis=1)[:, 5:30]
    for seed in seeds:
        chance = np.random.default_rng(seed)
        chosen = chance.choice(sorted(tasks), 20, replace=False).tolist()
        wants, offers = [], []
        for person in range(100):
            mine = chance.permutation(tasks[chosen[person % 20]]).tolist()
            count = int(chance.integers(1, min(8, len(mine) - 1), endpoint=True))
            offers.append(tuple(mine[:count]))
            wants.append(mine[count])
        right = np.equal.outer(np.arange(100) % 20, np.arange(100) % 20).astype(int)
        same = [[want in offer for offer in offers] for want in wants]
        yield wants, offers, np.where(np.eye(100) + same, -1, right)

        wanted = [name for name in names if named[name]]
        picked = chance.choice(wanted, 100, replace=False).tolist()
        alike = [names[int(chance.choice(near[names.index(name)]))] for name in picked]
        offers = [
            (skill, *chance.choice(names, chance.integers(0, 5)).tolist())
            for skill in picked + alike
        ]
        wants = [str(chance.choice(named[name])) for name in picked]
        yield wants, offers, np.eye(100, 200, dtype=int)


def fit() -> list[Row]:
    found, labels = [], []
    for wants, offers, right in communities(True, range(30)):
        vectors, (gives, seeks) = shelve([offers, [(want,) for want in wants]], encode)
        asked = np.flatnonzero(seeks.sizes)
        phrases = vectors.table(seeks.texts, gives.texts)
        single = np.maximum.reduceat(phrases, gives.starts[:-1], axis=1)
        together = vectors.table(seeks.texts, gives.joined)
        kept = right[asked] >= 0
        found.append(evidence(single, together, gives.sizes)[kept])
        labels.append(right[asked][kept])
    model = LogisticRegression(C=np.inf)
    model.fit(np.concatenate(found)[:, None], np.concatenate(labels))
    text = f"STEEPNESS, CONSTANT = {model.coef_[0, 0]:.2f}, {model.intercept_[0]:.2f}"
    return [("coefficients fitted on the tuning half", text, "those in meeting.py")]


def calibration() -> list[Row]:
    stated, true = [], []
    for wants, offers, right in communities(False, range(100, 120)):
        chance = who_can_help(wants, offers, encode)
        stated.append(chance[right >= 0])
        true.append(right[right >= 0])
    said, came = np.concatenate(stated), np.concatenate(true)
    rows, error, meant = [], 0.0, 0.0
    bins = np.minimum((said * 10).astype(int), 9)
    for k in range(10):
        inside = bins == k
        if inside.any():
            gap = abs(said[inside].mean() - came[inside].mean())
            error += inside.mean() * gap
            meant += (inside.sum() / (bins > 1).sum() * gap) if k > 1 else 0
            rows.append(
                (
                    f"stated {k / 10:.1f} to {(k + 1) / 10:.1f}",
                    f"mean {said[inside].mean():.3f}, true {came[inside].mean():.3f}",
                    f"{inside.sum()} pairs",
                )
            )
    rows.append(("calibration error (ECE), other half", f"{error:.4f}", "of all pairs"))
    rows.append(("of those stated at 0.2 or more", f"{meant:.4f}", ""))
    return rows


def speed() -> list[Row]:
    texts = [essence(text) for n, a in skills().items() for text in (n, *a)]
    encode(texts[:10])
    begin = time.perf_counter()
    encode(texts)
    took = time.perf_counter() - begin
    rate = len(texts) / took
    return [("short texts a second", f"{rate:,.0f}", "at least 20,000")]


def run() -> list[Row]:
    """What, ours, and what it is to be compared with."""
    warm_up()
    return [*find_tasks(), *find_synonyms(), *calibration(), *speed()]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--fit", action="store_true")
    wanted = arguments.parse_args()
    rows = (fit() if wanted.fit else []) + run()
    for what, ours, beside in rows:
        print(f"{what:45} {ours:60} {beside}")


if __name__ == "__main__":
    main()

"""Who can help? How well the engine finds who offers what somebody wants, in words.

    python benchmarks/who_can_help.py

*Tasks*: three task statements are taken out of each of 640 O*NET occupations and asked
one by one; everybody's offers are the tasks that are left. Counted: the share of
questions whose own occupation is among the first ten. Word weights, the map of
meanings and all constants come from one half of the occupations (`is_for_tuning`); the
other half is printed first, always among all 640. Mean of three drawings.

*Synonyms*: aliases of skills, asked among the names of all skills of the vocabulary in
matchmaker/data/skills; counted is the share whose own name comes first.

Where the extra `transformer` is installed, also the engine with it; minutes more.
"""

import csv
import time
import zlib
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from matchmaker.matching.meeting import who_can_help
from matchmaker.matching.vectors import Embedding, encode, warm_up
from matchmaker.matching.words import essence
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.matching import lexicon

ROOT = Path(__file__).parents[1]
Row = tuple[str, str, str]
DRAWINGS, OUT, BEST = 3, 3, 10
WITH, SOME = "the engine with the transformer", 2000


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
    """Scores, (questions, texts), of what there is to be had without us."""
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


def transformer() -> Embedding | None:
    """The transformer, which reads each text once; None without the extra."""
    if not find_spec("onnxruntime"):
        return None
    from matchmaker.matching.transformer import embed

    rows: dict[str, np.ndarray] = {}

    def remembered(texts: Sequence[str]) -> np.ndarray:
        new = [text for text in texts if text not in rows]
        rows.update(zip(new, embed(new), strict=True))
        return np.stack([rows[text] for text in texts])

    return remembered


def ours(
    questions: list[str], offers: list[tuple[str, ...]], embed: Embedding | None
) -> dict[str, np.ndarray]:
    """Scores, (questions, offers), of the engine."""
    found = {"the engine": who_can_help(questions, offers, encode)}
    if embed:
        both = partial(encode, embed=embed)
        found[WITH] = who_can_help(questions, offers, both)
    return found


def find_tasks(embed: Embedding | None) -> list[Row]:
    tuned = np.array([is_for_tuning(name) for name in sorted(occupations())])
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(DRAWINGS):
        questions, own, offers = drawn(seed)
        ways = ours(questions, offers, embed)
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
            "at least 0.65" if name.startswith("the engine") else "baseline",
        )
        for name, values in found.items()
    ]


def find_synonyms(embed: Embedding | None) -> list[Row]:
    names = sorted(skills())
    asked = [(alias, k) for k, n in enumerate(names) for alias in skills()[n]]
    aliases, own = [a for a, _ in asked], np.array([k for _, k in asked])
    ways = ours(aliases, [(n,) for n in names], embed)
    ways |= baselines(aliases, names)
    return [
        (f"synonyms @1, {name}", f"{hits(scores, own, 1).mean():.3f}", "baseline")
        for name, scores in ways.items()
    ]


def speed() -> list[Row]:
    texts = [essence(text) for n, a in skills().items() for text in (n, *a)]
    rows = [("short texts a second", _rate(texts), "at least 20,000")]
    if find_spec("onnxruntime"):
        from matchmaker.matching.transformer import embed

        rate = _rate(texts[:SOME], embed)
        rows.append((f"short texts a second, {WITH}", rate, "baseline"))
    else:
        rows.append((WITH, "left out", "install matchmaker[transformer]"))
    return rows


def _rate(texts: list[str], embed: Embedding | None = None) -> str:
    encode(texts[:10], embed=embed)
    begin = time.perf_counter()
    encode(texts, embed=embed)
    return f"{len(texts) / (time.perf_counter() - begin):,.0f}"


def run() -> list[Row]:
    """What, ours, and what it is to be compared with."""
    warm_up()
    embed = transformer()
    return [*find_tasks(embed), *find_synonyms(embed), *speed()]


def main() -> None:
    for what, ours, beside in run():
        print(f"{what:53} {ours:60} {beside}")


if __name__ == "__main__":
    main()

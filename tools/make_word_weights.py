"""Makes the word weights and the map of meanings that the matching engine ships.

    python tools/make_word_weights.py

From the tasks of *half* of the occupations in benchmarks/data/onet/tasks.csv (the other
half is what the benchmark is printed for) and the vocabulary of skills in
matchmaker/data/skills/. The same sources always make the same files. Where the extra
`transformer` is installed, also the middle of its rows, which takes a minute or two.
"""

import csv
import zlib
from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from matchmaker.matching import lexicon
from matchmaker.matching.words import essence

ROOT = Path(__file__).parents[1]
TASKS = ROOT / "benchmarks" / "data" / "onet" / "tasks.csv"
SKILLS = ROOT / "matchmaker" / "data" / "skills"

# Chosen on the tuning half: the shape of the inverse document frequency, and how far
# towards equal spread the directions within an occupation are shrunk.
SKILL_SHARE, SEEN, FLOOR, SHRINK, RIDGE = 5.0, 1.5, 0.5, 0.3, 0.01


def is_for_tuning(occupation: str) -> bool:
    """Whether anything may be learned from this occupation."""
    return zlib.crc32(occupation.encode()) % 2 == 0


def tuning_tasks() -> dict[str, list[str]]:
    tasks: dict[str, list[str]] = {}
    with TASKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if is_for_tuning(row["occupation"]):
                tasks.setdefault(row["occupation"], []).append(row["task"])
    return tasks


def skill_names() -> list[str]:
    names = []
    for path in (SKILLS / "skills.csv", SKILLS / "everyday.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                names += filter(None, [row["name"], *row["aliases"].split(";")])
    return names


def words_of(texts: Iterable[str]) -> list[list[str]]:
    return [lexicon.split(essence(text)) for text in texts]


def main() -> None:
    occupations = [words_of(tasks) for tasks in tuning_tasks().values()]
    names = words_of(skill_names())
    tasks = [words for of in occupations for words in of]

    used = Counter(w for of in occupations for w in {w for words in of for w in words})
    named = Counter(w for words in names for w in set(words))
    n = len(occupations)

    def weight(word: str) -> float:
        seen = used[word] + SKILL_SHARE * n * named[word] / len(names)
        return float(np.log((1 + SEEN * n) / (1 + seen)) + FLOOR)

    vocabulary = sorted({*used, *named})
    weights = {word: round(weight(word), 3) for word in vocabulary}
    unseen = round(weight(""), 3)
    weights = {word: value for word, value in weights.items() if value < unseen}
    lines = [f"{word}\t{weights[word]}" for word in sorted(weights)]
    (lexicon.WEIGHTS / "words.tsv").write_text("\n".join(lines) + "\n", "utf-8")

    column = {word: index for index, word in enumerate(vocabulary)}
    spelled = lexicon.letters(vocabulary, np.ones(lexicon.BUCKETS, np.float32))
    bags = lexicon.bags([[column[w] for w in ws] for ws in tasks + names], len(column))
    texts = np.bincount((bags @ spelled).indices, minlength=lexicon.BUCKETS)
    grams = np.log((1 + len(tasks) + len(names)) / (1 + texts)) + 1

    rows = lexicon.bags([[column[w] for w in ws] for ws in tasks], len(column))
    measured = np.array([weight(word) for word in vocabulary], np.float32)
    sizes = np.array([len(words) for words in tasks])
    weighed = lexicon.weigh(rows, np.ones(sizes.sum(), np.float32), sizes, measured)
    meaning = lexicon.unit(weighed @ lexicon.pieces(vocabulary))
    of = np.repeat(np.arange(n), [len(tasks) for tasks in occupations])
    means = np.array([meaning[of == k].mean(axis=0) for k in range(n)])
    spread, directions = np.linalg.eigh(np.cov((meaning - means[of]).T))
    shrunk = (spread / spread.mean() + RIDGE) ** -SHRINK
    np.savez_compressed(
        lexicon.WEIGHTS / "map.npz",
        map=(directions * shrunk @ directions.T).astype(np.float16),
        grams=np.round(grams * 16).astype(np.uint8),
    )

    if find_spec("onnxruntime"):
        make_middle()


def make_middle() -> None:
    """The mean of the transformer's rows, tasks and names counting alike."""
    from matchmaker.matching import transformer

    kinds = [[t for tasks in tuning_tasks().values() for t in tasks], skill_names()]
    rows = [transformer.whole([*map(essence, texts)])[0] for texts in kinds]
    means = [of.mean(axis=0) for of in rows]
    middle = np.mean(means, axis=0).astype(np.float16)
    np.savez_compressed(lexicon.WEIGHTS / "middle.npz", middle=middle)


if __name__ == "__main__":
    main()

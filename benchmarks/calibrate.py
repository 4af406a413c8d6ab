"""Does what is stated come true as often as it says?

    python benchmarks/calibrate.py          # reliability and its error, two minutes
    python benchmarks/calibrate.py --fit    # also the constants of meeting.py
    python benchmarks/calibrate.py --transformer   # reliability with it, six minutes

A probability of 0.7 should come true in seven of ten. *Communities* are those of
communities.py in which people write much or tersely (full, terse), with other seeds
than the constants are fitted to. *Tasks* and *tags* are made of the half of the
occupations and skills that nothing was fitted to, 100 people each: who offer one to
eight tasks of their occupation and want another of it, asked of all others; and who
want a skill under another name, among twice as many who offer something like it.

Counted are all ordered pairs of somebody's want and somebody else, of those stated at
0.2 or more: what is stated at less is shown to few, and there is so much of it that it
would hide the rest. ECE is the mean distance of stated and true over ten bands.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from communities import FULL, TERSE, Writing, community
from matchmaker.matching.evidence import gather
from matchmaker.matching.meeting import crowd, probability, wordiness
from matchmaker.matching.shelves import shelve
from matchmaker.matching.vectors import Embedding, encode
from sklearn.linear_model import LogisticRegression
from who_can_help import is_for_tuning, occupations, skills, transformer

from matchmaker.matching import warm_up
from matchmaker.matching.words import essence

Row = tuple[str, str, str]
LEAST, BANDS = 0.2, 10
MOST = 1500  # wants of one community: of a thousand people a sample is plenty

# Seeds to fit to, and to measure on: those that weeks.py begins with.
FIT, HELD_OUT = (
    (range(50, 56), range(50, 54), range(50, 52), range(50, 51)),
    (
        range(6),
        range(3),
        range(2),
        range(1),
    ),
)
SIZES = (30, 100, 300, 1000)


@dataclass(frozen=True)
class Asked:
    """Wants asked of people, (pairs,) each."""

    found: np.ndarray  # what speaks for the giver
    rival: np.ndarray  # and for somebody else
    words: np.ndarray  # of the want
    true: np.ndarray
    givers: int  # how many people were asked


Question = tuple[list[str], list[tuple[str, ...]], np.ndarray]


def ask(question: Question, embed: Embedding | None) -> Asked:
    """Every want of everybody who could be asked, as the engine has it."""
    wants, offers, right = question
    vectors, (gives, seeks) = shelve(
        [offers, [(want,) for want in wants]], partial(encode, embed=embed)
    )
    sought, people = np.nonzero(right >= 0)
    kept = (seeks.sizes[sought] > 0) & (gives.sizes[people] > 0)
    sought, people = sought[kept], people[kept]
    asked = seeks.starts[sought]
    evidence = gather(vectors, gives, seeks)
    return Asked(
        found=evidence.found(people, asked),
        rival=evidence.strongest_rival(people, asked),
        words=vectors.sizes[seeks.texts[asked]],
        true=right[sought, people] > 0,
        givers=evidence.givers,
    )


def of_community(n: int, seed: int, writing: Writing) -> Question:
    """Everybody's wants, asked of everybody else: 1 where they can help, -1 where
    somebody would ask themselves."""
    made = community(n, seed, writing)
    asked = [
        (p.id, text, want.of)
        for p in made.people
        for text, want in zip(p.wants, made.truth.wants[p.id], strict=True)
    ]
    chance = np.random.default_rng(seed)
    some = chance.permutation(len(asked))[:MOST].tolist()
    works = np.array([made.truth.works[p.id] for p in made.people])
    right = np.array([works == asked[k][2] for k in some], int)
    right[np.arange(len(some)), [asked[k][0] for k in some]] = -1
    return [asked[k][1] for k in some], [p.offers for p in made.people], right


def of_tasks(tuning: bool, seeds: Sequence[int]) -> Iterator[Question]:
    """100 people of 20 occupations, as the module says."""
    tasks = {
        n: t for n, t in sorted(occupations().items()) if is_for_tuning(n) is tuning
    }
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


def of_tags(tuning: bool, seeds: Sequence[int]) -> Iterator[Question]:
    """100 skills wanted under another name, among 200 people of one to five skills."""
    named = {n: a for n, a in sorted(skills().items()) if is_for_tuning(n) is tuning}
    names = list(named)
    like = encode([essence(name) for name in names])
    everything = np.arange(len(names))
    near = np.argsort(-like.table(everything, everything), axis=1)[:, 5:30]
    wanted = [name for name in names if named[name]]
    for seed in seeds:
        chance = np.random.default_rng(seed)
        picked = chance.choice(wanted, 100, replace=False).tolist()
        alike = [names[int(chance.choice(near[names.index(name)]))] for name in picked]
        offers = [
            (skill, *chance.choice(names, chance.integers(0, 5)).tolist())
            for skill in picked + alike
        ]
        wants = [str(chance.choice(named[name])) for name in picked]
        yield wants, offers, np.eye(100, 200, dtype=int)


def everything(
    tuning: bool, embed: Embedding | None = None
) -> Iterator[tuple[str, Asked]]:
    """All there is to fit to, or to measure on, by kind."""
    for size, seeds in zip(SIZES, FIT if tuning else HELD_OUT, strict=True):
        for name, writing in (("full", FULL), ("terse", TERSE)):
            for seed in seeds:
                question = of_community(size, seed, writing)
                yield f"community of {size:,}, {name}", ask(question, embed)
    seeds = range(30) if tuning else range(100, 120)
    kinds: dict[str, Callable[[bool, Sequence[int]], Iterator[Question]]] = {
        "tasks": of_tasks,
        "tags": of_tags,
    }
    for name, questions in kinds.items():
        for question in questions(tuning, seeds):
            yield name, ask(question, embed)


def fit() -> list[Row]:
    """The constants, each kind of question counting alike, by what is true in it."""
    features, labels, weights = [], [], []
    kinds = list(everything(True))
    trues: dict[str, int] = {}
    for kind, asked in kinds:
        trues[kind] = trues.get(kind, 0) + int(asked.true.sum())
    for kind, asked in kinds:
        sentence, story = wordiness(asked.words)
        ahead = asked.found - asked.rival
        many = np.full(len(ahead), crowd(asked.givers))
        columns = (asked.found, ahead, sentence, sentence * asked.found, story, many)
        features.append(np.column_stack(columns))
        labels.append(asked.true)
        weights.append(np.full(len(asked.true), 1000 / trues[kind]))
    model = LogisticRegression(C=np.inf, max_iter=500)
    model.fit(*map(np.concatenate, (features, labels)), np.concatenate(weights))
    steep, ahead_, begins, steeper, story_, crowd_ = model.coef_[0]
    text = (
        f"STEEPNESS, AHEAD, CONSTANT = {steep:.2f}, {ahead_:.2f}, "
        f"{model.intercept_[0]:.2f}; "
        f"SENTENCE, STORY, CROWD = ({begins:.2f}, {steeper:.2f}), {story_:.2f}, "
        f"{crowd_:.2f}"
    )
    return [("constants, fitted", text, "those in meeting.py")]


def reliability(stated: np.ndarray, true: np.ndarray) -> tuple[float, list[Row]]:
    """ECE of what is stated at `LEAST` or more, and a row for each band."""
    band = np.minimum((stated * BANDS).astype(int), BANDS - 1)
    many = (stated >= LEAST).sum()
    error, rows = 0.0, []
    for k in range(BANDS):
        inside = band == k
        if not inside.any():
            continue
        said, came = stated[inside].mean(), true[inside].mean()
        error += (inside & (stated >= LEAST)).sum() / many * abs(said - came)
        what = f"stated {k / BANDS:.1f} to {(k + 1) / BANDS:.1f}"
        rows.append(
            (f"  {what}", f"mean {said:.3f}, true {came:.3f}", f"{inside.sum():,}")
        )
    return error, rows


def run(embed: Embedding | None = None) -> list[Row]:
    """What, ours, and what it is to be compared with."""
    warm_up()
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for kind, asked in everything(False, embed):
        stated = probability(asked.found, asked.rival, asked.words, asked.givers)
        found.setdefault(kind, []).append((stated, asked.true))
    rows, bands = [], []
    for kind, parts in found.items():
        stated, true = map(np.concatenate, zip(*parts, strict=True))
        error, _ = reliability(stated, true)
        high = stated >= LEAST
        text = (
            f"{error:.3f}; mean {stated[high].mean():.3f}, true {true[high].mean():.3f}"
        )
        rows.append((f"calibration error (ECE), {kind}", text, "at most 0.10"))
    for title, kinds in (
        ("all communities", [kind for kind in found if "community" in kind]),
        ("tasks", ["tasks"]),
        ("tags", ["tags"]),
    ):
        parts = [part for kind in kinds for part in found[kind]]
        stated, true = map(np.concatenate, zip(*parts, strict=True))
        error, table = reliability(stated, true)
        bands += [(f"{title}: ECE", f"{error:.3f}", "at most 0.10"), *table]
    return rows + bands


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--fit", action="store_true")
    arguments.add_argument("--transformer", action="store_true")
    asked = arguments.parse_args()
    warm_up()
    rows = fit() if asked.fit else []
    for what, ours, beside in rows + run(transformer() if asked.transformer else None):
        print(f"{what:45} {ours:60} {beside}")


if __name__ == "__main__":
    main()

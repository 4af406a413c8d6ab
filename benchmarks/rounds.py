"""A whole round, from everybody's words to introductions with reasons, as pools grow.

    python benchmarks/rounds.py            1,000 and 10,000 people
    python benchmarks/rounds.py --large    also 100,000 and 1,000,000

Made-up members with words of real work: tasks of their own occupation as offers, of
another as wants, tags of the skills vocabulary, hobbies, and for one in five a phrase
that nobody else has. Each size runs in a process of its own, so that memory is its own;
the embeddings are loaded before the clock starts, and pools past 10,000 people use all
cores. The growth exponent is log(T(n) / T(10,000)) / log(n / 10,000).
"""

import argparse
import json
import math
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import joblib
from communities import HOBBIES, industry, occupations

from matchmaker.data import skills
from matchmaker.matching import History, Person, Plan, Rules, engine, propose, warm_up

SMALL, LARGE = (1_000, 10_000), (100_000, 1_000_000)
BARS = {1_000: (0.5, 24), 10_000: (math.inf, 24), 100_000: (45, 3), 1_000_000: (480, 8)}

# What a round consists of, and where the engine calls it.
STAGES = {
    "read": "reading and encoding",
    "candidates": "candidates",
    "appraise": "benefit",
    "_pair": "pairing",
    "introductions": "reasons",
}


def people(n: int, seed: int = 0) -> list[Person]:
    """n made-up members; the same for the same n and seed."""
    chance = random.Random(seed)
    works = sorted(occupations().items())
    works = chance.sample(works, min(len(works), round(2 * math.sqrt(n))))
    tags = sorted(set(skills.aliases().values()))
    sets = [
        frozenset(chance.sample(["morning", "noon", "afternoon", "evening"], k))
        for k in (1, 2, 2, 3, 3)
    ]
    formats = [frozenset(), frozenset({"coffee", "walk"}), frozenset({"online"})]
    return [_person(id_, chance, works, tags, sets, formats) for id_ in range(n)]


def _person(id_, chance, works, tags, sets, formats) -> Person:
    (work, mine), (_, theirs) = chance.sample(works, 2)
    offers = [*chance.sample(mine, 2), chance.choice(tags)]
    wants = [*chance.sample(theirs, 2), chance.choice(tags)]
    if chance.random() < 0.2:
        wants[0] = f"{chance.choice(tags)} for {chance.choice(tags)}, month {id_}"
    mentor, mentee = chance.random() < 0.05, chance.random() < 0.05
    return Person(
        id=id_,
        offers=tuple(offers),
        wants=tuple(wants),
        interests=tuple(chance.sample(HOBBIES, 2)),
        industry=industry(work),
        years=chance.randrange(30),
        mentor_topics=tuple(offers[:1]) if mentor else (),
        mentor_places=int(mentor),
        mentee_topics=tuple(wants[:1]) if mentee else (),
        times=chance.choice(sets),
        formats=chance.choice(formats),
        weeks_waited=int(chance.random() < 0.1),
    )


def history(n: int, seed: int = 1) -> History:
    """Everybody has met one other lately, on average."""
    chance = random.Random(seed)
    pairs = (frozenset(chance.sample(range(n), 2)) for _ in range(n // 2))
    return History(lately=set(pairs))


@contextmanager
def stages() -> Iterator[dict[str, float]]:
    """Seconds that each part of a round takes."""
    spent: dict[str, float] = {}
    originals = {name: getattr(engine, name) for name in STAGES}

    def timed(name):
        def call(*args, **kwargs):
            start = time.perf_counter()
            try:
                return originals[name](*args, **kwargs)
            finally:
                spent[STAGES[name]] = time.perf_counter() - start

        return call

    try:
        for name in STAGES:
            setattr(engine, name, timed(name))
        yield spent
    finally:
        for name, original in originals.items():
            setattr(engine, name, original)


def one(n: int) -> dict[str, object]:
    """One round of n people in this process: seconds, memory, what it is worth."""
    warm_up()
    members, was = people(n), history(n)
    propose(members[:300])  # whatever is compiled or imported at first use
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(5 if n <= 1_000 else 1):
        with stages() as spent, joblib.parallel_config(n_jobs=os.cpu_count()):
            start = time.perf_counter()
            plan: Plan = propose(members, was, Rules(explore=0.05, control=0.05))
            times.append(time.perf_counter() - start)
    again = []
    if n <= 1_000:
        pinned = [
            frozenset(side.person for side in intro.sides)
            for intro in plan.introductions[:5]
        ]
        for _ in range(5):
            start = time.perf_counter()
            propose(members, was, pins=pinned[:2], vetoes=pinned[2:])
            again.append(time.perf_counter() - start)
    return {
        "n": n,
        "seconds": sorted(times)[len(times) // 2],
        "again": sorted(again)[len(again) // 2] if again else None,
        "stages": spent,
        "members_gib": before / 2**20,
        "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "introductions": len(plan.introductions),
        "left_out": len(plan.left_out),
        "ratio": plan.value / plan.bound,
        "optimal": plan.is_optimal,
    }


def run(*, large: bool = False) -> list[tuple[str, str, str]]:
    """Rows of what, ours, and the bar or baseline."""
    rows, seconds = [], {}
    for n in SMALL + (LARGE if large else ()):
        found = _in_a_process(n)
        seconds[n] = found["seconds"]
        limit, memory = BARS[n]
        bar = "" if limit == math.inf else f"at most {limit:g} s, {memory} GiB"
        rows.append(
            (
                f"whole round, {n:,} people",
                f"{found['seconds']:.2f} s, {found['gib']:.2f} GiB",
                bar,
            )
        )
        divides = ", ".join(f"{what} {s:.2f}" for what, s in found["stages"].items())
        rows.append(("  how the seconds divide", divides, ""))
        proved = "optimal, proved" if found["optimal"] else ""
        rows.append(
            (
                f"  value / bound of {found['introductions']:,} introductions",
                f"{found['ratio']:.5f} {proved}".strip(),
                f"{found['left_out']:,} left out with a reason",
            )
        )
        if found["again"]:
            rows.append(
                (
                    f"  again with pins and vetoes, {n:,} people",
                    f"{found['again']:.2f} s",
                    "at most 0.5 s",
                )
            )
    for n in LARGE if large else ():
        exponent = math.log(seconds[n] / seconds[10_000]) / math.log(n / 10_000)
        rows.append((f"growth exponent 10,000 to {n:,}", f"{exponent:.2f}", "≤ 1.15"))
    return rows


def _in_a_process(n: int) -> dict:
    command = [sys.executable, __file__, "--size", str(n)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--large", action="store_true")
    arguments.add_argument("--size", type=int)
    asked = arguments.parse_args()
    if asked.size:
        print(json.dumps(one(asked.size)))
        return
    for what, ours, beside in run(large=asked.large):
        print(f"{what:44} {ours:40} {beside}")


if __name__ == "__main__":
    main()

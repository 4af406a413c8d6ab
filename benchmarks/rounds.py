"""A whole round, from everybody's words to introductions with reasons, as pools grow.

    python benchmarks/rounds.py            1,000 and 10,000 people
    python benchmarks/rounds.py --large    also 100,000 and 1,000,000

Made-up members in words of real ones: each has the hours, ways to meet, languages and
cadence of somebody of benchmarks/data/people, and as many phrases in each field as
another of them, drawn from all that people wrote there. Vectors are stored beforehand, as
in the product. Each size runs in a process of its own, so that memory is its own. A speed
counts only where at least 80 % of those due are introduced.

Seconds of one core are what a round needs where nothing else runs on the machine. The
growth exponent is log(T(n) / T(10,000)) / log(n / 10,000), of those.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from labelled import DATA, Community, load
from memory import peak_gib
from reading import read

from matchmaker.matching import History, Person, Plan, Rules, engine, propose

SMALL, LARGE = (1_000, 10_000), (100_000, 1_000_000)
BARS = {1_000: (1, 4), 10_000: (8, 4), 100_000: (90, 4), 1_000_000: (900, 12)}
COVERED = 0.8

# What a round consists of, and where the engine calls it.
STAGES = {
    "read": "reading",
    "find_gains": "gains",
    "mutual_pairs": "pairs",
    "_planned": "the plan ahead",
    "_pair": "pairing",
    "find_reasons": "who has nobody",
    "introductions": "what is told",
}


def people(n: int, seed: int = 0) -> list[Person]:
    """n made-up members; the same for the same n and seed."""
    chance = random.Random(seed)
    community = load(DATA / "people")
    written = {
        field: [text for person in community.people for text in getattr(person, field)]
        for field in ("offers", "wants", "interests", "mentor_topics", "mentee_topics")
    }
    return [_person(id_, chance, community, written) for id_ in range(n)]


def _person(
    id_: int, chance: random.Random, community: Community, written: dict[str, list[str]]
) -> Person:
    like, writes = chance.choices(community.people, k=2)
    cadence = community.members[like.id].cadence
    return replace(
        like,
        id=id_,
        company="",
        headline=writes.headline,
        cadence=cadence,
        due_in=chance.randrange(cadence),
        rounds_waited=int(chance.random() < 0.1),
        **{
            field: tuple(chance.sample(texts, len(getattr(writes, field))))
            for field, texts in written.items()
        },
    )


def history(n: int, seed: int = 1) -> History:
    """Everybody has met one other lately, on average."""
    chance = random.Random(seed)
    pairs = (frozenset(chance.sample(range(n), 2)) for _ in range(n // 2))
    return History(recent=set(pairs))


@contextmanager
def stages() -> Iterator[dict[str, float]]:
    """Seconds of one core that each part of a round takes."""
    spent = dict.fromkeys(STAGES.values(), 0.0)
    originals = {name: getattr(engine, name) for name in STAGES}

    def timed(name):
        def call(*args, **kwargs):
            start = time.process_time()
            try:
                return originals[name](*args, **kwargs)
            finally:
                spent[STAGES[name]] += time.process_time() - start

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
    members, was = people(n), history(n)
    rules = Rules(explore=0.05, control=0.05)
    for start in range(0, min(n, 10_000), 1_000):  # everything there is to encode
        propose(members[start : start + 1_000], read)
    found = []
    for _ in range(5 if n <= 1_000 else 1):
        with stages() as spent:
            clock, core = time.perf_counter(), time.process_time()
            plan: Plan = propose(members, read, was, rules)
            now = time.perf_counter(), time.process_time()
            found.append((now[1] - core, now[0] - clock, spent))
    seconds, wall, spent = sorted(found, key=lambda one: one[0])[len(found) // 2]
    due = {person.id for person in members if not person.due_in}
    served = {side.person for made in plan.introductions for side in made.sides}
    return {
        "n": n,
        "seconds": seconds,
        "wall": wall,
        "stages": spent,
        "gib": peak_gib(),
        "introductions": len(plan.introductions),
        "due": len(due),
        "covered": len(served & due) / len(due),
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
        rows.append(
            (
                f"whole round, {n:,} people",
                f"{found['seconds']:.2f} s of one core, {found['wall']:.2f} s by the "
                f"clock, {found['gib']:.2f} GiB",
                f"at most {limit:g} s, {memory} GiB",
            )
        )
        rows.append(
            (
                f"  {found['introductions']:,} introductions",
                f"{found['covered']:.1%} of {found['due']:,} due",
                f"at least {COVERED:.0%}",
            )
        )
        proved = "optimal, proved" if found["optimal"] else ""
        rows.append(("  value / bound", f"{found['ratio']:.5f} {proved}".strip(), ""))
        divides = ", ".join(f"{what} {s:.2f}" for what, s in found["stages"].items())
        rows.append(("  how the seconds divide", divides, ""))
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
        print(f"{what:34} {ours:60} {beside}")


if __name__ == "__main__":
    main()

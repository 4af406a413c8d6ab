"""Spaces of a few dozen people, as most are: how many have an introduction.

    python benchmarks/small_spaces.py

Drawn from benchmarks/data/people, weekly rounds at the cadences that people chose; new
introductions only, of all person-rounds that were due, the mean of some draws. Beside it
the perfect eye of `community.py`. Who is glad to meet anybody needs no reason but that.
"""

import random
from dataclasses import replace
from itertools import pairwise
from statistics import mean

from community import Round, ours, perfect_eye, rounds
from labelled import DATA, Community, load, sample

from matchmaker.matching import Choosiness

SIZES = (20, 30, 60)
DRAWS, WEEKS = 5, 8
BARS = {20: 0.60, 30: 0.72, 60: 0.84}
ANYONE_BAR = 0.95


def glad_to_meet_anybody(community: Community) -> Community:
    return replace(
        community,
        people=tuple(
            replace(person, choosiness=Choosiness.ANYONE) for person in community.people
        ),
    )


def covered(made: list[Round]) -> float:
    due = sum(len(round_.due) for round_ in made)
    served = sum(len(round_.served.intersection(round_.due)) for round_ in made)
    return served / max(due, 1)


def empty_pairs(made: list[Round]) -> int:
    """How often two rounds in a row introduced nobody, though somebody was due."""
    empty = [bool(round_.due) and not round_.new for round_ in made]
    return sum(one and other for one, other in pairwise(empty))


def run() -> list[tuple[str, str, str]]:
    everybody = load(DATA / "people")
    rows = []
    for size in SIZES:
        drawn = [
            sample(everybody, random.Random(seed).sample([*everybody.members], size))
            for seed in range(DRAWS)
        ]
        ways = {
            "default": [rounds(space, ours(space), WEEKS) for space in drawn],
            "glad to meet anybody": [
                rounds(space, ours(glad_to_meet_anybody(space)), WEEKS)
                for space in drawn
            ],
        }
        eye = mean(covered(rounds(space, perfect_eye(space), WEEKS)) for space in drawn)
        for name, made in ways.items():
            bar = BARS[size] if name == "default" else ANYONE_BAR
            shares = [covered(one) for one in made]
            beside = f", the perfect eye {eye:.0%}" if name == "default" else ""
            rows.append(
                (
                    f"{size} people, {name}: covered",
                    f"{mean(shares):.0%} ({min(shares):.0%} to {max(shares):.0%})",
                    f"bar {bar:.0%}{beside}",
                )
            )
            rows.append(
                (
                    "  two empty rounds in a row",
                    str(sum(map(empty_pairs, made))),
                    f"0, in {DRAWS} spaces",
                )
            )
    return rows


if __name__ == "__main__":
    for what, mine, beside in run():
        print(f"{what:45} {mine:20} {beside}")

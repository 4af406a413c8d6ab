"""Rounds of many thousands: drawn into groups, each of them a round of its own.

Among a thousand people nearly everybody finds as good a partner as among a hundred
thousand (docs/benchmarks.md has what it costs), and all work is in proportion to the
number of groups. They are drawn anew in each round, so nobody is confined to one.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from matchmaker.matching.types import Introduction, Pair, Person, Plan, RandomisedBlock

MOST = 1500  # people who are compared each with each
_SIZE = 1000


def split(
    people: Sequence[Person], pins: Collection[Pair] = (), seed: int = 0
) -> list[list[Person]]:
    """Return the groups: of at most `MOST` people one, of more as many as it takes.

    Those who don't speak the commonest language stay together by the languages they do
    speak, and so do two who are pinned to each other.
    """
    if len(people) <= MOST:
        return [list(people)] if people else []
    spoken = Counter(code for person in people for code in person.languages)
    commonest = max(spoken, key=lambda code: (spoken[code], code), default="")

    def language(person: Person) -> str:
        """What decides whom somebody is grouped with; "" is anybody."""
        if not person.languages or commonest in person.languages:
            return ""
        return max(person.languages, key=lambda code: (spoken[code], code))

    drawn = np.random.default_rng(seed).permutation(len(people)).tolist()
    ranked = sorted(people, key=lambda person: person.id)
    ordered = sorted((ranked[k] for k in drawn), key=language, reverse=True)
    count = -(-len(people) // _SIZE)
    group_of = {
        person.id: k * count // len(ordered) for k, person in enumerate(ordered)
    }
    for pin in sorted(pins, key=sorted):
        if pin <= group_of.keys():
            one, *others = sorted(pin)
            group_of |= dict.fromkeys(others, group_of[one])
    groups: list[list[Person]] = [[] for _ in range(count)]
    for person in ordered:
        groups[group_of[person.id]].append(person)
    return groups


def _mean_share(plans: Sequence[Plan]) -> float:
    counted = [(plan.share, plan.bound) for plan in plans if plan.bound]
    total = sum(bound for _, bound in counted)
    return sum(share * bound for share, bound in counted) / total if total else 1.0


def merge(plans: Sequence[Plan]) -> Plan:
    """Return the plans of several groups as one."""
    introductions: list[Introduction] = []
    blocks: list[RandomisedBlock] = []
    for plan in plans:
        places = len(introductions)
        introductions += [
            made
            if made.block is None
            else replace(made, block=made.block + len(blocks))
            for made in plan.introductions
        ]
        blocks += [
            replace(block, introductions=[places + k for k in block.introductions])
            for block in plan.blocks
        ]
    return Plan(
        introductions=tuple(introductions),
        unmatched=tuple(
            sorted(
                (one for plan in plans for one in plan.unmatched),
                key=lambda one: one[0],
            )
        ),
        value=sum(plan.value for plan in plans),
        bound=sum(plan.bound for plan in plans),
        is_optimal=all(plan.is_optimal for plan in plans),
        share=_mean_share(plans),
        blocks=tuple(blocks),
        refused_pins=tuple(
            sorted((pin for plan in plans for pin in plan.refused_pins), key=sorted)
        ),
        suggestions={
            id_: lines for plan in plans for id_, lines in plan.suggestions.items()
        },
    )

"""What one round is worth, beside what others would make of the same people.

    python benchmarks/matching_round.py

Communities of 120 made-up members, ten seeds; every way chooses its pairs among the
same people, and each is judged by the same question, asked of the pair's words and not
of the way's own score: do *both* sides get something the other offers? (Here gains are
all or nothing and one-sided ones plentiful, so the mean does as well as the minimum.)
"""

import random

import numpy as np

from matchmaker.matching import Person, propose, warm_up
from matchmaker.matching.benefit import PEERS, Benefits, weigh
from matchmaker.matching.pairing import pair
from matchmaker.matching.profiles import read
from matchmaker.matching.types import Ground, Rules

PEOPLE, SEEDS = 120, 10

_SKILLS = """logo design|tax advice|public speaking|photography|video editing|web design
|search engine optimisation|bookkeeping|contract law|grant writing|product management
|machine learning|translation into French|copywriting|physiotherapy|interior design
|event planning|mobile app development|recruiting|fundraising|illustration|3D printing
|data protection|sales negotiation|podcast production|carpentry|statistics
|yoga teaching|cyber security|nutrition"""
SKILLS = _SKILLS.replace("\n", "").split("|")
INTERESTS = ["chess", "running", "jazz", "gardening", "cinema", "cooking", "sailing"]


def community(seed: int) -> list[Person]:
    chance = random.Random(seed)
    people = []
    for id_ in range(PEOPLE):
        offers = chance.sample(SKILLS, 2)
        others = [skill for skill in SKILLS if skill not in offers]
        people.append(
            Person(
                id_,
                offers=tuple(offers),
                wants=tuple(chance.sample(others, 2)),
                interests=tuple(chance.sample(INTERESTS, 2)),
                industry=(chance.choice("ACFGIJKMNPQRS"),),
            )
        )
    return people


def mutual(benefits: Benefits) -> np.ndarray:
    """Of each pair, whether both get something that the other offers."""
    gets = [
        source.worth > 0
        for source in benefits.sources
        if source.ground is Ground.OFFER_MEETS_WANT
    ]
    return np.logical_and(*gets)


def share(benefits: Benefits, weights: np.ndarray) -> float:
    """Of the best pairs by these weights, those in which both gain."""
    whole = np.round(weights * 2**40).astype(np.int64) + 1
    found = pair(PEOPLE, benefits.first, benefits.second, whole)
    return float(mutual(benefits)[found.edges].mean())


def main() -> None:
    warm_up()
    shares: dict[str, list[float]] = {}
    gaps = []
    for seed in range(SEEDS):
        people = community(seed)
        first, second = np.triu_indices(PEOPLE, 1)
        benefits = weigh(read(people), Rules(), first, second)
        to_one, to_other = benefits.gained(0, PEERS), benefits.gained(1, PEERS)
        ways = {
            "ours, the lesser gain (min)": benefits.values,
            "the mean of both gains": (to_one + to_other) / 2,
            "likes with likes": benefits.common,
            "random": np.random.default_rng(seed).random(len(first)),
        }
        for name, weights in ways.items():
            shares.setdefault(name, []).append(share(benefits, weights))
        plan = propose(people)
        gaps.append(plan.gap)
    print(f"{PEOPLE} people, {SEEDS} seeds: share of pairs in which both gain")
    for name, found in shares.items():
        print(f"  {name:30} {np.mean(found):6.1%}  (lowest {min(found):.1%})")
    print(f"  largest gap between value and bound {max(gaps):.5%}")


if __name__ == "__main__":
    main()

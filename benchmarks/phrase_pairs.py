"""Phrases of labelled communities as the engine reads them, two by two."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from labelled import DATA, FIELD_PAIRS, Community, Phrase

from matchmaker.matching.scoring.relevance import Relation
from matchmaker.matching.text.encoders import encode
from matchmaker.matching.text.topics import Reading
from matchmaker.services.topics import shipped_index

SUGGESTED = (
    6  # topics that a member is shown for a phrase, to press the first right one
)

_COLUMNS = {"mentor": "mentor_topics", "mentee": "mentee_topics"}


@cache
def _meanings() -> dict[tuple[str, str], frozenset[str]]:
    """Our topics for each community's labels, set down by hand."""
    with (DATA / "label_topics.psv").open(encoding="utf-8", newline="") as file:
        return {
            (row["community"], row["label"]): frozenset(row["topics"].split(","))
            for row in csv.DictReader(file, delimiter="|")
        }


def meaning(community: Community, phrase: Phrase) -> frozenset[int]:
    """Return the topics of our index that the labels of a phrase stand for."""
    slugs = frozenset().union(
        *(_meanings()[community.name, label] for label in phrase.topics)
    )
    return frozenset(shipped_index().slugs.index(slug) for slug in slugs)


def read(phrases: Sequence[Phrase]) -> Reading:
    return shipped_index().read(
        encode([phrase.text for phrase in phrases]),
        [_COLUMNS.get(phrase.field, phrase.field) for phrase in phrases],
    )


def confirm(
    community: Community, phrases: Sequence[Phrase], reading: Reading
) -> Reading:
    """Let each owner press the first right one of the suggestions, if there is one."""
    suggested = np.argsort(-reading.probabilities, axis=1)[:, :SUGGESTED]
    chosen = []
    for phrase, row in zip(phrases, suggested, strict=True):
        right = meaning(community, phrase)
        chosen.append([topic for topic in row if topic in right][:1] or None)
    return replace(reading, confirmed=chosen)


@dataclass(frozen=True)
class Pairs:
    ones: Sequence[Phrase]
    others: Sequence[Phrase]
    one: Reading
    other: Reading
    counted: np.ndarray  # (ones, others) of different people, in fields that meet
    right: np.ndarray  # by the labels

    @property
    def both_confirmed(self) -> np.ndarray:
        return np.outer(self.one.is_confirmed, self.other.is_confirmed)

    def best(self, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best pair of phrases of each two people: probability, and right?"""
        owners = np.array([phrase.owner for phrase in self.ones])
        theirs = np.array([phrase.owner for phrase in self.others])
        probability = np.where(self.counted, probability, -1.0)
        found = []
        for owner in np.unique(owners):
            of_owner = probability[owners == owner]
            right = self.right[owners == owner]
            for other in np.unique(theirs[theirs != owner]):
                some = of_owner[:, theirs == other]
                at = np.unravel_index(some.argmax(), some.shape)
                if some[at] >= 0:
                    found.append((some[at], right[:, theirs == other][at]))
        probabilities, answers = zip(*found, strict=True)
        return np.array(probabilities), np.array(answers, bool)


def pairs_of(
    community: Community,
    relation: Relation,
    half: Callable[[int], bool],
    *,
    everybody: bool = False,
    confirmed: bool = False,
) -> Pairs:
    """Phrases of half of the people and of the same half, or of everybody."""
    mine, theirs = (community.phrases(*f) for f in FIELD_PAIRS[relation.value])
    ones = [phrase for phrase in mine if half(phrase.owner)]
    others = [phrase for phrase in theirs if everybody or half(phrase.owner)]
    one, other = read(ones), read(others)
    if confirmed:
        one = confirm(community, ones, one)
        other = confirm(community, others, other)
    counted = np.array(
        [
            [
                a.owner != b.owner
                and (
                    relation is not Relation.INTEREST
                    or "interests" in (a.field, b.field)
                )
                for b in others
            ]
            for a in ones
        ]
    )
    right = np.array(
        [[bool(community.widen(a.topics) & b.topics) for b in others] for a in ones]
    )
    return Pairs(ones, others, one, other, counted, right & counted)

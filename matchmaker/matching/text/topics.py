"""Which topics a phrase is about, each with a probability.

A phrase lies near a topic in two ways: near the closest two of its aliases, and near the
middle of all of them, measured in directions that tell topics apart (Fisher's linear
discriminant: directions in which the ways to say the same differ count for little).
Both are standardised for each phrase over the topics, so that what is said of one phrase
does not depend on the others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.text.alias_vectors import shipped
from matchmaker.matching.text.encoders import TextVectors

SECOND_ALIAS = 0.3  # the share of the second closest alias
NEAR = 0.25  # how much of a topic counts for one that is near it
SHARPNESS = 1.5  # inverse temperature of the probabilities: about as right as they say
BLOCK = 1000  # texts read at once
# What the field of a phrase adds to the scores of pastimes. "Film" is watched by who
# likes it and made by who offers it.
PASTIMES = {
    "interests": 0.5,
    "offers": -0.4,
    "mentor_topics": -0.4,
    "mentee_topics": -0.4,
    "wants": -0.15,
}


@dataclass(frozen=True)
class TopicIndex:
    """Topics by the ways to say them."""

    slugs: tuple[str, ...]
    aliases: Floats  # (aliases, directions)
    starts: Ints  # (topics,) the first alias of each; they stand in order
    middles: Floats  # (topics, directions) Fisher's discriminant
    offsets: Floats  # (topics,) of it
    near: Floats  # (topics, topics) 1 on the diagonal, `NEAR` where near, else 0
    pastime: Floats  # (topics,) 1 for a pastime, else 0

    def read(
        self, vectors: TextVectors, fields: Sequence[str] | None = None
    ) -> "Reading":
        """Return what the texts are about. The field that a text stands in
        (`PASTIMES`) is evidence too."""
        places = shipped().place(vectors)
        scores = np.empty((len(places), len(self.slugs)), np.float32)
        for start in range(0, len(places), BLOCK):
            some = places[start : start + BLOCK]
            scores[start : start + BLOCK] = _standardise(
                self._by_topic(some @ self.aliases.T)
            ) + _standardise(some @ self.middles.T + self.offsets)
        scores /= np.sqrt(np.float32(2))
        if fields is not None:
            more = np.array([PASTIMES.get(field, 0) for field in fields], np.float32)
            scores += more[:, None] * self.pastime
        return Reading(vectors, scores, self.near)

    def extended(
        self,
        topics: Mapping[str, TextVectors],
        near: Mapping[str, Collection[str]],
        pastimes: Collection[str] = (),
    ) -> "TopicIndex":
        """Return the index with further topics behind its own, already encoded."""
        if not topics:
            return self
        row = {slug: at for at, slug in enumerate([*self.slugs, *topics])}
        matrix = np.eye(len(row), dtype=np.float32)
        matrix[: len(self.slugs), : len(self.slugs)] = self.near
        for slug in topics:
            for other in near.get(slug, ()):
                matrix[row[slug], row[other]] = matrix[row[other], row[slug]] = NEAR
        every = {slug: shipped().place(vectors) for slug, vectors in topics.items()}
        return _indexed(
            slugs=tuple(row),
            places=np.concatenate([self.aliases, *every.values()]),
            counts=[
                *np.diff([*self.starts, len(self.aliases)]),
                *map(len, every.values()),
            ],
            near=matrix,
            pastime=[*self.pastime, *(slug in pastimes for slug in topics)],
        )

    def _by_topic(self, closeness: Floats) -> Floats:
        """The closest two aliases of each topic, blended, (texts, topics)."""
        best = np.maximum.reduceat(closeness, self.starts, axis=1)
        blended = np.empty_like(best)
        for topic, (start, end) in enumerate(
            pairwise([*self.starts, closeness.shape[1]])
        ):
            if end - start == 1:
                blended[:, topic] = best[:, topic]
                continue
            of_topic = np.partition(closeness[:, start:end], end - start - 2, axis=1)
            blended[:, topic] = (1 - SECOND_ALIAS) * best[
                :, topic
            ] + SECOND_ALIAS * of_topic[:, -2]
        return blended


@dataclass(frozen=True)
class Reading:
    """Texts with their vectors and how close each is to each topic."""

    vectors: TextVectors
    scores: Floats  # (texts, topics), in standard deviations
    near: Floats  # the index's
    # (texts, topics) what the owner says a text is about, rows of 0 where they haven't.
    confirmed: Floats | None = None

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: Ints) -> "Reading":
        return replace(
            self,
            vectors=self.vectors[rows],
            scores=self.scores[rows],
            confirmed=None if self.confirmed is None else self.confirmed[rows],
        )

    def confirm(self, topics: Sequence[Collection[int]]) -> "Reading":
        """Return the reading with what the owners say their texts are about: for each
        text the numbers of its topics in the index, none where the owner hasn't said."""
        confirmed = np.zeros_like(self.scores)
        for row, chosen in enumerate(topics):
            confirmed[row, list(chosen)] = 1
        return replace(self, confirmed=confirmed)

    @cached_property
    def is_confirmed(self) -> Floats:
        """(texts,) 1 where the owner has said what it is about, else 0."""
        if self.confirmed is None:
            return np.zeros(len(self), np.float32)
        return np.asarray(self.confirmed.max(axis=1, initial=0), np.float32)

    @cached_property
    def probabilities(self) -> Floats:
        """(texts, topics), together 1 for each text that is not confirmed. A confirmed
        text has 1 for its topics and 0 for the others."""
        powers = np.exp(
            SHARPNESS * (self.scores - self.scores.max(axis=1, keepdims=True))
        )
        probabilities: Floats = powers / powers.sum(axis=1, keepdims=True)
        if self.confirmed is None:
            return probabilities
        return np.where(self.is_confirmed[:, None] > 0, self.confirmed, probabilities)

    @cached_property
    def profile(self) -> Floats:
        """The scores as a direction, (texts, topics), of length 1."""
        centred = self.scores - self.scores.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        profile: Floats = centred / np.maximum(lengths, 1e-9)
        return profile


def build_index(
    aliases: Mapping[str, Sequence[str]],
    near: Mapping[str, Collection[str]],
    pastimes: Collection[str] = (),
) -> TopicIndex:
    """Index topics by their aliases. Those that ship with the engine are not encoded
    again.

    Raises ValueError where a topic has no alias, or is near one that there is not.
    """
    slugs = tuple(sorted(aliases))
    row = {slug: at for at, slug in enumerate(slugs)}
    matrix = np.eye(len(slugs), dtype=np.float32)
    for slug in slugs:
        if not aliases[slug]:
            raise ValueError(f"The topic {slug} has no alias.")
        for other in near.get(slug, ()):
            if other not in row:
                raise ValueError(f"{slug} is near {other}, which is no topic.")
            matrix[row[slug], row[other]] = matrix[row[other], row[slug]] = NEAR
    return _indexed(
        slugs=slugs,
        places=shipped().of_aliases(
            [alias for slug in slugs for alias in aliases[slug]]
        ),
        counts=[len(aliases[slug]) for slug in slugs],
        near=matrix,
        pastime=[slug in pastimes for slug in slugs],
    )


def _indexed(
    *,
    slugs: tuple[str, ...],
    places: Floats,
    counts: Sequence[int],
    near: Floats,
    pastime: Sequence[float],
) -> TopicIndex:
    starts = np.cumsum([0, *counts[:-1]]).astype(np.int64)
    middles = np.add.reduceat(places, starts, axis=0) / np.array(counts)[:, None]
    discriminants = (middles @ shipped().discriminant).astype(np.float32)
    return TopicIndex(
        slugs=slugs,
        aliases=places,
        starts=starts,
        middles=discriminants,
        offsets=(-(middles * discriminants).sum(axis=1) / 2).astype(np.float32),
        near=near,
        pastime=np.array(pastime, np.float32),
    )


def _standardise(rows: Floats) -> Floats:
    spread = rows.std(axis=1, keepdims=True)
    standard: Floats = (rows - rows.mean(axis=1, keepdims=True)) / np.maximum(
        spread, 1e-6
    )
    return standard

"""Which topics a phrase is about, each with a probability.

A phrase is as close to a topic as to the closest of the topic's aliases. Similarities are
standardised for each phrase over all aliases, so that what is said of one phrase does not
depend on the others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import sparse

from matchmaker.matching.arrays import Float32Array, Ints
from matchmaker.matching.text.encoders import TextVectors, encode

STATIC_WEIGHT = 0.35  # against 1 for the multilingual encoder
SECOND_ALIAS = 0.3  # the share of the second closest alias
NEAR = 0.25  # how much of a topic counts for one that is near it
# Of each vector so many numbers are compared: those along which aliases differ most.
STATIC_AXES, MULTILINGUAL_AXES, PROFILE_AXES = 64, 128, 64
LEAST = 0.02  # a topic less likely than this counts for nothing
SHARPNESS = 1.5  # inverse temperature of the probabilities


@dataclass(frozen=True)
class TopicIndex:
    """Topics by the ways to say them."""

    slugs: tuple[str, ...]
    aliases: TextVectors
    starts: Ints  # (topics,) the first alias of each; they stand in order
    near: Float32Array  # (topics, topics) 1 on the diagonal, `NEAR` where near, else 0
    clients: Ints  # which topics are about finding clients, customers or gigs
    languages: Mapping[str, int]  # by code: the topic of practising it
    extends: "TopicIndex | None" = None  # whose axes are this one's too

    def read(self, vectors: TextVectors) -> "Reading":
        """Return what the texts are about."""
        static = vectors.static @ self.aliases.static.T
        multilingual = vectors.multilingual @ self.aliases.multilingual.T
        standard: Float32Array = STATIC_WEIGHT * _standardise(static)
        standard += _standardise(multilingual)
        standard /= 1 + STATIC_WEIGHT
        return Reading(vectors, self._by_topic(standard), self)

    @cached_property
    def axes(self) -> tuple[Float32Array, Float32Array, Float32Array]:
        """The directions in which the aliases differ most: of their static vectors, their
        multilingual ones and their profiles, (numbers, kept) each."""
        if self.extends is not None:
            static, multilingual, profile = self.extends.axes
            further = len(self.slugs) - len(profile)
            return static, multilingual, np.pad(profile, ((0, further), (0, 0)))
        profiles = self.read(self.aliases).profile
        return (
            _principal_axes(self.aliases.static, STATIC_AXES),
            _principal_axes(self.aliases.multilingual, MULTILINGUAL_AXES),
            _principal_axes(profiles, PROFILE_AXES),
        )

    def extended(
        self, topics: Mapping[str, TextVectors], near: Mapping[str, Collection[str]]
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
        counts = [len(vectors) for vectors in topics.values()]
        every = [self.aliases, *topics.values()]
        return TopicIndex(
            slugs=tuple(row),
            aliases=TextVectors(
                np.concatenate([vectors.static for vectors in every]),
                np.concatenate([vectors.multilingual for vectors in every]),
            ),
            starts=np.concatenate(
                [self.starts, len(self.aliases) + np.cumsum([0, *counts[:-1]])]
            ).astype(np.int64),
            near=matrix,
            clients=self.clients,
            languages=self.languages,
            extends=self,
        )

    def _by_topic(self, standard: Float32Array) -> Float32Array:
        """The closest two aliases of each topic, blended, (texts, topics)."""
        best = np.maximum.reduceat(standard, self.starts, axis=1)
        closest = np.zeros_like(standard, bool)
        for start, end in pairwise([*self.starts, standard.shape[1]]):
            at = start + standard[:, start:end].argmax(axis=1)
            closest[np.arange(len(standard)), at] = True
        others = np.where(closest, np.float32(-np.inf), standard)
        next_best = np.maximum.reduceat(others, self.starts, axis=1)
        second = np.where(np.isfinite(next_best), next_best, best)  # of a single alias
        return np.asarray((1 - SECOND_ALIAS) * best + SECOND_ALIAS * second, np.float32)


@dataclass(frozen=True)
class Reading:
    """Texts with their vectors and how close each is to each topic."""

    vectors: TextVectors
    scores: Float32Array  # (texts, topics), in standard deviations
    index: TopicIndex

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: Ints) -> "Reading":
        return Reading(self.vectors[rows], self.scores[rows], self.index)

    @cached_property
    def probabilities(self) -> Float32Array:
        """(texts, topics), together 1 for each text."""
        powers = np.exp(
            SHARPNESS * (self.scores - self.scores.max(axis=1, keepdims=True))
        )
        probabilities: Float32Array = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    @cached_property
    def topics(self) -> sparse.csr_array:
        """The probabilities that are worth a thought, (texts, topics)."""
        likely = self.probabilities >= LEAST
        return sparse.csr_array(np.where(likely, self.probabilities, 0))

    def shared(self, other: "Reading") -> sparse.csr_array:
        """How much each text has in common with each other, (texts, others): topics the
        same count in full, near ones as `NEAR`."""
        near = sparse.csr_array(self.index.near)
        return sparse.csr_array(self.topics @ near @ other.topics.T)

    @cached_property
    def compact(self) -> tuple[Float32Array, Float32Array, Float32Array]:
        """The static and multilingual vectors and the profile, along the index's axes:
        what texts are compared by."""
        rows = self.vectors.static, self.vectors.multilingual, self.profile
        static, multilingual, profile = (
            each @ axes for each, axes in zip(rows, self.index.axes, strict=True)
        )
        return static, multilingual, profile

    @property
    def about_clients(self) -> Float32Array:
        """How likely each text is about finding clients, customers or gigs, (texts,)."""
        about: Float32Array = self.probabilities[:, self.index.clients].sum(axis=1)
        return about

    @property
    def about_languages(self) -> dict[str, Float32Array]:
        """By language: how likely each text is about practising it, (texts,)."""
        return {
            code: self.probabilities[:, topic]
            for code, topic in self.index.languages.items()
        }

    @cached_property
    def profile(self) -> Float32Array:
        """The scores as a direction, (texts, topics), of length 1."""
        centred = self.scores - self.scores.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        profile: Float32Array = centred / np.maximum(lengths, 1e-9)
        return profile


def _principal_axes(rows: Float32Array, kept: int) -> Float32Array:
    """The directions in which rows differ most, (numbers, kept), without centring, so
    that inner products are kept as well as they can be (Eckart and Young 1936)."""
    kept = min(kept, *rows.shape)
    _, axes = np.linalg.eigh(rows.T @ rows)
    return np.ascontiguousarray(axes[:, -kept:], np.float32)


def build_index(
    aliases: Mapping[str, Sequence[str]],
    near: Mapping[str, Collection[str]],
    clients: Collection[str] = (),
    languages: Mapping[str, str] | None = None,
) -> TopicIndex:
    """Encode the aliases of each topic; some ten seconds for 6,000 of them.

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
    counts = [len(aliases[slug]) for slug in slugs]
    return TopicIndex(
        slugs=slugs,
        aliases=encode([alias for slug in slugs for alias in aliases[slug]]),
        starts=np.cumsum([0, *counts[:-1]]).astype(np.int64),
        near=matrix,
        clients=np.array(sorted(row[slug] for slug in clients), np.int64),
        languages={code: row[slug] for code, slug in (languages or {}).items()},
    )


def _standardise(rows: Float32Array) -> Float32Array:
    spread = rows.std(axis=1, keepdims=True)
    standard: Float32Array = (rows - rows.mean(axis=1, keepdims=True)) / np.maximum(
        spread, 1e-6
    )
    return standard

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
from scipy import sparse

from matchmaker.matching.arrays import Bools, Float32Array, Ints
from matchmaker.matching.text.alias_vectors import shipped
from matchmaker.matching.text.encoders import TextVectors, unit

SECOND_ALIAS = 0.3  # the share of the second closest alias
NEAR = 0.25  # how much of a topic counts for one that is near it
SHARPNESS = 1.5  # inverse temperature of the probabilities: about as right as they say
LEAST = 0.06  # a topic less likely than this counts for nothing
PROFILE_AXES = 64  # of a profile so many numbers are compared
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
    aliases: Float32Array  # (aliases, directions)
    starts: Ints  # (topics,) the first alias of each; they stand in order
    near: Float32Array  # (topics, topics) 1 on the diagonal, `NEAR` where near, else 0
    pastime: Float32Array  # (topics,) 1 for a pastime, else 0
    clients: Ints  # which topics are about finding clients, customers or gigs
    languages: Mapping[str, int]  # by code: the topic of practising it
    extends: "TopicIndex | None" = None  # whose axes are this one's too

    def read(
        self,
        vectors: TextVectors,
        fields: Sequence[str] | None = None,
        closeness: Float32Array | None = None,
    ) -> "Reading":
        """Return what the texts are about. The field that a text stands in
        (`PASTIMES`) is evidence too. Their `closeness` need not be found again where it
        was kept."""
        scores = self.closeness(vectors) if closeness is None else closeness
        if fields is not None:
            more = np.array([PASTIMES.get(field, 0) for field in fields], np.float32)
            scores = scores + more[:, None] * self.pastime
        return Reading(unit(shipped().place(vectors)), scores, self)

    def closeness(self, vectors: TextVectors) -> Float32Array:
        """Return how close texts are to each topic, (texts, topics), in standard
        deviations. A text's row does not depend on the other texts."""
        return self._scores(shipped().place(vectors))

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
        counts = [len(vectors) for vectors in topics.values()]
        places = [shipped().place(vectors) for vectors in topics.values()]
        starts = len(self.aliases) + np.cumsum([0, *counts[:-1]])
        return replace(
            self,
            slugs=tuple(row),
            aliases=np.concatenate([self.aliases, *places]),
            starts=np.concatenate([self.starts, starts]).astype(np.int64),
            near=matrix,
            pastime=np.array(
                [*self.pastime, *(slug in pastimes for slug in topics)], np.float32
            ),
            extends=self,
        )

    @cached_property
    def centres(self) -> Float32Array:
        """The middle of each topic's aliases, (topics, directions)."""
        counts = np.diff(np.append(self.starts, len(self.aliases)))
        sums = np.add.reduceat(self.aliases, self.starts, axis=0)
        return np.asarray(sums / counts[:, None], np.float32)

    @cached_property
    def profile_axes(self) -> Float32Array:
        """The directions in which the topics' own profiles differ most, (topics, axes),
        so that inner products are kept as well as they can be (Eckart and Young 1936)."""
        if self.extends is not None:
            axes = self.extends.profile_axes
            return np.pad(axes, ((0, len(self.slugs) - len(axes)), (0, 0)))
        profiles = _directions(self._scores(self.centres))
        _, axes = np.linalg.eigh(profiles.T @ profiles)
        return np.ascontiguousarray(axes[:, -PROFILE_AXES:], np.float32)

    def _scores(self, places: Float32Array) -> Float32Array:
        """How close each place is to each topic, (places, topics), in standard
        deviations."""
        discriminants = self.centres @ shipped().discriminant
        offsets = -(self.centres * discriminants).sum(axis=1) / 2
        scores = np.empty((len(places), len(self.slugs)), np.float32)
        for start in range(0, len(places), BLOCK):
            some = places[start : start + BLOCK]
            scores[start : start + BLOCK] = _standardise(
                self._by_topic(some @ self.aliases.T)
            ) + _standardise(some @ discriminants.T + offsets)
        scores /= np.sqrt(np.float32(2))
        return scores

    def _by_topic(self, closeness: Float32Array) -> Float32Array:
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
    """Texts, where they lie, and how close each is to each topic."""

    places: Float32Array  # (texts, directions), of length 1
    scores: Float32Array  # (texts, topics), in standard deviations
    index: TopicIndex
    # What the owner of each text says that it is about: the numbers of its topics, ()
    # for none of ours, None where they haven't said.
    confirmed: Sequence[Collection[int] | None] | None = None

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: Ints) -> "Reading":
        some = replace(
            self,
            places=self.places[rows],
            scores=self.scores[rows],
            confirmed=self.confirmed and [self.confirmed[row] for row in rows],
        )
        # Found once of all texts, and not again of each choice of them.
        for name in ("is_confirmed", "probabilities", "topics", "profile"):
            some.__dict__[name] = getattr(self, name)[rows]
        return some

    @cached_property
    def is_confirmed(self) -> Bools:
        """Whose owner has said what it is about, (texts,)."""
        said = self.confirmed or [None] * len(self)
        return np.array([topics is not None for topics in said], bool)

    @cached_property
    def probabilities(self) -> Float32Array:
        """(texts, topics), together 1 for each text that is not confirmed. A confirmed
        text has 1 for its topics and 0 for the others."""
        powers = np.exp(
            SHARPNESS * (self.scores - self.scores.max(axis=1, keepdims=True))
        )
        probabilities: Float32Array = powers / powers.sum(axis=1, keepdims=True)
        for row in np.flatnonzero(self.is_confirmed).tolist():
            probabilities[row] = 0
            probabilities[row, list((self.confirmed or [])[row] or ())] = 1
        return probabilities

    @cached_property
    def topics(self) -> sparse.csr_array:
        """The probabilities that are worth a thought, (texts, topics)."""
        texts, topics = np.divmod(
            np.flatnonzero(self.probabilities >= LEAST), self.probabilities.shape[1]
        )
        likely = self.probabilities[texts, topics]
        return sparse.csr_array((likely, (texts, topics)), self.probabilities.shape)

    def shared(self, other: "Reading") -> sparse.csr_array:
        """How much each text has in common with each other, (texts, others): topics the
        same count in full, near ones as `NEAR`."""
        near = sparse.csr_array(self.index.near)
        return sparse.csr_array(self.topics @ near @ other.topics.T)

    @property
    def about_clients(self) -> Float32Array:
        """How likely each text is about finding clients, customers or gigs, (texts,)."""
        about: Float32Array = self.probabilities[:, self.index.clients].sum(axis=1)
        return np.minimum(about, 1)

    @property
    def about_languages(self) -> dict[str, Float32Array]:
        """By language: how likely each text is about practising it, (texts,)."""
        return {
            code: self.probabilities[:, topic]
            for code, topic in self.index.languages.items()
        }

    @cached_property
    def profile(self) -> Float32Array:
        """The scores as a direction along the index's axes, (texts, axes)."""
        profile: Float32Array = _directions(self.scores) @ self.index.profile_axes
        return profile


def build_index(
    aliases: Mapping[str, Sequence[str]],
    near: Mapping[str, Collection[str]],
    pastimes: Collection[str] = (),
    clients: Collection[str] = (),
    languages: Mapping[str, str] | None = None,
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
    counts = [len(aliases[slug]) for slug in slugs]
    return TopicIndex(
        slugs=slugs,
        aliases=shipped().of_aliases(
            [alias for slug in slugs for alias in aliases[slug]]
        ),
        starts=np.cumsum([0, *counts[:-1]]).astype(np.int64),
        near=matrix,
        pastime=np.array([slug in pastimes for slug in slugs], np.float32),
        clients=np.array(sorted(row[slug] for slug in clients), np.int64),
        languages={code: row[slug] for code, slug in (languages or {}).items()},
    )


def _directions(scores: Float32Array) -> Float32Array:
    return unit(scores - scores.mean(axis=1, keepdims=True))


def _standardise(rows: Float32Array) -> Float32Array:
    spread = rows.std(axis=1, keepdims=True)
    standard: Float32Array = (rows - rows.mean(axis=1, keepdims=True)) / np.maximum(
        spread, 1e-6
    )
    return standard

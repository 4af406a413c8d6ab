"""How benchmarks read phrases: as the product does, without a database."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from matchmaker.data import topics
from matchmaker.matching import Phrase, Reading, TextVectors, TopicIndex, build_index
from matchmaker.matching import encode as encode_texts

_stored: dict[str, TextVectors] = {}  # a row each


@cache
def index() -> TopicIndex:
    every = topics.everything()
    return build_index(
        {topic.slug: topic.aliases for topic in every},
        {topic.slug: topic.near for topic in every},
        {topic.slug for topic in every if topic.kind is topics.TopicKind.PASTIME},
        topics.CLIENTS,
        topics.PRACTISING,
    )


def read(phrases: Sequence[Phrase]) -> Reading:
    """Read phrases, each text encoded once."""
    return index().read(
        vectors([phrase.text for phrase in phrases]),
        [phrase.field.name.lower() for phrase in phrases],
    )


def vectors(texts: Sequence[str]) -> TextVectors:
    new = [text for text in dict.fromkeys(texts) if text not in _stored]
    if new:
        encoded = encode_texts(new)
        _stored.update((text, encoded[np.array([row])]) for row, text in enumerate(new))
    rows = [_stored[text] for text in texts]
    if not rows:
        return encode_texts([])
    return TextVectors(
        np.concatenate([row.static for row in rows]),
        np.concatenate([row.multilingual for row in rows]),
    )

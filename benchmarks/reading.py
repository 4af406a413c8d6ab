"""How benchmarks read phrases: as the product does, without a database."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching import Phrase, Reading, TextVectors
from matchmaker.matching import encode as encode_texts
from matchmaker.services.topics import shipped_index

_stored: dict[str, TextVectors] = {}  # a row each


def read(phrases: Sequence[Phrase]) -> Reading:
    """Read phrases, each text encoded once."""
    return shipped_index().read(
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

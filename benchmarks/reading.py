"""How benchmarks read phrases: as the product does, without a database."""

from collections.abc import Sequence

import numpy as np

from matchmaker.matching import Phrase, Reading, TextVectors
from matchmaker.matching import encode as encode_texts
from matchmaker.services.readings import Rows
from matchmaker.services.topics import shipped_index

_row: dict[str, int] = {}  # of each text that was read before
_rows: Rows | None = None


def read(phrases: Sequence[Phrase]) -> Reading:
    """Read phrases, each text encoded and compared with the topics once."""
    rows = stored([phrase.text for phrase in phrases])
    fields = [phrase.field.name.lower() for phrase in phrases]
    return shipped_index().read(rows.vectors, fields, rows.closeness)


def vectors(texts: Sequence[str]) -> TextVectors:
    return stored(texts).vectors


def stored(texts: Sequence[str]) -> Rows:
    global _rows
    new = [text for text in dict.fromkeys(texts) if text not in _row]
    if new or _rows is None:
        encoded = encode_texts(new)
        fresh = Rows(encoded, shipped_index().closeness(encoded))
        _rows = _joined(_rows, fresh) if _rows else fresh
        _row.update((text, len(_row)) for text in new)
    return _rows[np.array([_row[text] for text in texts], np.int64)]


def _joined(one: Rows, other: Rows) -> Rows:
    vectors = TextVectors(
        np.concatenate([one.vectors.static, other.vectors.static]),
        np.concatenate([one.vectors.multilingual, other.vectors.multilingual]),
    )
    return Rows(vectors, np.concatenate([one.closeness, other.closeness]))

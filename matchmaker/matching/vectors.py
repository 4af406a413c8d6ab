"""Texts as vectors, and how alike two texts are.

Static word embeddings (wordllama, 256 numbers) know that "logo" and "brand identity"
are close; character n-grams know names of tools, rare words and misspellings. Blended
they beat either (docs: the engine's measurements on O*NET and ESCO).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# The ratio of the two coefficients of a logistic regression that tells ESCO names and
# aliases, and pairs of O*NET tasks of one occupation, from random pairs: 0.57 to 0.65.
MEANING = np.float32(0.6)

_TABLE = 30_000_000  # cells: 120 MB of similarities, beyond which pairs are done singly
_CHUNK = 100_000


@dataclass(frozen=True)
class Vectors:
    """Texts in the order they were encoded in.

    `meaning` is (texts, 256), `letters` sparse (texts, n-grams); rows have length 1,
    or 0 where nothing is known of the text.
    """

    meaning: Floats
    letters: Any  # csr_array: scipy ships no types

    def table(self, rows: Ints, columns: Ints) -> Floats:
        """Similarities, (rows, columns), between -0.6 and 1."""
        meaning = self.meaning[rows] @ self.meaning[columns].T
        letters = (self.letters[rows] @ self.letters[columns].T).toarray()
        known = self._known(rows)[:, None] & self._known(columns)
        return _blend(meaning, letters, known)

    def pairs(self, left: Ints, right: Ints) -> Floats:
        """Similarities of left[k] and right[k], the same numbers as in `table`."""
        rows, row = self._distinct(left)
        columns, column = self._distinct(right)
        if len(rows) * len(columns) <= _TABLE:
            found: Floats = self.table(rows, columns)[row, column]
            return found
        result = np.empty(len(left), np.float32)
        for start in range(0, len(left), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            one, other = left[chunk], right[chunk]
            meaning = np.einsum("ij,ij->i", self.meaning[one], self.meaning[other])
            letters = (self.letters[one] * self.letters[other]).sum(axis=1)
            known = self._known(one) & self._known(other)
            result[chunk] = _blend(meaning, letters, known)
        return result

    def _distinct(self, texts: Ints) -> tuple[Ints, Ints]:
        """The texts without repetition, and where each stands among them. As
        np.unique has it, but without sorting millions."""
        present = np.zeros(len(self.meaning), bool)
        present[texts] = True
        return np.flatnonzero(present), (np.cumsum(present) - 1)[texts]

    def _known(self, texts: Ints) -> NDArray[np.bool_]:
        return np.asarray(self.meaning[texts].any(axis=1))


def encode(texts: Sequence[str]) -> Vectors:
    """Encode the texts, one row each. The empty text has no direction: all zeros.

    The n-grams' rarity is taken from these same texts, so pass all of a round at once.
    """
    return Vectors(_meaning(texts), _letters(texts))


def warm_up() -> None:
    """Load the embeddings (about a second), so that no member waits for it."""
    _model()


def _blend(meaning: Floats, letters: Floats, known: NDArray[np.bool_]) -> Floats:
    # Where the embeddings are silent (emoji, scripts they know only letter by letter)
    # the letters decide alone. Rounded, so that noise in a sum decides nothing.
    blended = np.where(known, MEANING * meaning + (1 - MEANING) * letters, letters)
    return np.asarray(np.round(blended, 4), np.float32)


@cache
def _model() -> tuple[Any, Floats]:
    """The tokenizer, and an embedding for each of its tokens, (32,000, 256).

    A token of one byte or one letter means nothing: left in, any two words in a script
    that the tokenizer spells out would look alike.
    """
    level = logging.getLogger().level
    import wordllama  # here: a second that only a round needs, not every command

    logging.getLogger().setLevel(level)  # it turns everybody's up when imported
    # 0.4.0.post1 spells the folder in its own wheel otherwise and then tries the
    # network: name the folder, and forbid the network.
    llama = wordllama.WordLlama.load(
        cache_dir=Path(wordllama.__file__).parent, disable_download=True
    )
    llama.tokenizer.no_padding()
    embedding = llama.embedding.astype(np.float32)
    for token in range(len(embedding)):
        if not _tells(llama.tokenizer.id_to_token(token) or ""):
            embedding[token] = 0
    return llama.tokenizer, embedding


def _tells(token: str) -> bool:
    core = token.removeprefix("▁")
    if token.startswith("<") or not any(map(str.isalnum, core)):
        return False
    return len(core) > 1 or (core.isascii() and token != core)  # "R" and "C" are words


def _meaning(texts: Sequence[str]) -> Floats:
    tokenizer, embedding = _model()
    tokens = [
        encoded.ids
        for encoded in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    ]
    # Sums by a sparse product, not wordllama's padded batches: one long text would
    # make sixty-three short ones as long, and silent texts would be divided by zero.
    ends = np.cumsum([0, *map(len, tokens)])
    flat = np.fromiter((token for row in tokens for token in row), np.int64, ends[-1])
    counts = sparse.csr_array(
        (np.ones(len(flat), np.float32), flat, ends),
        shape=(len(texts), len(embedding)),
    )
    return _unit(np.asarray(counts @ embedding, np.float32))


def _letters(texts: Sequence[str]) -> Any:
    if not any(texts):  # scikit-learn refuses an empty vocabulary
        return sparse.csr_array((len(texts), 1), dtype=np.float32)
    from sklearn.feature_extraction.text import TfidfVectorizer  # as slow to import

    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
    )
    return sparse.csr_array(vectorizer.fit_transform(texts))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)

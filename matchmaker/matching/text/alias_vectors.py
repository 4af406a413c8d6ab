"""Where the aliases that ship with the engine lie, so that no start has to encode them.

Both encoders' vectors are joined and turned to the `DIRECTIONS` in which aliases differ
most. `tools/make_alias_vectors.py` writes the file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from matchmaker.matching.arrays import Floats
from matchmaker.matching.text.encoders import VERSION, TextVectors, encode

PATH = Path(__file__).with_name("alias_vectors.npz")
DIRECTIONS = 256
STATIC_WEIGHT = 0.7  # against 1 for the multilingual encoder


@dataclass(frozen=True)
class AliasVectors:
    projection: Floats  # (static and multilingual, DIRECTIONS)
    discriminant: Floats  # (DIRECTIONS, DIRECTIONS) inverse scatter within topics
    known: Mapping[bytes, Floats]  # (DIRECTIONS,) by `digest`

    def place(self, vectors: TextVectors) -> Floats:
        """Return where texts lie, (texts, DIRECTIONS)."""
        return joined(vectors) @ self.projection

    def of_aliases(self, aliases: Sequence[str]) -> Floats:
        """Return where aliases lie, encoding only those that do not ship."""
        fresh = [alias for alias in aliases if digest(alias) not in self.known]
        places = dict(zip(fresh, self.place(encode(fresh)), strict=True))
        return np.stack(
            [
                places[alias] if alias in places else self.known[digest(alias)]
                for alias in aliases
            ]
        )


def joined(vectors: TextVectors) -> Floats:
    return np.hstack([vectors.multilingual, STATIC_WEIGHT * vectors.static])


def digest(alias: str) -> bytes:
    return hashlib.blake2b(alias.encode(), digest_size=8).digest()


@cache
def shipped() -> AliasVectors:
    """Return what ships. Raises ValueError where other encoders made it."""
    with np.load(PATH) as stored:
        if str(stored["version"]) != VERSION:
            raise ValueError(f"{PATH.name} was made by other encoders than {VERSION}.")
        places = stored["places"].astype(np.float32)
        places *= stored["scales"].astype(np.float32)[:, None]
        keys = stored["digests"].tobytes()
        return AliasVectors(
            projection=stored["projection"].astype(np.float32),
            discriminant=stored["discriminant"].astype(np.float32),
            known={keys[8 * at : 8 * at + 8]: row for at, row in enumerate(places)},
        )

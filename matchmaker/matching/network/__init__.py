"""Who knows whom through valued ties: communities, holes, and people at risk.

A tie is between two people who both valued having met, and fades with age. The
measures are for reporting; only `bridging` takes part in choosing introductions.
Numbering people otherwise changes nothing but the order of the answers.
"""

from matchmaker.matching.network.measures import (
    HALF_LIFE,
    Network,
    bridging,
    decay,
    measure,
)
from matchmaker.matching.types import Tie

__all__ = ["HALF_LIFE", "Network", "Tie", "bridging", "decay", "measure"]

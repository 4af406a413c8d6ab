"""Who knows whom through valued ties: their circles, and what would bridge them.

A tie is between two people who both valued having met, and fades with age. Numbering
people otherwise changes nothing but the order of the answers.
"""

from matchmaker.matching.network.metrics import (
    HALF_LIFE,
    Network,
    bridging,
    decay,
    measure,
)
from matchmaker.matching.types import Tie

__all__ = ["HALF_LIFE", "Network", "Tie", "bridging", "decay", "measure"]

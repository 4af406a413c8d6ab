"""Who should meet whom, and why: people in, introductions with reasons out.

Pure: no database, no clock, no chance but the seed's. It imports nothing of ours.
"""

from matchmaker.matching.engine import propose
from matchmaker.matching.types import (
    Gain,
    Ground,
    Introduction,
    Kind,
    Person,
    Plan,
    Role,
    Rules,
    Side,
    Why,
)
from matchmaker.matching.vectors import warm_up

__all__ = [
    "Gain",
    "Ground",
    "Introduction",
    "Kind",
    "Person",
    "Plan",
    "Role",
    "Rules",
    "Side",
    "Why",
    "propose",
    "warm_up",
]

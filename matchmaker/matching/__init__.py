"""Who should meet whom, and why: people in, introductions with reasons out.

Pure: no database, no clock, no chance but the seed's. It imports nothing of ours.
"""

from matchmaker.matching.benefit import FEATURES, Scorer
from matchmaker.matching.engine import propose
from matchmaker.matching.network import decay
from matchmaker.matching.prices import Price, price_of_rules
from matchmaker.matching.types import (
    Arm,
    Block,
    Gain,
    Ground,
    History,
    Introduction,
    Kind,
    Now,
    Pair,
    Person,
    Plan,
    Role,
    Rules,
    Side,
    Tie,
    Told,
    Why,
)
from matchmaker.matching.vectors import Embedding, warm_up
from matchmaker.matching.words import essence

__all__ = [
    "FEATURES",
    "Arm",
    "Block",
    "Embedding",
    "Gain",
    "Ground",
    "History",
    "Introduction",
    "Kind",
    "Now",
    "Pair",
    "Person",
    "Plan",
    "Price",
    "Role",
    "Rules",
    "Scorer",
    "Side",
    "Tie",
    "Told",
    "Why",
    "decay",
    "essence",
    "price_of_rules",
    "propose",
    "warm_up",
]

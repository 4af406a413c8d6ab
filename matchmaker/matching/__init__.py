"""Who should meet whom, and why: people in, introductions with reasons out.

Pure: no database, no clock, no chance but the seed's. Of ours it imports only the enums.
"""

from matchmaker.enums import GainKind, UnmatchedReason, WhyNow
from matchmaker.matching.engine import propose, propose_for
from matchmaker.matching.network import decay
from matchmaker.matching.pairwise import mutual_benefit
from matchmaker.matching.profiles import Field, Phrase, Reader
from matchmaker.matching.rule_costs import RuleCost, price_rules
from matchmaker.matching.scoring.pairs import FEATURES, Scorer
from matchmaker.matching.text.encoders import TextVectors, encode
from matchmaker.matching.text.topics import Reading, TopicIndex, build_index
from matchmaker.matching.types import (
    Arm,
    Choosiness,
    Feedback,
    Gain,
    History,
    Introduction,
    Kind,
    Pair,
    Person,
    Plan,
    RandomisedBlock,
    Role,
    Rules,
    Side,
    Suggestion,
    Tie,
)

__all__ = [
    "FEATURES",
    "Arm",
    "Choosiness",
    "Feedback",
    "Field",
    "Gain",
    "GainKind",
    "History",
    "Introduction",
    "Kind",
    "Pair",
    "Person",
    "Phrase",
    "Plan",
    "RandomisedBlock",
    "Reader",
    "Reading",
    "Role",
    "RuleCost",
    "Rules",
    "Scorer",
    "Side",
    "Suggestion",
    "TextVectors",
    "Tie",
    "TopicIndex",
    "UnmatchedReason",
    "WhyNow",
    "build_index",
    "decay",
    "encode",
    "mutual_benefit",
    "price_rules",
    "propose",
    "propose_for",
]

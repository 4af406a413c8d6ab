"""What earlier rounds teach about the next, and whether it may be trusted yet.

`learn` makes a model of what somebody gains from somebody; `evaluate` says, from rounds
that the model had not seen and from introductions drawn at random, whether it is better
than the cold scorer, and whether enough is known to say so at all.
"""

from matchmaker.matching.learning.evaluation import FIRST, evaluate
from matchmaker.matching.learning.log import Log
from matchmaker.matching.learning.metrics import (
    Estimate,
    auc,
    calibration_error,
    interaction_auc,
    interval,
)
from matchmaker.matching.learning.model import Model, both_gain, learn
from matchmaker.matching.learning.off_policy import (
    Replay,
    effective_size,
    horvitz_thompson,
    replay,
    self_normalised,
)
from matchmaker.matching.learning.report import (
    Arms,
    Calibration,
    Question,
    Ranked,
    Ranking,
    Report,
    Value,
    Worth,
)
from matchmaker.matching.types import Arm, RandomisedBlock

__all__ = [
    "FIRST",
    "Arm",
    "Arms",
    "Calibration",
    "Estimate",
    "Log",
    "Model",
    "Question",
    "RandomisedBlock",
    "Ranked",
    "Ranking",
    "Replay",
    "Report",
    "Value",
    "Worth",
    "auc",
    "both_gain",
    "calibration_error",
    "effective_size",
    "evaluate",
    "horvitz_thompson",
    "interaction_auc",
    "interval",
    "learn",
    "replay",
    "self_normalised",
]

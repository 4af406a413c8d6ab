"""What an evaluation hands over: figures, and what they can and cannot say."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.matching.learning.metrics import Estimate


class Question(enum.StrEnum):
    RANKING = "ranking"  # does the model tell good pairs from bad better than the cold?
    CALIBRATION = "calibration"  # are the probabilities what they say?
    VALUE = "value"  # is the assignment that it would make worth more?
    CONTROL = "control"  # is the best plan worth more than chance?


@dataclass(frozen=True)
class Ranked:
    """How often a scorer puts a yes above a no, over all that might have been drawn.

    Of what was drawn, since a scorer that chose looks worse among its own choices, all
    of them good, than one that did not.
    """

    interaction: Estimate  # AUC of what is specific to the pair
    pooled: Estimate  # AUC of all there is to the score, which popularity can make


@dataclass(frozen=True)
class Ranking:
    cold: Ranked
    learned: Ranked
    gained: Estimate  # interaction AUC, learned minus cold


@dataclass(frozen=True)
class Calibration:
    """Expected calibration errors, over everything proposed."""

    cold: float
    learned: float


@dataclass(frozen=True)
class Worth:
    """The share of introductions that both sides would value, had a scorer chosen."""

    ips: Estimate
    snips: Estimate
    effective: float  # introductions replayed, as if equally weighted


@dataclass(frozen=True)
class Value:
    cold: Worth
    learned: Worth
    gained: Estimate  # self-normalised, learned minus cold


@dataclass(frozen=True)
class Arms:
    """Shares of introductions that both sides valued, as things went."""

    best: Estimate
    control: Estimate
    gained: Estimate  # best minus control


@dataclass(frozen=True)
class Report:
    """Figures without prose; None where nothing can be said yet.

    A question can be answered where the interval of what is gained does not hold 0, or
    holds nothing that matters. `more` is about how many more rows that takes (known
    outcomes; introductions drawn at random for the value, those of the control arm for
    control), 0 where it can be answered.
    """

    decisions: int  # rows: directions
    known: int
    introductions: int
    blocks: int  # drawn at random
    tested: int  # known outcomes in rounds that a model had not seen
    ranking: Ranking | None
    calibration: Calibration | None
    value: Value | None
    arms: Arms | None
    can_say: Mapping[Question, bool]
    more: Mapping[Question, int]
    use_learned: bool

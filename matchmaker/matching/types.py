"""What crosses the engine's border: people, their history and rules in, a plan out."""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from matchmaker.enums import GainKind, UnmatchedReason, WhyNow

Pair = frozenset[int]  # two ids


class Kind(enum.Enum):
    PEERS = "peers"
    MENTORING = "mentoring"
    CATCH_UP = "catch-up"  # two who have met and valued it


class Role(enum.Enum):
    PEER = "peer"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Choosiness(enum.Enum):
    """For whom somebody is glad to be introduced."""

    HELP = "help"  # only people they can help or who can help them
    COMMON = "common"  # also people with something real in common
    ANYONE = "anyone"  # anybody they have not met


class Arm(enum.StrEnum):
    """How an introduction came to be chosen."""

    BEST = "best"  # it is part of the best plan
    PINNED = "pinned"
    EXPLORE = "explore"  # drawn at random, the more valuable the likelier
    CONTROL = "control"  # drawn at random, all alike


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, in their own words. Only `id` is needed.

    Phrases are short and in the order the member gave. An empty set of formats, times
    or languages means that any will do.
    """

    id: int
    offers: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    headline: str = ""  # what they say they are
    industry: tuple[str, ...] = ()  # ISIC path, section to class; () unknown
    company: str = ""  # normalised by the caller; "" is none
    manager: int | None = None  # the id of whom they report to
    years: int | None = None  # of experience
    mentor_topics: tuple[str, ...] = ()
    mentor_places: int = 0  # mentees who could still be taken on
    mentee_topics: tuple[str, ...] = ()
    formats: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    unlike: float = 0.0  # -1 people like me, 0 no matter, 1 people unlike me
    introductions: int = 1  # the most they have time for in this round
    choosiness: Choosiness = Choosiness.COMMON
    cadence: int = 1  # rounds from one introduction to the next
    due_in: int = 0  # rounds; 0 takes part in this one, more only in the plan ahead
    rounds_waited: int = 0  # in which they were due and had nobody
    gave_in_a_row: int = 0  # introductions in which they were told of giving first
    weeks_unchanged: int | None = None  # since they last said what they offer, want


@dataclass(frozen=True)
class Tie:
    """Two who both valued meeting; strength, 0 to 1, is what is left of it today (see
    `network.decay`)."""

    one: int
    other: int
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said, after they had met another, of the help they were to get."""

    person: int
    want: str  # a want of theirs, or a question to a mentor, as they wrote it
    giver: int
    got: bool
    weeks_ago: int = 0


@dataclass(frozen=True)
class History:
    """What was before this round, by ids. Ids of people who are not due may be among
    them: of somebody who has left, or an acquaintance who takes a break."""

    forbidden: Collection[Pair] = ()  # blocked, let go, "never": no rule lifts it
    recent: Collection[Pair] = ()  # introduced or met within the cool-down
    rekindled: Mapping[Pair, str] = field(default_factory=dict)  # to what has changed
    catch_ups: Collection[Pair] = ()  # long since met, both glad of it: may meet again
    ties: Collection[Tie] = ()  # for bridging
    feedback: Collection[Feedback] = ()


@dataclass(frozen=True)
class Rules:
    """A space's weights. Numbers are shares between 0 and 1.

    The factor on a benefit never falls below one less all the soft terms, so together
    they must not exceed 1.
    """

    # What is left of a good partner if they are kept for a later round: a pair worth
    # less is not introduced, and of two partners the better is not spent on it.
    reserve: float = 0.23
    # Soft terms: what a pair loses at most.
    industry_weight: float = 0.1  # for one's own class of industry
    dial_weight: float = 0.1  # for being alike to who wants unlike, or the reverse
    overlap_weight: float = 0.1  # for hardly an hour or way to meet in common
    stale_weight: float = 0.05  # for words that have not changed for a year
    bridge_weight: float = 0.1  # of the objective: circles that do not know each other
    patience: float = 0.3  # added to a pair for each round a person waited, up to four
    # Shares of the introductions that are drawn at random.
    explore: float = 0.0
    control: float = 0.0
    # Hard rules that a space may lift.
    colleagues_apart: bool = True
    common_language: bool = True
    cool_down: bool = True
    allow_trios: bool = True

    def __post_init__(self) -> None:
        for rule in fields(self):
            if not 0 <= getattr(self, rule.name) <= 1:
                raise ValueError(f"{rule.name} must lie between 0 and 1.")
        if self.soft > 1:
            raise ValueError(
                "industry_weight, dial_weight, overlap_weight and stale_weight exceed "
                "1 together."
            )
        if self.explore + self.control > 1:
            raise ValueError("explore and control exceed 1 together.")

    @property
    def soft(self) -> float:
        """The most that all soft terms take off together."""
        return (
            self.industry_weight
            + self.dial_weight
            + self.overlap_weight
            + self.stale_weight
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """One thing that one side gets from one other person, in both persons' words.

    `want` is a phrase of the receiver's and `offer` one of the giver's, whatever the
    kind; "" where a kind rests on no phrase of theirs. Of a shared interest, craft or
    goal both say the same; giving is help seen from the other side, so `want` is what
    the receiver offers and `offer` what the giver looks for.
    """

    giver: int
    offer: str
    want: str
    strength: float  # 0 to 1: how likely it is accepted, times what its kind is worth
    kind: GainKind


@dataclass(frozen=True, slots=True)
class Side:
    person: int
    role: Role
    gains: tuple[Gain, ...]  # at least one, the strongest first
    # Of two: what was known of this direction, in the order of `FEATURES`. Of three
    # nobody can tell afterwards whose doing it was.
    features: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Introduction:
    kind: Kind
    sides: tuple[Side, ...]  # two or three, by person id
    value: float  # what the side that gains least gains, 0 to 1
    industry_distance: float  # 0 to 1; of a trio, the mean of its three pairs
    shared: tuple[str, ...] = ()  # interests in common, in the lower id's words
    now: tuple[WhyNow, ...] = ()
    changed: str = ""  # of a pair that is re-kindled: what has changed
    arm: Arm = Arm.BEST
    propensity: float = 1.0  # how likely its arm was to make this pair
    block: int | None = None  # of those drawn at random: which of the plan's blocks


@dataclass(frozen=True)
class RandomisedBlock:
    """Some introductions, put together at random, whose people were paired anew at random.

    Whoever judges another way of choosing needs no more than this, and what came of
    it. Whole numbers, floats and lists only: `asdict` of it is JSON, and
    RandomisedBlock(**that) is the block again.

    Raises ValueError where the parts do not fit, a choice is no perfect matching of
    the block's people, or one could not have been drawn.
    """

    pairs: Sequence[Sequence[int]]  # each (a, b) that is acceptable, by person id
    # Row 2k is what a gains from b in pairs[k], row 2k + 1 what b gains from a.
    features: Sequence[Sequence[float | None]]
    choices: Sequence[Sequence[int]]  # each matching there was, as places in pairs
    probabilities: Sequence[float]  # of each choice; above 0, together 1
    chosen: int
    # Made of choices[chosen], in its order: places in the plan; in a log, its numbers.
    introductions: Sequence[int]

    def __post_init__(self) -> None:
        people = {id_ for pair in self.pairs for id_ in pair}
        if len(self.features) != 2 * len(self.pairs):
            raise ValueError("A block has two rows of features for each pair.")
        if any(
            sorted(id_ for k in choice for id_ in self.pairs[k]) != sorted(people)
            for choice in self.choices
        ):
            raise ValueError("A choice of a block pairs all its people, each once.")
        if len(self.probabilities) != len(self.choices) or not (
            min(self.probabilities) > 0 and abs(sum(self.probabilities) - 1) < 1e-6
        ):
            raise ValueError("A block's choices have chances above 0, together 1.")
        if len(self.introductions) != len(self.choices[self.chosen]):
            raise ValueError("Each pair that a block chose is an introduction.")

    @property
    def propensities(self) -> NDArray[np.float64]:
        """How likely each pair was to be introduced, (pairs,)."""
        chances = np.zeros(len(self.pairs))
        for choice, probability in zip(self.choices, self.probabilities, strict=True):
            chances[list(choice)] += probability
        return chances

    @property
    def directions(
        self,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """The features, receivers and givers of both directions of each pair."""
        ends = np.array(self.pairs, np.int64)
        features = np.array(self.features, np.float64)  # None becomes NaN
        return features, ends.ravel(), ends[:, ::-1].ravel()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that would suit so many others if somebody added it to their profile."""

    field: str  # "offers" or "interests"
    topic: str  # slug
    people: int


@dataclass(frozen=True)
class Plan:
    """A round: who meets whom, who meets nobody and why.

    `value` and `bound` are of one objective: the sum over the pairs that nobody pinned,
    as they were before the quota was kept, any were drawn at random and anybody odd
    joined them, of the pair's value, the bridge and the bonus for having waited. No other
    choice of pairs, among those that the plan ahead spends now, exceeds `bound`; where
    `is_optimal`, none exceeds `value` either.
    """

    introductions: tuple[Introduction, ...] = ()
    unmatched: tuple[tuple[int, UnmatchedReason], ...] = ()  # by person id
    value: float = 0.0
    bound: float = 0.0
    is_optimal: bool = True
    blocks: tuple[RandomisedBlock, ...] = ()
    refused_pins: tuple[Pair, ...] = ()  # a rule forbids them, or nothing can be said
    # Of the introductions that everybody has time for in the rounds ahead, the share for
    # which there is somebody new.
    share: float = 1.0
    # By id, for those who are unmatched: what suits most others first.
    suggestions: Mapping[int, tuple[Suggestion, ...]] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far from the bound, as a share of it."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0

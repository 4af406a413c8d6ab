"""What crosses the engine's border: people, their history and rules in, a plan out."""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

Pair = frozenset[int]  # two ids


class Kind(enum.Enum):
    PEERS = "peers"
    MENTORING = "mentoring"


class Role(enum.Enum):
    PEER = "peer"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Ground(enum.Enum):
    """What a gain rests on, the strongest first."""

    OFFER_MEETS_WANT = "offer meets want"
    MENTORING = "mentoring"
    SHARED_INTEREST = "shared interest"


class Why(enum.Enum):
    """Why somebody has no introduction in this round."""

    NOTHING_WRITTEN = "nothing written"
    NO_TIME = "no time"  # they have as many introductions as they have time for
    # Somebody would suit, if it were not for one rule:
    UNAVAILABLE = "unavailable"  # no hour, way to meet or language in common
    COLLEAGUES = "colleagues"  # of the same company, or their manager
    MET_LATELY = "met lately"  # met or introduced within the cool-down
    BELOW_THRESHOLD = "below threshold"  # nobody for whom both sides gain enough
    PUT_OFF = "put off"  # somebody suits, so little that next week may do better
    ODD_ONE_OUT = "odd one out"  # all who suit were introduced to others


class Arm(enum.StrEnum):
    """How an introduction came to be chosen."""

    BEST = "best"  # it is part of the best plan
    PINNED = "pinned"
    EXPLORE = "explore"  # drawn by lot, the more valuable the likelier
    CONTROL = "control"  # drawn by lot, all alike


class Now(enum.Enum):
    """Why two are introduced in this round rather than in another."""

    REKINDLED = "rekindled"  # let go once, and something has changed
    NEW_WORDS = "new words"  # one of them has just rewritten what they look for
    WAITED = "waited"  # one of them had nobody in the round before
    BRIDGE = "bridge"  # their circles hardly know each other


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is due, in their own words. Only `id` is needed.

    Phrases are short and in the order the member gave. An empty set of formats, times
    or languages means that any will do.
    """

    id: int
    offers: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
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
    weeks_waited: int = 0  # rounds since the last introduction
    weeks_unchanged: int | None = None  # since they last said what they offer, want


@dataclass(frozen=True)
class Tie:
    """Two who both valued meeting; strength, 0 to 1, is what is left of it today (see
    `network.decay`)."""

    one: int
    other: int
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said, after they had met another, of what they were to get."""

    person: int
    want: str  # a want of theirs, or a question to a mentor, as they wrote it
    giver: int
    offers: tuple[str, ...]  # of the giver, who need not be due
    got: bool
    weeks_ago: int = 0


@dataclass(frozen=True)
class History:
    """What was before this round, by ids. Ids of people who are not due may be among
    them: of somebody who has left, or an acquaintance who takes a break."""

    apart: Collection[Pair] = ()  # blocked, let go, "never": no rule lifts it
    lately: Collection[Pair] = ()  # introduced or met within the cool-down
    rekindled: Mapping[Pair, str] = field(default_factory=dict)  # to what has changed
    ties: Collection[Tie] = ()  # for bridging
    told: Collection[Told] = ()


@dataclass(frozen=True)
class Rules:
    """A space's weights. Numbers are shares between 0 and 1.

    The factor on a benefit never falls below one less all the soft terms, so together
    they must not exceed 1.
    """

    # The least each side must gain, before the soft terms. It falls with each week that
    # one of the two has waited, down to a floor: better to put off a weak introduction
    # than to make it, but nobody waits for ever.
    threshold: float = 0.35
    yielding: float = 0.1
    floor: float = 0.05
    # A pair worth less than this share of what half the people could have at best is
    # put off: by the next round they may find better. Whoever has waited a week is half
    # as particular, whoever has waited two takes what there is.
    ambition: float = 0.9
    # Soft terms: what a pair loses at most.
    industry_weight: float = 0.25  # for one's own class of industry
    interest_weight: float = 0.1  # for having no interest in common
    dial_weight: float = 0.15  # for being alike to who wants unlike, or the reverse
    overlap_weight: float = 0.05  # for hardly an hour or way to meet in common
    stale_weight: float = 0.05  # for words that have not changed for a year
    # What a gain is worth by its ground; a perfect offer's is 1.
    interest_ground: float = 0.2  # a shared interest
    mentor_ground: float = 0.7  # to a mentor, being asked; to the mentee it is 1
    # Of what one side gains beyond the other. Small, so that it only chooses between
    # pairs in which the lesser gain is much the same: help one way and an interest
    # shared before an interest shared and no help.
    surplus: float = 0.25
    bridge_weight: float = 0.1  # of the objective: circles that do not know each other
    patience: float = 0.1  # added to a pair for each person's week waited, up to four
    # Shares of the introductions that are drawn by lot.
    explore: float = 0.0
    control: float = 0.0
    # Hard rules that a space may lift.
    colleagues_apart: bool = True
    common_hours: bool = True  # formats, times and languages
    cool_down: bool = True
    allow_trios: bool = True

    def __post_init__(self) -> None:
        for rule in fields(self):
            if not 0 <= getattr(self, rule.name) <= 1:
                raise ValueError(f"{rule.name} must lie between 0 and 1.")
        if self.soft > 1:
            raise ValueError(
                "industry_weight, interest_weight, dial_weight, overlap_weight and "
                "stale_weight exceed 1 together."
            )
        if self.explore + self.control > 1:
            raise ValueError("explore and control exceed 1 together.")

    @property
    def soft(self) -> float:
        """The most that all soft terms take off together."""
        return (
            self.industry_weight
            + self.interest_weight
            + self.dial_weight
            + self.overlap_weight
            + self.stale_weight
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """One thing that one side gets from one other person, in both persons' words.

    `offer` is a phrase of the giver's, `want` one of the receiver's. In mentoring
    the mentor gives a topic to the mentee; what the mentee gives the mentor is the
    topic they want to learn, met by one the mentor volunteered to teach.
    """

    giver: int
    offer: str
    want: str
    strength: float  # 0 to 1, after the weight of its ground
    ground: Ground


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
    now: tuple[Now, ...] = ()
    changed: str = ""  # of a pair that is re-kindled: what has changed
    arm: Arm = Arm.BEST
    propensity: float = 1.0  # how likely the arm's own lot was to make this pair
    block: int | None = None  # of those drawn by lot: which of the plan's blocks


@dataclass(frozen=True)
class Block:
    """Some introductions that were put together by lot to be paired anew, by lot.

    Whoever judges another way of choosing needs no more than this, and what came of
    it. Whole numbers, floats and lists only: `asdict` of it is JSON, and Block(**that)
    is the block again.

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


@dataclass(frozen=True)
class Plan:
    """A round: who meets whom, who meets nobody and why.

    `value` and `bound` are of one objective: the sum over the pairs that nobody pinned,
    as they were before lots were drawn and before anybody odd joined them, of the
    introduction's value, the surplus, the bridge and the bonus for having waited. No
    other choice of pairs, among the candidates that are not put off, exceeds `bound`;
    where `is_optimal`, none exceeds `value` either.
    """

    introductions: tuple[Introduction, ...] = ()
    left_out: tuple[tuple[int, Why], ...] = ()  # by person id
    value: float = 0.0
    bound: float = 0.0
    is_optimal: bool = True
    blocks: tuple[Block, ...] = ()
    refused_pins: tuple[Pair, ...] = ()  # a rule forbids them, or nothing can be said
    hard_to_read: tuple[int, ...] = ()  # people whose words the encoder hardly knows
    hint: str = ""  # which extra would help with a pool of this size

    @property
    def gap(self) -> float:
        """How far from the bound, as a share of it."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0
